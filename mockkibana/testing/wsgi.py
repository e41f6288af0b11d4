"""A WSGI app called without a socket, with the environment that the server would give it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from mockkibana.control.guard import ControlAccess
from mockkibana.json import Json, loads

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `status` is a number, `reason` the words beside it."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Json:
        """Return the body as a value, None for an empty one."""
        return loads(self.body) if self.body else None


def call(
    app: App,
    url: str,
    method: str,
    target: str,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
) -> Reply:
    """Send a request to an app whose address is `url`, and return its answer.

    `target` is the path, with its query, as it would be on the wire. A wire fault that the app
    raises (`mockkibana.http.wire_faults.WireFault`) passes through.
    """
    path, _, query = target.partition("?")
    environ = {
        **_surroundings(url),
        "REQUEST_METHOD": method,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
    for name, value in headers:
        environ[_key(name)] = value
    told: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:  # noqa: ARG001 - nothing is out yet
        told[:] = [status, headers]
        return chunks.append

    chunks: list[bytes] = []
    result = app(environ, start_response)
    try:
        chunks += result
    finally:
        if close := getattr(result, "close", None):
            close()
    status, _, reason = told[0].partition(" ")
    return Reply(int(status), reason, told[1], b"".join(chunks))


@lru_cache(maxsize=64)
def _surroundings(url: str) -> Mapping[str, Any]:
    """Return the part of the environment that an address and not a request decides."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    return {
        "SERVER_NAME": host,
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": parts.netloc.rpartition("@")[2],
        "REMOTE_ADDR": "127.0.0.1",
        "SCRIPT_NAME": "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "mockkibana.wire_faults": True,
        # Whoever is in this process gave the world this name.
        "mockkibana.control": ControlAccess(allow_hosts=(host,)),
    }


@lru_cache(maxsize=256)
def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
