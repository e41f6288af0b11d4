"""Kibana's routes about roles and features."""

from __future__ import annotations

from functools import partial

from flask import Response

from mockkibana.kibana import role_schema as schemas
from mockkibana.kibana.features import FeaturesQuery, listed
from mockkibana.kibana.privileges import READ_FEATURES
from mockkibana.kibana.roles import KibanaRoles
from mockkibana.kibana.routes.http import CheckedRequest, answer, route
from mockkibana.kibana.routes.loading import body, params, query

_route = partial(route, versioned=True)


@_route(query=query(schemas.GetRoleQuery()))
def list_roles(call: CheckedRequest) -> Response:
    """Return all roles."""
    return answer(200, _roles(call).get_all())


@_route(query=query(schemas.GetRoleQuery()))
def get_role(call: CheckedRequest, name: str) -> Response:
    """Return a role."""
    return answer(200, _roles(call).get(name))


@_route(
    params=params(schemas.PutRoleParams()),
    query=query(schemas.PutRoleQuery()),
    body=body(schemas.PutRole()),
)
def put_role(call: CheckedRequest, name: str) -> Response:
    """Create or replace a role."""
    _roles(call).put(name, call.body, create_only=call.query["createOnly"])
    return answer(204)


@_route()
def delete_role(call: CheckedRequest, name: str) -> Response:
    """Delete a role."""
    _roles(call).delete(name)
    return answer(204)


@_route(body=body(schemas.FindRoles()))
def find_roles(call: CheckedRequest) -> Response:
    """Return a page of the roles that fit a search."""
    return answer(200, _roles(call).find(call.body))


@_route(body=body(schemas.PutRoles()))
def put_roles(call: CheckedRequest) -> Response:
    """Create or replace several roles."""
    return answer(200, _roles(call).put_all(call.body["roles"]))


@route(query=query(FeaturesQuery()), privilege=READ_FEATURES)
def list_features(call: CheckedRequest) -> Response:
    """Return the features."""
    world = call.world
    every_level = call.query["ignoreValidLicenses"]
    return answer(200, listed(world.settings.release, None if every_level else world.license))


def _roles(call: CheckedRequest) -> KibanaRoles:
    world = call.world
    return KibanaRoles(world.security, call.caller.identity, world.settings.release)
