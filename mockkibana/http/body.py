"""Reads request bodies from a WSGI environment: bounded, and inflated."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from typing import Any

_CHUNK = 65_536
_GZIP = ("gzip", "x-gzip")
_DIGITS = 19  # more than any limit has


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
    if not declared.isdecimal():
        return None
    # Python reads no number of thousands of digits; those that count are fewer.
    return int(declared.lstrip("0")[:_DIGITS] or "0")


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
    if encoding not in (*_GZIP, "deflate"):
        return body  # as Kibana and Elasticsearch do: an encoding they do not know is not undone
    try:
        inflated = _gunzipped(body, limit) if encoding in _GZIP else _unzipped(body, limit)
    except (OSError, EOFError, zlib.error) as error:
        raise Garbled(str(error)) from None
    if len(inflated) > limit:
        raise TooLarge(limit)
    return inflated


def _gunzipped(body: bytes, limit: int) -> bytes:
    import gzip  # most requests are not compressed

    # A file, not a call: it takes several members in a row, and stops at the limit.
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as members:
        return members.read(limit + 1)


def _unzipped(body: bytes, limit: int) -> bytes:
    inflater = zlib.decompressobj()
    inflated = inflater.decompress(body, limit + 1)
    if len(inflated) <= limit and not inflater.eof:
        raise EOFError("the compressed body ends early")
    return inflated
