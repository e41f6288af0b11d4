"""All that can be asked: every route of every face, how to ask, and how each face must answer."""

from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from flask import Flask

from mockkibana.app import rules
from mockkibana.control.verbs import VERBS
from mockkibana.elasticsearch.face.face import TABLE
from mockkibana.http.paths import is_below
from mockkibana.json import dumps, loads
from mockkibana.seeds import Seed, demo_seed, parse_seed
from mockkibana.world import World

ELASTICSEARCH, JIRA, MOCK, KIBANA = "/_mock/elasticsearch", "/_mock/jira", "/_mock", ""
CONTROL = "/_mock/api"
PATIENCE = 20.0  # whoever waits this long for an answer has found a hang

SEED = {
    "version": 1,
    "spaces": [{"id": "other", "name": "Other"}],
    "indices": {
        "t": {
            "mappings": {
                "properties": {
                    "n": {"type": "long"},
                    "on": {"type": "date"},
                    "text": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
                }
            },
            "aliases": {"alias": {}},
            "documents": [{"_id": "1", "_source": {"n": 1, "text": "Hello", "on": "2024-01-01"}}],
        }
    },
    "jira": {
        "projects": [{"key": "HX", "versions": ["1.0"], "components": ["Disk"]}],
        "categories": ["c"],
        "issues": [
            {
                "key": "HX-1",
                "summary": "one",
                "comments": ["said"],
                "labels": ["a"],
                "worklogs": [{"timeSpent": "1h"}],
                "attachments": [{"filename": "a.txt", "content": "x"}],
                "remoteLinks": ["http://example.com"],
                "properties": {"1": 1},
            },
            {"key": "HX-2", "summary": "two"},
        ],
        "links": [{"type": "Blocks", "inward": "HX-1", "outward": "HX-2"}],
        "filters": [{"name": "f", "jql": "project = HX"}],
    },
}
# What there is for the placeholders of a route; any other one gets "1".
PLACES = {"index": "t", "issue": "HX-1", "project": "HX", "version": "2", "comment": "10000"}
CONNECTORS = {
    "index": "c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad",
    "log": "7fc7b9a0-ecc9-11ec-8736-e7d63118c907",
}


def seeds() -> list[Seed]:
    """Return what every face has something to answer from."""
    return [demo_seed(), parse_seed(SEED)]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a pattern, `{name}` for a placeholder, from the root of the server."""

    method: str
    pattern: str

    def __str__(self) -> str:
        return f"{self.method} {self.pattern}"

    def path(self, **places: str) -> str:
        """Return the path of something that is there, or of `places`; `any` fills all."""
        default = "default" if "/spaces/" in self.pattern else CONNECTORS["index"]
        ids = {} if self.pattern.startswith(MOCK) else {"id": default}
        if self.pattern.startswith(JIRA):
            ids = {"id": "10000"}
        known = PLACES | ids | places

        def place(match: re.Match[str]) -> str:
            return places.get("any", known.get(match[1], "1"))

        return re.sub(r"{(.*?)}", place, self.pattern)


def routes(world: World) -> list[Route]:
    """Return every route, of Kibana's face and from the tables of the mounted ones."""
    tables = {
        ELASTICSEARCH: TABLE.patterns(),
        JIRA: world.jira_face.table.patterns(),
        CONTROL: [(route.method, route.path) for route in VERBS.values()],
    }
    found = []
    mounts = set()
    for rule in rules(world.settings.release):
        if rule.rule.endswith("<rest:rest>"):
            mounts.add(rule.rule.removesuffix("<rest:rest>").removesuffix("/"))
            continue
        pattern = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        found += [Route(method, pattern) for method in sorted(rule.methods or ())]
    assert mounts == tables.keys(), "a face is mounted whose routes are not in `tables`"
    for mount, patterns in tables.items():
        found += [Route(method, f"{mount}{pattern}") for method, pattern in patterns]
    return sorted(set(found), key=str)


