"""Users for tests: a user with a role of its own, as a seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from mockkibana.choices import ActionsPrivilege, BasePrivilege
from mockkibana.json import Json
from mockkibana.security.roles import reserved_users
from mockkibana.testing.transport import Transport

_ACTIONS = get_args(ActionsPrivilege)
_BASES = get_args(BasePrivilege)


def user_seed(
    username: str,
    password: str | None,
    *,
    actions: str | Iterable[str] | None,
    base: str | None,
    spaces: Iterable[str],
    indices: Mapping[str, Iterable[str]],
    cluster: Iterable[str],
    roles: Iterable[str],
) -> dict[str, Any]:
    """Return a seed with the user, and with the role of its name that gives it what it may do.

    The arguments are those of `MockKibana.user`. Raises TypeError and ValueError.
    """
    _check_name(username)
    kibana, where = _granted(actions, base), _names("spaces", spaces)
    role = {
        "elasticsearch": {
            "cluster": _names("cluster", cluster),
            "indices": _index_privileges(indices),
        },
        "kibana": [{**kibana, "spaces": where}] if kibana else [],
    }
    user = {
        "password": f"{username}-password" if password is None else password,
        "roles": [username, *_names("roles", roles)],
    }
    return {"version": 1, "security": {"roles": {username: role}, "users": {username: user}}}


def check_roles(transport: Transport, names: set[str]) -> None:
    """Raise ValueError unless a world has these roles.

    Elasticsearch takes roles that do not exist, and a user who has only those may do nothing.
    """
    if not names:
        return
    known = transport.send("GET", "/_mock/elasticsearch/_security/role")
    if missing := sorted(names - known.keys()):
        raise ValueError(
            f"roles has {', '.join(map(repr, missing))}; expected roles that are there: "
            f"{', '.join(sorted(known))}"
        )


def granted_key(
    transport: Transport,
    owner: tuple[str, str],
    name: str,
    role_descriptors: Mapping[str, Json] | None,
    expiration: str | None,
) -> str:
    """Make an API key, and return the value of its header; see `MockKibana.api_key`."""
    if not isinstance(owner, tuple) or len(owner) != 2:
        kind = type(owner).__name__
        raise TypeError(f"owner is a {kind}; expected (user, password), as user() returns it")
    username, password = owner
    key: dict[str, Json] = {"name": name}
    if role_descriptors is not None:
        key["role_descriptors"] = dict(role_descriptors)
    if expiration is not None:
        key["expiration"] = expiration
    body = {"username": username, "password": password, "api_key": key}
    grant = {"grant_type": "password", **body}
    made = transport.send("POST", "/_mock/elasticsearch/_security/api_key/grant", grant)
    return f"ApiKey {made['encoded']}"


def _check_name(username: str) -> None:
    if not isinstance(username, str):
        raise TypeError(f"username is {username!r}; expected a text")
    if username in reserved_users():
        raise ValueError(f"{username} is one of Elasticsearch's own users; choose another name")


def _granted(actions: str | Iterable[str] | None, base: str | None) -> dict[str, Any]:
    """Return what the role gives in Kibana, empty for nothing."""
    if base is not None:
        if base not in _BASES:
            raise ValueError(f"base is {base!r}; expected {' or '.join(_BASES)}")
        if actions is not None:
            raise ValueError(
                f"actions is {actions!r} and base is {base!r}; expected one of them, as a base "
                "privilege holds for every feature"
            )
        return {"base": [base]}
    wanted = [] if actions is None else _names("actions", actions)
    for privilege in wanted:
        if privilege not in _ACTIONS:
            raise ValueError(f"actions has {privilege!r}; expected some of {', '.join(_ACTIONS)}")
    features = [privilege for privilege in wanted if privilege != _ACTIONS[0]]
    return {"feature": {"actions": features}} if features else {}


def _index_privileges(indices: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
    if not isinstance(indices, Mapping) or not all(isinstance(name, str) for name in indices):
        raise TypeError(
            f"indices is {indices!r}; expected privileges by name or pattern, such as "
            "{'test-*': ['read']}"
        )
    return [
        {"names": [name], "privileges": _names(f"indices[{name!r}]", privileges)}
        for name, privileges in indices.items()
    ]


def _names(what: str, given: Iterable[str]) -> list[str]:
    """Return several texts, or one, as a list."""
    if isinstance(given, str):
        return [given]
    if isinstance(given, Iterable) and not isinstance(given, Mapping):
        given = list(given)
        if all(isinstance(name, str) for name in given):
            return given
    raise TypeError(f"{what} is {given!r}; expected a text, or a list of texts")
