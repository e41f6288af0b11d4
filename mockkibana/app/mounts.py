"""Mounts the two faces that are not Flask's: WSGI in front, `Request` and `Answer` behind."""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import parse_qsl

from flask import Response

from mockkibana.http.body import Garbled, TooLarge, read_body
from mockkibana.http.messages import Answer, Request
from mockkibana.http.route_table import Table
from mockkibana.json import Json, encode


class Face(Protocol):
    """What answers every request below a mount point; `max_body` is in bytes."""

    max_body: int
    table: Table[Any]

    def handle(self, request: Request) -> Answer:
        """Answer a request; never raises."""

    def too_large(self) -> Answer:
        """Answer a request whose body has more than `max_body` bytes."""

    def garbled(self) -> Answer:
        """Answer a request whose compressed body cannot be inflated."""


def respond(face: Face, environ: dict[str, Any], mount: str, url: str) -> Response:
    """Ask a face and return what it answers; `url` is the world's base, without the mount."""
    try:
        body = read_body(environ, face.max_body)
    except TooLarge:
        return respond_with(face.too_large())
    except Garbled:
        return respond_with(face.garbled())
    raw_query = environ.get("QUERY_STRING", "")
    path = environ["mockkibana.path"].removeprefix(mount)
    if (call := environ["mockkibana.call"]) is not None:
        call.route = face.table.pattern(environ["REQUEST_METHOD"], path)
    request = Request(
        method=environ["REQUEST_METHOD"],
        path=path,
        query=dict(parse_qsl(raw_query, keep_blank_values=True)) if raw_query else {},
        headers=_headers(environ),
        body=body,
        url=url + mount,
        raw_query=raw_query,
        trusted=environ.get("mockkibana.trusted", False),
    )
    answer = face.handle(request)
    if call is not None:
        call.user = request.user
        if answer.status in (401, 403):
            call.refusal = _bytes(answer.body)
    return respond_with(answer)


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if content_type := environ.get("CONTENT_TYPE"):
        headers["content-type"] = content_type
    return headers


def respond_with(answer: Answer) -> Response:
    """Return an answer as a response."""
    response = Response(_bytes(answer.body), answer.status)
    if not any(name.lower() == "content-type" for name in answer.headers):
        del response.headers["content-type"]
    response.headers.update(answer.headers)
    return response


def _bytes(body: Json) -> bytes:
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode("utf-8", "replace")
    return encode(body)
