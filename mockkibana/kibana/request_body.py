"""Request bodies as Kibana's HTTP server reads them: hapi's rules, before any schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from mockkibana.http.body import Garbled, TooLarge, declared_length, read_body
from mockkibana.json import Json, Malformed, loads
from mockkibana.kibana.errors import KibanaError, bad_request

# @hapi/content: all up to a blank or a semicolon is the type, whatever follows.
_TYPE = re.compile(r"([^/\s]+/[^\s;]+)(.*)")
_BOUNDARY = re.compile(r';\s*boundary=(?:"[^"]+"|[^;"\s]+)(?!")', re.IGNORECASE)
_JSON = re.compile(r"application/(?:.+\+)?json")


def read_request_body(
    environ: dict[str, Any],
    max_bytes: int,
    read: Callable[[dict[str, Any], int], bytes] = read_body,
) -> Json:
    """Return a body: a JSON value, text for `text/*`, a dict for a form, bytes for a stream.

    An empty body is None. Raises `KibanaError`: 413 (too large), 400 (bad content type, bad JSON,
    bad compression), 415 (any other type), in hapi's order.
    """
    if (declared_length(environ) or 0) > max_bytes:
        raise _too_large(max_bytes)
    mime = _mime(environ.get("CONTENT_TYPE") or "application/json")
    try:
        body = read(environ, max_bytes)
    except TooLarge:
        raise _too_large(max_bytes) from None
    except Garbled:
        raise bad_request("Invalid compressed payload") from None
    if _JSON.fullmatch(mime):
        return _json(body)
    if mime.startswith("text/"):
        return body.decode("utf-8", "replace")
    if mime == "application/x-www-form-urlencoded":
        return parse_form(body.decode("utf-8", "replace")) if body else None
    if mime == "application/octet-stream":
        return body or None
    raise KibanaError(415)


def parse_form(text: str) -> dict[str, Json]:
    """Return the pairs of a form or query; a name that comes twice has a list."""
    form: dict[str, Json] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name not in form:
            form[name] = value
        elif isinstance(form[name], list):
            form[name].append(value)
        else:
            form[name] = [form[name], value]
    return form


def _mime(header: str) -> str:
    match = _TYPE.fullmatch(header.strip())
    if match is None:
        raise bad_request("Invalid content-type header")
    mime = match[1].lower()
    if mime.startswith("multipart/") and not _BOUNDARY.search(match[2]):
        raise bad_request("Invalid content-type header: multipart missing boundary")
    return mime


def _json(body: bytes) -> Json:
    if not body:
        return None
    try:
        return loads(body, javascript=True)
    except Malformed:
        raise bad_request("Invalid request payload JSON format") from None


def _too_large(max_bytes: int) -> KibanaError:
    return KibanaError(413, f"Payload content length greater than maximum allowed: {max_bytes}")
