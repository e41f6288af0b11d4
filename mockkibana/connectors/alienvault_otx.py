"""The `.alienvault-otx` connector: asks AlienVault's Open Threat Exchange for indicators."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl

from mockkibana.connectors.specification import (
    Actions,
    Client,
    SpecifiedConnector,
    api_key,
    members,
    params_of,
    whole,
)
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Record
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import Maybe, Object, String, literals

_PATH = "/api/v1/"
_API = f"https://otx.alienvault.com{_PATH}"
_HEADERS = {"content-type": "application/json"}
_ERRORS = ErrorAnswers(_HEADERS, {}, {"other": {"detail": "{reason}"}})


class OpenThreatExchange(Party):
    """The exchange; what it keeps are pulses by id: `{"name", "indicators": [{"indicator"}]}`."""

    name = "alienvault-otx"

    @property
    def errors(self) -> ErrorAnswers:
        """The exchange's JSON, which Kibana does not read."""
        return _ERRORS

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Return what is known of an indicator, a pulse, or a page of all pulses."""
        path, _, query = message.path.partition("?")
        what, _, rest = path.removeprefix(_PATH).partition("/")
        kept = box.state(self).rows()
        pulses = [{"id": id_, **pulse} for id_, pulse in kept.items()]
        if what == "indicators":
            return Answer(200, _known(rest, pulses), _HEADERS)
        if rest == "subscribed":
            return Answer(200, _page(pulses, dict(parse_qsl(query))), _HEADERS)
        if rest not in kept:
            return _ERRORS.answer(404, path)
        return Answer(200, {"id": rest, **kept[rest]}, _HEADERS)


def _known(path: str, pulses: Iterable[Record]) -> Record:
    """Return a section about an indicator, of which only the pulses differ from the others."""
    kind, _, rest = path.partition("/")
    indicator, _, section = rest.rpartition("/")
    about = [pulse for pulse in pulses if indicator in _indicators(pulse)]
    if section == "pulses":
        return {"count": len(about), "results": about, "next": None, "previous": None}
    found = {"count": len(about), "pulses": about}
    return {"indicator": indicator, "type": kind, "section": section, "pulse_info": found}


def _indicators(pulse: Record) -> list[Json]:
    found = pulse.get("indicators")
    rows = found if isinstance(found, list) else []
    return [row.get("indicator") for row in rows if isinstance(row, dict)]


def _page(pulses: list[Record], asked: dict[str, str]) -> Record:
    # Guess: a query is looked for in the names.
    text = asked.get("q", "").lower()
    found = [pulse for pulse in pulses if text in str(pulse.get("name", "")).lower()]
    page, limit = int(asked.get("page", 1)), int(asked.get("limit", 10))
    further = f"{_API}pulses/subscribed?limit={limit}&page={page + 1}"
    return {
        "count": len(found),
        "results": found[(page - 1) * limit : page * limit],
        "next": further if page * limit < len(found) else None,
    }


def _get_indicator(client: Client, params: Json) -> Json:
    kind, indicator = params["indicatorType"], params["indicator"]
    section = params.get("section") or "general"
    said = client.get(f"{_API}indicators/{kind}/{indicator}/{section}", {})
    return {"indicator": indicator, "type": kind, "data": said}


def _search_pulses(client: Client, params: Json) -> Json:
    query = {"q": params["query"]} if params.get("query") else {}
    query |= {"page": params["page"], "limit": params["limit"]}
    return members(client.get(f"{_API}pulses/subscribed", query), "count", "results", "next")


def _get_pulse(client: Client, params: Json) -> Json:
    said = client.get(f"{_API}pulses/{params['pulseId']}", {})
    first = members(said, "id", "name", "description", "author_name")
    if "author_name" in first:
        first["author"] = first.pop("author_name")
    return first | members(said, "created", "modified", "tags", "indicators")


def _get_related_pulses(client: Client, params: Json) -> Json:
    kind, indicator = params["indicatorType"], params["indicator"]
    said = members(
        client.get(f"{_API}indicators/{kind}/{indicator}/pulses", {}), "count", "results"
    )
    if "results" in said:
        said["pulses"] = said.pop("results")
    return {"indicator": indicator, **said}


_INDICATOR = {
    "indicatorType": literals(
        "IPv4",
        "IPv6",
        "domain",
        "hostname",
        "url",
        "FileHash-MD5",
        "FileHash-SHA1",
        "FileHash-SHA256",
    ),
    "indicator": String(),
}
_ACTIONS: Actions = {
    "getIndicator": (
        Object({**_INDICATOR, "section": Maybe(String())}, unknowns="ignore"),
        _get_indicator,
    ),
    "searchPulses": (
        Object(
            {
                "query": Maybe(String()),
                "page": whole(1, default=1),
                "limit": whole(1, 100, default=20),
            },
            unknowns="ignore",
        ),
        _search_pulses,
    ),
    "getPulse": (Object({"pulseId": String()}, unknowns="ignore"), _get_pulse),
    "getRelatedPulses": (Object(_INDICATOR, unknowns="ignore"), _get_related_pulses),
}


class AlienVaultOtx(SpecifiedConnector):
    """Looks up indicators, and the pulses that tell of them."""

    id = ".alienvault-otx"
    secrets = api_key("X-OTX-API-KEY")
    actions = _ACTIONS
    params = params_of(_ACTIONS)
    party = OpenThreatExchange()
    test_request = (f"{_API}pulses/subscribed", {"limit": 1}, {})
    connected = "Successfully connected to AlienVault OTX API"
    not_connected = "Failed to connect: {error}"
    example = {  # noqa: RUF012
        "subAction": "getIndicator",
        "subActionParams": {"indicatorType": "IPv4", "indicator": "203.0.113.7"},
    }
