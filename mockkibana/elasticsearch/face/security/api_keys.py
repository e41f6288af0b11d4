"""The APIs about API keys."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    cause,
    illegal_argument,
    resource_not_found,
    validation_failed,
)
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.security import api_key_bodies
from mockkibana.elasticsearch.face.security.api_key_bodies import KeyBody
from mockkibana.elasticsearch.face.security.bodies import read_body
from mockkibana.elasticsearch.face.security.query import answer_query
from mockkibana.elasticsearch.security.authentication import refusal
from mockkibana.elasticsearch.security.roles import shown as shown_role
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.security.api_keys import ApiKey
from mockkibana.security.authentication import Unauthenticated
from mockkibana.security.identity import Identity
from mockkibana.security.security import Security


@dataclass(frozen=True, slots=True)
class _Selection:
    """Which keys are meant: all that fit with what is not None."""

    ids: tuple[str, ...] | None = None
    name: str | None = None
    username: str | None = None
    realm: str | None = None
    owner: bool = False


def create(request: RestRequest) -> Answer:
    """Create a key for the caller."""
    body = read_body(request)
    request.parameters.check_refresh()
    wanted = api_key_bodies.read_create(request.body, body)
    request.require(_CREATE, own=True)
    return Answer(200, _created(request, request.caller(), wanted))


def grant(request: RestRequest) -> Answer:
    """Create a key for somebody else, whose credentials are in the body."""
    body = read_body(request)
    request.parameters.check_refresh()
    wanted = api_key_bodies.read_grant(request.body, body)
    authentication = request.authorized_cluster().security.authentication
    try:
        if wanted.grant_type == "password":
            owner = authentication.by_password(**wanted.credentials)
        else:
            owner = authentication.of(f"Bearer {wanted.credentials['access_token']}")
    except Unauthenticated as refused:
        raise refusal(refused, f"action [{_GRANT}]") from None
    return Answer(200, _created(request, owner, wanted.key))


def get(request: RestRequest) -> Answer:
    """Answer keys: one, those of a name or of an owner, or all."""
    parameters = request.parameters
    id_ = parameters.text("id") or None
    selection = _Selection(
        ids=None if id_ is None else (id_,),
        name=parameters.text("name") or None,
        username=parameters.text("username") or None,
        realm=parameters.text("realm_name") or None,
        owner=parameters.flag("owner"),
    )
    limits = parameters.flag("with_limited_by")
    active = parameters.flag("active_only")
    if texts := _errors(selection):
        raise validation_failed(texts)
    me = request.caller()
    # A key may always look at itself, though not at what its owner may do.
    if not (id_ is not None and _is_key(me, id_) and not limits):
        request.require(_GET, own=_is_own(me, selection))
    keys = [
        shown(key, limits=limits)
        for key in _selected(request.cluster.security, me, selection)
        if not active or _is_active(request, key)
    ]
    return Answer(404 if id_ is not None and not keys else 200, {"api_keys": keys})


def query(request: RestRequest) -> Answer:
    """Search among the keys; who may see only those of its own finds no others."""
    limits = request.parameters.flag("with_limited_by")
    me = request.caller()
    request.require(_QUERY, own=True)
    keys = request.cluster.security.api_keys.all()
    if not me.allows_cluster(_QUERY):
        keys = [key for key in keys if _is_of(request.cluster.security, me, key)]
    by_id = {key["id"]: key for key in keys}
    rows = {id_: shown(key) for id_, key in by_id.items()}
    body = answer_query(request, "api_keys", rows, lambda id_: shown(by_id[id_], limits=limits))
    return Answer(200, body)


def invalidate(request: RestRequest) -> Answer:
    """Invalidate keys: they stay, and are good for nothing."""
    found = api_key_bodies.read_invalidate(request.body, read_body(request))
    ids = found.get("ids")
    selection = _Selection(
        ids=None if ids is None else tuple(dict.fromkeys(ids)),
        name=found.get("name") or None,
        username=found.get("username") or None,
        realm=found.get("realm_name") or None,
        owner=found.get("owner", False),
    )
    me = request.caller()
    request.require(_INVALIDATE, own=_is_own(me, selection))
    security = request.cluster.security
    keys = [key for key in _selected(security, me, selection) if key["invalidation"] is None]
    security.api_keys.invalidate(keys)
    # Keys that were invalid before are not even looked for.
    body = {
        "invalidated_api_keys": [key["id"] for key in keys],
        "previously_invalidated_api_keys": [],
        "error_count": 0,
    }
    return Answer(200, body)


def update(request: RestRequest) -> Answer:
    """Change a key of the caller's own."""
    body = read_body(request) if request.body else {}
    wanted = api_key_bodies.read_update(request.body, body)
    request.require(_UPDATE, own=True)
    return Answer(200, {"updated": _updated(request, request.names["id"], wanted)})


