"""Bodies: bounded, inflated, and no larger in memory than they may be."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zlib
from typing import Any

import pytest

from mockkibana.http.body import Garbled, TooLarge, declared_length, read_body

TEXT = b'{"a":1}'


def environ(body: bytes, encoding: str | None = None, *, chunked: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {"wsgi.input": io.BytesIO(body)}
    if chunked:
        found["wsgi.input_terminated"] = True
    else:
        found["CONTENT_LENGTH"] = str(len(body))
    if encoding is not None:
        found["HTTP_CONTENT_ENCODING"] = encoding
    return found


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (None, TEXT),
        ("identity", TEXT),
        ("br", TEXT),
        ("gzip", gzip.compress(TEXT, mtime=0)),
        (" GZIP ", gzip.compress(TEXT, mtime=0)),
        ("x-gzip", gzip.compress(TEXT, mtime=0)),
        ("gzip", gzip.compress(TEXT[:3], mtime=0) + gzip.compress(TEXT[3:], mtime=0)),
        ("deflate", zlib.compress(TEXT)),
    ],
)
def test_a_body_is_inflated_by_its_encoding(encoding, body, chunked):
    assert read_body(environ(body, encoding, chunked=chunked), 1000) == TEXT


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", TEXT),
        ("gzip", gzip.compress(TEXT, mtime=0)[:-1]),
        ("gzip", gzip.compress(TEXT, mtime=0)[:5]),
        ("gzip", b"\x1f"),
        ("deflate", gzip.compress(TEXT, mtime=0)),
        ("deflate", TEXT),
        ("deflate", zlib.compress(TEXT)[:-1]),
    ],
)
def test_a_body_that_is_not_what_it_says_is_garbled(encoding, body, chunked):
    with pytest.raises(Garbled):
        read_body(environ(body, encoding, chunked=chunked), 1000)


@pytest.mark.parametrize("encoding", [None, "gzip", "deflate"])
@pytest.mark.parametrize("chunked", [False, True])
def test_an_empty_body_is_empty_whatever_it_says(encoding, chunked):
    assert read_body(environ(b"", encoding, chunked=chunked), 10) == b""


def test_without_a_length_and_without_chunks_nothing_is_read():
    stream = io.BytesIO(b"next request")
    assert read_body({"wsgi.input": stream}, 10) == b""
    assert stream.tell() == 0


def test_no_more_than_the_length_is_read():
    stream = io.BytesIO(b"bodynext")
    assert read_body({"wsgi.input": stream, "CONTENT_LENGTH": "4"}, 10) == b"body"
    assert stream.tell() == 4


@pytest.mark.parametrize("chunked", [False, True])
def test_the_limit_itself_is_allowed(chunked):
    assert read_body(environ(b"12345", chunked=chunked), 5) == b"12345"
    packed = gzip.compress(b"1" * 50, mtime=0)
    assert read_body(environ(packed, "gzip", chunked=chunked), 50) == b"1" * 50


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (None, b"123456"),
        ("gzip", gzip.compress(b"1" * 1_000_000, mtime=0)),
        ("deflate", zlib.compress(b"123456")),
    ],
)
def test_more_than_the_limit_is_too_large(encoding, body, chunked):
    limit = 5 if encoding is None else len(body)
    if encoding == "deflate":
        body, limit = zlib.compress(b"1" * 100), 99
    with pytest.raises(TooLarge) as refused:
        read_body(environ(body, encoding, chunked=chunked), limit)
    assert refused.value.limit == limit


def test_a_declared_length_is_refused_before_anything_is_read():
    stream = io.BytesIO(b"x" * 11)
    with pytest.raises(TooLarge):
        read_body({"wsgi.input": stream, "CONTENT_LENGTH": "11"}, 10)
    assert stream.tell() == 0


def test_chunks_are_read_no_further_than_needed():
    stream = io.BytesIO(b"x" * 1_000_000)
    with pytest.raises(TooLarge):
        read_body({"wsgi.input": stream, "wsgi.input_terminated": True}, 10)
    assert stream.tell() < 1_000_000


@pytest.mark.parametrize("members", [1, 64])
def test_a_bomb_takes_no_more_memory_than_the_limit(members):
    bomb = gzip.compress(b"\x00" * (64_000_000 // members), mtime=0) * members
    limit = 1_000_000
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            read_body(environ(bomb, "gzip"), limit)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * limit


@pytest.mark.parametrize(
    ("declared", "length"),
    [("", None), ("x", None), ("0", 0), ("0" * 5_000, 0), ("0" * 5_000 + "2", 2), ("12", 12)],
    ids=["none", "word", "zero", "zeros", "zeros and two", "twelve"],
)
def test_a_length_is_read_however_many_zeros_it_has(declared, length):
    assert declared_length({"CONTENT_LENGTH": declared}) == length


def test_a_length_of_thousands_of_digits_is_too_large():
    with pytest.raises(TooLarge):
        read_body({"CONTENT_LENGTH": "9" * 5_000, "wsgi.input": io.BytesIO()}, 1000)
