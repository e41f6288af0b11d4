"""The `.servicenow-itom` connector: hands events to ServiceNow's Event Management."""

from __future__ import annotations

import re

from mockkibana.connectors.base import Run
from mockkibana.connectors.servicenow_schemas import EventsConfig, ServiceNowType, grouping_key
from mockkibana.connectors.servicenow_service import Product, ServiceNowService
from mockkibana.connectors.sub_actions import SubAction, SubActions
from mockkibana.javascript import WHITE_SPACE, to_iso
from mockkibana.json import Json
from mockkibana.validation import ArrayOf, Nullable, String

_EVENT_MANAGEMENT = Product("em_event")
_FIELDS = (
    "source",
    "event_class",
    "resource",
    "node",
    "metric_name",
    "type",
    "severity",
    "description",
    "additional_info",
    "message_key",
    "time_of_event",
)
_EVENT = {name: Nullable(String()) for name in _FIELDS} | {"message_key": grouping_key()}
_EPOCH = re.compile(r"0|-?[1-9][0-9]{0,15}")


def _add_event(service: ServiceNowService, params: Json) -> Json:
    event = {**params, "time_of_event": _time(params["time_of_event"] or "")}
    service.add_event({key: value for key, value in event.items() if value is not None})
    return {}


def _time(text: str) -> str | None:
    """Write a time of milliseconds or ISO 8601 as the event has it; None for none."""
    text = text.strip(WHITE_SPACE)
    try:
        iso = to_iso(int(text) if _EPOCH.fullmatch(text) else text)
    except ValueError:
        return None
    return f"{iso[:10]}, {iso[11:19]}"


_SUB_ACTIONS = SubActions[ServiceNowService](
    SubAction("addEvent", _EVENT, _add_event),
    SubAction("getChoices", {"fields": ArrayOf(String())}, ServiceNowService.choices),
)


class ServiceNowItom(ServiceNowType):
    """Does one sub-action a run."""

    id = ".servicenow-itom"
    config = EventsConfig()
    params = _SUB_ACTIONS.params
    example = {  # noqa: RUF012
        "subAction": "addEvent",
        "subActionParams": {"source": "kibana", "description": "hello, world"},
    }

    def execute(self, run: Run, params: Json) -> Json:
        """Do the sub-action; whatever ServiceNow refuses is thrown with its reason."""
        return _SUB_ACTIONS.run(ServiceNowService(run, _EVENT_MANAGEMENT), params)
