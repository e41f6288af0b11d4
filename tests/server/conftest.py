"""Servers under test, and clients that speak to them in raw bytes."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from mockkibana.server import Server

PATIENCE = 10.0  # a test that waits this long has failed


def echo(environ, start_response):
    """Answer with what the app saw of the request, as JSON."""
    body = environ["wsgi.input"].read()
    seen = {key: value for key, value in environ.items() if isinstance(value, str)}
    seen["body"] = body.decode("latin-1")
    start_response("200 OK", [("content-type", "application/json")])
    return [json.dumps(seen).encode()]


@dataclass
class Reply:
    """One answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes
    head: bytes

    def json(self):
        return json.loads(self.body)


def _replies(raw: bytes) -> list[Reply]:
    """Split what a server sent into answers; the last may end with the connection."""
    found = []
    while raw:
        head, _, raw = raw.partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        version, status = status_line.split(" ")[:2]
        assert version == "HTTP/1.1"
        headers = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while True:
                size, _, raw = raw.partition(b"\r\n")
                body += raw[: int(size, 16)]
                raw = raw[int(size, 16) + 2 :]
                if int(size, 16) == 0:
                    break
        else:
            size = int(headers.get("content-length", 0 if status == "100" else len(raw)))
            body, raw = raw[:size], raw[size:]
        found.append(Reply(int(status), headers, body, head + b"\r\n\r\n"))
    return found


def _read_to_end(client: socket.socket) -> bytes:
    parts = []
    while data := client.recv(65_536):
        parts.append(data)
    return b"".join(parts)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers: `serve(app, **options)`; without an app it echoes. Checks for lost threads."""
    servers = []

    def start(application=echo, **options) -> Server:
        server = Server(application, **options)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()
    names = {f"mockkibana:{server.port}" for server in servers}
    assert [thread for thread in threading.enumerate() if thread.name in names] == []


@pytest.fixture
def dial() -> Iterator[Callable[[Server], socket.socket]]:
    """Connect to a server: `dial(server)` is a socket."""
    clients = []

    def connect(server: Server) -> socket.socket:
        client = socket.create_connection((server.host, server.port), timeout=PATIENCE)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        clients.append(client)
        return client

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def talk(dial) -> Callable[..., bytes]:
    """Send pieces on a new connection and return all that comes back until the server closes."""

    def converse(server: Server, *pieces: bytes) -> bytes:
        with dial(server) as client:
            for piece in pieces:
                client.sendall(piece)
            return _read_to_end(client)

    return converse


@pytest.fixture
def ask(talk) -> Callable[..., list[Reply]]:
    """Like `talk`, but return the answers."""
    return lambda server, *pieces: _replies(talk(server, *pieces))


@pytest.fixture
def replies() -> Callable[[bytes], list[Reply]]:
    """Split bytes into answers."""
    return _replies


@pytest.fixture
def read_to_end() -> Callable[[socket.socket], bytes]:
    """Read a socket until the other side closes."""
    return _read_to_end


@pytest.fixture
def read_reply() -> Callable[[socket.socket], Reply]:
    """Read one answer with a content-length from a connection that stays open."""

    def read(client: socket.socket) -> Reply:
        raw = b""
        while b"\r\n\r\n" not in raw:
            raw += client.recv(1)
        [reply] = _replies(raw)
        while len(reply.body) < int(reply.headers.get("content-length", 0)):
            reply.body += client.recv(65_536)
        return reply

    return read
