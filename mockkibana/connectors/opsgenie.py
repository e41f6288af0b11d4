"""The `.opsgenie` connector: creates and closes alerts in Opsgenie."""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import quote, unquote, urljoin

from mockkibana.connectors.base import Thrown
from mockkibana.connectors.sub_action_framework import Service, SubActionConnector
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.http.urls import is_url
from mockkibana.javascript import stringify
from mockkibana.json import Json, Record
from mockkibana.outbound.axios import AxiosError
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import (
    ArrayOf,
    ByRelease,
    Literal,
    Maybe,
    Number,
    Object,
    OneOf,
    RecordOf,
    Schema,
    String,
    literals,
)
from mockkibana.validation.scalars import utf16_length

_API = "v2"
_LONGEST_ALIAS = 512
_LONGEST_MESSAGE = 130
_HEADERS = {"content-type": "application/json"}
_CLOSE = re.compile("/v2/alerts/([^/?]+)/close")
_ABOUT = {"took": 0.107, "requestId": "43a29c5c-3dbf-4fa4-9c26-f4f71023e120"}
_ERRORS = ErrorAnswers(
    _HEADERS,
    {},
    {
        "401": {"message": "Could not authenticate", **_ABOUT},
        "403": {"message": "You are not authorized to perform this operation", **_ABOUT},
        "422": {
            "message": "Request body is not processable. Please check the errors.",
            "errors": {"message": "Message can not be empty."},
            **_ABOUT,
        },
        "429": {"message": "You are making too many requests!", **_ABOUT},
        "other": {"message": "{reason}", **_ABOUT},
    },
)


class Alerts(Party):
    """Opsgenie's alert API; what it keeps are the alerts, by alias.

    It answers before it works: a close of an alert that is not there is accepted, too.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.records = {name: Object({"status": String(), "count": Number()}, unknowns="allow")}

    @property
    def errors(self) -> ErrorAnswers:
        """Opsgenie's own words."""
        return _ERRORS

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Create an alert, or close one."""
        path, body = message.path.partition("?")[0], message.body
        if path.endswith("/v2/alerts"):
            self._create(body, box)
        elif (found := _CLOSE.search(path)) is not None:
            self._close(unquote(found[1]), body, box)
        else:
            return _ERRORS.answer(404, path)
        answer = {
            "result": "Request will be processed",
            "took": 0.107,
            "requestId": box.ids.uuid("opsgenie-request"),
        }
        return Answer(202, answer, _HEADERS)

    def _create(self, body: Json, box: Box) -> None:
        state, now = box.state(self), box.clock.milliseconds()
        id_ = f"{box.ids.uuid('opsgenie-alert')}-{now}"
        alias = body.get("alias") or id_
        known = state.get(alias)
        if known is not None and known["status"] == "open":
            state.put(alias, {**known, "count": known["count"] + 1, "lastOccurredAt": now})
            return
        alert = {"priority": "P3", **body, "alias": alias, "id": id_, "status": "open", "count": 1}
        tiny_id = str(len(state.rows()) + 1)
        state.put(alias, {**alert, "tinyId": tiny_id, "createdAt": now, "lastOccurredAt": now})

    def _close(self, alias: str, body: Json, box: Box) -> None:
        state = box.state(self)
        if (alert := state.get(alias)) is not None:
            report: Record = {key: body[key] for key in ("user", "source", "note") if key in body}
            closed = {"status": "closed", "closed": report, "updatedAt": box.clock.milliseconds()}
            state.put(alias, {**alert, **closed})


def _not_blank(text: str) -> str | None:
    return None if text.strip() else "must be populated with a value other than just whitespace"


class Config(Schema):
    """The URL of Opsgenie's API."""

    apiUrl = String()  # noqa: N815 - Kibana's own names, here and below


class Secrets(Schema):
    """The key of an integration of Opsgenie's."""

    apiKey = String()  # noqa: N815


def _whom(key: str, *types: str) -> Object:
    return Object({key: String(), "type": literals(*types) if types[1:] else Literal(types[0])})


# Guess: zod 3 says of a union what zod 4 does.
_EITHER = 'and one of "name", "id", or "username"'
RESPONDERS = ("team", "user", "escalation", "schedule")
"""Who can be asked to respond to an alert."""


