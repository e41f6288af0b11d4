"""The tracker behind `.cases-webhook`: it has the very API that a connector's config tells."""

from __future__ import annotations

import re
from urllib.parse import unquote

from mockkibana.clock import iso
from mockkibana.connectors.templates import rendered
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Malformed, Record, loads
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import Any, ArrayOf, Object, RecordOf, String

_HEADERS = {"content-type": "application/json; charset=utf-8"}
_DEFAULTS = {
    "createIncidentMethod": "post",
    "updateIncidentMethod": "put",
    "getIncidentMethod": "get",
}
_ID = "\0"
_DOUBLE = re.compile(r"([^:]/)/+")


def normalized(url: str) -> str:
    """Return a URL without a slash at its end and without empty parts of its path."""
    return _DOUBLE.sub(r"\1", url.removesuffix("/"))


def member(value: Json, path: str) -> tuple[Json, ...]:
    """Return what stands at a path such as `issue.keys[0]`, or nothing (lodash's `get`)."""
    if isinstance(value, dict) and path in value:
        return (value[path],)
    for part in _parts(path):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part[:9]) < len(value):
            value = value[int(part[:9])]
        else:
            return ()
    return (value,)


def _parts(path: str) -> list[str]:
    return re.findall(r"[^.\[\]\"']+", path)


class CaseTracker(Party):
    """Cases by their ids, each with the JSON that was last sent for it, and its comments.

    An answer has `id` and `key`, the case's JSON, and both of what the config looks for: the id
    and the title, which is the key where the JSON has none.
    """

    name = "cases-webhook"
    records = {  # noqa: RUF012
        "cases-webhook": Object(
            {"id": String(), "key": String(), "json": RecordOf(Any()), "comments": ArrayOf(Any())},
            unknowns="allow",
        )
    }
    wire = "http"

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Create, show or update a case, or add a comment to it."""
        config = {**_DEFAULTS, **box.config}
        url = normalized(config["createIncidentUrl"].removesuffix("/"))
        if (message.method, message.url) == (config["createIncidentMethod"].upper(), url):
            return self._created(message, box)
        for name in ("createComment", "updateIncident", "getIncident"):
            if message.method != (config.get(f"{name}Method") or "").upper():
                continue
            template = config.get(f"{name}Url") or ""
            if (id_ := _id_in(message.url, template)) is None:
                continue
            # Where no id is in the URL, the newest case is meant.
            id_ = id_ or next(reversed(box.state(self).rows()), "")
            case = box.state(self).get(id_.removeprefix("CK-"))
            if case is None:
                return Answer(404, {"message": f"There is no case {id_}."}, _HEADERS)
            if name == "createComment":
                case = {**case, "comments": [*case["comments"], _json(message)]}
            elif name == "updateIncident":
                case = {**case, "json": {**case["json"], **_json(message)}}
            if name != "getIncident":
                self._keep(case, box)
            return Answer(200, _shown(case, config), _HEADERS)
        return Answer(404, None)

    def _created(self, message: Outbound, box: Box) -> Answer:
        number = box.state(self).number("case")
        now = iso(box.clock.now())
        case = {"id": str(number), "key": f"CK-{number}", "json": _json(message), "comments": []}
        self._keep({**case, "created": now}, box)
        return Answer(201, _shown(case, box.config), _HEADERS)

    def _keep(self, case: Record, box: Box) -> None:
        box.state(self).put(case["id"], {**case, "updated": iso(box.clock.now())})


def _id_in(url: str, template: str) -> str | None:
    """Return the id in a URL that a template makes, empty where it has none; None for another."""
    head, has_id, rest = _of(template, _ID).partition(_ID)
    if not has_id:
        return "" if url == head else None
    tail = rest.partition(_ID)[0]
    found = url.removeprefix(head)
    id_ = found.partition(tail)[0] if tail else found
    return unquote(id_) if _of(template, id_) == url else None


def _of(template: str, id_: str) -> str:
    return normalized(rendered(template, {"external": {"system": {"id": id_}}}))


def _json(message: Outbound) -> Record:
    try:
        value = loads(message.body or "null", javascript=True, allow_proto=True)
    except Malformed:
        value = None
    return value if isinstance(value, dict) else {}


def _shown(case: Record, config: Json) -> Json:
    shown: Json = {"id": case["id"], "key": case["key"], **case["json"]}
    wanted = (("createIncidentResponseKey", "id"), ("getIncidentResponseExternalTitleKey", "key"))
    for name, value in wanted:
        if not member(shown, config[name]):
            shown = _with(shown, _parts(config[name]), case[value])
    return shown


def _with(value: Json, parts: list[str], leaf: str) -> Json:
    """Return a copy of an object that has a text at a path, whatever stood in its way."""
    if not parts:
        return leaf
    inner = value if isinstance(value, dict) else {}
    return {**inner, parts[0]: _with(inner.get(parts[0]), parts[1:], leaf)}
