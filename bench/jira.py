"""Measurements of the fake Jira over HTTP, in this process: few issues, and many."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import quote

from mockkibana.app import create_app
from mockkibana.jira.viewer import Viewer
from mockkibana.json import encode
from mockkibana.seeds import demo_seed
from mockkibana.server import Server
from mockkibana.world import World

_TURNS = 100
_SEARCHES = 5
_PAGE = 50
_RARE = 10
_HEADERS = {"content-type": "application/json"}


class JiraSite:
    """A served site with that many issues, of which ten have the label `rare`."""

    def __init__(self, issues: int) -> None:
        self._world = World(seeds=[demo_seed()], journal=0)
        for number in range(issues):
            labels = ["rare"] if number < _RARE else [f"l{number % 50}"]
            self._world.jira.create_issue(_body(number, labels), Viewer("admin"))
        server = Server(create_app(self._world), port=0)
        server.start()
        self._connection = HTTPConnection(server.host, server.port)

    def measurements(self) -> dict[str, Callable[[], float]]:
        """Return seconds for a hundred requests of each kind, a few for searches of all."""
        body = json.dumps(_body(0, ["new"])).encode()
        labels = quote("labels = rare")
        return {
            "create": self._timed("POST", "issue", body),
            "get": self._timed("GET", "issue/CK-7"),
            "key": self._timed("GET", f"search?jql={quote('key = CK-7')}"),
            "labels": self._timed("GET", f"search?jql={labels}"),
        }

    def search(self) -> Callable[[], float]:
        """Return seconds for a few searches of every summary."""
        text = quote("summary ~ rack")
        return self._timed("GET", f"search?jql={text}&maxResults={_PAGE}", turns=_SEARCHES)

    def plain(self) -> Callable[[], float]:
        """Return seconds for as many loops in Python that find the same, and make the same page."""
        site, viewer = self._world.jira, Viewer("admin", "http://127.0.0.1")

        def loop() -> bytes:
            found = [
                issue
                for issue in site.issues(viewer)
                if "rack" in issue["fields"]["summary"].lower().split()
            ]
            found.sort(key=lambda issue: issue["fields"]["created"], reverse=True)
            page = site.render(found[:_PAGE], viewer, ["*navigable"])
            return encode({"startAt": 0, "total": len(found), "issues": page})

        return _measured(loop, _SEARCHES)

    def _timed(
        self, method: str, target: str, body: bytes | None = None, turns: int = _TURNS
    ) -> Callable[[], float]:
        def ask() -> None:
            path = f"/_mock/jira/rest/api/2/{target}"
            self._connection.request(method, path, body, _HEADERS)
            answer = self._connection.getresponse()
            answer.read()
            assert answer.status < 300, answer.status

        return _measured(ask, turns)


def _body(number: int, labels: list[str]) -> dict[str, object]:
    summary = f"Disk {number} full on host-{number % 97} in rack {number % 13}"
    kind, project = {"id": "10006"}, {"key": "CK"}
    fields = {"project": project, "summary": summary, "issuetype": kind, "labels": labels}
    return {"fields": fields}


def _measured(operation: Callable[[], object], turns: int) -> Callable[[], float]:
    def measure() -> float:
        gc.collect()
        start = time.perf_counter()
        for _ in range(turns):
            operation()
        return time.perf_counter() - start

    return measure
