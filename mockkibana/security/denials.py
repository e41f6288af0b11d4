"""The words in which Elasticsearch denies an action (`AuthorizationDenialMessages`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mockkibana.security.identity import Identity
from mockkibana.security.privileges import (
    OWN_API_KEYS,
    cluster_privileges,
    index_privileges,
    is_on_cluster,
)
from mockkibana.security.rights import Rights
from mockkibana.security.roles import Roles
from mockkibana.security.system_indices import is_restricted


def denial(
    identity: Identity, action: str, indices: Sequence[str] = (), *, own: bool = False
) -> str:
    """Return why an action is denied; `indices` are those on which it would be allowed to none.

    `own` tells that it is about API keys of the caller's own.
    """
    text = f"action [{action}] is unauthorized for {_who(identity)}{_where(indices)}"
    kind, names = granting(action, own=own)
    if names:
        text += f", this action is granted by the {kind} privileges [{','.join(names)}]"
    return text


_TOLD = 10


@dataclass(frozen=True, slots=True)
class Denial:
    """What a text of `denial` says: who may not do what, and on which indices (none: anywhere).

    `own` tells that it was about API keys of the caller's own.
    """

    who: str
    action: str
    indices: tuple[str, ...] = ()
    own: bool = False


_DENIAL = re.compile(
    r"action \[(?P<action>[^\[\]]+(?:\[\w+\])?)\] is unauthorized for "
    r"(?P<who>(?:API key id \[[^\]]*\] of )?user \[[^\]]*\])"
    r".*?(?: on indices \[(?P<indices>[^\]]*)\])?"
    r"(?: (?:on|and) restricted indices \[(?P<restricted>[^\]]*)\])?"
    r", this action is granted by the \w+ privileges \[(?P<privileges>[^\]]*)\]"
)


def read_denial(text: str) -> Denial | None:
    """Return the first denial that a text tells of, or None; its indices are of both kinds."""
    if (found := _DENIAL.search(text)) is None:
        return None
    names = ",".join(filter(None, (found["indices"], found["restricted"])))
    own = OWN_API_KEYS in found["privileges"].split(",")
    return Denial(found["who"], found["action"], tuple(names.split(",")) if names else (), own)


def granting(action: str, *, own: bool = False) -> tuple[str, list[str]]:
    """Return the kind of an action, `cluster` or `index`, and the privileges that grant it.

    `own` tells that it is about API keys of the caller's own.
    """
    if not is_on_cluster(action):
        return "index", index_privileges().granting(action)
    names = cluster_privileges().granting(action)
    return "cluster", [name for name in names if own or name != OWN_API_KEYS]


def roles_told(names: Sequence[str]) -> str:
    """Return the end of a sentence about the roles that would help: some of them are enough."""
    if not names:
        return "no role grants it"
    more = len(names) - _TOLD
    shown = ", ".join(names[:_TOLD]) + (f" and {more} more" if more > 0 else "")
    return f"roles that grant it: {shown}"


def grants_of(
    roles: Roles, action: str, indices: Sequence[str] = (), *, own: bool = False
) -> list[str]:
    """Return the names of the roles that grant an action, sorted.

    An action on indices has to be granted on each of `indices`, or without any on some index.
    `own` tells that it is about API keys of the caller's own.
    """

    def is_granted(rights: Rights) -> bool:
        if is_on_cluster(action):
            return rights.allows_cluster(action, own=own)
        if not indices:
            return rights.allows_some_index(action)
        return all(rights.allows_index(action, index) for index in indices)

    return roles.granting(("elasticsearch", own, action, *indices), is_granted)


def _where(indices: Sequence[str]) -> str:
    places = [
        f"{kind} [{','.join(sorted(names))}]"
        for kind, names in (
            ("indices", [name for name in indices if not is_restricted(name)]),
            ("restricted indices", [name for name in indices if is_restricted(name)]),
        )
        if names
    ]
    return f" on {' and '.join(places)}" if places else ""


def _who(identity: Identity) -> str:
    if identity.api_key is not None:
        return f"API key id [{identity.api_key['id']}] of user [{identity.username}]"
    text = f"user [{identity.username}] with effective roles [{','.join(identity.effective_roles)}]"
    if missing := sorted({*identity.roles} - {*identity.effective_roles}):
        text += f" (assigned roles [{','.join(missing)}] were not found)"
    return text
