"""The ServiceNow that connectors talk to: tables, the apps of Elastic's, and OAuth tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from mockkibana.connectors.grants import granted, is_granted
from mockkibana.data import data
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Record
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import Any, ArrayOf, Object, String

if TYPE_CHECKING:
    from mockkibana.faults.answers import ErrorAnswers

TOKEN_LIFE = 1799
"""Seconds after which a token is of no use any more."""

_HEADERS = {"content-type": "application/json;charset=UTF-8"}
_NUMBERS = {"incident": "INC", "sn_si_incident": "SIR"}
# Guess: a new security incident is in the state Analysis.
_NEW = {"incident": "1", "sn_si_incident": "10", "em_event": "Ready"}
_APPS = {
    "x_elas2_inc_int": ("Elastic for ITSM", "incident"),
    "x_elas2_sir_int": ("Elastic for Security Operations", "sn_si_incident"),
}


class ServiceNowInstance(Party):
    """One instance that has both apps; its rows are kept by their `sys_id`.

    Whoever has a name and a password may do everything, and so may who has a token, until that
    expires.
    """

    name = "servicenow"
    records = {  # noqa: RUF012
        "servicenow": Object(
            {"sys_id": String(), "sys_class_name": Any(), "work_notes": ArrayOf(Any())},
            unknowns="allow",
        )
    }

    @property
    def errors(self) -> ErrorAnswers:
        """What it says with a status, where a fault rule gives no body."""
        from mockkibana.faults.answers import ErrorAnswers

        return ErrorAnswers(**data("servicenow")["errors"])

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Answer the requests that Kibana's connectors make; any other is none of a resource."""
        path = message.path.partition("?")[0]
        if path == "/oauth_token.do":
            return self._granted(box)
        if message.auth is None and not is_granted(self, message, box):
            return self.errors.answer(401, path)
        for pattern, answer in _ROUTES:
            if found := pattern.fullmatch(path):
                return answer(self, message, box, *found.groups())
        failure = {"message": "Requested URI does not represent any resource", "detail": None}
        return self.errors.answer(400, path, {"error": failure, "status": "failure"})

    def _granted(self, box: Box) -> Answer:
        token = granted(self, box, TOKEN_LIFE)
        about = {"scope": "useraccount", "token_type": "Bearer", "expires_in": TOKEN_LIFE}
        return Answer(200, {"access_token": token, **about}, _HEADERS)

    def _health(self, _message: Outbound, _box: Box, scope: str) -> Answer:
        return _ok({"name": _APPS[scope][0], "scope": scope, "version": "2.3.0"})

    def _fields(self, _message: Outbound, _box: Box) -> Answer:
        return _ok(data("servicenow")["fields"])

    def _choices(self, message: Outbound, _box: Box) -> Answer:
        shipped = data("servicenow")
        of_events = shipped["event_choices"] if "ORname=em_event" in message.path else {}
        choices = {**shipped["choices"], **of_events}
        rows = [
            {
                "dependent_value": "".join(depends),
                "label": label,
                "value": value,
                "element": element,
            }
            for element in re.findall(r"\^(?:OR)?element=([^^&]*)", message.path)
            for label, value, *depends in choices.get(element, ())
        ]
        return _ok(rows)

    def _events(self, message: Outbound, box: Box) -> Answer:
        records = message.body["records"]
        for record in records:
            self._insert("em_event", record, box)
        return _ok({"Default Bulk Endpoint": f"{len(records)} events were inserted"})

    def _observed(self, message: Outbound, box: Box, sys_id: str) -> Answer:
        row = box.state(self).get(sys_id)
        if row is None:
            return self.errors.answer(404, message.path)
        seen = row.get("observables")
        seen = [*(seen if isinstance(seen, list) else ()), *message.body]
        box.state(self).put(sys_id, {**row, "observables": seen})
        return _ok(
            [
                {"value": observable["value"], "observable_sys_id": _new_id(box)}
                for observable in message.body
            ]
        )

    def _rows(self, message: Outbound, box: Box, table: str) -> Answer:
        if message.method == "POST":
            return _ok(_shown(self._insert(table, message.body, box)), 201)
        query = parse_qs(message.path.partition("?")[2]).get("sysparm_query", [""])[0]
        wanted = [part.split("=", 1) for part in query.split("^") if "=" in part]
        rows = [
            row
            for row in reversed(box.state(self).rows().values())
            if row["sys_class_name"] == table
            and all(row.get(field) == value for field, value in wanted)
        ]
        return _ok([_shown(row) for row in rows])

    def _row(self, message: Outbound, box: Box, table: str, sys_id: str) -> Answer:
        row = self._find(table, sys_id, box)
        if row is None:
            return self.errors.answer(404, message.path)
        if message.method == "PATCH":
            row = self._update(row, message.body, box)
        return _ok(_shown(row))

    def _imported(self, message: Outbound, box: Box, staging: str, scope: str) -> Answer:
        table = _APPS[scope][1]
        fields = {key.removeprefix("u_"): value for key, value in message.body.items()}
        sys_id = fields.pop("elastic_incident_id", None)
        row = None if sys_id is None else self._find(table, sys_id, box)
        result: Record = {"transform_map": "Elastic Incident", "table": table}
        if sys_id is not None and row is None:
            # Guess: how the app words that there is nothing to update.
            result |= {"status": "error", "error_message": f"No Record found with id {sys_id}"}
        else:
            result["status"] = "updated" if row else "inserted"
            row = self._update(row, fields, box) if row else self._insert(table, fields, box)
            result |= {
                "display_name": "number",
                "display_value": row.get("number", ""),
                "record_link": f"{message.base}/api/now/table/{table}/{row['sys_id']}",
                "sys_id": row["sys_id"],
            }
        number = f"ISET{10000 + box.state(self).number('import_set'):07d}"
        body = {"import_set": number, "staging_table": staging, "result": [result]}
        return Answer(201, body, _HEADERS)

    def _find(self, table: str, sys_id: str, box: Box) -> Record | None:
        row = box.state(self).get(sys_id)
        return row if row is not None and row["sys_class_name"] == table else None

    def _insert(self, table: str, fields: Record, box: Box) -> Record:
        row: Record = {
            "sys_id": _new_id(box),
            "sys_class_name": table,
            "state": _NEW[table],
            "sys_created_on": _now(box),
            "work_notes": [],
        }
        if table in _NUMBERS:
            row["number"] = f"{_NUMBERS[table]}{10000 + box.state(self).number(table):07d}"
        return self._update(row, fields, box)

    def _update(self, row: Record, fields: Record, box: Box) -> Record:
        """Keep a row with other values of some fields; a work note is added to the others."""
        texts = {key: "" if value is None else value for key, value in fields.items()}
        note = texts.pop("work_notes", "")
        notes = [*row["work_notes"], note] if note else row["work_notes"]
        row = {**row, **texts, "work_notes": notes, "sys_updated_on": _now(box)}
        box.state(self).put(row["sys_id"], row)
        return row


