"""Mounts the two faces that are not Flask's: WSGI in front, `Request` and `Answer` behind."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qsl

from flask import Response, request

from mockkibana.http.body import Garbled, TooLarge
from mockkibana.http.messages import Answer, Request
from mockkibana.http.paths import is_below
from mockkibana.json import Json, encode
from mockkibana.kibana.inbound import INBOUND, Inbound
from mockkibana.kibana.routes.http import JSON_TYPE, base_url
from mockkibana.store import StoreError
from mockkibana.store.errors import Superseded
from mockkibana.world import World

MOCK = "/_mock"


class Face(Protocol):
    """What answers every request below a mount point; `max_body` is in bytes."""

    max_body: int

    def handle(self, request: Request) -> Answer:
        """Answer a request; never raises."""

    def too_large(self) -> Answer:
        """Answer a request whose body has more than `max_body` bytes."""

    def unwritten(self) -> Answer:
        """Answer a request for whose changes there is no room."""

    def garbled(self) -> Answer:
        """Answer a request whose compressed body cannot be inflated."""


_FACES: dict[str, Callable[[World], Face]] = {
    "elasticsearch": lambda world: world.elasticsearch_face,
    "jira": lambda world: world.jira_face,
}
MOUNTS = {face: f"{MOCK}/{face}" for face in _FACES}
"""The raw paths below which faces answer, by the names of the faces."""


def _root(environ: dict[str, Any], inbound: Inbound) -> str:
    """Return the URL of a face as the caller sees it."""
    if not inbound.is_alone:
        return base_url(environ) + MOUNTS[inbound.face]
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}"


def face_of(path: str) -> tuple[str, str]:
    """Return which face answers a raw path of the mock, and the path as the face sees it.

    The name is empty for what no face answers.
    """
    for face, mount in MOUNTS.items():
        if is_below(path, mount):
            return face, path[len(mount) :]
    return "", path


def max_body(world: World, face: str) -> int:
    """Return how many bytes a body may have that is sent to a face, Kibana's or another."""
    return _FACES[face](world).max_body if face in _FACES else world.settings.max_payload


def respond(rest: str = "") -> Response:  # noqa: ARG001 - a face reads the raw path
    """Answer Flask's request with the face that is mounted at its path."""
    environ = request.environ
    inbound: Inbound = environ[INBOUND]
    face = _FACES[inbound.face](inbound.world)
    try:
        body = inbound.read_body(environ, face.max_body)
    except TooLarge:
        return respond_with(face.too_large())
    except Garbled:
        return respond_with(face.garbled())
    raw_query = environ.get("QUERY_STRING", "")
    asked = Request(
        method=environ["REQUEST_METHOD"],
        path=inbound.face_path,
        query=dict(parse_qsl(raw_query, keep_blank_values=True)) if raw_query else {},
        headers=_headers(environ),
        body=body,
        url=_root(environ, inbound),
        raw_query=raw_query,
        trusted=inbound.trusted,
    )
    try:
        answer = face.handle(asked)
    except Superseded as error:
        return told(503, str(error))
    except StoreError as error:
        inbound.world.log.write("error", "store", str(error))
        answer = face.unwritten()
    if (call := inbound.call) is not None:
        call.route = asked.route
        call.user = asked.user
        call.warnings.extend(asked.warnings)
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


def told(status: int, message: str) -> Response:
    """Return what the mock itself has to say, under its own prefix or in the place of a server."""
    return Response(
        encode({"error": message}),
        f"{status} {HTTPStatus(status).phrase}",
        [("content-type", JSON_TYPE)],
    )


def _bytes(body: Json) -> bytes:
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode("utf-8", "replace")
    return encode(body)
