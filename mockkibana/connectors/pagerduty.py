"""The `.pagerduty` connector: triggers, acknowledges and resolves incidents of PagerDuty's."""

from __future__ import annotations

from mockkibana.clock import iso
from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.javascript import WHITE_SPACE
from mockkibana.javascript_dates import date_of
from mockkibana.json import Json
from mockkibana.outbound import axios
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.settings import Settings
from mockkibana.validation import (
    Any,
    ArrayOf,
    Maybe,
    Nullable,
    Object,
    RecordOf,
    Schema,
    String,
    literals,
)

_DEFAULT_URL = "https://events.pagerduty.com/v2/enqueue"
_HEADERS = {"content-type": "application/json"}
_STATES = {"trigger": "triggered", "acknowledge": "acknowledged", "resolve": "resolved"}
_POSTING = "error posting pagerduty event"


def _refusal(*errors: str) -> Json:
    return {"status": "invalid event", "message": "Event object is invalid", "errors": [*errors]}


class PagerDutyEvents(Party):
    """PagerDuty's Events API, version 2; what it keeps are the incidents, by `dedup_key`."""

    name = "pagerduty"
    records = {"pagerduty": Object({"status": String()}, unknowns="allow")}  # noqa: RUF012

    @property
    def errors(self) -> ErrorAnswers:
        """PagerDuty's words for events that it does not take, which Kibana drops."""
        return ErrorAnswers(_HEADERS, {}, {"400": _refusal("{reason}"), "other": None})

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Take an event: open an incident, or move the one that has its key."""
        event = message.body
        state, action = box.state(self), event["event_action"]
        key = event.get("dedup_key") or box.ids.bytes("pagerduty-dedup-key", 16).hex()
        known = state.get(key)
        if action == "trigger" or known is not None:
            incident = {"payload": event.get("payload"), **(known or {}), "dedup_key": key}
            moved = {"status": _STATES[action], "at": box.clock.milliseconds()}
            if known and known["status"] == "acknowledged" and action == "trigger":
                moved = {}  # an open incident gets the event, and stays acknowledged
            if known and known["status"] == "resolved":
                # What is resolved is over: a trigger opens another incident.
                incident |= {"payload": event.get("payload", known.get("payload"))}
                moved = moved if action == "trigger" else {}
            state.put(key, {**incident, **moved})
        answer = {"status": "success", "message": "Event processed", "dedup_key": key}
        return Answer(202, answer, _HEADERS)


class Config(Schema):
    """The URL of PagerDuty's, null for its own."""

    apiUrl = Nullable(String())  # noqa: N815 - Kibana's own names, here and below


class Secrets(Schema):
    """The key of an integration of PagerDuty's."""

    routingKey = String()  # noqa: N815


class Link(Schema):
    """A link of an event."""

    href = String()
    text = String()


def _checked(params: Json) -> str | None:
    timestamp = params.get("timestamp", "").strip(WHITE_SPACE)
    if timestamp and date_of(timestamp) is None:
        return f'error parsing timestamp "{timestamp}"'
    action = params.get("eventAction")
    if action in ("resolve", "acknowledge") and not params.get("dedupKey"):
        return f'DedupKey is required when eventAction is "{action}"'
    return None


class Event(Schema):
    """An event; without an action it triggers."""

    eventAction = Maybe(literals("trigger", "resolve", "acknowledge"))  # noqa: N815
    dedupKey = Maybe(String(max_length=255))  # noqa: N815
    summary = Maybe(String(max_length=1024))
    source = Maybe(String())
    severity = Maybe(literals("critical", "error", "warning", "info"))
    timestamp = Maybe(String())
    component = Maybe(String())
    group = Maybe(String())
    class_ = Maybe(String(), data_key="class")
    links = Maybe(ArrayOf(Object(Link())))
    customDetails = Maybe(RecordOf(Any(), coerced=True))  # noqa: N815


class PagerDuty(ConnectorType):
    """Sends the event of a run."""

    id = ".pagerduty"
    config = Config()
    secrets = Secrets()
    params = Object(Event(), validate=_checked)
    party = PagerDutyEvents()
    example = {"summary": "hello, world"}  # noqa: RUF012

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse a host that is not allowed, PagerDuty's own, too."""
        text = refused_url(config["apiUrl"] or _DEFAULT_URL, settings)
        return text and f"error configuring pagerduty action: {text}"

    def execute(self, run: Run, params: Json) -> Json:
        """Send the event and return PagerDuty's answer. Raises `Failed` (`pagerduty/index.ts`)."""
        headers = {
            "Content-Type": "application/json",
            "X-Routing-Key": run.secrets["routingKey"],
        }
        url = run.config["apiUrl"] or _DEFAULT_URL
        message = Outbound("POST", url, headers, _event(run.connector_id, params))
        try:
            answer = axios.Axios(run.send).request(message)
        except axios.AxiosError as error:
            if error.response is None:
                run.log.write("warn", f"error thrown posting pagerduty event: {error.message}")
                raise Failed(_POSTING, error.message) from None
            answer = error.response
        if answer.status == 202:
            return answer.body
        if answer.status == 429 or answer.status >= 500:
            raise Failed(f"{_POSTING}: http status {answer.status}, retry later", retry=True)
        raise Failed(f"{_POSTING}: unexpected status {answer.status}")


def _event(connector_id: str, params: Json) -> Json:
    action = params.get("eventAction", "trigger")
    key = {"dedup_key": params["dedupKey"]} if params.get("dedupKey") else {}
    event = {"event_action": action, **key}
    if action != "trigger":
        return event
    payload = {
        "summary": params.get("summary") or "No summary provided.",
        "source": params.get("source") or f"Kibana Action {connector_id}",
        "severity": params.get("severity", "info"),
    }
    if time := date_of(params.get("timestamp", "").strip(WHITE_SPACE)):
        payload["timestamp"] = iso(time)
    payload |= {name: params[name] for name in ("component", "group", "class") if name in params}
    if "customDetails" in params:
        payload["custom_details"] = params["customDetails"]
    links = {"links": params["links"]} if "links" in params else {}
    return {**event, "payload": payload, **links}
