"""One exchange: how an answer is framed, cut, streamed and logged."""

from __future__ import annotations

import json
import logging
import sys
import threading
from email.utils import parsedate_to_datetime

import pytest

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
GET_1_0 = b"GET / HTTP/1.0\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
CRASH = {
    "statusCode": 500,
    "error": "Internal Server Error",
    "message": "An internal server error occurred. Check Kibana server logs for details.",
}


def answering(body, status="200 OK", headers=()):
    """Make an app that answers this; a callable body is called for each request."""

    def application(environ, start_response):
        start_response(status, list(headers))
        return body() if callable(body) else body

    return application


def pieces(*parts):
    """Make a body without a length."""
    return lambda: iter(parts)


def test_a_head_is_written_as_node_writes_it(serve, dial):
    application = answering([b"{}"], "201 Created", [("Content-Type", "a/b"), ("kbn-name", "x")])
    client = dial(serve(application, date=lambda: "Mon, 23 Nov 2026 20:04:31 GMT"))
    client.sendall(GET)
    assert client.recv(65_536) == (
        b"HTTP/1.1 201 Created\r\nContent-Type: a/b\r\nkbn-name: x\r\n"
        b"Date: Mon, 23 Nov 2026 20:04:31 GMT\r\nConnection: keep-alive\r\n"
        b"Keep-Alive: timeout=120\r\nContent-Length: 2\r\n\r\n{}"
    )


def test_the_date_is_the_real_one_unless_the_app_says_otherwise(serve, ask):
    [reply] = ask(serve(answering([b""])), LAST)
    assert parsedate_to_datetime(reply.headers["date"]).year >= 2026
    [reply] = ask(serve(answering([b""], headers=[("date", "mine")])), LAST)
    assert reply.headers["date"] == "mine"


@pytest.mark.parametrize(
    ("body", "headers", "framing"),
    [
        ([b"ab"], [], ("content-length", "2")),
        ([b"a", b"b"], [], ("content-length", "2")),
        ((), [], ("content-length", "0")),
        (pieces(), [], ("content-length", "0")),
        (pieces(b"", b""), [], ("content-length", "0")),
        (pieces(b"ab"), [("content-length", "2")], ("content-length", "2")),
        (pieces(b"a", b"", b"b"), [("Content-Length", "2")], ("content-length", "2")),
        (pieces(b"a", b"", b"b"), [], ("transfer-encoding", "chunked")),
        (pieces(b"a" * 200_000), [], ("transfer-encoding", "chunked")),
        ([b"a" * 3_000_000], [], ("content-length", "3000000")),
        (pieces(b"ab", b"cd"), [("content-length", "3")], ("content-length", "3")),
        ([b"ab"], [("Transfer-Encoding", "chunked")], ("content-length", "2")),
    ],
)
def test_every_answer_says_where_it_ends(serve, ask, body, headers, framing):
    first, second = ask(serve(answering(body, headers=headers)), GET + LAST)
    whole = b"".join(body() if callable(body) else body)
    for reply in (first, second):
        name, value = framing
        assert {"content-length", "transfer-encoding"} & set(reply.headers) == {name}
        assert reply.headers[name] == value
        assert reply.body == (whole[: int(value)] if name == "content-length" else whole)
    assert (first.headers["connection"], second.headers["connection"]) == ("keep-alive", "close")


def test_an_answer_shorter_than_promised_ends_with_the_connection(serve, talk):
    application = answering(pieces(b"ab"), headers=[("content-length", "5")])
    assert talk(serve(application), GET).endswith(b"\r\n\r\nab")


@pytest.mark.parametrize(
    ("request_bytes", "body", "connection"),
    [
        (GET_1_0, [b"ab"], "close"),
        (GET_1_0, pieces(b"a", b"b"), "close"),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + LAST, [b"ab"], "keep-alive"),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", pieces(b"a", b"b"), "close"),
    ],
    ids=["plain", "stream", "keep-alive", "keep-alive-stream"],
)
def test_http_1_0_is_served(serve, ask, request_bytes, body, connection):
    reply = ask(serve(answering(body)), request_bytes)[0]
    assert (reply.body, reply.headers["connection"]) == (b"ab", connection)
    assert "transfer-encoding" not in reply.headers


