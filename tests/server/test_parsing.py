"""What the server makes of bytes: bounds, malformed requests, pipelines and trailers."""

from __future__ import annotations

import socket
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
LAST = GET + b"Connection: close\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"

MALFORMED = {
    "garbage": b"\x16\x03\x01\x02\x00\x01",
    "method": b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n",
    "target": b"GET x HTTP/1.1\r\nHost: a\r\n\r\n",
    "target-with-raw-utf-8": b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
    "no-version": b"GET /\r\n\r\n",
    "http-0.9": b"GET / HTTP/0.9\r\nHost: a\r\n\r\n",
    "http-1.2": b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
    "http-2.0": b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    "http-2-preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no-host": b"GET / HTTP/1.1\r\n\r\n",
    "bare-line-feed": b"GET / HTTP/1.1\nHost: a\n\n",
    "space-in-header-name": GET + b"a b: c\r\n\r\n",
    "space-before-colon": GET + b"a : c\r\n\r\n",
    "folded-header": GET + b"a: b\r\n c\r\n\r\n",
    "nul-in-header": GET + b"a: \x00\r\n\r\n",
    "two-content-lengths": POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
    "contradicting-content-lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "content-length-list": POST + b"Content-Length: 2, 2\r\n\r\nab",
    "content-length-word": POST + b"Content-Length: two\r\n\r\nab",
    "content-length-negative": POST + b"Content-Length: -2\r\n\r\nab",
    "content-length-and-chunked": POST
    + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "unknown-transfer-encoding": POST + b"Transfer-Encoding: gzip\r\n\r\nab",
    "chunk-size": CHUNKED + b"xyz\r\n",
    "second-chunk-size": CHUNKED + b"2\r\nab\r\n-1\r\n",
    "chunk-longer-than-its-size": CHUNKED + b"2\r\nabc\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_request_gets_a_bare_400(serve, talk, request_bytes):
    assert talk(serve(), request_bytes) == BAD_REQUEST


@pytest.mark.parametrize("request_bytes", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_request_gets_a_bare_400_when_it_comes_byte_by_byte(serve, talk, request_bytes):
    pieces = [bytes([byte]) for byte in request_bytes]
    assert talk(serve(), *pieces[:-1], pieces[-1]) == BAD_REQUEST


def test_a_parse_error_waits_for_the_answers_before_it(serve, ask):
    first, second, third = ask(serve(), GET + b"\r\n" + GET + b"\r\n" + b"nonsense\r\n\r\n")
    assert (first.status, second.status) == (200, 200)
    assert third.head == BAD_REQUEST


def padded(size: int, *, end: bytes = b"\r\n\r\n", name: bytes = b"x") -> bytes:
    head = GET + b"Connection: close\r\n" + name + b": "
    return head + b"a" * (size - len(head) - len(end)) + end


def test_a_head_of_16_kb_is_taken(serve, ask):
    assert [reply.status for reply in ask(serve(), padded(16_384))] == [200]


@pytest.mark.parametrize(
    "head",
    [
        padded(16_385),
        padded(60_000),
        padded(17_000, end=b""),
        padded(60_000, end=b""),
        GET + b"a: b\r\n" * 3_000,
        GET + b"a: b\r\n" * 3_000 + b"\r\n",
        GET + b"a:" + b" " * 17_000,
        b"GET /" + b"a" * 17_000,
        GET + b"a" * 17_000,
    ],
    ids=[
        "one-byte-more",
        "far-more",
        "unfinished",
        "far-more-unfinished",
        "unfinished-headers",
        "headers",
        "spaces",
        "target",
        "header-name",
    ],
)
def test_a_longer_head_is_refused_before_it_ends(serve, talk, head):
    assert talk(serve(), head[:9_000], head[9_000:]) == BAD_REQUEST


@pytest.mark.parametrize(
    "endless", [b"2;" + b"x" * 40_000, b"0\r\ntrailer: " + b"x" * 40_000], ids=["size", "trailer"]
)
def test_what_is_beside_the_chunks_of_a_body_is_bounded(serve, talk, endless):
    assert talk(serve(), CHUNKED, endless) == BAD_REQUEST


@pytest.mark.parametrize(
    "cut",
    [GET, GET[:7], POST + b"Content-Length: 5\r\n\r\nabc", CHUNKED + b"5\r\nabc"],
    ids=["head", "request-line", "body", "chunk"],
)
def test_a_request_cut_short_by_its_client_gets_a_bare_400(serve, dial, read_to_end, cut):
    client = dial(serve())
    client.sendall(cut)
    client.shutdown(socket.SHUT_WR)
    assert read_to_end(client) == BAD_REQUEST


def test_an_empty_connection_is_closed_without_a_word(serve, dial, read_to_end):
    client = dial(serve())
    client.sendall(b"\r\n")
    client.shutdown(socket.SHUT_WR)
    assert read_to_end(client) == b""


def test_a_chunked_body_is_put_together_and_its_trailers_are_ignored(serve, ask):
    body = b"5;ext=1\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nHost: evil\r\nx: y\r\n\r\n"
    first, second = ask(serve(), CHUNKED + body + LAST)
    seen = first.json()
    assert (seen["body"], seen["HTTP_HOST"]) == ("hello world", "a")
    assert "HTTP_X" not in seen
    assert second.json()["body"] == ""


def test_bytes_after_connection_close_are_ignored(serve, ask):
    replies = ask(serve(), LAST + GET + b"\r\n" + b"\x00nonsense")
    assert [reply.status for reply in replies] == [200]


def test_pipelined_requests_are_answered_in_order(serve, ask):
    requests = [
        b"POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n%03d" % (n, n)
        for n in range(200)
    ]
    replies = ask(serve(), b"".join(requests) + LAST)
    seen = [(reply.json()["PATH_INFO"], reply.json()["body"]) for reply in replies[:-1]]
    assert seen == [(f"/{n}", f"{n:03d}") for n in range(200)]


def test_the_bytes_of_one_message_do_not_count_for_the_next(serve, ask):
    big = POST + b"Content-Length: 50000\r\n\r\n" + b"x" * 50_000
    pieces = [GET[:9], GET[9:] + b"\r\n" + big + CHUNKED[:20], CHUNKED[20:] + b"0\r\n\r\n"]
    replies = ask(serve(), *pieces, big + CHUNKED, b"0\r\n\r\n" + big + GET, b"\r\n" + LAST)
    assert [len(reply.json()["body"]) for reply in replies] == [
        0,
        50_000,
        0,
        50_000,
        0,
        50_000,
        0,
        0,
    ]


@pytest.mark.parametrize("bytewise", [False, True], ids=["at-once", "byte-by-byte"])
@pytest.mark.parametrize(
    "upgrade",
    [H2C, b"Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"],
    ids=["h2c", "websocket"],
)
@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 5\r\n\r\nhello",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ],
    ids=["content-length", "chunked"],
)
def test_a_request_to_upgrade_is_answered_as_any_other(serve, ask, upgrade, body, bytewise):
    stream = POST + upgrade + body + POST + upgrade + body + LAST
    pieces = [bytes([byte]) for byte in stream] if bytewise else [stream]
    replies = ask(serve(), *pieces)
    assert [reply.status for reply in replies] == [200, 200, 200]
    assert [reply.json()["body"] for reply in replies] == ["hello", "hello", ""]
    assert "HTTP_UPGRADE" in replies[0].json()


def test_an_upgrade_that_closes_closes(serve, ask):
    upgrade = b"Connection: close, Upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\nx"
    [reply] = ask(serve(), POST + upgrade + LAST)
    assert (reply.json()["body"], reply.headers["connection"]) == ("x", "close")


def test_a_thousand_upgrades_in_one_piece_are_answered(serve, ask):
    upgrade = b"GET / HTTP/1.1\r\nHost:a\r\nConnection:upgrade\r\nUpgrade:h\r\n\r\n"
    assert len(ask(serve(), upgrade * 1_000 + LAST)) == 1_001


def test_connect_is_closed_without_an_answer(serve, talk):
    assert talk(serve(), b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n\x16\x03\x01") == b""


STREAM = (
    GET
    + b"\r\n"
    + POST
    + b"Content-Length: 11\r\n\r\nhello\r\n\r\nhe"
    + CHUNKED
    + b"a\r\n0123456789\r\n3;x\r\nabc\r\n0\r\nt: u\r\n\r\n"
    + POST
    + H2C
    + b"Content-Length: 5\r\n\r\nworld"
    + b"GET http://b/c?d=%41 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    + LAST
)

IN_ONE_TEST = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@IN_ONE_TEST
@given(cuts=st.lists(st.integers(1, len(STREAM) - 1), max_size=12))
def test_how_a_stream_is_split_changes_nothing(serve, ask, cuts):
    server = serve()
    edges = [0, *sorted(set(cuts)), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in pairwise(edges)]
    replies = ask(server, *pieces)
    server.stop()
    assert [(reply.status, reply.json()["body"]) for reply in replies] == [
        (200, ""),
        (200, "hello\r\n\r\nhe"),
        (200, "0123456789abc"),
        (200, "world"),
        (200, ""),
        (200, ""),
    ]


NOISE = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from(
            [
                GET,
                LAST,
                POST,
                CHUNKED,
                H2C,
                b"\r\n",
                b"\r\n\r\n",
                b"0\r\n",
                b"5\r\n",
                b": ",
                b"HTTP/",
            ]
        ),
    ),
    max_size=8,
)


@IN_ONE_TEST
@given(pieces=NOISE)
def test_no_garbage_stops_the_server(serve, dial, read_to_end, ask, pieces):
    server = serve()
    client = dial(server)
    try:
        for piece in pieces:
            client.sendall(piece)
        client.shutdown(socket.SHUT_WR)
        read_to_end(client)
    except ConnectionError:
        pass
    assert [reply.status for reply in ask(server, LAST)] == [200]
    server.stop()