def update_many(request: RestRequest) -> Answer:
    """Change keys of the caller's own; those that cannot be changed do not hinder the others."""
    ids, wanted = api_key_bodies.read_bulk_update(request.body, read_body(request))
    request.require(_BULK_UPDATE, own=True)
    answer: dict[str, Any] = {"updated": [], "noops": []}
    errors: dict[str, Json] = {}
    for id_ in dict.fromkeys(ids):
        try:
            answer["updated" if _updated(request, id_, wanted) else "noops"].append(id_)
        except ElasticsearchError as error:
            if request.caller().api_key is not None:
                raise
            errors[id_] = cause(error.type, error.reason)
    if errors:
        answer["errors"] = {"count": len(errors), "details": errors}
    return Answer(200, answer)


def shown(key: ApiKey, *, limits: bool = False) -> dict[str, Json]:
    """Return a key as it is answered: without its hash; with `limits` what its owner may do."""
    entry: dict[str, Json] = {
        "id": key["id"],
        "name": key["name"],
        "type": "rest",
        "creation": key["creation"],
    }
    if key["expiration"] is not None:
        entry["expiration"] = key["expiration"]
    entry["invalidated"] = key["invalidation"] is not None
    if key["invalidation"] is not None:
        entry["invalidation"] = key["invalidation"]
    entry |= {
        "username": key["username"],
        "realm": key["realm"],
        "realm_type": key["realm_type"],
        "metadata": key["metadata"],
        "role_descriptors": {
            name: shown_role(role) for name, role in key["role_descriptors"].items()
        },
    }
    if limits:
        entry["limited_by"] = [dict(map(_limit, key["limited_by"]))]
    return entry


def _limit(descriptor: dict[str, Any]) -> tuple[str, Json]:
    descriptor = dict(descriptor)
    name = descriptor.pop("name", "")
    return name, shown_role(descriptor)


def _created(request: RestRequest, owner: Identity, wanted: KeyBody) -> Json:
    descriptors = wanted.role_descriptors or {}
    if owner.api_key is not None and not _gives_nothing(descriptors):
        raise illegal_argument(
            "creating derived api keys requires an explicit role descriptor that is empty "
            "(has no privileges)"
        )
    security = request.cluster.security
    key, secret = security.api_keys.create(
        owner,
        name=wanted.name or "",
        role_descriptors=descriptors,
        limited_by=security.roles.limits(owner.effective_roles),
        metadata=wanted.metadata or {},
        expiration=_expiration(security, wanted),
    )
    answer: dict[str, Json] = {"id": key["id"], "name": key["name"]}
    if key["expiration"] is not None:
        answer["expiration"] = key["expiration"]
    encoded = b64encode(f"{key['id']}:{secret}".encode()).decode()
    return {**answer, "api_key": secret, "encoded": encoded}


def _updated(request: RestRequest, id_: str, wanted: KeyBody) -> bool:
    me, security = request.caller(), request.cluster.security
    if me.api_key is not None:
        raise illegal_argument(
            "authentication via API key not supported: only the owner user can update an API key"
        )
    key = security.api_keys.get(id_)
    if key is None or not _is_of(security, me, key):
        raise resource_not_found(f"no API key owned by requesting user found for ID [{id_}]")
    if key["invalidation"] is not None:
        raise illegal_argument(f"cannot update invalidated API key [{id_}]")
    if not _is_active(request, key):
        raise illegal_argument(f"cannot update expired API key [{id_}]")
    changes: dict[str, Any] = {"limited_by": security.roles.limits(me.effective_roles)}
    if wanted.role_descriptors is not None:
        changes["role_descriptors"] = wanted.role_descriptors
    if wanted.metadata is not None:
        changes["metadata"] = wanted.metadata
    if wanted.seconds is not None:
        changes["expiration"] = _expiration(security, wanted)
    return security.api_keys.update(id_, **changes)


