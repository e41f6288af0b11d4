"""The APIs about roles."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import ElasticsearchError, cause
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.security.bodies import read_body
from mockkibana.elasticsearch.face.security.name_lists import named
from mockkibana.elasticsearch.face.security.query import answer_query
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import Path, illegal, located
from mockkibana.elasticsearch.security.role_descriptors import Descriptor, parse_descriptor
from mockkibana.elasticsearch.security.roles import check_role, delete_role, read_role, shown
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.security.roles import reserved_roles


def put(request: RestRequest) -> Answer:
    """Create or replace a role."""
    name, body = request.names["name"], read_body(request)
    request.parameters.check_refresh()
    descriptor = read_role(name, body, request.body)
    return Answer(
        200,
        {"role": {"created": request.authorized_cluster().security.roles.put(name, descriptor)}},
    )


def get(request: RestRequest) -> Answer:
    """Answer roles by name, or all of them."""
    roles = request.authorized_cluster().security.roles
    names = request.names.get("name")
    found = roles.all() if names is None else named(names, roles.get, reserved_roles())
    return Answer(200 if found else 404, {name: shown(role) for name, role in found.items()})


def query(request: RestRequest) -> Answer:
    """Search among the roles that are not reserved."""
    roles = request.authorized_cluster().security.roles.stored()
    rows = {name: {"name": name, **shown(role)} for name, role in roles.items()}
    return Answer(200, answer_query(request, "roles", rows, rows.__getitem__))


def delete(request: RestRequest) -> Answer:
    """Delete a role."""
    request.parameters.check_refresh()
    found = delete_role(request.authorized_cluster().security, request.names["name"])
    return Answer(200 if found else 404, {"found": found})


def put_many(request: RestRequest) -> Answer:
    """Create or replace roles; those that are refused do not hinder the others."""
    body = read_body(request)
    request.parameters.check_refresh()
    with located(request.body, body):
        descriptors = _descriptors(body)
    roles = request.authorized_cluster().security.roles
    answer = _Outcome("created", "updated", "noop")
    for name, descriptor in descriptors.items():
        try:
            check_role(name, descriptor)
        except ElasticsearchError as error:
            answer.fail(name, error)
            continue
        if roles.get(name) == descriptor:
            answer.add("noop", name)
        else:
            answer.add("created" if roles.put(name, descriptor) else "updated", name)
    return Answer(200, answer.body())


def delete_many(request: RestRequest) -> Answer:
    """Delete roles; those that are refused do not hinder the others."""
    body = read_body(request)
    request.parameters.check_refresh()
    with located(request.body, body):
        names = _names(body)
    security = request.authorized_cluster().security
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
