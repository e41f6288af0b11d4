"""IBM Resilient, to which the `.resilient` connector pushes incidents."""

from __future__ import annotations

import re
from typing import Any

from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Record
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import ArrayOf, Number, Object

_HEADERS = {"content-type": "application/json"}
_FIRST_ID = 2095
_REST = re.compile(r"/rest/orgs/[^/]*(/[^?]*)")
_INCIDENT = re.compile(r"/incidents/([^/]+)(/comments)?")
_CHOICES = {
    "incident_type_ids": {
        17: "Communication error (fax; email)",
        21: "Denial of Service",
        6: "Improper disposal: digital asset(s)",
        9: "Malware",
        22: "Phishing",
        1001: "Custom type",
    },
    "severity_code": {4: "Low", 5: "Medium", 6: "High"},
}


def _field(name: str, input_type: str, text: str, *, required: str | None = None) -> Record:
    values = [
        {"value": value, "label": label, "enabled": True, "hidden": False}
        for value, label in _CHOICES.get(name, {}).items()
    ]
    return {
        "name": name,
        "input_type": input_type,
        "read_only": False,
        "required": required,
        "text": text,
        "prefix": None,
        "values": values,
    }


_FIELDS = [
    _field("name", "text", "Name", required="always"),
    _field("description", "textarea", "Description"),
    _field("discovered_date", "datetimepicker", "Date Discovered", required="always"),
    _field("incident_type_ids", "multiselect", "Incident Type"),
    _field("severity_code", "select", "Severity"),
]


def _refusal(message: str) -> Json:
    return {
        "success": False,
        "title": None,
        "message": message,
        "hints": [],
        "error_code": "generic",
    }


_ERRORS = ErrorAnswers(_HEADERS, {}, {"other": _refusal("{reason}")})


class Resilient(Party):
    """Resilient's REST API; what it keeps are the incidents, with their comments and changes."""

    name = "resilient"
    records = {  # noqa: RUF012
        "resilient": Object(
            {"id": Number(), "comments": ArrayOf(AnyValue()), "changes": ArrayOf(AnyValue())},
            unknowns="allow",
        )
    }

    @property
    def errors(self) -> ErrorAnswers:
        """Resilient's JSON."""
        return _ERRORS

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Read and write incidents of one organization, and list what their fields may hold."""
        found = _REST.search(message.path)
        path = found[1] if found else ""
        if path == "/incidents" and message.method == "POST":
            return Answer(200, self._create(message.body, box), _HEADERS)
        if path == "/types/incident/fields":
            return Answer(200, _FIELDS, _HEADERS)
        if (field := _field_named(path)) is not None:
            return Answer(200, field, _HEADERS)
        if (place := _INCIDENT.fullmatch(path)) is None:
            return _ERRORS.answer(404, path)
        incident = box.state(self).get(place[1])
        if incident is None:
            # Guess: the sentence of the real one.
            text = f"Unable to find incident with ID {place[1]}"
            return Answer(404, _refusal(text), _HEADERS)
        if place[2]:
            return Answer(200, self._comment(incident, message.body, box), _HEADERS)
        if message.method == "PATCH":
            return Answer(200, self._change(incident, message.body, box), _HEADERS)
        return Answer(200, incident, _HEADERS)

    def _create(self, body: Json, box: Box) -> Json:
        state, now = box.state(self), box.clock.milliseconds()
        id_ = _FIRST_ID + len(state.rows())
        incident = {
            "id": id_,
            "name": body["name"],
            # Guess: a real one without a description may have null here.
            "description": body.get("description", {"format": "html", "content": ""}),
            "discovered_date": body["discovered_date"],
            "incident_type_ids": [type_["id"] for type_ in body.get("incident_type_ids", [])],
            "severity_code": body.get("severity_code", {}).get("id"),
            "create_date": now,
            "inc_last_modified_date": now,
            "plan_status": "A",
            "comments": [],
            "changes": [],
        }
        # Guess: what the real one does not know of it drops; here all is kept.
        incident = {**body, **incident}
        state.put(str(id_), incident)
        return incident

    def _comment(self, incident: Record, body: Json, box: Box) -> Json:
        now = box.clock.milliseconds()
        comment = {"id": len(incident["comments"]) + 1, "create_date": now, **body}
        self._put(incident, box, comments=[*incident["comments"], comment])
        return comment

    def _change(self, incident: Record, body: Json, box: Box) -> Json:
        changes = body["changes"]
        fields = {change["field"]["name"]: _plain(change["new_value"]) for change in changes}
        self._put(incident, box, **fields, changes=[*incident["changes"], *changes])
        return {"success": True, "title": None, "message": None, "hints": []}

    def _put(self, incident: Record, box: Box, **fields: Any) -> None:
        now = box.clock.milliseconds()
        changed = {**incident, **fields, "inc_last_modified_date": now}
        box.state(self).put(str(incident["id"]), changed)


def _field_named(path: str) -> Json:
    names = {f"/types/incident/fields/{field['name']}": field for field in _FIELDS}
    return names.get(path)


def _plain(value: Json) -> Json:
    """Return what a field holds once it has a new value: `{"ids"}`, `{"id"}`, a text, or `{}`."""
    return next(iter(value.values()), None)
