"""The `.servicenow` connector: pushes incidents to ServiceNow ITSM, and closes them."""

from __future__ import annotations

from mockkibana.connectors.base import Run
from mockkibana.connectors.push_to_service import comments
from mockkibana.connectors.servicenow_schemas import (
    Incident,
    IncidentsConfig,
    ServiceNowType,
    grouping_key,
)
from mockkibana.connectors.servicenow_service import Product, ServiceNowService
from mockkibana.connectors.sub_actions import SubAction, SubActions
from mockkibana.json import Json
from mockkibana.validation import ArrayOf, Nullable, Object, Schema, String

_ITSM = Product("incident", "x_elas2_inc_int", "x_elas2_inc_int_elastic_incident")


class ItsmIncident(Incident):
    """An incident of a push."""

    severity = Nullable(String())
    urgency = Nullable(String())
    impact = Nullable(String())


class ClosedIncident(Schema):
    """Which incident is to be closed."""

    externalId = Nullable(String())  # noqa: N815 - Kibana's own name
    correlation_id = grouping_key()


_SUB_ACTIONS = SubActions[ServiceNowService](
    SubAction("getFields", {}, ServiceNowService.fields),
    # Kibana takes it, and asks nobody.
    SubAction("getIncident", {"externalId": String()}, lambda *_: {}),
    SubAction("handshake", {}),
    SubAction(
        "pushToService",
        {"incident": Object(ItsmIncident()), "comments": comments()},
        lambda service, params: service.push(params["incident"], params["comments"]),
    ),
    SubAction("getChoices", {"fields": ArrayOf(String())}, ServiceNowService.choices),
    SubAction(
        "closeIncident",
        {"incident": Object(ClosedIncident())},
        lambda service, params: service.close(params) or {},
    ),
)


class ServiceNow(ServiceNowType):
    """Does one sub-action a run."""

    id = ".servicenow"
    config = IncidentsConfig()
    params = _SUB_ACTIONS.params
    example = {  # noqa: RUF012
        "subAction": "pushToService",
        "subActionParams": {"incident": {"short_description": "hello, world"}},
    }

    def execute(self, run: Run, params: Json) -> Json:
        """Do the sub-action; whatever ServiceNow refuses is thrown with its reason."""
        return _SUB_ACTIONS.run(ServiceNowService(run, _ITSM), params)
