"""Requests to the face, each in one line."""

from __future__ import annotations

import json
from typing import Any

from mockkibana.http.messages import Request


def request_of(
    line: str, body: Any = None, headers: dict[str, str] | None = None, **more: Any
) -> Request:
    """Return the request `METHOD /path?query`, with a body of bytes or of JSON that says so."""
    method, _, target = line.partition(" ")
    path, _, raw_query = target.partition("?")
    query = dict(pair.partition("=")[::2] for pair in raw_query.split("&") if pair)
    sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    typed = {"content-type": "application/json"} if sent else {}
    return Request(
        method,
        path,
        query=query,
        headers={**typed, **(headers or {})},
        body=sent,
        raw_query=raw_query,
        **more,
    )


def call(face: Any, line: str, body: Any = None, status: int = 200) -> Any:
    """Send a request, and return the body of its answer, which has that status."""
    answer = face.handle(request_of(line, body))
    assert answer.status == status, answer.body
    return answer.body


def refused(face: Any, line: str, body: Any = None, status: int = 400) -> str:
    """Send a request that is refused, and return `type: reason`."""
    error = call(face, line, body, status)["error"]
    return f"{error['type']}: {error['reason']}"
