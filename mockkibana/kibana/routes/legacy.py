"""Kibana's legacy routes `/api/actions/action...`: the same connectors under older names."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response

from mockkibana.json import Json
from mockkibana.kibana.routes.http import CheckedRequest, answer, route
from mockkibana.kibana.routes.loading import body
from mockkibana.kibana.schemas import RunConnector
from mockkibana.settings import Settings
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import RecordOf, Schema, String

# Each table is in the order of the answer: today's name of a key, and its legacy name.
_CONNECTOR = {
    "id": "id",
    "connector_type_id": "actionTypeId",
    "name": "name",
    "config": "config",
    "is_missing_secrets": "isMissingSecrets",
    "is_preconfigured": "isPreconfigured",
    "is_system_action": "isSystemAction",
    "is_deprecated": "isDeprecated",
    "referenced_by_count": "referencedByCount",
}
_TYPE = {
    "id": "id",
    "name": "name",
    "enabled": "enabled",
    "enabled_in_config": "enabledInConfig",
    "enabled_in_license": "enabledInLicense",
    "minimum_license_required": "minimumLicenseRequired",
    "supported_feature_ids": "supportedFeatureIds",
    "is_system_action_type": "isSystemActionType",
    "sub_feature": "subFeature",
}
_OUTCOME = {
    "status": "status",
    "connector_id": "actionId",
    "data": "data",
    "message": "message",
    "service_message": "serviceMessage",
    "retry": "retry",
    "errorSource": "errorSource",
}


class CreateAction(Schema):
    """The body of `POST /api/actions/action`; blank strings are fine."""

    name = String()
    actionTypeId = String()  # noqa: N815 - Kibana's own name
    config = RecordOf(AnyValue(), load_default=dict)
    secrets = RecordOf(AnyValue(), load_default=dict)


class UpdateAction(Schema):
    """The body of `PUT /api/actions/action/{id}`; blank strings are fine."""

    name = String()
    config = RecordOf(AnyValue(), load_default=dict)
    secrets = RecordOf(AnyValue(), load_default=dict)


def _warn(response: Response, settings: Settings) -> None:
    """Say that the route is deprecated, on refusals of any kind, too.

    All legacy routes have Kibana's default text (`get_warning_header_message.ts`).
    """
    release = settings.release
    if release.legacy_warning_header:
        text = f'299 Kibana-{release.version} "This endpoint is deprecated"'
        response.headers["warning"] = text


_route = partial(route, finish=_warn)


@_route(body=body(CreateAction()), licensed=True)
def create_action(call: CheckedRequest) -> Response:
    """Create a connector; its id is Kibana's."""
    body: dict[str, Any] = dict(call.body)
    type_id = body.pop("actionTypeId")
    made = call.world.connectors.create(call.caller, connector_type_id=type_id, **body)
    return answer(200, _renamed(made, _CONNECTOR))


@_route(licensed=True)
def get_action(call: CheckedRequest, id: str) -> Response:  # noqa: A002 - Kibana's own name
    """Return a connector."""
    return answer(200, _renamed(call.world.connectors.get(call.caller, id), _CONNECTOR))


@_route(body=body(UpdateAction()), licensed=True)
def update_action(call: CheckedRequest, id: str) -> Response:  # noqa: A002
    """Replace a connector."""
    updated = call.world.connectors.update(call.caller, id, **call.body)
    return answer(200, _renamed(updated, _CONNECTOR))


@_route(licensed=True)
def delete_action(call: CheckedRequest, id: str) -> Response:  # noqa: A002
    """Delete a connector."""
    call.world.connectors.delete(call.caller, id)
    return answer(204)


@_route(licensed=True)
def list_actions(call: CheckedRequest) -> Response:
    """Return the connectors of a space."""
    connectors = call.world.connectors.get_all(call.caller)
    return answer(200, [_renamed(connector, _CONNECTOR) for connector in connectors])


@_route(licensed=True)
def list_action_types(call: CheckedRequest) -> Response:
    """Return the registered connector types."""
    types = call.world.connectors.list_types()
    return answer(200, [_renamed(connector_type, _TYPE) for connector_type in types])


@_route(body=body(RunConnector()), licensed=True)
def run_action(call: CheckedRequest, id: str) -> Response:  # noqa: A002
    """Run a connector."""
    outcome = call.world.executor.execute(call.caller, id, call.body["params"])
    headers = [("x-mock-warning", ", ".join(outcome.warnings))] if outcome.warnings else None
    return answer(200, _renamed(outcome.body(id), _OUTCOME), headers)


def _renamed(value: dict[str, Json], names: dict[str, str]) -> dict[str, Json]:
    return {legacy_name: value[name] for name, legacy_name in names.items() if name in value}
