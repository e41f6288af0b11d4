"""The `.thehive` connector: pushes cases to TheHive, and creates alerts there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from mockkibana.connectors.base import Thrown
from mockkibana.connectors.sub_action_framework import (
    ANYTHING,
    Service,
    SubActionConnector,
    push,
    push_params,
    pushed_date,
)
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.javascript import stringify
from mockkibana.json import Json, Malformed, Record, loads
from mockkibana.json_errors import json_error
from mockkibana.outbound.axios import AxiosError
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    Maybe,
    Nullable,
    Number,
    Object,
    Schema,
    String,
)

_HEADERS = {"content-type": "application/json"}
_CASE = re.compile("/api/v1/case(?:/([^/]+)(/comment)?)?")
_FIRST_ID = 67_518_480
_SEVERITIES = {1: "LOW", 2: "MEDIUM", 3: "HIGH", 4: "CRITICAL"}
_TLPS = {0: "CLEAR", 1: "GREEN", 2: "AMBER", 3: "AMBER+STRICT", 4: "RED"}
_ERROR_KEYS = ("type", "message")
_BY = "kibana@example.com"


def _error(type_: str, message: str) -> Json:
    return {"type": type_, "message": message}


# Guess: types and sentences but for that of a 401.
_ERRORS = ErrorAnswers(
    _HEADERS,
    {},
    {
        "401": _error("AuthenticationError", "Authentication failure"),
        "403": _error("AuthorizationError", "Your are not authorized to perform this action"),
        "404": _error("NotFoundError", "Object not found"),
        "other": _error("InternalError", "{reason}"),
    },
)


class TheHive(Party):
    """TheHive 5; what it keeps are cases, with their comments, and alerts, by their `_id`."""

    name = "thehive"
    records = {  # noqa: RUF012
        "thehive": Object(
            {"_type": AnyValue(), "_id": String(), "comments": Maybe(ArrayOf(AnyValue()))},
            unknowns="allow",
        )
    }

    @property
    def errors(self) -> ErrorAnswers:
        """TheHive's JSON."""
        return _ERRORS

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Create a case or an alert, change a case, or comment it."""
        path, body = message.path.partition("?")[0], message.body
        if path.endswith("/api/v1/alert"):
            return self._alert(body, box)
        place = _CASE.search(path)
        if place is None:
            return _ERRORS.answer(404, path)
        if place[1] is None:
            return Answer(201, self._put(_new_case(body, box, self._count(box)), box), _HEADERS)
        case = box.state(self).get(place[1])
        if case is None or case["_type"] != "Case":
            return Answer(404, _error("NotFoundError", f"Case {place[1]} not found"), _HEADERS)
        now = box.clock.milliseconds()
        if place[2]:
            comments = case.get("comments", [])
            comment = _comment(body, now, f"{place[1]}{len(comments)}")
            self._put({**case, "comments": [*comments, comment]}, box)
            return Answer(201, comment, _HEADERS)
        given = {key: value for key, value in body.items() if value is not None}
        self._put(_labelled({**case, **given, "_updatedBy": _BY, "_updatedAt": now}), box)
        return Answer(204, None)

    def _alert(self, body: Json, box: Box) -> Answer:
        alert = _new_alert(body, box, self._count(box))
        key = [alert[key] for key in ("_type", "type", "source", "sourceRef")]
        for row in box.state(self).rows().values():
            if [row.get(name) for name in ("_type", "type", "source", "sourceRef")] == key:
                return Answer(400, _error("CreateError", "Alert already exists"), _HEADERS)
        return Answer(201, self._put(alert, box), _HEADERS)

    def _count(self, box: Box) -> int:
        return len(box.state(self).rows())

    def _put(self, record: Record, box: Box) -> Record:
        box.state(self).put(record["_id"], record)
        return record


def _labelled(record: Record) -> Record:
    return {
        **record,
        "severityLabel": _label(_SEVERITIES, record.get("severity"), "MEDIUM"),
        "tlpLabel": _label(_TLPS, record.get("tlp"), "AMBER"),
    }


def _label(labels: Mapping[int, str], level: Json, usual: str) -> str:
    return labels.get(level, usual) if isinstance(level, int) else usual


def _new(type_: str, body: Json, box: Box, count: int) -> Record:
    now = box.clock.milliseconds()
    given = {key: value for key, value in body.items() if value is not None}
    return _labelled(
        {
            "_id": f"~{_FIRST_ID + 4096 * count}",
            "_type": type_,
            "_createdBy": _BY,
            "_createdAt": now,
            "severity": 2,
            "tlp": 2,
            "pap": 2,
            "papLabel": "AMBER",
            "tags": [],
            **given,
            "status": "New",
            "stage": "New",
            "customFields": [],
            "extraData": {},
            "newDate": now,
            "timeToDetect": 0,
        }
    )


def _new_case(body: Json, box: Box, count: int) -> Record:
    case = _new("Case", body, box, count)
    extra = {"number": count + 1, "startDate": case["_createdAt"], "flag": False, "comments": []}
    return {**case, **extra}


def _new_alert(body: Json, box: Box, count: int) -> Record:
    alert = _new("Alert", body, box, count)
    return {**alert, "date": alert["_createdAt"], "follow": True, "observableCount": 0}


def _comment(body: Json, now: int, id_: str) -> Record:
    return {
        "_id": id_,
        "_type": "Comment",
        "createdBy": _BY,
        "createdAt": now,
        "message": body["message"],
        "isEdited": False,
        "extraData": {},
    }


class Config(Schema):
    """The URL of TheHive, and the organisation in whose name Kibana acts."""

    url = String()
    organisation = Nullable(String())


class Secrets(Schema):
    """An API key."""

    apiKey = String()  # noqa: N815 - Kibana's own names, here and below


def _numbers() -> dict[str, Any]:
    return {
        "severity": Nullable(Number(coerced=True)),
        "tlp": Nullable(Number(coerced=True)),
        "tags": Nullable(ArrayOf(String())),
    }


_PUSH = push_params({"title": String(), "description": String(), **_numbers()})
_ALERT = Object(
    {
        **{key: String() for key in ("title", "description", "type", "source", "sourceRef")},
        **_numbers(),
        "isRuleSeverity": Nullable(Boolean(), load_default=False, since="9.1"),
        "body": Nullable(String(), since="9.1"),
    }
)


def _answer(strings: str, numbers: str, flag: str = "") -> Object:
    """Return the schema of an answer: what has to be in it, with names in a text."""
    return Object(
        {
            **{key: String() for key in strings.split()},
            **{key: Number(coerced=True) for key in numbers.split()},
            **{key: Boolean() for key in flag.split()},
            "extraData": Object({}, unknowns="allow"),
        },
        unknowns="ignore",
    )


# Of real answers Kibana checks the optional keys, too.
_LABELS = "severityLabel tlpLabel papLabel status stage"
_MADE_CASE = _answer(
    f"_id _type _createdBy title description {_LABELS}",
    "_createdAt number severity startDate tlp pap newDate timeToDetect",
    "flag",
)
_MADE_COMMENT = _answer("_id _type createdBy message", "createdAt", "isEdited")
_MADE_ALERT = _answer(
    f"_id _type _createdBy type source sourceRef title description {_LABELS}",
    "_createdAt severity date tlp pap observableCount newDate timeToDetect",
)


def _ask(service: Service, method: str, path: str, data: Json, response: Any = ANYTHING) -> Json:
    headers = {
        "Authorization": f"Bearer {service.secrets['apiKey']}",
        "X-Organisation": service.config["organisation"],
    }
    url = f"{service.config['url']}/api/v1/{path}"
    return service.request(method, url, data, headers=headers, response=response)


def _push(service: Service, params: Json) -> Json:
    return push(
        params, partial(_create, service), partial(_update, service), partial(_add, service)
    )


def _create(service: Service, incident: Json) -> Json:
    case = _ask(service, "POST", "case", incident, _MADE_CASE)
    return _pushed(service, case["_id"], case["title"], case["_createdAt"])


def _update(service: Service, id_: str, incident: Json) -> Json:
    _ask(service, "PATCH", f"case/{id_}", incident)
    return _pushed(service, id_, incident["title"], service.run.clock.milliseconds())


def _pushed(service: Service, id_: str, title: str, milliseconds: int) -> Json:
    return {
        "id": id_,
        "title": title,
        "url": f"{service.config['url'].removesuffix('/')}/cases/{id_}/details",
        "pushedDate": pushed_date(milliseconds),
    }


def _add(service: Service, id_: str, comment: str) -> None:
    _ask(service, "POST", f"case/{id_}/comment", {"message": comment}, _MADE_COMMENT)


def _alert(service: Service, params: Json) -> None:
    """Create an alert; `body` is a text of JSON with more of its fields (elastic/kibana#207255)."""
    alert = {key: value for key, value in params.items() if key not in ("body", "isRuleSeverity")}
    # Guess: as in a push to XSOAR, what is named beside the body wins.
    _ask(service, "POST", "alert", {**_parsed(params.get("body")), **alert}, _MADE_ALERT)


def _parsed(body: str | None) -> Json:
    text = "{}" if body is None else body
    if (error := json_error(text)) is not None:
        # Guess: the words before the error.
        raise Thrown(f"Error parsing Body: SyntaxError: {error}")
    try:
        value = loads(text, javascript=True)
    except Malformed:  # what is too deep, which Kibana takes
        return {}
    return value if isinstance(value, dict) else {}


class TheHiveConnector(SubActionConnector):
    """Does one sub-action a run."""

    id = ".thehive"
    config = Config()
    secrets = Secrets()
    party = TheHive()
    sub_actions = {  # noqa: RUF012
        "pushToService": (_PUSH, _push),
        "createAlert": (_ALERT, _alert),
    }
    example = {  # noqa: RUF012
        "subAction": "pushToService",
        "subActionParams": {
            "incident": {"title": "hello, world", "description": "A test"},
            "comments": [],
        },
    }

    def error_text(self, error: AxiosError) -> str:
        """Return type and message of TheHive's answer (`thehive/thehive.ts`)."""
        if error.response is None:
            return "Unknown API Error"
        body = error.response.body if isinstance(error.response.body, dict) else {}
        type_, message = (_text(body[key]) if key in body else "undefined" for key in _ERROR_KEYS)
        return f"API Error: {type_} - {message}"


def _text(value: Json) -> str:
    return value if isinstance(value, str) else stringify(value)
