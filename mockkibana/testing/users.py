"""Users for tests: a user with a role of its own, as a seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockkibana.json import Json

_NONE = "none"


def user_seed(
    username: str,
    password: str,
    *,
    actions: str | Iterable[str] | None,
    base: str | None,
    spaces: Iterable[str],
    indices: Mapping[str, Iterable[str]],
    cluster: Iterable[str],
    roles: Iterable[str],
) -> dict[str, Json]:
    """Return a seed with the user, and with the role of its name that gives it what it may do."""
    features = [actions] if isinstance(actions, str) else list(actions or ())
    features = [privilege for privilege in features if privilege != _NONE]
    kibana: list[dict[str, Any]] = []
    if features or base is not None:
        granted = {"base": [base]} if base is not None else {"feature": {"actions": features}}
        kibana.append({**granted, "spaces": _listed(spaces)})
    role = {
        "elasticsearch": {
            "cluster": _listed(cluster),
            "indices": [
                {"names": [names], "privileges": _listed(privileges)}
                for names, privileges in indices.items()
            ],
        },
        "kibana": kibana,
    }
    user = {"password": password, "roles": [username, *_listed(roles)]}
    return {"version": 1, "security": {"roles": {username: role}, "users": {username: user}}}


def _listed(names: Iterable[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)
