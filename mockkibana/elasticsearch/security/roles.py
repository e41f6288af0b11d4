"""The APIs about roles."""

from __future__ import annotations

from mockkibana.elasticsearch.call import Call, Route
from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    cause,
    illegal_argument,
    validation_failed,
)
from mockkibana.elasticsearch.faults import Fault, Path, as_error, illegal
from mockkibana.elasticsearch.object_parser import fields
from mockkibana.elasticsearch.security.call import REFRESH, check_refresh, named, read_body
from mockkibana.elasticsearch.security.names import role_name_fault
from mockkibana.elasticsearch.security.query import answer_query
from mockkibana.elasticsearch.security.role_descriptors import (
    Descriptor,
    faults_of,
    parse_descriptor,
)
from mockkibana.json import Json
from mockkibana.routing import Answer
from mockkibana.security.roles import reserved_roles
from mockkibana.security.security import Security


def read_role(
    name: str, body: Json, raw: bytes = b"", *, with_any_name: bool = False
) -> Descriptor:
    """Return the descriptor of a role as it is stored, from a body of Elasticsearch's role API.

    `raw` is the text of the body, where there is one. The descriptors of API keys are no roles, so
    they go `with_any_name`. Raises `ElasticsearchError`.
    """
    try:
        descriptor = parse_descriptor(name, body, ())
    except Fault as fault:
        raise as_error(fault, raw, body) from None
    _check(None if with_any_name else name, descriptor)
    return descriptor


def read_limit(entry: dict[str, Json]) -> Descriptor:
    """Return a role of the owner of an API key, as the key keeps it: a descriptor with a `name`.

    What decides nothing here is kept as it is: roles of Elasticsearch's own have more of that
    than others may have. Raises `ElasticsearchError`.
    """
    name = entry.get("name")
    if not isinstance(name, str):
        raise illegal_argument("a role that limits an API key has to have a name")
    kept = {key: entry[key] for key in _KEPT if key in entry}
    here = {key: value for key, value in entry.items() if key not in kept}
    return {**entry, **read_role(name, here, with_any_name=True), **kept}


_KEPT = ("name", "metadata", "remote_indices", "remote_cluster")


def put_role(security: Security, name: str, body: Json, raw: bytes = b"") -> bool:
    """Create or replace a role; returns whether it was created. Raises `ElasticsearchError`."""
    return security.roles.put(name, read_role(name, body, raw))


def delete_role(security: Security, name: str) -> bool:
    """Delete a role; returns whether it was there. Raises `ElasticsearchError`."""
    if name in reserved_roles():
        raise illegal_argument(f"role [{name}] is reserved and cannot be deleted")
    return security.roles.delete(name)


def shown(descriptor: Descriptor) -> dict[str, Json]:
    """Return a role's descriptor as it is answered."""
    described = dict(descriptor)
    last: dict[str, Json] = {
        key: described.pop(key)
        for key in ("remote_indices", "remote_cluster", "description")
        if key in described
    }
    transient = described.pop("transient_metadata", {"enabled": True})
    return {**described, "transient_metadata": transient, **last}


def put(call: Call) -> Answer:
    """Create or replace a role."""
    name, body = call.names["name"], read_body(call)
    check_refresh(call)
    descriptor = read_role(name, body, call.body)
    return Answer(200, {"role": {"created": call.cluster.security.roles.put(name, descriptor)}})


def get(call: Call) -> Answer:
    """Answer roles by name, or all of them."""
    roles = call.cluster.security.roles
    names = call.names.get("name")
    found = roles.all() if names is None else named(names, roles.get, reserved_roles())
    return Answer(200 if found else 404, {name: shown(role) for name, role in found.items()})


def query(call: Call) -> Answer:
    """Search among the roles that are not reserved."""
    roles = call.cluster.security.roles.stored()
    rows = {name: {"name": name, **shown(role)} for name, role in roles.items()}
    return Answer(200, answer_query(call, "roles", rows, rows.__getitem__))


