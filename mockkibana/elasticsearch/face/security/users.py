"""The APIs about users, and about oneself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    illegal_argument,
    validation_failed,
)
from mockkibana.elasticsearch.face.call import Call, Route
from mockkibana.elasticsearch.face.security.call import (
    REFRESH,
    caller,
    check_refresh,
    listed,
    named,
    read_body,
    require,
)
from mockkibana.elasticsearch.face.security.query import answer_query
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import Fault, as_error, illegal, parse
from mockkibana.elasticsearch.security.identities import shown_identity
from mockkibana.elasticsearch.security.names import role_name_fault, user_name_fault
from mockkibana.elasticsearch.security.role_descriptors import (
    expected,
    string_array_fault,
    unsupported,
    validation,
)
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.security.roles import reserved_users
from mockkibana.security.users import UnknownUser, User
from mockkibana.settings import SHORTEST_PASSWORD

# Elasticsearch's own callers in its cluster (`InternalUsers`), from memory.
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


def authenticate(call: Call) -> Answer:
    """Answer who asks."""
    return Answer(200, shown_identity(caller(call)))


def shown(user: User) -> dict[str, Json]:
    """Return a user as it is answered: without what is kept of its password."""
    return {key: value for key, value in user.items() if key != "password_hash"}


def get(call: Call) -> Answer:
    """Answer users by name, or all of them."""
    users = call.cluster.security.users
    names = call.names.get("username")
    found = users.all() if names is None else named(names, users.get, reserved_users())
    return Answer(200 if found else 404, {name: shown(user) for name, user in found.items()})


def query(call: Call) -> Answer:
    """Search among the native users."""
    users = call.cluster.security.users.native()
    rows = {name: shown(user) for name, user in users.items()}
    return Answer(200, answer_query(call, "users", rows, rows.__getitem__))


def put(call: Call) -> Answer:
    """Create or replace a user; without a password it keeps the one that it has."""
    name, body = call.names["username"], read_body(call)
    check_refresh(call)
    found = _read(call, body, lambda: _user(name, body))
    texts = [] if "roles" in found else ["roles are missing"]
    if any(key.startswith("_") for key in found.get("metadata", ())):
        texts.append("metadata keys may not start with [_]")
    if texts:
        raise validation_failed(texts)
    # Elasticsearch looks at the names only after it has decided whether the caller may do it.
    users = call.cluster.security.users
    if texts := [*_name_faults(name), *filter(None, map(_role_name_fault, found["roles"]))]:
        raise validation_failed(texts)
    password = found.pop("password", None)
    try:
        created = users.put(name, {"enabled": True, **_BLANK, **found}, password=password)
    except UnknownUser:
        raise _invalid(
            "password must be specified unless you are updating an existing user"
        ) from None
    return Answer(200, {"created": created})


def delete(call: Call) -> Answer:
    """Delete a user."""
    name = call.names["username"]
    check_refresh(call)
    users = call.cluster.security.users
    if name in reserved_users():
        raise illegal_argument(f"user [{name}] is reserved and cannot be deleted")
    found = users.delete(name)
    return Answer(200 if found else 404, {"found": found})


def change_password(call: Call) -> Answer:
    """Change a password: that of the caller, or of another user."""
    me = caller(call)
    name = call.names.get("username", me.username)
    body = read_body(call)
    check_refresh(call)
    password = _read(call, body, lambda: _new_password(body))
    if password is None:
        raise validation_failed(["password is missing"])
    if name != me.username or me.authentication_type != "realm":
        require(call, _CHANGE_PASSWORD)
    users = call.node.security.users
    try:
        users.change(name, password_hash=users.hash(password))
    except UnknownUser:
        raise _invalid("user must exist in order to change password") from None
    return Answer(200, {})


def enable(call: Call) -> Answer:
    """Let a user log in again."""
    return _set_enabled(call, enabled=True)


def disable(call: Call) -> Answer:
    """Let a user log in no more."""
    return _set_enabled(call, enabled=False)


def _set_enabled(call: Call, *, enabled: bool) -> Answer:
    name = call.names["username"]
    check_refresh(call)
    users = call.cluster.security.users
    if name == caller(call).username:
        raise illegal_argument("users may not update the enabled status of their own account")
    try:
        users.change(name, enabled=enabled)
    except UnknownUser:
        raise _invalid(
            f"only existing users can be {'enabled' if enabled else 'disabled'}"
        ) from None
    return Answer(200, {})


def _read(call: Call, body: Json, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Fault as fault:
        raise as_error(fault, call.body, body) from None


def _user(name: str, body: Json) -> dict[str, Any]:
    """Read the body of a user (`PutUserRequestBuilder`). Raises `Fault`."""
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
    raise unsupported(key, (key,))


def _roles(key: str, value: Json) -> list[str]:
    if isinstance(value, str):
        return listed(value)
    if (fault := string_array_fault(key, value, (key,))) is not None:
        raise fault
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


def _name_faults(name: str) -> list[str]:
    if name in reserved_users():
        return [f"user [{name}] is reserved and only the password can be changed"]
    if name in _INTERNAL:
        return [f"user [{name}] is internal"]
    fault = user_name_fault(name)
    return [] if fault is None else [fault]


def _role_name_fault(name: str) -> str | None:
    return role_name_fault(name, reserved=True)


def _invalid(text: str) -> ElasticsearchError:
    """Return the refusal of what does not fit with what is stored."""
    return ElasticsearchError(400, "validation_exception", f"Validation Failed: 1: {text};")


_BLANK: User = {"full_name": None, "email": None, "metadata": {}}

_GET = "cluster:admin/xpack/security/user/get"
_PUT = "cluster:admin/xpack/security/user/put"
_DELETE = "cluster:admin/xpack/security/user/delete"
_CHANGE_PASSWORD = "cluster:admin/xpack/security/user/change_password"  # noqa: S105 - an action
_SET_ENABLED = "cluster:admin/xpack/security/user/set_enabled"
_QUERY = "cluster:admin/xpack/security/user/query"
_PROFILES = frozenset({"with_profile_uid"})
_USER = "/_security/user/{username}"

ROUTES = (
    Route("GET", "/_security/_authenticate", authenticate, ""),
    Route("GET", "/_security/user", get, _GET, _PROFILES),
    Route("GET", _USER, get, _GET, _PROFILES),
    Route("PUT POST", _USER, put, _PUT, REFRESH, takes_body=True),
    Route("GET POST", "/_security/_query/user", query, _QUERY, _PROFILES, takes_body=True),
    Route("DELETE", _USER, delete, _DELETE, REFRESH),
    Route("PUT POST", "/_security/user/_password", change_password, "", REFRESH, takes_body=True),
    Route("PUT POST", f"{_USER}/_password", change_password, "", REFRESH, takes_body=True),
    Route("PUT POST", f"{_USER}/_enable", enable, _SET_ENABLED, REFRESH),
    Route("PUT POST", f"{_USER}/_disable", disable, _SET_ENABLED, REFRESH),
)