class CreateAlert(Schema):
    """An alert of Opsgenie's."""

    message = ByRelease(
        {
            "8.17": String(min_length=1, max_length=_LONGEST_MESSAGE, validate=_not_blank),
            "9.5.5": String(min_length=1, max_length=15_000, validate=_not_blank),
        }
    )
    alias = Maybe(String())
    description = Maybe(String(max_length=15_000))
    responders = Maybe(
        ArrayOf(
            OneOf(
                [
                    _whom("name", *RESPONDERS),
                    _whom("id", *RESPONDERS),
                    _whom("username", "user"),
                ],
                text=f'Each responder must have a "type" ({"|".join(RESPONDERS)}) {_EITHER}',
            ),
            max_size=50,
        )
    )
    visibleTo = Maybe(  # noqa: N815
        ArrayOf(
            OneOf(
                [
                    _whom("name", "team"),
                    _whom("id", "team"),
                    _whom("id", "user"),
                    _whom("username", "user"),
                ],
                text=f'Each visible target must have a "type" (team|user) {_EITHER}',
            ),
            max_size=50,
        )
    )
    actions = Maybe(ArrayOf(String(max_length=50), max_size=10))
    tags = Maybe(ArrayOf(String(max_length=50), max_size=20))
    details = Maybe(RecordOf(String()))
    entity = Maybe(String(max_length=512))
    source = Maybe(String(max_length=100))
    priority = Maybe(literals("P1", "P2", "P3", "P4", "P5"))
    user = Maybe(String(max_length=100))
    note = Maybe(String(max_length=25_000))


class CloseAlert(Schema):
    """Which alert to close, and who does it."""

    alias = String()
    user = Maybe(String(max_length=100))
    source = Maybe(String(max_length=100))
    note = Maybe(String(max_length=25_000))


_ACCEPTED = Object(
    {"took": Number(coerced=True), "requestId": String(), "result": String()}, unknowns="allow"
)


def create_alert(service: Service, params: Json, *, api: str = _API) -> Json:
    """Create an alert by the API of that path, below the config's `apiUrl`."""
    alias = {"alias": _short(params["alias"])} if params.get("alias") else {}
    return _post(service, f"{api}/alerts", {**params, "message": _cut(params["message"]), **alias})


def _cut(message: str) -> str:
    """Return what Opsgenie takes of a message (elastic/kibana#291698)."""
    if utf16_length(message) <= _LONGEST_MESSAGE:
        return message
    units = message.encode("utf-16-le", "surrogatepass")[: 2 * _LONGEST_MESSAGE]
    return units.decode("utf-16-le", "replace")


def close_alert(service: Service, params: Json, *, api: str = _API) -> Json:
    """Close the alert of an alias by the API of that path."""
    rest = {key: value for key, value in params.items() if key != "alias"}
    path = f"{api}/alerts/{quote(_short(params['alias']), safe=_IN_PATHS)}/close"
    return _post(service, f"{path}?identifierType=alias", rest)


# What `new URL` leaves as it is in a path. It takes ? and # for the end of it: an alias that has
# them closes another alert in Kibana; here it closes its own.
_IN_PATHS = "!$%&'()*+,/:;=@[]^|~\\"


def _short(alias: str) -> str:
    """Return an alias that Opsgenie takes: the hash of one that is too long for it."""
    if utf16_length(alias) <= _LONGEST_ALIAS:
        return alias
    return f"sha-{sha256(alias.encode('utf-8', 'replace')).hexdigest()}"


def _post(service: Service, path: str, data: Json) -> Json:
    base = service.config["apiUrl"]
    if not is_url(base):
        raise Thrown("Invalid URL")
    headers = {"Authorization": f"GenieKey {service.secrets['apiKey']}"}
    return service.request("POST", urljoin(base, path), data, headers=headers, response=_ACCEPTED)


def told_by_opsgenie(error: AxiosError) -> str:
    """Return the message and errors of an answer, or axios's message (`opsgenie/connector.ts`)."""
    body = error.response.body if error.response else None
    if not isinstance(body, dict):
        return error.message
    text = error.message if body.get("message") is None else body["message"]
    return text if body.get("errors") is None else f"{text}: {stringify(body['errors'])}"


class Opsgenie(SubActionConnector):
    """Does one sub-action a run."""

    id = ".opsgenie"
    config = Config()
    secrets = Secrets()
    party = Alerts("opsgenie")
    url_keys = ("apiUrl",)
    sub_actions = {  # noqa: RUF012
        "createAlert": (CreateAlert(), create_alert),
        "closeAlert": (CloseAlert(), close_alert),
    }
    example = {  # noqa: RUF012
        "subAction": "createAlert",
        "subActionParams": {"message": "hello, world"},
    }

    def error_text(self, error: AxiosError) -> str:
        """Return Opsgenie's message and errors, or axios's message."""
        return told_by_opsgenie(error)
