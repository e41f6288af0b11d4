"""The APIs about privileges: who has which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockkibana.elasticsearch.errors import illegal_argument, parse_exception, validation_failed
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.security.bodies import read_body
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import located, parse
from mockkibana.elasticsearch.security.names import (
    application_name_error,
    application_privilege_error,
)
from mockkibana.elasticsearch.security.role_descriptors import (
    parse_applications,
    parse_indices,
    parse_strings,
    unknown_cluster_privilege,
    unknown_index_privilege,
)
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.security.identity import Identity
from mockkibana.security.privileges import cluster_privileges, index_privileges


def has_privileges(request: RestRequest) -> Answer:
    """Answer which of some privileges the caller has."""
    if not request.body:
        raise parse_exception("request body or source parameter is required")
    me = request.caller()
    name = request.names.get("username", me.username)
    body = read_body(request)
    with located(request.body, body):
        asked = _asked(name, body)
    _check(asked)
    if name != me.username:
        request.require(_HAS)
        # Guess: the texts of these two refusals are from memory.
        raise illegal_argument("users may only check the privileges of their own account")
    return Answer(200, _answer(me, asked))


def list_privileges(request: RestRequest) -> Answer:
    """Answer the privileges of the caller."""
    me = request.caller()
    if me.api_key is not None and len(me.rights) > 1:
        raise illegal_argument(
            "Cannot retrieve privileges for API keys with assigned role descriptors. Please use "
            "the Get API key information API https://ela.st/es-api-get-api-key"
        )
    return Answer(200, _listed(_descriptors(request, me)))


def builtin(request: RestRequest) -> Answer:
    """Answer the names of the privileges that Elasticsearch knows."""
    request.authorize()
    return Answer(
        200,
        {
            "cluster": sorted(cluster_privileges().names()),
            "index": sorted(index_privileges().names()),
            "remote_cluster": ["monitor_enrich", "monitor_stats"],
        },
    )


def application_privileges(request: RestRequest) -> Answer:
    """Answer the privileges that applications have registered: none."""
    request.authorize()
    return Answer(404 if "name" in request.names else 200, {})


def _asked(name: str, body: Json) -> dict[str, Any]:
    """Read which privileges are asked for (`RoleDescriptor.parsePrivilegesToCheck`)."""
    if not isinstance(body, dict):
        token = bodies.token_of(body)
        text = f"failed to parse privileges check [{name}]. expected an object but found [{token}]"
        raise parse(f"{text} instead", ())
    found: dict[str, Any] = {}
    for key, value in body.items():
        path = (key,)
        if key == "cluster":
            found["cluster"] = parse_strings(name, key, value, path)
        elif key in ("index", "indices"):
            found["index"] = parse_indices(name, key, value, path, checked=True)
        elif key in ("application", "applications"):
            found["application"] = parse_applications(name, key, value, path)
        else:
            raise parse(
                f"failed to parse privileges check [{name}]. unexpected field [{key}]", path
            )
    if not found:
        raise parse(
            f"failed to parse privileges check [{name}]. All privilege fields "
            "[cluster,index,applications] are missing",
            (),
        )
    return {kind: found.get(kind, []) for kind in ("cluster", "index", "application")}


def _check(asked: dict[str, Any]) -> None:
    if not any(asked.values()):
        raise validation_failed(["must specify at least one privilege"])
    errors = []
    for entry in asked["application"]:
        errors += [application_name_error(entry["application"], asked=True)]
        errors += map(application_privilege_error, entry["privileges"])
    if texts := list(filter(None, errors)):
        raise validation_failed(texts)
    unknown = [unknown_cluster_privilege(name) for name in asked["cluster"]]
    unknown += [
        unknown_index_privilege(name) for group in asked["index"] for name in group["privileges"]
    ]
    for text in filter(None, unknown):
        raise illegal_argument(text)


def _answer(me: Identity, asked: dict[str, Any]) -> Json:
    cluster = {name: _has_cluster(me, name) for name in asked["cluster"]}
    index: dict[str, dict[str, bool]] = {}
    for group in asked["index"]:
        for name in group["names"]:
            row = index.setdefault(name, {})
            restricted = group["allow_restricted_indices"]
            row |= {each: _has_index(me, each, name, restricted) for each in group["privileges"]}
    application: dict[str, dict[str, dict[str, bool]]] = {}
    for entry in asked["application"]:
        for resource in entry["resources"]:
            held = me.of_application(entry["application"], resource)
            resources = application.setdefault(entry["application"], {})
            row = resources.setdefault(resource, {})
            row |= {
                each: all("*" in names or each in names for names in held)
                for each in entry["privileges"]
            }
    rows = [cluster, *index.values()]
    rows += [row for resources in application.values() for row in resources.values()]
    return {
        "username": me.username,
        "has_all_requested": all(all(row.values()) for row in rows),
        "cluster": cluster,
        "index": dict(sorted(index.items())),
        "application": application,
    }


def _has_cluster(me: Identity, privilege: str) -> bool:
    return all(rights.has_cluster(privilege.lower()) for rights in me.rights)


def _has_index(me: Identity, privilege: str, name: str, restricted: bool) -> bool:
    return all(
        rights.has_index(privilege.lower(), name, restricted=restricted) for rights in me.rights
    )


def _descriptors(request: RestRequest, me: Identity) -> list[dict[str, Any]]:
    if me.api_key is not None:
        key = request.cluster.security.api_keys.get(me.api_key["id"])
        return [] if key is None else list(key["limited_by"])
    return list(request.cluster.security.roles.found(me.effective_roles).values())


def _listed(descriptors: list[dict[str, Any]]) -> Json:
    answer: dict[str, Json] = {
        "cluster": _sorted(name for role in descriptors for name in role["cluster"]),
        "global": [],
        "indices": _distinct(
            {
                "names": sorted(group["names"]),
                "privileges": sorted(group["privileges"]),
                "allow_restricted_indices": group["allow_restricted_indices"],
            }
            for role in descriptors
            for group in role["indices"]
        ),
        "applications": _distinct(entry for role in descriptors for entry in role["applications"]),
        "run_as": _sorted(name for role in descriptors for name in role["run_as"]),
    }
    for kind in ("remote_indices", "remote_cluster"):
        if entries := _distinct(entry for role in descriptors for entry in role.get(kind, ())):
            answer[kind] = entries
    return answer


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(set(names))


def _distinct(entries: Iterable[dict[str, Json]]) -> list[Json]:
    found: list[Json] = []
    for entry in entries:
        if entry not in found:
            found.append(entry)
    return found


_HAS = "cluster:admin/xpack/security/user/has_privileges"

# What somebody asks of oneself needs no privilege.
