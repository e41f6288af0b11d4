"""The console of SentinelOne: its agents, the tasks of scripts, and what has been done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs

from mockkibana.clock import iso
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Record
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import Any, Object, String

API = "/web/api/v2.1"
"""The path of its API, below the URL of a console."""

_HEADERS = {"content-type": "application/json"}
_PATH = re.compile(r"/web/api/v2\.1(/[^?]*)(?:\?(.*))?", re.DOTALL)
_FETCH = re.compile("/agents/([^/]+)/actions/fetch-files")
_UPLOAD = re.compile("/agents/([^/]+)/uploads/([^/]+)")
_DOWNLOAD = re.compile("/downloads/([^/]+)")
_FIRST_ID = 1_913_920_934_584_665_209
_ISOLATED, _RELEASED, _UPLOADED = 1001, 1002, 80  # types of activities
_MOVES = {
    "/agents/actions/disconnect": ("disconnected", _ISOLATED),
    "/agents/actions/connect": ("connected", _RELEASED),
}
_ERRORS = ErrorAnswers(
    _HEADERS,
    {},
    {
        "401": {"errors": [{"code": 4010010, "detail": None, "title": "Authentication Failed"}]},
        "other": {"errors": [{"code": "{status}0010", "detail": None, "title": "{reason}"}]},
    },
)
_SCRIPT: Json = {
    "id": "1466645476786791838",
    "scriptName": "Terminate Processes",
    "fileName": "terminate.zip",
    "osTypes": ["windows"],
    "scriptType": "action",
    "inputRequired": True,
    "version": "1.0.0",
}

_Query = dict[str, list[str]]


class SentinelOne(Party):
    """A console of SentinelOne's on which every agent that is asked for is there.

    What it keeps are the agents that were isolated or released, by id, and beside them the tasks
    of scripts, each of which is done at once, and activities.
    """

    name = "sentinelone"
    records = {  # noqa: RUF012
        "sentinelone": Object({"id": String(), "computerName": String()}, unknowns="allow"),
        "sentinelone/activities": Object(
            {"id": String(), "activityType": Any(), "agentId": String()}, unknowns="allow"
        ),
        "sentinelone/tasks": Object({"id": String(), "parentTaskId": String()}, unknowns="allow"),
    }

    @property
    def errors(self) -> ErrorAnswers:
        """SentinelOne's JSON."""
        return _ERRORS

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Find agents, isolate and release them, run scripts on them, and fetch their files."""
        found = _PATH.search(message.path)
        path, query = (found[1], parse_qs(found[2] or "")) if found else ("", {})
        body = message.body if isinstance(message.body, dict) else {}
        if path in _MOVES:
            return self._move(body["filter"]["ids"], *_MOVES[path], box)
        if (fetched := _FETCH.fullmatch(path)) is not None:
            _note(_UPLOADED, fetched[1], box, {"files": body["data"]["files"]})
            return _data({"success": True})
        if (place := _UPLOAD.fullmatch(path) or _DOWNLOAD.fullmatch(path)) is not None:
            return _file(*place.groups(), box=box)
        if path == "/agents":
            return _list(list(self._agents(query, box)))
        answer = _LISTS.get(path)
        return answer(body, query, box) if answer else _ERRORS.answer(404, path)

    def _agents(self, query: _Query, box: Box) -> Iterator[Record]:
        ids = [query[key][0].split(",") for key in ("ids", "uuids", "uuid") if key in query]
        for id_ in ids[0] if ids else box.state(self).rows():
            yield self._agent(id_, box)

    def _agent(self, id_: str, box: Box) -> Record:
        return box.state(self).get(id_) or {
            "id": id_,
            "uuid": id_,
            "computerName": f"host-{id_}",
            "isActive": True,
            "infected": False,
            "networkStatus": "connected",
            "osType": "linux",
        }

    def _move(self, id_: str, status: str, activity: int, box: Box) -> Answer:
        agent = {**self._agent(id_, box), "networkStatus": status}
        box.state(self).put(agent["id"], agent)
        _note(activity, agent["id"], box, {"computerName": agent["computerName"]})
        return _data({"affected": 1})


def _data(data: Json) -> Answer:
    return Answer(200, {"data": data}, _HEADERS)


def _list(rows: list[Json]) -> Answer:
    pagination = {"totalItems": len(rows), "nextCursor": None}
    return Answer(200, {"data": rows, "pagination": pagination, "errors": None}, _HEADERS)


def _new_id(box: Box) -> str:
    return str(_FIRST_ID + box.state("sentinelone").number("id"))


def _note(type_: int, agent_id: str, box: Box, data: Record) -> None:
    """Keep an activity; one of files says where they are."""
    id_ = _new_id(box)
    path = {"filePath": f"/agents/{agent_id}/uploads/{id_}"} if type_ == _UPLOADED else {}
    activity: Record = {
        "id": id_,
        "activityType": type_,
        "agentId": agent_id,
        "createdAt": iso(box.clock.now()),
        "data": {**data, **path},
    }
    box.state("sentinelone/activities").put(id_, activity)


def _file(agent_or_task: str, activity: str | None = None, *, box: Box) -> Answer:
    """Answer the file of a task, or what an agent has uploaded; 404 for what there is not."""
    if activity is None:
        found = box.state("sentinelone/tasks").get(agent_or_task)
    else:
        found = box.state("sentinelone/activities").get(activity)
        if found is not None and found["agentId"] != agent_or_task:
            found = None
    if found is None:
        return _ERRORS.answer(404, "")
    return Answer(200, "a file", {"content-type": "application/octet-stream"})


def _activities(_body: Json, query: _Query, box: Box) -> Answer:
    """List the newest first; of several filters all have to fit."""
    rows = [*reversed(box.state("sentinelone/activities").rows().values())]
    for name, key in (("activityTypes", "activityType"), ("agentIds", "agentId"), ("ids", "id")):
        if name in query:
            wanted = query[name][0].split(",")
            rows = [row for row in rows if str(row[key]) in wanted]
    return _list(rows)


def _executed(body: Json, _query: _Query, box: Box) -> Answer:
    """Run a script on the agents of a filter, a task each."""
    parent, given = _new_id(box), body["filter"]
    agents = (given.get("ids") or given["uuids"]).split(",")
    for agent_id in agents:
        task = {
            "id": _new_id(box),
            "parentTaskId": parent,
            "agentId": agent_id,
            "scriptId": body["data"]["scriptId"],
            "status": "completed",
            "detailedStatus": "Execution completed successfully",
            "type": "script_execution",
            "createdAt": iso(box.clock.now()),
        }
        box.state("sentinelone/tasks").put(task["id"], task)
    pending = {"pendingExecutionId": None, "parentTaskId": parent, "pending": False}
    return _data({"affected": len(agents), **pending})


def _status(_body: Json, query: _Query, box: Box) -> Answer:
    parent = query.get("parent_task_id", [""])[0]
    tasks = box.state("sentinelone/tasks").rows().values()
    return _list([task for task in tasks if task["parentTaskId"] == parent])


def _results(body: Json, _query: _Query, box: Box) -> Answer:
    links, errors = list[Json](), list[Json]()
    for task_id in body["data"]["taskIds"]:
        if box.state("sentinelone/tasks").get(task_id) is None:
            # Guess: the words for a task that is not there.
            errors.append({"taskId": task_id, "errorString": "Task not found"})
            continue
        url = f"{box.config['url']}{API}/downloads/{task_id}"
        links.append({"taskId": task_id, "fileName": f"{task_id}.zip", "downloadUrl": url})
    return _data({"download_links": links, "errors": errors})


_LISTS: dict[str, Callable[[Json, _Query, Box], Answer]] = {
    "/activities": _activities,
    "/remote-scripts": lambda *_: _list([_SCRIPT]),
    "/remote-scripts/execute": _executed,
    "/remote-scripts/status": _status,
    "/remote-scripts/fetch-files": _results,
}
