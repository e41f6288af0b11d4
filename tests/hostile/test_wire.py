"""Whatever arrives on a socket, the server answers it as Node does, or closes, and goes on."""

from __future__ import annotations

import gzip
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from surface import CONNECTORS, ELASTICSEARCH, JIRA, PATIENCE, Seen, check_shape

from mockkibana.server import Server
from mockkibana.world import World

MIB = 1_048_576
RUN = f"/api/actions/connector/{CONNECTORS['log']}/_execute"
POSTS = {
    "kibana": (RUN, {"params": {"message": "said"}}),
    "elasticsearch": (f"{ELASTICSEARCH}/t/_search", {"size": 0}),
    "jira": (f"{JIRA}/rest/api/2/search", {"jql": "project = HX"}),
}
every_face = pytest.mark.parametrize("face", POSTS)


def head(face: str, *lines: str, method: str = "POST", version: str = "HTTP/1.1") -> bytes:
    """Return the head of a good request, with more header lines."""
    first = f"{method} {POSTS[face][0]} {version}"
    usual = ("Host: k.example.com", "kbn-xsrf: x", "Content-Type: application/json")
    return "\r\n".join([first, *usual, *lines, "", ""]).encode("latin-1")


def good(face: str, *lines: str, version: str = "HTTP/1.1") -> bytes:
    """Return a whole good request."""
    body = json.dumps(POSTS[face][1]).encode()
    return head(face, f"Content-Length: {len(body)}", *lines, version=version) + body


def chunked(data: bytes, size: int) -> bytes:
    """Return the data in chunks."""
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def answers(raw: bytes) -> list[Seen]:
    """Split what a server sent."""
    found = []
    while raw:
        start, _, raw = raw.partition(b"\r\n\r\n")
        status_line, *lines = start.decode("latin-1").split("\r\n")
        assert status_line.startswith("HTTP/1.1 ")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
        }
        size = int(headers.get("content-length", 0))
        found.append(Seen(int(status_line.split(" ")[1]), headers, raw[:size]))
        raw = raw[size:]
    return found


@dataclass
class Wire:
    """Sends pieces on a new connection, and reads what comes until the server closes."""

    server: Server
    world: World

    def talk(self, *pieces: bytes, half_close: bool = True, pause: float = 0.0) -> list[Seen]:
        with socket.create_connection((self.server.host, self.server.port), PATIENCE) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw = b""
            try:
                for piece in pieces:
                    client.sendall(piece)
                    if pause:
                        time.sleep(pause)
                if half_close:
                    client.shutdown(socket.SHUT_WR)
                while data := client.recv(65_536):
                    raw += data
            except ConnectionError:
                pass  # refused while we were sending
        return answers(raw)

    def refused(self, face: str, *pieces: bytes, half_close: bool = True) -> list[int]:
        """Send what must not be taken: no answer is a success, nothing changes, life goes on."""
        before = self.world.store.digest()
        lines = len(self.world.log.lines)
        seen = self.talk(*pieces, half_close=half_close)
        for each in seen:
            check_shape("POST", POSTS[face][0], each)
            assert each.status >= 400
        assert self.world.bugs == []
        assert self.world.store.digest() == before
        assert len(self.world.log.lines) == lines
        assert [each.status for each in self.talk(good(face))] == [200]
        return [each.status for each in seen]


@pytest.fixture
def wire(server: Server, seeded: World) -> Iterator[Wire]:
    yield Wire(server, seeded)
    assert seeded.bugs == []


BROKEN: dict[str, Callable[[str], bytes]] = {
    "nonsense": lambda _: b"\x00\xff\x13\x37 nonsense\r\n\r\n",
    "a TLS hello": lambda _: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,
    "the preface of HTTP/2": lambda _: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/2.0": lambda face: good(face, version="HTTP/2.0"),
    "HTTP/9.9": lambda face: good(face, version="HTTP/9.9"),
    "no host": lambda face: good(face).replace(b"Host: k.example.com\r\n", b""),
    "a null byte in a header": lambda face: good(face, "X-A: a\0b"),
    "a null byte in the target": lambda face: good(face).replace(b"POST /", b"POST /\0", 1),
    "a blank in the target": lambda face: good(face).replace(b"POST /", b"POST /a b", 1),
    "a folded header": lambda face: good(face, "X-A: a\r\n b"),
    "a header without a name": lambda face: good(face, ": a"),
    "a header without a colon": lambda face: good(face, "nonsense"),
    "an endless header": lambda face: head(face, "X-A: " + "a" * 200_000),
    "ten thousand headers": lambda face: head(face, *["X: y"] * 10_000),
    "an endless target": lambda face: b"POST /" + b"a" * 100_000 + good(face)[4:],
    "an endless method": lambda face: b"P" * 100_000 + good(face),
    "two lengths": lambda face: good(face, "Content-Length: 3"),
    "a length and chunks": lambda face: good(face, "Transfer-Encoding: chunked"),
    "a negative length": lambda face: head(face, "Content-Length: -1"),
    "a length that is no number": lambda face: head(face, "Content-Length: 0x10"),
    "a length beyond all bounds": lambda face: head(face, "Content-Length: " + "9" * 30),
    "an unknown coding": lambda face: head(face, "Transfer-Encoding: gzip") + b"{}",
    "no number as a chunk's size": lambda f: head(f, "Transfer-Encoding: chunked") + b"z\r\n{}\r\n",
    "a negative chunk": lambda f: head(f, "Transfer-Encoding: chunked") + b"-1\r\n{}\r\n0\r\n\r\n",
    "a chunk beyond all bounds": lambda f: (
        head(f, "Transfer-Encoding: chunked") + b"f" * 20 + b"\r\n{}"
    ),
    "a chunk that ends late": lambda f: head(f, "Transfer-Encoding: chunked") + b"1\r\n{}{}\r\n",
    "endless chunk extensions": lambda face: (
        head(face, "Transfer-Encoding: chunked") + b"1;" + b"x" * 100_000 + b"\r\n"
    ),
    "endless trailers": lambda face: (
        head(face, "Transfer-Encoding: chunked") + b"0\r\n" + b"x: y\r\n" * 20_000
    ),
    "half of a head": lambda face: good(face)[:40],
    "half of a body": lambda face: good(face)[:-3],
    "half of a chunk": lambda face: head(face, "Transfer-Encoding: chunked") + b"10\r\n{",
    "chunks without an end": lambda face: head(face, "Transfer-Encoding: chunked") + b"2\r\n{}\r\n",
    "one byte too many": lambda f: head(f, f"Content-Length: {MIB + 1}") + b" " * (MIB + 1),
    "one byte too many in chunks": lambda face: (
        head(face, "Transfer-Encoding: chunked") + chunked(b" " * (MIB + 1), 60_000)
    ),
    "far too many bytes in small chunks": lambda face: (
        head(face, "Transfer-Encoding: chunked") + chunked(b" " * (MIB + 70_000), 100)
    ),
    "a bomb in chunks": lambda face: (
        head(face, "Transfer-Encoding: chunked", "Content-Encoding: gzip")
        + chunked(gzip.compress(b" " * (30 * MIB), mtime=0), 1_000)
    ),
    "a tunnel": lambda _: b"CONNECT k.example.com:443 HTTP/1.1\r\nHost: k.example.com\r\n\r\n",
}  # fmt: skip


