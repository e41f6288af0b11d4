"""Kibana's roles: those of Elasticsearch, read and written as the calling user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockkibana.connectors.elasticsearch_errors import client_message
from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    illegal_argument,
    unauthorized,
    validation_failed,
)
from mockkibana.elasticsearch.security.roles import delete_role, put_role, read_role
from mockkibana.json import Json, dumps
from mockkibana.kibana.errors import KibanaError, bad_request, not_found
from mockkibana.kibana.features import registered
from mockkibana.kibana.role_forms import feature_errors, to_elasticsearch, to_kibana
from mockkibana.kibana.role_schema import PutRole
from mockkibana.security.denials import denial
from mockkibana.security.identity import Identity
from mockkibana.security.names import matcher
from mockkibana.security.roles import Descriptor
from mockkibana.security.security import Security
from mockkibana.settings.release import Release
from mockkibana.validation import Refused, load
from mockkibana.validation.wording import sentence

_PUT_ROLE = PutRole()
_ACTION = "cluster:admin/xpack/security/role/"
_PAGE = 10  # Elasticsearch's, where a search does not say


class KibanaRoles:
    """The roles of one world as one user works with them in a release of Kibana.

    `identity` is None while security is off: nobody is refused. Every method raises `KibanaError`,
    among them what Elasticsearch refuses, in the words that Kibana makes of it.
    """

    def __init__(self, security: Security, identity: Identity | None, release: Release) -> None:
        self._security = security
        self._identity = identity
        self._features = registered(release)

    def get(self, name: str) -> Json:
        """Return a role in Kibana's form, or raise 404."""
        self._ensure("get")
        found = self._found(name)
        if not found:
            raise _answered(404, {})
        if name not in found:
            raise not_found()
        return to_kibana(name, found[name], self._features)

    def get_all(self) -> list[Json]:
        """Return all roles, Elasticsearch's own among them, sorted by name."""
        self._ensure("get")
        roles = self._security.roles.all()
        return [to_kibana(name, roles[name], self._features) for name in sorted(roles)]

    def put(self, name: str, role: Mapping[str, Any], *, create_only: bool) -> None:
        """Create or replace a role; refused with 409 if it is there and `create_only`."""
        # Kibana asks for the role first, so it is that for which a right is found missing first.
        self._ensure("get")
        known = self._found(name).get(name)
        if text := self._invalid(role):
            raise bad_request(text)
        if create_only and known is not None:
            raise KibanaError(409, f"Role already exists and cannot be created: {name}")
        self._ensure("put")
        try:
            put_role(self._security, name, to_elasticsearch(role, known))
        except ElasticsearchError as error:
            raise _refused(error) from None

    def put_all(self, roles: Mapping[str, Mapping[str, Any]]) -> Json:
        """Create or replace roles; return names as `created`, `updated`, `noop`, and `errors`."""
        errors: dict[str, Json] = {
            name: {"type": "kibana_privilege_validation_exception", "reason": text}
            for name, role in roles.items()
            if (text := self._invalid(role))
        }
        self._ensure("get")
        self._ensure("bulk_put")
        descriptors: dict[str, Descriptor] = {}
        for name, role in roles.items():
            if name in errors:
                continue
            known = self._security.roles.get(name)
            try:
                descriptors[name] = read_role(name, to_elasticsearch(role, known))
            except ElasticsearchError as error:
                if error.type != "action_request_validation_exception":
                    raise _refused(error) from None
                errors[name] = {"type": error.type, "reason": error.reason}
        done: dict[str, Json] = {}
        for name, descriptor in descriptors.items():
            done.setdefault(self._put(name, descriptor), []).append(name)
        body = {key: done[key] for key in ("created", "noop", "updated") if key in done}
        return {**body, "errors": errors} if errors else body

    def delete(self, name: str) -> None:
        """Delete a role, or raise 404; refused with 400 if it is Elasticsearch's own."""
        self._ensure("delete")
        try:
            found = delete_role(self._security, name)
        except ElasticsearchError as error:
            raise _refused(error) from None
        if not found:
            raise _answered(404, {"found": False})

    def find(self, search: Mapping[str, Any]) -> Json:
        """Return a page of the roles whose name contains a text: `roles`, `count` and `total`.

        `search` is the body that `FindRoles` checked. Elasticsearch's own roles are found only
        when its filter asks for them.
        """
        self._ensure("query")
        start, size = int(search.get("from", 0)), int(search.get("size", _PAGE))
        wrong = [
            f"[{name}] parameter cannot be negative but was [{value}]"
            for name, value in (("from", start), ("size", size))
            if value < 0
        ]
        if wrong:
            raise _refused(validation_failed(wrong))
        with_reserved = search.get("filters", {}).get("showReservedRoles", False)
        matches = matcher([f"*{search.get('query', '').lower()}*"])
        found = [
            (name, descriptor)
            for name, descriptor in self._security.roles.all().items()
            if matches(name.lower())
            and (with_reserved or "_reserved" not in descriptor["metadata"])
        ]
        if (order := search.get("sort")) is not None:
            if order["field"] != "name":
                # A simplification: Elasticsearch sorts by a few fields more.
                text = f"Field [{order['field']}] is not allowed for querying or aggregation"
                raise _refused(illegal_argument(text))
            found.sort(key=lambda role: role[0], reverse=order["direction"] == "desc")
        page = [to_kibana(*role, self._features) for role in found[start : start + size]]
        return {"roles": page, "count": len(page), "total": len(found)}

    def _found(self, names: str) -> dict[str, Descriptor]:
        """Return the descriptors of the named roles; commas separate the names."""
        wanted = [name for name in names.split(",") if name]
        roles = self._security.roles
        return roles.found(wanted) if wanted else roles.all()

    def _invalid(self, role: Mapping[str, Any]) -> str | None:
        errors = feature_errors(role.get("kibana", ()), self._features)
        if not errors:
            return None
        return f"Role cannot be updated due to validation errors: {dumps(errors)}"

    def _put(self, name: str, descriptor: Descriptor) -> str:
        roles = self._security.roles
        if roles.get(name) == descriptor:
            return "noop"
        return "created" if roles.put(name, descriptor) else "updated"

    def _ensure(self, verb: str) -> None:
        """Raise 403 unless Elasticsearch allows the user an action."""
        action = _ACTION + verb
        if self._identity is not None and not self._identity.allows_cluster(action):
            text = denial(self._identity, action)
            raise _refused(unauthorized(text, action))


def descriptor_of(name: str, role: Json) -> Descriptor:
    """Return the descriptor of a new role that is written as `PUT /api/security/role` takes it.

    Raises `KibanaError` for what Kibana refuses, and `ElasticsearchError`. Which features there
    are is of no account, as it depends on the version.
    """
    try:
        body = load(_PUT_ROLE, role)
    except Refused as refused:
        raise bad_request(sentence(refused.failure)) from None
    return read_role(name, to_elasticsearch(body, None))


def _refused(error: ElasticsearchError) -> KibanaError:
    return _answered(error.status, error.body())


def _answered(status: int, body: Mapping[str, Any]) -> KibanaError:
    """Return the error that Kibana makes of one of Elasticsearch's, which may have no reason."""
    reason = body.get("error", {}).get("reason", "undefined")
    return KibanaError(status, f"[{client_message(dict(body))}]: {reason}")
