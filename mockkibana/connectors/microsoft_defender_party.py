"""Microsoft Defender for Endpoint, and the server that grants tokens for it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

from mockkibana.clock import iso
from mockkibana.connectors.grants import granted, is_granted
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Record
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import Object, String

NOBODY = "elastic-connector-test"
"""The id of a machine that is not there, by which Kibana tests a connector."""

_HEADERS = {"content-type": "application/json"}
_TOKEN_LIFE = 3599  # seconds
_MACHINE = re.compile("/api/machines/([^/]+)(?:/(isolate|unisolate|runliveresponse))?")
_LINK = re.compile(r"/api/machineactions/([^/]+)/GetLiveResponseResultDownloadLink\(index=0\)")
_TYPES = {"isolate": "Isolate", "unisolate": "Unisolate", "runliveresponse": "LiveResponse"}
_PAGING: tuple[tuple[str, Any], ...] = (("$skip", 0), ("$top", 20))
_CLAUSE = re.compile(r"(\w+) (?:eq|in) (.*)", re.DOTALL)


def _error(code: str, message: str) -> Json:
    return {"error": {"code": code, "message": message, "target": ""}}


_ERRORS = ErrorAnswers(
    _HEADERS,
    {},
    {
        "401": _error("Unauthorized", "The token is invalid"),
        "404": _error("ResourceNotFound", "Resource was not found"),
        "other": _error("{reason}", "{reason}"),
    },
)


class Defender(Party):
    """Microsoft Defender for Endpoint, in which every machine that is asked for is there.

    But for the one by which Kibana tests a connector. What it keeps are the machines' actions, by
    id; each has succeeded when it is asked for again.
    """

    name = "microsoft_defender_endpoint"
    records = {"microsoft_defender_endpoint": Object({"type": String()}, unknowns="allow")}  # noqa: RUF012

    @property
    def errors(self) -> ErrorAnswers:
        """Microsoft's JSON."""
        return _ERRORS

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Give a token, find machines, act on them, and list these actions."""
        path, _, text = message.path.partition("?")
        if path.endswith("/oauth2/v2.0/token"):
            answer = {"token_type": "Bearer", "expires_in": _TOKEN_LIFE}
            token = granted(self, box, _TOKEN_LIFE)
            return Answer(200, {**answer, "access_token": token}, _HEADERS)
        if "/results/" in path:  # a link that lets in whoever knows it
            return self._file(path.rpartition("/")[2], box)
        if not is_granted(self, message, box):
            return _ERRORS.answer(401, path)
        if path.endswith("/api/machineactions"):
            return _listed(list(box.state(self).rows().values()), parse_qs(text))
        if path.endswith(("/api/machines", "/api/libraryfiles")):
            return _listed([], {})
        if (link := _LINK.search(path)) is not None:
            if self._script(link[1], box) is None:
                return _ERRORS.answer(404, path)
            return Answer(200, {"value": f"{box.config['apiUrl']}/results/{link[1]}"}, _HEADERS)
        if (place := _MACHINE.search(path)) is None:
            return _ERRORS.answer(404, path)
        if place[1] == NOBODY:
            text = f"Machine {NOBODY} was not found"
            return Answer(404, _error("ResourceNotFound", text), _HEADERS)
        if place[2] is None:
            return Answer(200, _machine(place[1]), _HEADERS)
        return self._act(place[1], _TYPES[place[2]], message.body, box)

    def _script(self, id_: str, box: Box) -> Record | None:
        action = box.state(self).get(id_)
        return action if action is not None and action["type"] == "LiveResponse" else None

    def _file(self, id_: str, box: Box) -> Answer:
        if self._script(id_, box) is None:
            return _ERRORS.answer(404, id_)
        return Answer(200, "a file", {"content-type": "application/octet-stream"})

    def _act(self, machine: str, type_: str, body: Json, box: Box) -> Answer:
        action: Record = {
            "id": box.ids.uuid("defender-action"),
            "type": type_,
            "requestor": "Kibana",
            "requestorComment": body.get("Comment"),
            "status": "Succeeded",
            "machineId": machine,
            "creationDateTimeUtc": iso(box.clock.now()),
            "commands": body.get("Commands", []),
        }
        box.state(self).put(action["id"], action)
        return Answer(201, {**action, "status": "Pending"}, _HEADERS)


def _machine(id_: str) -> Record:
    return {
        "id": id_,
        "computerDnsName": f"host-{id_}",
        "osPlatform": "Linux",
        "healthStatus": "Active",
        "onboardingStatus": "Onboarded",
        "riskScore": "None",
    }


def _listed(rows: list[Record], query: dict[str, list[str]]) -> Answer:
    """Answer a page of the rows that an OData filter lets through."""
    for clause in query.get("$filter", [""])[0].split(" AND "):
        if found := _CLAUSE.fullmatch(clause):
            values = re.findall("'([^']*)'", found[2])
            rows = [row for row in rows if row.get(found[1]) in values]
    skip, top = (int(float(query.get(key, [default])[0])) for key, default in _PAGING)
    answer = {"@odata.count": len(rows), "value": rows[skip : skip + top]}
    return Answer(200, answer, _HEADERS)
