"""The `.d3security` connector: sends an event to D3 Security's SOAR."""

from __future__ import annotations

from mockkibana.connectors.sub_action_framework import Service, SubActionConnector
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Malformed, loads
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import Maybe, Object, Schema, String

_HEADERS = {"content-type": "application/json; charset=utf-8"}
_FIRST_ID = 12_345


class D3Security(Party):
    """D3's webhook, whatever its URL; what it keeps are the events, by the id that it answers."""

    name = "d3security"

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Take an event."""
        state = box.state(self)
        id_ = str(_FIRST_ID + len(state.rows()))
        source = message.body["hits"]["hits"]["_source"]
        state.put(id_, {"refid": id_, "at": box.clock.milliseconds(), **source})
        return Answer(200, {"refid": id_}, _HEADERS)


class Config(Schema):
    """The URL of a webhook of D3's."""

    url = String()


class Secrets(Schema):
    """The token of the webhook."""

    token = String()


class Event(Schema):
    """An event, whose body may be a text of JSON."""

    body = Maybe(String())
    severity = Maybe(String(load_default=""))
    eventType = Maybe(String(load_default=""))  # noqa: N815 - Kibana's own name


_RESPONSE = Object({"refid": String()}, unknowns="ignore")


def _run(service: Service, params: Json) -> Json:
    """Send an event and return D3's answer (`d3security/{d3security,helpers}.ts`)."""
    source = {
        "rawData": _parsed(params.get("body", "")),
        "event.type": params.get("eventType", ""),
        "kibana.alert.severity": params.get("severity", ""),
    }
    return service.request(
        "POST",
        service.config["url"],
        {"hits": {"hits": {"_source": source}}},
        headers={"d3key": service.secrets["token"]},
        response=_RESPONSE,
    )


def _parsed(text: str) -> Json:
    try:
        return loads(text, javascript=True, allow_proto=True)
    except Malformed:
        return text


class D3SecurityConnector(SubActionConnector):
    """Sends the event of a run."""

    id = ".d3security"
    config = Config()
    secrets = Secrets()
    party = D3Security()
    sub_actions = {"run": (Event(), _run), "test": (Event(), _run)}  # noqa: RUF012
    example = {  # noqa: RUF012
        "subAction": "run",
        "subActionParams": {"body": '{"message": "hello, world"}', "severity": "high"},
    }

    def error_text(self, error: axios.AxiosError) -> str:
        """Return the status of the answer, and its reason phrase."""
        if error.response is None:
            return "Unknown API Error"
        if (status := error.response.status) == 401:
            return "Unauthorized API Error"
        return f"API Error: {status} - {axios.status_text(status)}"
