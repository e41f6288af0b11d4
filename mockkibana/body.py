"""Reads request bodies from a WSGI environment: bounded, and inflated."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

_CHUNK = 65_536
_WBITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class TooLarge(ValueError):
    """The body, as sent or inflated, has more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body has more than {limit} bytes")
        self.limit = limit


class Garbled(ValueError):
    """The body is not what its `content-encoding` says."""


def declared_length(environ: Mapping[str, Any]) -> int | None:
    """Return the body's length as the caller declared it, or None."""
    declared: str = environ.get("CONTENT_LENGTH") or ""
    return int(declared) if declared.isdecimal() else None


def read_body(environ: Mapping[str, Any], limit: int) -> bytes:
    """Return the whole body, at most `limit` bytes, after undoing gzip and deflate.

    Raises `TooLarge`, before anything is read when the declared length says so, and `Garbled`.
    """
    size = declared_length(environ)
    if size is not None:
        if size > limit:
            raise TooLarge(limit)
        body: bytes = environ["wsgi.input"].read(size) if size else b""
    elif environ.get("wsgi.input_terminated"):
        body = _read_at_most(environ, limit)
    else:
        body = b""
    encoding = environ.get("HTTP_CONTENT_ENCODING")
    if encoding and body:
        return _inflated(body, encoding.strip().lower(), limit)
    return body


def _read_at_most(environ: Mapping[str, Any], limit: int) -> bytes:
    chunks, size = [], 0
    while chunk := environ["wsgi.input"].read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def _inflated(body: bytes, encoding: str, limit: int) -> bytes:
    wbits = _WBITS.get(encoding)
    if wbits is None:
        return body  # as Kibana and Elasticsearch do: an encoding they do not know is not undone
    inflater = zlib.decompressobj(wbits)
    try:
        inflated = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise Garbled(str(error)) from None
    if len(inflated) > limit:
        raise TooLarge(limit)
    if not inflater.eof:
        raise Garbled("the compressed body ends early")
    return inflated
