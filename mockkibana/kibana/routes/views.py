"""Kibana's connectors and spaces: each view loads with a schema, acts with one call, answers."""

from __future__ import annotations

from flask import Response

from mockkibana.kibana import schemas
from mockkibana.kibana.routes.http import CheckedRequest, answer, route
from mockkibana.kibana.routes.loading import body, params, query

_SPACE = body(schemas.Space())


@route(params=params(schemas.ConnectorId()), body=body(schemas.CreateConnector()), licensed=True)
def create_connector(call: CheckedRequest, id: str | None = None) -> Response:  # noqa: A002
    """Create a connector, with Kibana's id or the caller's."""
    return answer(200, call.world.connectors.create(call.caller, id=id, **call.body))


@route(licensed=True)
def get_connector(call: CheckedRequest, id: str) -> Response:  # noqa: A002
    """Return a connector."""
    return answer(200, call.world.connectors.get(call.caller, id))


@route(body=body(schemas.UpdateConnector()), licensed=True)
def update_connector(call: CheckedRequest, id: str) -> Response:  # noqa: A002
    """Replace a connector."""
    return answer(200, call.world.connectors.update(call.caller, id, **call.body))


@route(licensed=True)
def delete_connector(call: CheckedRequest, id: str) -> Response:  # noqa: A002
    """Delete a connector."""
    call.world.connectors.delete(call.caller, id)
    return answer(204)


@route(licensed=True)
def list_connectors(call: CheckedRequest) -> Response:
    """Return the connectors of a space."""
    return answer(200, call.world.connectors.get_all(call.caller))


@route(query=query(schemas.ConnectorTypesQuery()), licensed=True)
def list_connector_types(call: CheckedRequest) -> Response:
    """Return the registered connector types."""
    return answer(200, call.world.connectors.list_types(call.query.get("feature_id")))


@route(body=body(schemas.RunConnector()), licensed=True)
def run_connector(call: CheckedRequest, id: str) -> Response:  # noqa: A002
    """Run a connector; what the mock did otherwise than Kibana is told in a header."""
    outcome = call.world.executor.execute(call.caller, id, call.body["params"])
    warnings = outcome.warnings
    headers = [("x-mock-warning", ", ".join(warnings))] if warnings else None
    return answer(200, outcome.body(id), headers)


@route(params=params(schemas.AvailabilityParams()), licensed=True)
def check_availability(call: CheckedRequest, id: str) -> Response:  # noqa: A002
    """Tell whether a connector could have an id."""
    available = call.world.connectors.is_available(call.caller, id)
    return answer(200, {"connectorIdAvailable": available})


@route(versioned=True, query=query(schemas.SpacesQuery()))
def list_spaces(call: CheckedRequest) -> Response:
    """Return the spaces."""
    return answer(200, call.world.spaces.get_all(call.caller, **call.query))


@route(versioned=True, body=_SPACE)
def create_space(call: CheckedRequest) -> Response:
    """Create a space."""
    return answer(200, call.world.spaces.create(call.caller, call.body))


@route(versioned=True)
def get_space(call: CheckedRequest, id: str) -> Response:  # noqa: A002
    """Return a space."""
    return answer(200, call.world.spaces.get(call.caller, id))


@route(versioned=True, body=_SPACE)
def update_space(call: CheckedRequest, id: str) -> Response:  # noqa: A002
    """Replace a space."""
    return answer(200, call.world.spaces.update(call.caller, id, call.body))


@route(versioned=True)
def delete_space(call: CheckedRequest, id: str) -> Response:  # noqa: A002
    """Delete a space and what is in it."""
    call.world.spaces.delete(call.caller, id)
    return answer(204)