@pytest.mark.parametrize(
    ("method", "status", "headers", "length"),
    [
        ("HEAD", "200 OK", [("content-length", "2")], "2"),
        ("HEAD", "200 OK", [], "2"),
        ("GET", "204 No Content", [("content-length", "2")], None),
        ("GET", "204 No Content", [], None),
        ("GET", "304 Not Modified", [("content-length", "2")], "2"),
    ],
)
@pytest.mark.parametrize("stream", [False, True], ids=["list", "stream"])
def test_some_answers_have_no_body(serve, talk, method, status, headers, length, stream):
    body = pieces(b"a", b"b") if stream else [b"ab"]
    request = f"{method} / HTTP/1.1\r\nHost: a\r\n".encode()
    raw = talk(
        serve(answering(body, status, headers)),
        request + b"\r\n" + request + b"Connection: close\r\n\r\n",
    )
    first, second, end = raw.split(b"\r\n\r\n")
    assert end == b""
    for head in (first, second):
        assert head.startswith(f"HTTP/1.1 {status}".encode())
        assert b"chunked" not in head
        if headers or not stream:
            assert (f"ontent-length: {length}" in head.decode().lower()) is bool(length)


def test_an_app_can_close_the_connection(serve, ask):
    server = serve(answering([b""], headers=[("Connection", "close")]))
    [reply] = ask(server, GET + GET)
    assert reply.headers["connection"] == "close"
    assert reply.head.count(b"onnection") == 1


def test_write_sends_before_the_app_returns(serve, dial, read_reply):
    gate = threading.Event()

    def application(environ, start_response):
        write = start_response("200 OK", [("content-length", "2")])
        write(b"")
        write(b"a")
        gate.wait(10)
        return [b"b"]

    client = dial(serve(application))
    client.sendall(GET)
    head = b""
    while not head.endswith(b"\r\n\r\na"):
        head += client.recv(1)
    gate.set()
    assert client.recv(10) == b"b"


def test_a_stream_is_sent_as_it_comes(serve, dial):
    gate = threading.Event()

    def stream():
        yield b"a"
        gate.wait(10)
        yield b"b"

    client = dial(serve(answering(stream)))
    client.sendall(GET)
    got = b""
    while not got.endswith(b"1\r\na\r\n"):
        got += client.recv(1)
    gate.set()
    got = b""
    while not got.endswith(b"0\r\n\r\n"):
        got += client.recv(100)
    assert got == b"1\r\nb\r\n0\r\n\r\n"


def test_the_body_of_an_answer_is_closed(serve, ask):
    closed = []

    class Body:
        def __iter__(self):
            return iter([b"a"])

        def close(self):
            closed.append(True)

    ask(serve(answering(Body)), LAST)
    assert closed == [True]


def fail_at_once(environ, start_response):
    raise LookupError("a bug")


def fail_after_start(environ, start_response):
    start_response("200 OK", [])
    raise LookupError("a bug")


def fail_in_body(environ, start_response):
    start_response("200 OK", [])

    def body():
        raise LookupError("a bug")
        yield b""

    return body()


def start_twice(environ, start_response):
    start_response("200 OK", [])
    start_response("200 OK", [])
    return [b""]


CRASHES = {
    "at-once": fail_at_once,
    "after-start": fail_after_start,
    "in-body": fail_in_body,
    "start-twice": start_twice,
    "no-start": lambda environ, start_response: [b"a"],
    "split-value": answering([b""], headers=[("a", "b\r\nSet-Cookie: evil")]),
    "split-name": answering([b""], headers=[("a: b\nc", "d")]),
    "split-status": answering([b""], "200 OK\r\nevil: 1"),
    "not-latin-1": answering([b""], headers=[("a", "\u20ac")]),
    "status": answering([b""], "OK"),
    "content-length": answering([b"a"], headers=[("content-length", "one")]),
    "text": answering(["text"]),
}


@pytest.mark.parametrize("application", CRASHES.values(), ids=CRASHES.keys())
def test_a_crash_of_the_app_is_a_500_in_kibanas_words(serve, ask, caplog, application):
    [reply] = ask(serve(application), GET + GET)
    assert (reply.status, reply.json()) == (500, CRASH)
    assert reply.headers["content-type"] == "application/json; charset=utf-8"
    assert reply.headers["connection"] == "close"
    [record] = caplog.records
    assert (record.name, record.levelno) == ("mockkibana.server", logging.ERROR)
    assert record.exc_info is not None


def test_a_crash_in_the_middle_of_an_answer_cuts_it(serve, talk, caplog):
    def stream():
        yield b"a"
        raise LookupError("a bug")

    assert talk(serve(answering(stream)), GET).endswith(b"\r\n\r\n1\r\na\r\n")
    assert "a bug" in caplog.text


def test_an_app_can_replace_an_answer_that_has_not_begun(serve, ask):
    def application(environ, start_response):
        start_response("200 OK", [])
        try:
            raise LookupError("a bug")
        except LookupError:
            start_response("503 Service Unavailable", [], sys.exc_info())
        return [b"sorry"]

    [reply] = ask(serve(application), LAST)
    assert (reply.status, reply.body) == (503, b"sorry")