def face_of(path: str) -> str:
    """Return the mount of the face that answers a raw path."""
    return next((mount for mount in (ELASTICSEARCH, JIRA, MOCK) if is_below(path, mount)), KIBANA)


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer as a client sees it; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class InProcess:
    """Asks the app without a socket."""

    app: Flask

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Seen:
        """Ask, and return the answer."""
        named = {f"HTTP_{name.upper().replace('-', '_')}": headers[name] for name in headers}
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": "/",
            "QUERY_STRING": target.partition("?")[2],
            "REQUEST_URI": target,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "5601",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": named.pop("HTTP_CONTENT_TYPE", ""),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            **named,
        }
        status, answered = "", {}

        def start_response(line: str, pairs: list[tuple[str, str]], *_: Any) -> None:
            nonlocal status, answered
            status, answered = line, {name.lower(): value for name, value in pairs}

        chunks = self.app.wsgi_app(environ, start_response)
        text = b"".join(chunks)
        if close := getattr(chunks, "close", None):
            close()
        return Seen(int(status[:3]), answered, text)


@dataclass(slots=True)
class OverTheWire:
    """Asks a server over one connection that is kept alive, in bytes of its own."""

    address: tuple[str, int]
    _socket: socket.socket | None = field(default=None, init=False)

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Seen:
        """Ask, and return the answer; a bare 400 is the server's own refusal of a bad head."""
        lines = [f"{method} {target} HTTP/1.1", "host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([*lines, f"content-length: {len(body)}", "", ""])
        client = self._connected()
        with suppress(ConnectionError):  # it has answered already: too large
            client.sendall(head.encode("utf-8", "surrogateescape") + body)
        return self._answer(client, method)

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self.address, timeout=PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _answer(self, client: socket.socket, method: str) -> Seen:
        raw = b""
        while b"\r\n\r\n" not in raw:
            data = client.recv(65_536)
            assert data, f"the server closed after {raw!r}"
            raw += data
        head, _, body = raw.partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
        }
        length = int(headers.get("content-length", 0)) if method != "HEAD" else 0
        while len(body) < length:
            data = client.recv(65_536)
            assert data, "the server closed within the body"
            body += data
        assert len(body) == length
        if headers.get("connection") != "keep-alive":
            self.close()
        return Seen(int(status_line.split(" ")[1]), headers, body)


_LISTED = ("/_security/", "/_template/", "/_ingest/pipeline/", "/_logstash/pipeline/")


def check_shape(method: str, target: str, seen: Seen) -> None:
    """Assert that the answer is one that the face of the path can give, and no failure of ours."""
    path = target.partition("?")[0]
    assert 200 <= seen.status < 500, seen
    assert b"Traceback" not in seen.body, seen
    if seen.status == 400 and not seen.body and "content-type" not in seen.headers:
        return  # a head that no HTTP server reads: Node's answer
    checks = {ELASTICSEARCH: _elasticsearch, JIRA: _jira, MOCK: _mock, KIBANA: _kibana}
    if "filter_path" not in target:  # which may leave nothing of an error
        checks[face_of(path)](method, path, seen)


def _json(seen: Seen) -> Any:
    return json.loads(seen.body)


_PAGES = {
    "_oauth_callback": "text/html; charset=utf-8",
    "_oauth_callback_script": "application/javascript; charset=utf-8",
}


def _kibana(method: str, path: str, seen: Seen) -> None:
    kind = seen.headers.get("content-type")
    assert seen.headers["kbn-name"] == "kibana", seen
    if seen.status in (204, 302):
        assert (seen.body, kind) == (b"", None), seen
        return
    if seen.status < 400 and path.rpartition("/")[2] in _PAGES:
        assert kind == _PAGES[path.rpartition("/")[2]], seen
        return
    assert kind == "application/json; charset=utf-8", seen
    if method == "HEAD":
        return
    body = _json(seen)
    if seen.status >= 400:
        assert list(body)[:3] == ["statusCode", "error", "message"], seen
        assert body["statusCode"] == seen.status
        assert isinstance(body["message"], str)


