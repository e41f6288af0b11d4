"""The words in which Elasticsearch denies an action (`AuthorizationDenialMessages`)."""

from __future__ import annotations

from collections.abc import Sequence

from mockkibana.security.identity import Identity
from mockkibana.security.privileges import OWN_API_KEYS, cluster_privileges, index_privileges


def denial(identity: Identity, action: str, indices: Sequence[str] = ()) -> str:
    """Return why an action is denied; `indices` are those on which it would be allowed to none."""
    text = f"action [{action}] is unauthorized for {_who(identity)}"
    if indices:
        text += f" on indices [{','.join(sorted(indices))}]"
    kind, names = granting(action)
    if names:
        text += f", this action is granted by the {kind} privileges [{','.join(names)}]"
    return text


def granting(action: str) -> tuple[str, list[str]]:
    """Return the kind of an action, `cluster` or `index`, and the privileges that grant it."""
    if action.startswith("indices:"):
        return "index", index_privileges().granting(action)
    names = cluster_privileges().granting(action)
    if action.endswith("/grant"):
        names.remove(OWN_API_KEYS)
    return "cluster", names


def _who(identity: Identity) -> str:
    if identity.api_key is not None:
        return f"API key id [{identity.api_key['id']}] of user [{identity.username}]"
    text = f"user [{identity.username}] with effective roles [{','.join(identity.effective_roles)}]"
    if missing := sorted({*identity.roles} - {*identity.effective_roles}):
        text += f" (assigned roles [{','.join(missing)}] were not found)"
    return text
