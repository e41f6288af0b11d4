"""Kibana's internal routes about connectors and users: what its own pages ask."""

from __future__ import annotations

from functools import partial

from flask import Response

from mockkibana.connectors.email_services import well_known_service
from mockkibana.kibana import schemas
from mockkibana.kibana.oauth import TOKEN_REQUEST, retrieve_access_token
from mockkibana.kibana.routes.http import CheckedRequest, answer, route
from mockkibana.kibana.routes.loading import body, query
from mockkibana.settings import Settings


def _without_version(response: Response, _: Settings) -> None:
    """Take off the API version, which only public routes have."""
    response.headers.pop("elastic-api-version", None)


_route = partial(route, internal=True, finish=_without_version)


@_route(licensed=True)
def list_connectors(call: CheckedRequest) -> Response:
    """Return the connectors of a space, those of system actions among them."""
    return answer(200, call.world.connectors.get_all(call.caller, with_system=True))


@_route(query=query(schemas.ConnectorTypesQuery()), licensed=True)
def list_connector_types(call: CheckedRequest) -> Response:
    """Return the registered connector types, the system action types among them."""
    feature_id = call.query.get("feature_id")
    return answer(200, call.world.connectors.list_types(feature_id, with_system=True))


@_route(licensed=True)
def get_email_config(call: CheckedRequest, service: str) -> Response:  # noqa: ARG001
    """Return host, port and security of a well-known mail service, or nothing."""
    return answer(200, well_known_service(service))


@_route(body=body(TOKEN_REQUEST), licensed=True)
def get_oauth_access_token(call: CheckedRequest) -> Response:
    """Get an access token for a connector that is not saved yet."""
    return answer(200, retrieve_access_token(call.caller, call.body, call.world.settings))


@_route()
def get_current_user(call: CheckedRequest) -> Response:
    """Return who asks: while security is off, the superuser."""
    from mockkibana.kibana.current_user import current_user  # slow to import

    identity = call.caller.identity or call.world.security.authentication.superuser()
    return answer(200, current_user(identity))