def _gives_nothing(descriptors: dict[str, dict[str, Any]]) -> bool:
    return bool(descriptors) and not any(
        descriptor[kind]
        for descriptor in descriptors.values()
        for kind in ("cluster", "indices", "applications", "run_as")
    )


def _expiration(security: Security, wanted: KeyBody) -> int | None:
    if wanted.seconds is None:
        return None
    return security.clock.milliseconds() + wanted.seconds * 1000


def _is_active(request: RestRequest, key: ApiKey) -> bool:
    expiration = key["expiration"]
    expired = (
        expiration is not None and expiration <= request.cluster.installation.clock.milliseconds()
    )
    return key["invalidation"] is None and not expired


def _errors(selection: _Selection) -> list[str]:
    texts = []
    whose = selection.username is not None or selection.realm is not None
    if (selection.ids is not None or selection.name is not None) and whose:
        texts.append(
            "username or realm name must not be specified when the api key id or api key name is "
            "specified"
        )
    if selection.owner and whose:
        texts.append(
            "neither username nor realm-name may be specified when retrieving owned API keys"
        )
    if selection.ids is not None and selection.name is not None:
        texts.append("only one of [api key id, api key name] can be specified")
    return texts


def _selected(security: Security, me: Identity, selection: _Selection) -> list[ApiKey]:
    if selection.ids is None:
        found = security.api_keys.all()
    else:
        known = map(security.api_keys.get, selection.ids)
        found = [key for key in known if key is not None]
    tests: list[Callable[[ApiKey], bool]] = []
    name = selection.name
    if name is not None:
        start = name.removesuffix("*")
        if start == name:
            tests.append(lambda key: key["name"] == name)
        else:
            tests.append(lambda key: key["name"].startswith(start))
    if selection.username is not None:
        tests.append(lambda key: key["username"] == selection.username)
    if selection.realm is not None:
        tests.append(lambda key: key["realm"] == selection.realm)
    if selection.owner:
        owner = _owner(security, me)
        tests.append(lambda key: (key["username"], key["realm"]) == owner)
    return [key for key in found if all(test(key) for test in tests)]


def _owner(security: Security, me: Identity) -> tuple[str, str]:
    """Return the name and the realm of whose keys are those of the caller's own."""
    if me.api_key is not None and (key := security.api_keys.get(me.api_key["id"])) is not None:
        return key["username"], key["realm"]
    return me.username, me.realm.name


def _is_of(security: Security, me: Identity, key: ApiKey) -> bool:
    return (key["username"], key["realm"]) == _owner(security, me)


def _is_key(me: Identity, id_: str) -> bool:
    return me.api_key is not None and me.api_key["id"] == id_


def _is_own(me: Identity, selection: _Selection) -> bool:
    """Tell whether a request asks for nothing but the caller's own keys, by its very words."""
    if me.api_key is not None:
        return selection.ids is not None and all(_is_key(me, id_) for id_ in selection.ids)
    return selection.owner or (selection.username, selection.realm) == (
        me.username,
        me.realm.name,
    )


_CREATE = "cluster:admin/xpack/security/api_key/create"
_GRANT = "cluster:admin/xpack/security/api_key/grant"
_GET = "cluster:admin/xpack/security/api_key/get"
_QUERY = "cluster:admin/xpack/security/api_key/query"
_INVALIDATE = "cluster:admin/xpack/security/api_key/invalidate"
_UPDATE = "cluster:admin/xpack/security/api_key/update"
_BULK_UPDATE = "cluster:admin/xpack/security/api_key/bulk_update"

# Whose keys are asked for decides who may do it, so most handlers decide themselves.
