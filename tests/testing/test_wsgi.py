"""Calls of a WSGI app without a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from mockkibana.testing.wsgi import call


def test_an_app_sees_what_a_server_would_hand_over() -> None:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start("201 Created", [("x-a", "b")])
        return [b"one", b"two"]

    reply = call(
        app,
        "https://kibana.example.com:8443",
        "POST",
        "/a%20b?c=%20d",
        [("X-Custom", "e"), ("content-type", "text/plain")],
        b"body",
    )
    assert (reply.status, reply.reason, reply.headers, reply.body) == (
        201,
        "Created",
        [("x-a", "b")],
        b"onetwo",
    )
    assert (
        seen.items()
        >= {
            "REQUEST_METHOD": "POST",
            "REQUEST_URI": "/a%20b?c=%20d",
            "PATH_INFO": "/a b",
            "QUERY_STRING": "c=%20d",
            "HTTP_HOST": "kibana.example.com:8443",
            "HTTP_X_CUSTOM": "e",
            "CONTENT_TYPE": "text/plain",
            "CONTENT_LENGTH": "4",
            "wsgi.url_scheme": "https",
            "body": b"body",
        }.items()
    )


def test_an_app_may_write_and_its_result_is_closed() -> None:
    closed: list[bool] = []

    class Result(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])(b"written ")
        return Result([b"returned"])

    assert call(app, "http://kibana", "GET", "/").body == b"written returned"
    assert closed == [True]


def test_what_an_app_raises_passes_through() -> None:
    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        raise LookupError("here")

    with pytest.raises(LookupError, match="here"):
        call(app, "http://kibana", "GET", "/")