def _elasticsearch(method: str, path: str, seen: Seen) -> None:
    assert seen.headers["x-elastic-product"] == "Elasticsearch", seen
    if method == "HEAD" or not seen.body:
        return
    kind = seen.headers["content-type"]
    if kind.startswith("text/plain"):
        assert b"<" not in seen.body, seen
        return
    assert "json" in kind, seen
    body = _json(seen)
    # A document, an alias or a scroll that is not there is told by the body of a success.
    told = {"found", "result", "timed_out", "exists", "num_freed"}
    if seen.status >= 400 and not told & set(body):
        # So are users, roles and keys: an object without them, perhaps an empty one.
        # And so are three kinds that there are none of.
        is_empty = any(part in path for part in _LISTED) and not any(body.values())
        assert "error" in body or (seen.status == 404 and is_empty), seen


def _jira(method: str, _: str, seen: Seen) -> None:
    if (seen.status, seen.body) == (403, b"XSRF check failed"):  # Jira's own, and no JSON
        return
    if seen.status == 200 and "content-disposition" in seen.headers:  # a file
        return
    assert seen.headers["content-type"].startswith("application/json"), seen
    if seen.status >= 400 and method != "HEAD":
        body = _json(seen)
        known = ({"errorMessages", "errors"}, {"message", "status-code"}, {"issues", "errors"})
        assert set(body) in known, seen


def _mock(method: str, path: str, seen: Seen) -> None:
    if seen.status < 400 and path in ("/_mock", "/_mock/"):
        assert seen.headers["content-type"].startswith("text/html")
    elif path in ("/_mock", "/_mock/") and seen.status in (401, 403):
        assert seen.headers["content-type"].startswith("text/plain"), seen  # to who reads pages
    elif method != "HEAD" and seen.body:
        assert seen.headers["content-type"].startswith("application/json"), seen
        body = _json(seen)
        assert seen.status < 400 or "error" in body, seen


_WRITES_A_DOCUMENT = re.compile(rf"{ELASTICSEARCH}/+[^/]+/+_(doc|create|update)(/|$)")


def may_change(method: str, target: str, status: int) -> bool:
    """Tell whether the store may change with this answer.

    A refused document leaves the index that was made for it, and a delete of what is not there
    takes a sequence number: Elasticsearch does both.
    """
    if method in ("GET", "HEAD"):
        return False
    return status < 400 or bool(_WRITES_A_DOCUMENT.match(target))


# What tasks and searches have come to, which a cluster forgets.
_FORGOTTEN = ("elasticsearch.tasks", "elasticsearch.async_searches")


def _tables(world: World) -> dict[str, Any]:
    """Return what a world keeps."""
    tables = {name: dict(world.store.table(name).rows()) for name in world.store.tables()}
    return {name: rows for name, rows in tables.items() if rows and name not in _FORGOTTEN}


class Hostile:
    """A world that is asked anything, over a transport; every answer is looked at."""

    def __init__(self, world: World, transport: InProcess | OverTheWire) -> None:
        self.world = world
        self.transport = transport
        self._digest = world.store.digest()

    def reset(self) -> None:
        """Put the world back to its start."""
        self.world.reset()
        self._digest = self.world.store.digest()

    def _bugs(self) -> list[str]:
        return [" ".join(bug.strip().splitlines()[-4:]) for bug in self.world.bugs]

    def check_snapshot(self) -> None:
        """Check that the state, whatever led to it, can be written, loaded and written again."""
        written = loads(dumps(self.world.dump()))
        with closing(World(seeds=[parse_seed(written)])) as again:
            assert again.dump() == written
            assert _tables(again) == _tables(self.world)

    def ask(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Seen:
        """Ask and check: a failure says what was asked."""
        told = f"{method} {target[:300]} {headers} {body[:300]!r}"
        try:
            seen = self.transport.ask(method, target, headers or {}, body)
            check_shape(method, target, seen)
        except AssertionError as failure:
            raise AssertionError(f"{told}: {failure}; bugs: {self._bugs()}") from None
        assert self.world.bugs == [], f"{told}: {self._bugs()}"
        digest = self.world.store.digest()
        if not may_change(method, target.partition("?")[0], seen.status):
            assert digest == self._digest, (
                f"{told} was answered {seen.status} and changed the state"
            )
        self._digest = digest
        if is_below(target, CONTROL) and seen.status < 300 and method not in ("GET", "HEAD"):
            self.reset()  # whoever is in control may have asked for anything: faults, a limit
        return seen
