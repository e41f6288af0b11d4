"""The WSGI environment and the body that an app gets for a request."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.http.wire_faults import BrokenBody
from mockkibana.server.request import HeaderNames, Request

CLOSE = b"Connection: close\r\n\r\n"


def seen(ask, server, head: bytes):
    [reply] = ask(server, head + CLOSE)
    return reply.json()


def test_the_environment_is_whole(serve, ask):
    server = serve()
    environ = seen(ask, server, b"PUT /a%20b?c=%41&d HTTP/1.1\r\nHost: kibana:5601\r\n")
    expected = {
        "REQUEST_METHOD": "PUT",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/a b",
        "QUERY_STRING": "c=%41&d",
        "REQUEST_URI": "/a%20b?c=%41&d",
        "RAW_URI": "/a%20b?c=%41&d",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(server.port),
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "kibana:5601",
        "wsgi.url_scheme": "http",
    }
    assert {key: environ[key] for key in expected} == expected


def test_the_wsgi_validator_finds_nothing_to_complain_about(serve, ask):
    from wsgiref.validate import validator

    @validator
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["wsgi.input"].read(100)]

    head = b"POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
    [reply] = ask(serve(application), head + CLOSE + b"ab")
    assert reply.body == b"ab"


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/", "/", ""),
        (b"/%E2%82%AC", "/\xe2\x82\xac", ""),
        (b"/a%2Fb%25", "/a/b%", ""),
        (b"//a///b", "//a///b", ""),
        (b"/a?b?c", "/a", "b?c"),
        (b"/a?", "/a", ""),
        (b"/a#b?c", "/a", ""),
        (b"http://example.com", "/", ""),
        (b"http://example.com?a", "/", "a"),
        (b"http://user@example.com:80/a%20b?c", "/a b", "c"),
        (b"*", "*", ""),
    ],
)
def test_a_target_is_split_and_decoded(serve, ask, target, path, query):
    environ = seen(ask, serve(), b"OPTIONS " + target + b" HTTP/1.1\r\nHost: a\r\n")
    assert environ["RAW_URI"] == target.decode()
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == (path, query)


@pytest.mark.parametrize(
    ("headers", "key", "value"),
    [
        (b"x-a: 1\r\nX-A: 2\r\n", "HTTP_X_A", "1, 2"),
        (b"Cookie: a=1\r\ncookie: b=2\r\n", "HTTP_COOKIE", "a=1; b=2"),
        (b"Content-Type: a/b\r\nContent-Type: c/d\r\n", "CONTENT_TYPE", "a/b"),
        (b"Authorization: a\r\nAuthorization: b\r\n", "HTTP_AUTHORIZATION", "a"),
        (b"Host: b\r\n", "HTTP_HOST", "a"),
        (b"X-A:\r\n", "HTTP_X_A", ""),
        (b"X-A:  \t1 2 \t \r\n", "HTTP_X_A", "1 2"),
        (b"X-A: \xc3\xa9\r\n", "HTTP_X_A", "\xc3\xa9"),
        (b"X_A: evil\r\nX-A: good\r\n", "HTTP_X_A", "good"),
        (b"Content_Length: 7\r\n", "CONTENT_LENGTH", None),
    ],
    ids=lambda value: value.decode("latin-1").strip() if isinstance(value, bytes) else None,
)
def test_headers_become_keys_of_the_environment(serve, ask, headers, key, value):
    environ = seen(ask, serve(), b"GET / HTTP/1.1\r\nHost: a\r\n" + headers)
    assert environ.get(key) == value


def test_only_so_many_header_names_are_remembered():
    names = HeaderNames()
    assert [names[b"x-%d" % n] for n in range(2_000)] == [f"HTTP_X_{n}" for n in range(2_000)]
    assert len(names) == 1_024


def arriving(pieces: list[bytes], *, broken: bool = False) -> Request:
    """Make a request whose body arrives in these pieces."""
    coming = list(pieces)

    def receive() -> bool:
        if not coming:
            return False
        request.pieces.append(coming.pop(0))
        request.complete = not coming and not broken
        return True

    request = Request({}, receive)
    request.complete = not pieces and not broken
    return request


READS = st.lists(
    st.tuples(st.sampled_from(["read", "readline", "readlines"]), st.none() | st.integers(-1, 12)),
    max_size=12,
)
PIECES = st.lists(st.text("ab\n", min_size=1, max_size=12).map(str.encode), max_size=6)


@given(pieces=PIECES, reads=READS)
def test_a_body_reads_like_a_file(pieces, reads):
    body, model = arriving(pieces), io.BytesIO(b"".join(pieces))
    for name, size in reads:
        assert getattr(body, name)(size) == getattr(model, name)(size)
    assert list(body) == list(model)


def test_a_body_that_breaks_off_raises():
    body = arriving([b"abc"], broken=True)
    assert body.read(2) == b"ab"
    with pytest.raises(BrokenBody):
        body.read()


def test_no_more_of_a_body_is_taken_from_the_socket_than_is_read():
    body = arriving([b"x" * 10] * 100)
    assert body.read(15) == b"x" * 15
    assert sum(map(len, body.pieces)) <= 10
