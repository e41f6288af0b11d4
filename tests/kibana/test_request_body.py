"""Payloads, read without an app."""

from __future__ import annotations

import io
from typing import Any

import pytest

from mockkibana.kibana.errors import KibanaError
from mockkibana.kibana.request_body import parse_form, read_request_body


def environ(body: bytes, content_type: str | None = None, **more: Any) -> dict[str, Any]:
    found = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), **more}
    if content_type is not None:
        found["CONTENT_TYPE"] = content_type
    return found


@pytest.mark.parametrize(
    ("content_type", "body", "value"),
    [
        (None, b"[1.0]", [1]),
        ("", b"[1.0]", [1]),
        ("application/json", b"9007199254740993", 9007199254740992),
        ("application/json", b"1e400", None),
        ("application/json", b'"\xff"', "\ufffd"),
        ("application/json", b'"\\ud800"', "\ud800"),
        ("application/json", b"", None),
        ("application/merge-patch+json", b"{}", {}),
        ("text/plain", b"{}", "{}"),
        ("text/plain", b"\xff", "\ufffd"),
        ("text/plain", b"", ""),
        ("application/x-www-form-urlencoded", b"a=1&b=&a=2", {"a": ["1", "2"], "b": ""}),
        ("application/x-www-form-urlencoded", b'{"a":1}', {'{"a":1}': ""}),
        ("application/octet-stream", b"\x00", b"\x00"),
        ("application/octet-stream", b"", None),
    ],
)
def test_a_payload_is_read_by_its_type(content_type, body, value):
    read = read_request_body(environ(body, content_type), 100)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("content_type", "body", "limit", "status"),
    [
        ("application/json", b"12345", 4, 413),
        ("nonsense", b"12345", 4, 413),
        ("nonsense", b"1", 4, 400),
        ("application/xml", b"1", 4, 415),
        ("application/jsonx", b"1", 4, 415),
        ("application/json", b"{", 4, 400),
        ("application/json", b"null", 4, None),
    ],
)
def test_size_comes_before_type_and_type_before_content(content_type, body, limit, status):
    if status is None:
        assert read_request_body(environ(body, content_type), limit) is None
        return
    with pytest.raises(KibanaError) as refused:
        read_request_body(environ(body, content_type), limit)
    assert refused.value.status == status


def test_without_a_length_and_without_chunks_there_is_no_body():
    assert read_request_body({"wsgi.input": io.BytesIO(b"1")}, 10) is None


def test_chunks_are_counted():
    chunked = {"wsgi.input": io.BytesIO(b"12345"), "wsgi.input_terminated": True}
    with pytest.raises(KibanaError) as refused:
        read_request_body(chunked, 4)
    assert refused.value.body() == {
        "statusCode": 413,
        "error": "Request Entity Too Large",
        "message": "Payload content length greater than maximum allowed: 4",
    }


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", {}),
        ("a", {"a": ""}),
        ("a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
        ("a+b=c+d", {"a b": "c d"}),
        ("a=%C3%A9%ZZ", {"a": "é%ZZ"}),
        ("a=b;c=d", {"a": "b;c=d"}),
        ("a==", {"a": "="}),
        ("&&a=1&", {"a": "1"}),
    ],
)
def test_a_form_is_a_record_of_texts_and_lists(text, form):
    assert parse_form(text) == form
