"""The `.xsoar` connector: creates incidents in Palo Alto's Cortex XSOAR."""

from __future__ import annotations

from mockkibana.connectors.base import Thrown
from mockkibana.connectors.sub_action_framework import ANYTHING, Service, SubActionConnector
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Malformed, loads
from mockkibana.json_errors import json_error
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    ByRelease,
    Nullable,
    Number,
    Object,
    Schema,
    String,
)

_HEADERS = {"content-type": "application/json"}
_CLOUD = "/xsoar/public/v1"
_PLAYBOOKS = [
    {"id": "playbook0", "name": "Access Investigation - Generic", "version": 1},
    {"id": "playbook1", "name": "Malware Investigation - Generic", "version": 1},
]


class Xsoar(Party):
    """Cortex XSOAR with two playbooks; what it keeps are the incidents, by id."""

    name = "xsoar"

    @property
    def errors(self) -> ErrorAnswers:
        """XSOAR's JSON, which Kibana does not read."""
        body = {"id": "error", "status": "{status}", "title": "{reason}", "error": "{reason}"}
        return ErrorAnswers(_HEADERS, {}, {"other": body})

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Search the playbooks, or create an incident."""
        path = message.path.partition("?")[0]
        if path.endswith("/playbook/search"):
            answer = {"playbooks": _PLAYBOOKS, "tags": None, "total": len(_PLAYBOOKS)}
            return Answer(200, answer, _HEADERS)
        if not path.endswith("/incident"):
            return self.errors.answer(404, path)
        state = box.state(self)
        id_ = str(len(state.rows()) + 1)
        created = {"id": id_, "version": 1, "created": box.clock.milliseconds()}
        incident = {"type": "Unclassified", "status": 0, **message.body, **created}
        state.put(id_, incident)
        return Answer(201, incident, _HEADERS)


class Config(Schema):
    """The URL of XSOAR."""

    url = String()


class Secrets(Schema):
    """An API key; with the key's id, XSOAR is in the cloud."""

    apiKey = String()  # noqa: N815 - Kibana's own names, here and below
    apiKeyID = Nullable(String())  # noqa: N815


_NOT_SENT = ("body", "isRuleSeverity")


class Incident(Schema):
    """An incident; `body` is a text of JSON with more of its fields."""

    name = String()
    playbookId = Nullable(String())  # noqa: N815
    createInvestigation = Boolean()  # noqa: N815
    severity = Number(coerced=True)
    isRuleSeverity = ByRelease(  # noqa: N815
        {"8.17": Nullable(Boolean()), "9.3": Nullable(Boolean(), load_default=False)}
    )
    body = Nullable(String())


_PLAYBOOK = Object({"id": String(), "name": String()}, unknowns="ignore")
_FOUND = Object({"playbooks": ArrayOf(_PLAYBOOK)}, unknowns="ignore")
_CREATED = Object({}, unknowns="ignore")


def _get_playbooks(service: Service, _: Json) -> Json:
    return _post(service, "/playbook/search", {}, _FOUND)


def _run(service: Service, params: Json) -> None:
    incident = {key: value for key, value in params.items() if key not in _NOT_SENT}
    _post(service, "/incident", {**_parsed(params.get("body")), **incident}, _CREATED)


def _parsed(body: str | None) -> Json:
    """Return the fields in a text of JSON; one without fields has none."""
    text = "{}" if body is None else body
    if (error := json_error(text)) is not None:
        raise Thrown(f"Error parsing alert body for xSOAR: SyntaxError: {error}")
    try:
        value = loads(text, javascript=True, allow_proto=True)
    except Malformed:  # what is too deep, which Kibana takes
        return {}
    return value if isinstance(value, dict) else {}


def _post(service: Service, path: str, data: Json, response: Object) -> Json:
    key_id = service.secrets["apiKeyID"]
    headers = {"Authorization": service.secrets["apiKey"], "x-xdr-auth-id": key_id or None}
    url = f"{service.config['url']}{_CLOUD if key_id else ''}{path}"
    return service.request("POST", url, data, headers=headers, response=response)


class XsoarConnector(SubActionConnector):
    """Does one sub-action a run."""

    id = ".xsoar"
    config = Config()
    secrets = Secrets()
    party = Xsoar()
    sub_actions = {  # noqa: RUF012
        "getPlaybooks": (ANYTHING, _get_playbooks),
        "run": (Incident(), _run),
    }
    example = {  # noqa: RUF012
        "subAction": "run",
        "subActionParams": {"name": "hello, world", "createInvestigation": True, "severity": 1},
    }

    def error_text(self, error: axios.AxiosError) -> str:
        """Return the answer's reason phrase, or the error itself."""
        if error.response is None:
            return f"AxiosError: {error.message}"
        return f"API Error: {axios.status_text(error.response.status)}"
