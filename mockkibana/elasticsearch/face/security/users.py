"""The APIs about users, and about oneself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument, validation_failed
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.security.bodies import read_body
from mockkibana.elasticsearch.face.security.name_lists import listed, named
from mockkibana.elasticsearch.face.security.query import answer_query
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import illegal, located, parse, unsupported
from mockkibana.elasticsearch.security.identities import shown_identity
from mockkibana.elasticsearch.security.names import role_name_error, user_name_error
from mockkibana.elasticsearch.security.role_descriptors import (
    expected,
    string_array_error,
    validation,
)
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.security.roles import reserved_users
from mockkibana.security.users import UnknownUser, User
from mockkibana.settings import SHORTEST_PASSWORD

# Guess: Elasticsearch's own callers in its cluster (`InternalUsers`), from memory.
_INTERNAL = frozenset(
    {
        "_system",
        "_xpack",
        "_xpack_security",
        "_security_profile",
        "_async_search",
        "_cross_cluster_access",
        "_storage",
        "_data_stream_lifecycle",
        "_synonyms",
    }
)


def authenticate(request: RestRequest) -> Answer:
    """Answer the caller: name, roles, realms, and the API key if it is one."""
    return Answer(200, shown_identity(request.caller()))


def shown(user: User) -> dict[str, Json]:
    """Return a user as it is answered: without what is kept of its password."""
    return {key: value for key, value in user.items() if key != "password_hash"}


def get(request: RestRequest) -> Answer:
    """Answer users by name, or all of them."""
    users = request.authorized_cluster().security.users
    names = request.names.get("username")
    found = users.all() if names is None else named(names, users.get, reserved_users())
    return Answer(200 if found else 404, {name: shown(user) for name, user in found.items()})


def query(request: RestRequest) -> Answer:
    """Search among the native users."""
    users = request.authorized_cluster().security.users.native()
    rows = {name: shown(user) for name, user in users.items()}
    return Answer(200, answer_query(request, "users", rows, rows.__getitem__))


def put(request: RestRequest) -> Answer:
    """Create or replace a user; without a password it keeps the one that it has."""
    name, body = request.names["username"], read_body(request)
    request.parameters.check_refresh()
    with located(request.body, body):
        found = _user(name, body)
    texts = [] if "roles" in found else ["roles are missing"]
    if any(key.startswith("_") for key in found.get("metadata", ())):
        texts.append("metadata keys may not start with [_]")
    if texts:
        raise validation_failed(texts)
    # Elasticsearch looks at the names only after it has decided whether the caller may do it.
    users = request.authorized_cluster().security.users
    if texts := [*_name_errors(name), *filter(None, map(_role_name_error, found["roles"]))]:
        raise validation_failed(texts)
    password = found.pop("password", None)
    try:
        created = users.put(name, {"enabled": True, **_BLANK, **found}, password=password)
    except UnknownUser:
        raise _invalid(
            "password must be specified unless you are updating an existing user"
        ) from None
    return Answer(200, {"created": created})


def delete(request: RestRequest) -> Answer:
    """Delete a user."""
    name = request.names["username"]
    request.parameters.check_refresh()
    users = request.authorized_cluster().security.users
    if name in reserved_users():
        raise illegal_argument(f"user [{name}] is reserved and cannot be deleted")
    found = users.delete(name)
    return Answer(200 if found else 404, {"found": found})


def change_password(request: RestRequest) -> Answer:
    """Change a password: that of the caller, or of another user."""
    me = request.caller()
    name = request.names.get("username", me.username)
    body = read_body(request)
    request.parameters.check_refresh()
    with located(request.body, body):
        password = _new_password(body)
    if password is None:
        raise validation_failed(["password is missing"])
    if name != me.username or me.authentication_type != "realm":
        request.require(_CHANGE_PASSWORD)
    users = request.cluster.security.users
    try:
        users.change(name, password_hash=users.hash(password))
    except UnknownUser:
        raise _invalid("user must exist in order to change password") from None
    return Answer(200, {})


def enable(request: RestRequest) -> Answer:
    """Enable a user: one that is not cannot log in."""
    return _set_enabled(request, enabled=True)


def disable(request: RestRequest) -> Answer:
    """Disable a user."""
    return _set_enabled(request, enabled=False)


def _set_enabled(request: RestRequest, *, enabled: bool) -> Answer:
    name = request.names["username"]
    request.parameters.check_refresh()
    users = request.authorized_cluster().security.users
    if name == request.caller().username:
        raise illegal_argument("users may not update the enabled status of their own account")
    try:
        users.change(name, enabled=enabled)
    except UnknownUser:
        raise _invalid(
            f"only existing users can be {'enabled' if enabled else 'disabled'}"
        ) from None
    return Answer(200, {})


def _user(name: str, body: Json) -> dict[str, Any]:
    """Read the body of a user (`PutUserRequestBuilder`). Raises `ParseError`."""
    found: dict[str, Any] = {}
    for key, value in _members(body):
        if key in _FIELDS:
            found[key] = _FIELDS[key](key, value)
        elif key == "username":
            if _of_type(key, value, str, "string") != name:
                raise illegal(f"[username] in source does not match the username provided [{name}]")
        elif key != "type":
            raise parse(f"failed to parse add user request. unexpected field [{key}]", (key,))
    return found


def _new_password(body: Json) -> str | None:
    found = None
    for key, value in _members(body):
        if key == "password":
            found = _password(key, value)
        elif key == "password_hash":
            _password_hash(key, value)
        else:
            raise parse(f"failed to parse change password request. unexpected field [{key}]", ())
    return found


def _members(body: Json) -> Iterable[tuple[str, Json]]:
    if not isinstance(body, dict):
        raise parse(f"expected an object, but found token [{bodies.token_of(body)}]", ())
    return body.items()


def _password(key: str, value: Json) -> str:
    password: str = _of_type(key, value, str, "string")
    if len(password) < SHORTEST_PASSWORD:
        raise validation([f"passwords must be at least [{SHORTEST_PASSWORD}] characters long"])
    return password


def _password_hash(key: str, _value: Json) -> Json:
    raise unsupported(f"[{key}]", (key,))


def _roles(key: str, value: Json) -> list[str]:
    if isinstance(value, str):
        return listed(value)
    if (error := string_array_error(key, value, (key,))) is not None:
        raise error
    return list(value)


def _text_or_null(key: str, value: Json) -> Json:
    return None if value is None else _of_type(key, value, str, "string")


def _of_type(key: str, value: Json, kind: type, name: str) -> Any:
    if not isinstance(value, kind):
        raise expected(key, name, value, (key,))
    return value


_FIELDS: dict[str, Callable[[str, Json], Any]] = {
    "password": _password,
    "password_hash": _password_hash,
    "roles": _roles,
    "full_name": _text_or_null,
    "email": _text_or_null,
    "metadata": lambda key, value: _of_type(key, value, dict, "object"),
    "enabled": lambda key, value: _of_type(key, value, bool, "boolean"),
}


def _name_errors(name: str) -> list[str]:
    if name in reserved_users():
        return [f"user [{name}] is reserved and only the password can be changed"]
    if name in _INTERNAL:
        return [f"user [{name}] is internal"]
    error = user_name_error(name)
    return [] if error is None else [error]


def _role_name_error(name: str) -> str | None:
    return role_name_error(name, reserved=True)


def _invalid(text: str) -> ElasticsearchError:
    """Return the refusal of what does not fit with what is stored."""
    return ElasticsearchError(400, "validation_exception", f"Validation Failed: 1: {text};")


_BLANK: User = {"full_name": None, "email": None, "metadata": {}}

_CHANGE_PASSWORD = "cluster:admin/xpack/security/user/change_password"  # noqa: S105 - an action