@every_face
@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_request_is_refused(wire: Wire, face: str, what: str) -> None:
    assert len(wire.refused(face, BROKEN[what](face))) <= 1


@every_face
def test_an_expectation_that_nobody_can_meet_is_refused_without_a_body(
    wire: Wire, face: str
) -> None:
    [answer] = wire.talk(good(face, "Expect: the-unexpected"))
    assert (answer.status, answer.body) == (417, b"")


@every_face
def test_an_oversized_body_is_refused_before_it_is_sent(wire: Wire, face: str) -> None:
    declared = head(face, f"Content-Length: {MIB + 1}", "Expect: 100-continue")
    assert wire.refused(face, declared, half_close=False) == [413]


@every_face
@pytest.mark.parametrize("body", ["declared", "chunked"])
@pytest.mark.parametrize("size", [MIB, MIB + 1], ids=["as large as allowed", "one byte more"])
def test_the_limit_of_a_body_is_exact(wire: Wire, face: str, body: str, size: int) -> None:
    data = json.dumps(POSTS[face][1]).encode().ljust(size)
    if body == "declared":
        request = head(face, f"Content-Length: {size}") + data
    else:
        request = head(face, "Transfer-Encoding: chunked") + chunked(data, 65_536)
    [answer] = wire.talk(request)
    assert answer.status == (200 if size == MIB else 413)


@every_face
def test_a_head_that_comes_byte_by_byte_is_read(wire: Wire, face: str) -> None:
    request = good(face)
    pieces = [request[at : at + 1] for at in range(len(request))]
    assert [each.status for each in wire.talk(*pieces, pause=0.0002)] == [200]


@every_face
def test_slow_heads_hold_up_nobody(wire: Wire, face: str) -> None:
    address = (wire.server.host, wire.server.port)
    slow = [socket.create_connection(address, PATIENCE) for _ in range(40)]
    try:
        for client in slow:
            client.sendall(good(face)[:30])
        assert [each.status for each in wire.talk(good(face))] == [200]
    finally:
        for client in slow:
            client.close()


@every_face
def test_pipelined_requests_are_answered_in_order_up_to_the_first_broken_one(
    wire: Wire, face: str
) -> None:
    wrong = head(face, "Content-Length: 3") + b"{,}"
    seen = wire.talk(good(face) + wrong + good(face) + b"nonsense\r\n\r\n" + good(face))
    assert [each.status for each in seen] == [200, 400, 200, 400]


@every_face
def test_http_1_0_is_answered_and_closed(wire: Wire, face: str) -> None:
    request = good(face, version="HTTP/1.0").replace(b"Host: k.example.com\r\n", b"")
    [answer] = wire.talk(request, half_close=False)
    assert (answer.status, answer.headers["connection"]) == (200, "close")


@every_face
def test_a_half_closed_socket_gets_its_answers(wire: Wire, face: str) -> None:
    assert [each.status for each in wire.talk(good(face) * 3)] == [200, 200, 200]


@every_face
def test_a_client_that_leaves_at_once_leaves_nothing_behind(wire: Wire, face: str) -> None:
    for cut in (1, 30, -3, None):
        with socket.create_connection((wire.server.host, wire.server.port), PATIENCE) as client:
            client.sendall(good(face)[:cut])
    assert [each.status for each in wire.talk(good(face))] == [200]


@pytest.mark.parametrize("method", ["BREW", "M-SEARCH", "PROPFIND", "OPTIONS", "TRACE", "LINK"])
@pytest.mark.parametrize("target", ["*", "/", "/_mock", ELASTICSEARCH, f"{JIRA}/x", RUN, "//", "?"])
def test_a_strange_method_is_refused(wire: Wire, method: str, target: str) -> None:
    before = wire.world.store.digest()
    request = f"{method} {target} HTTP/1.1\r\nHost: k.example.com\r\nkbn-xsrf: x\r\n\r\n"
    for each in wire.talk(request.encode()):
        check_shape(method, re.sub(r"^[*?]$", "/", target), each)
        assert each.status >= 400 or method == "OPTIONS"
    assert wire.world.store.digest() == before
