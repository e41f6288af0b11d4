"""The `.servicenow-sir` connector: pushes security incidents to ServiceNow SecOps."""

from __future__ import annotations

import re

from mockkibana.connectors.base import Run
from mockkibana.connectors.push_to_service import comments
from mockkibana.connectors.servicenow_schemas import (
    Incident,
    IncidentsConfig,
    ServiceNowType,
)
from mockkibana.connectors.servicenow_service import Product, ServiceNowService
from mockkibana.connectors.sub_actions import SubAction, SubActions
from mockkibana.json import Json, Record
from mockkibana.validation import ArrayOf, Nullable, Object, OneOf, String

_SECOPS = Product("sn_si_incident", "x_elas2_sir_int", "x_elas2_sir_int_elastic_si_incident")
_TYPES = {
    "ipv4-addr": ("dest_ip", "source_ip"),
    "SHA256": ("malware_hash",),
    "URL": ("malware_url",),
}
_OBSERVABLES = ("dest_ip", "malware_hash", "malware_url", "source_ip")
_SEPARATORS = re.compile(r"[ ,|\r\n\t]+")


def _observable() -> OneOf:
    return OneOf([Nullable(String()), Nullable(ArrayOf(String()))], load_default=None)


class SecurityIncident(Incident):
    """A security incident of a push, with what was observed: a text, or a list of them."""

    dest_ip = _observable()
    malware_hash = _observable()
    malware_url = _observable()
    source_ip = _observable()
    priority = Nullable(String())


def _push(service: ServiceNowService, params: Json) -> Json:
    """Push an incident; the app takes its observables apart, the table API as texts."""
    incident = params["incident"]
    if service.uses_table_api:
        texts = {name: _text(incident[name]) for name in _OBSERVABLES}
        return service.push({**incident, **texts}, params["comments"])
    nothing = dict.fromkeys(_OBSERVABLES)
    result = service.push({**incident, **nothing}, params["comments"])
    if observables := _observed(incident):
        service.add_observables(result, observables)
    return result


def _text(observed: str | list[str] | None) -> str | None:
    return ",".join(observed) if isinstance(observed, list) else observed


def _observed(incident: Record) -> list[Record]:
    """Return what was observed, each thing once, with its type."""
    found = []
    for type_, names in _TYPES.items():
        values = [value for name in names for value in _parts(incident[name])]
        found += [{"value": value, "type": type_} for value in dict.fromkeys(values) if value]
    return found


def _parts(observed: str | list[str] | None) -> list[str]:
    return _SEPARATORS.split(observed) if isinstance(observed, str) else observed or []


_SUB_ACTIONS = SubActions[ServiceNowService](
    SubAction("getFields", {}, ServiceNowService.fields),
    # Kibana takes it, and asks nobody.
    SubAction("getIncident", {"externalId": String()}, lambda *_: {}),
    SubAction("handshake", {}),
    SubAction(
        "pushToService", {"incident": Object(SecurityIncident()), "comments": comments()}, _push
    ),
    SubAction("getChoices", {"fields": ArrayOf(String())}, ServiceNowService.choices),
)


class ServiceNowSir(ServiceNowType):
    """Does one sub-action a run."""

    id = ".servicenow-sir"
    config = IncidentsConfig()
    params = _SUB_ACTIONS.params
    example = {  # noqa: RUF012
        "subAction": "pushToService",
        "subActionParams": {"incident": {"short_description": "hello, world"}},
    }

    def execute(self, run: Run, params: Json) -> Json:
        """Do the sub-action; whatever ServiceNow refuses is thrown with its reason."""
        return _SUB_ACTIONS.run(ServiceNowService(run, _SECOPS), params)