def delete(call: Call) -> Answer:
    """Delete a role."""
    check_refresh(call)
    found = delete_role(call.cluster.security, call.names["name"])
    return Answer(200 if found else 404, {"found": found})


def put_many(call: Call) -> Answer:
    """Create or replace roles; those that are refused do not hinder the others."""
    body = read_body(call)
    check_refresh(call)
    try:
        descriptors = _descriptors(body)
    except Fault as fault:
        raise as_error(fault, call.body, body) from None
    roles = call.cluster.security.roles
    answer = _Outcome("created", "updated", "noop")
    for name, descriptor in descriptors.items():
        try:
            _check(name, descriptor)
        except ElasticsearchError as error:
            answer.fail(name, error)
            continue
        if roles.get(name) == descriptor:
            answer.add("noop", name)
        else:
            answer.add("created" if roles.put(name, descriptor) else "updated", name)
    return Answer(200, answer.body())


def delete_many(call: Call) -> Answer:
    """Delete roles; those that are refused do not hinder the others."""
    body = read_body(call)
    check_refresh(call)
    try:
        names = _names(body)
    except Fault as fault:
        raise as_error(fault, call.body, body) from None
    security = call.cluster.security
    answer = _Outcome("deleted", "not_found")
    for name in names:
        try:
            answer.add("deleted" if delete_role(security, name) else "not_found", name)
        except ElasticsearchError as error:
            answer.fail(name, error)
    return Answer(200, answer.body())


class _Outcome:
    """What became of each of many roles, by the kinds of outcome in the order of the answer."""

    def __init__(self, *kinds: str) -> None:
        self._names: dict[str, list[str]] = {kind: [] for kind in kinds}
        self._errors: dict[str, Json] = {}

    def add(self, kind: str, name: str) -> None:
        self._names[kind].append(name)

    def fail(self, name: str, error: ElasticsearchError) -> None:
        self._errors[name] = cause(error.type, error.reason)

    def body(self) -> Json:
        body: dict[str, Json] = {kind: names for kind, names in self._names.items() if names}
        if self._errors:
            body["errors"] = {"count": len(self._errors), "details": self._errors}
        return body


def _check(name: str | None, descriptor: Descriptor) -> None:
    fault = None if name is None else role_name_fault(name)
    texts = [*([fault] if fault else []), *faults_of(descriptor)]
    if texts:
        raise validation_failed(texts)


def _descriptors(body: Json) -> dict[str, Descriptor]:
    path: Path = ("roles",)
    found = fields("bulk_update_roles_request_payload", {"roles": "object"}, body, ())
    if "roles" not in found:
        raise illegal("Required [roles]")
    return {
        name: parse_descriptor(name, descriptor, (*path, name))
        for name, descriptor in found["roles"].items()
    }


def _names(body: Json) -> list[str]:
    found = fields("bulk_delete_roles_request", {"names": "strings"}, body, ())
    if "names" not in found:
        raise illegal("Required [names]")
    return list(dict.fromkeys(found["names"]))


_GET = "cluster:admin/xpack/security/role/get"
_PUT = "cluster:admin/xpack/security/role/put"
_DELETE = "cluster:admin/xpack/security/role/delete"
_BULK_PUT = "cluster:admin/xpack/security/role/bulk_put"
_BULK_DELETE = "cluster:admin/xpack/security/role/bulk_delete"
_QUERY = "cluster:admin/xpack/security/role/query"
_ROLE = "/_security/role/{name}"

ROUTES = (
    Route("GET", "/_security/role", get, _GET),
    Route("POST", "/_security/role", put_many, _BULK_PUT, REFRESH, takes_body=True),
    Route("DELETE", "/_security/role", delete_many, _BULK_DELETE, REFRESH, takes_body=True),
    Route("GET POST", "/_security/_query/role", query, _QUERY, takes_body=True),
    Route("GET", _ROLE, get, _GET),
    Route("PUT POST", _ROLE, put, _PUT, REFRESH, takes_body=True),
    Route("DELETE", _ROLE, delete, _DELETE, REFRESH),
)