_ROUTES: tuple[tuple[re.Pattern[str], Callable[..., Answer]], ...] = tuple(
    (re.compile(pattern), answer)
    for pattern, answer in (
        (r"/api/(x_elas2_(?:inc|sir)_int)/elastic_api/health", ServiceNowInstance._health),
        (
            r"/api/now/import/((x_elas2_(?:inc|sir)_int)_elastic_(?:si_)?incident)",
            ServiceNowInstance._imported,
        ),
        (r"/api/now/v2/table/(incident|sn_si_incident|em_event)", ServiceNowInstance._rows),
        (r"/api/now/v2/table/(incident|sn_si_incident|em_event)/([^/]+)", ServiceNowInstance._row),
        (r"/api/now/table/sys_dictionary", ServiceNowInstance._fields),
        (r"/api/now/table/sys_choice", ServiceNowInstance._choices),
        (
            r"/api/x_elas2_sir_int/elastic_api/incident/([^/]+)/observables/bulk",
            ServiceNowInstance._observed,
        ),
        (r"/api/global/em/jsonv2", ServiceNowInstance._events),
    )
)


def _ok(result: Json, status: int = 200) -> Answer:
    return Answer(status, {"result": result}, _HEADERS)


def _shown(row: Record) -> Record:
    # A journal field has no value of its own.
    return {**row, "work_notes": ""}


def _new_id(box: Box) -> str:
    return box.ids.bytes("servicenow", 16).hex()


def _now(box: Box) -> str:
    return box.clock.now().strftime("%Y-%m-%d %H:%M:%S")