def test_an_app_cannot_replace_an_answer_that_has_begun(serve, talk, caplog):
    def application(environ, start_response):
        start_response("200 OK", [])(b"a")
        try:
            raise LookupError("a bug")
        except LookupError:
            start_response("503 Service Unavailable", [], sys.exc_info())
        return []

    assert talk(serve(application), GET).endswith(b"\r\n\r\n1\r\na\r\n")
    assert "a bug" in caplog.text


def read_all(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [json.dumps(len(body)).encode()]


def read_nothing(environ, start_response):
    start_response("401 Unauthorized", [])
    return [b"no"]


EXPECT = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"


def test_a_client_is_told_to_continue_when_the_app_reads(serve, dial, read_reply):
    client = dial(serve(read_all))
    client.sendall(EXPECT)
    assert client.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"hello")
    assert read_reply(client).body == b"5"
    client.sendall(EXPECT + b"hello")
    assert read_reply(client).body == b"5"


def test_a_client_that_expects_to_be_refused_is_not_told_to_continue(serve, ask):
    [reply] = ask(serve(read_nothing), EXPECT)
    assert (reply.status, reply.headers["connection"]) == (401, "close")


def test_another_expectation_fails(serve, ask):
    request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: tea\r\n\r\nx"
    first, second = ask(serve(read_all), request + LAST)
    assert (first.status, second.status) == (417, 200)


def test_http_1_0_expects_nothing(serve, ask):
    request = b"POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx"
    assert [reply.status for reply in ask(serve(read_all), request)] == [200]


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 60000\r\n\r\n" + b"x" * 60_000,
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ],
    ids=["content-length", "chunked"],
)
def test_a_small_body_that_nobody_read_is_passed_over(serve, ask, body):
    first, second = ask(serve(read_nothing), b"POST / HTTP/1.1\r\nHost: a\r\n" + body + LAST)
    assert (first.headers["connection"], second.headers["connection"]) == ("keep-alive", "close")


@pytest.mark.parametrize(
    "head", [b"Content-Length: 30000000", b"Transfer-Encoding: chunked"], ids=["length", "chunked"]
)
def test_a_client_that_is_still_sending_gets_the_refusal(serve, dial, read_to_end, replies, head):
    client = dial(serve(read_nothing))
    client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n\r\n")
    for _ in range(30):
        client.sendall(b"f4240\r\n" + b"x" * 1_000_000 + b"\r\n")
    [reply] = replies(read_to_end(client))
    assert (reply.status, reply.body, reply.headers["connection"]) == (401, b"no", "close")


def read_and_wrap(environ, start_response):
    try:
        return read_all(environ, start_response)
    except OSError as error:
        raise RuntimeError from error


def read_and_hide(environ, start_response):
    try:
        return read_all(environ, start_response)
    except OSError:
        start_response("200 OK", [])
        return [b"fine"]


@pytest.mark.parametrize("reader", [read_all, read_and_wrap, read_and_hide])
def test_the_answer_to_a_broken_body_is_a_400(serve, dial, read_to_end, caplog, reader):
    gate = threading.Event()

    def application(environ, start_response):
        gate.set()
        return reader(environ, start_response)

    client = dial(serve(application))
    client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
    assert gate.wait(10)
    client.sendall(b"nonsense\r\n")
    assert read_to_end(client) == b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
    assert caplog.records == []


def test_a_request_that_the_app_keeps_is_empty_afterwards(serve, dial, read_reply):
    kept = []

    def application(environ, start_response):
        kept.append(environ["wsgi.input"])
        return read_nothing(environ, start_response)

    client = dial(serve(application))
    client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
    read_reply(client)
    client.sendall(GET)
    read_reply(client)
    assert kept[0].read() == b""


def test_each_answer_has_an_access_line(serve, talk):
    lines = []
    server = serve(answering([b"abc"], "404 Not Found"), access_log=lines.append)
    talk(server, GET + b"HEAD /b?c HTTP/1.1\r\nHost: a\r\n\r\n" + b"nonsense\r\n")
    server.stop()
    assert [(line.method, line.target, line.status, line.size) for line in lines] == [
        ("GET", "/", 404, 3),
        ("HEAD", "/b?c", 404, 0),
        ("", "", 400, 0),
    ]
    assert {line.client for line in lines} == {"127.0.0.1"}
    assert all(line.seconds >= 0 for line in lines)


def test_an_access_line_has_the_hint_that_the_app_leaves(serve, talk):
    lines = []

    def application(environ, start_response):
        environ["mockkibana.hint"] = f"not {environ['PATH_INFO']}"
        return answering([b""], "404 Not Found")(environ, start_response)

    server = serve(application, access_log=lines.append)
    talk(server, GET + b"GET /b HTTP/1.1\r\nHost: a\r\n\r\n" + b"nonsense\r\n")
    server.stop()
    assert [line.hint for line in lines] == ["not /", "not /b", None]
