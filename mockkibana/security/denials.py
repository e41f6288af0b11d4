"""The words in which Elasticsearch denies an action (`AuthorizationDenialMessages`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mockkibana.security.identity import Identity
from mockkibana.security.privileges import (
    cluster_privileges,
    index_privileges,
    is_on_cluster,
)
from mockkibana.security.rights import Rights
from mockkibana.security.roles import Roles


def denial(identity: Identity, action: str, indices: Sequence[str] = ()) -> str:
    """Return why an action is denied; `indices` are those on which it would be allowed to none."""
    text = f"action [{action}] is unauthorized for {_who(identity)}"
    if indices:
        text += f" on indices [{','.join(sorted(indices))}]"
    kind, names = granting(action)
    if names:
        text += f", this action is granted by the {kind} privileges [{','.join(names)}]"
    return text


_TOLD = 10


@dataclass(frozen=True, slots=True)
class Denial:
    """What a text of `denial` says: who may not do what, and on which indices (none: anywhere)."""

    who: str
    action: str
    indices: tuple[str, ...] = ()


_DENIAL = re.compile(
    r"action \[(?P<action>[^\[\]]+(?:\[\w+\])?)\] is unauthorized for "
    r"(?P<who>(?:API key id \[[^\]]*\] of )?user \[[^\]]*\])"
    r".*?(?: on indices \[(?P<indices>[^\]]*)\])?, this action is granted"
)


def read_denial(text: str) -> Denial | None:
    """Return the first denial that a text tells of, or None."""
    if (found := _DENIAL.search(text)) is None:
        return None
    indices = tuple(found["indices"].split(",")) if found["indices"] else ()
    return Denial(found["who"], found["action"], indices)


def granting(action: str) -> tuple[str, list[str]]:
    """Return the kind of an action, `cluster` or `index`, and the privileges that grant it."""
    if not is_on_cluster(action):
        return "index", index_privileges().granting(action)
    return "cluster", cluster_privileges().granting(action)


def roles_told(names: Sequence[str]) -> str:
    """Return the end of a sentence about the roles that would help: some of them are enough."""
    if not names:
        return "no role grants it"
    more = len(names) - _TOLD
    shown = ", ".join(names[:_TOLD]) + (f" and {more} more" if more > 0 else "")
    return f"roles that grant it: {shown}"


def grants_of(roles: Roles, action: str, indices: Sequence[str] = ()) -> list[str]:
    """Return the names of the roles that grant an action, sorted.

    An action on indices has to be granted on each of `indices`, or without any on some index.
    """

    def is_granted(rights: Rights) -> bool:
        if is_on_cluster(action):
            return rights.allows_cluster(action)
        if not indices:
            return rights.allows_some_index(action)
        return all(rights.allows_index(action, index) for index in indices)

    return roles.granting(("elasticsearch", action, *indices), is_granted)


def _who(identity: Identity) -> str:
    if identity.api_key is not None:
        return f"API key id [{identity.api_key['id']}] of user [{identity.username}]"
    text = f"user [{identity.username}] with effective roles [{','.join(identity.effective_roles)}]"
    if missing := sorted({*identity.roles} - {*identity.effective_roles}):
        text += f" (assigned roles [{','.join(missing)}] were not found)"
    return text
