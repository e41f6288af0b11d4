"""Kibana's HTTP client: the headers it adds, and how a body is written."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.http.messages import Answer
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound

URL = "https://x.example.com/a?b=c#d"


@pytest.mark.parametrize(
    ("method", "body", "given", "content_type"),
    [
        ("GET", None, {}, None),
        ("POST", None, {}, "application/x-www-form-urlencoded"),
        ("POST", "text", {}, "application/x-www-form-urlencoded"),
        ("PUT", {"a": 1}, {}, "application/json"),
        ("POST", "text", {"content-type": "text/plain"}, None),
    ],
)
def test_a_body_has_the_content_type_that_axios_gives_it(
    method: str, body: Any, given: dict[str, str], content_type: str | None
) -> None:
    headers = axios.headers_of(Outbound(method, URL, given, body))
    assert headers.get("Content-Type") == content_type
    assert headers.items() >= given.items()
    assert headers["Accept"] == "application/json, text/plain, */*"


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (200, "OK"),
        (413, "Payload Too Large"),
        (418, "I'm a Teapot"),
        (422, "Unprocessable Entity"),
        (599, "unknown"),
    ],
)
def test_a_status_has_nodes_words(status: int, text: str) -> None:
    assert axios.status_text(status) == text


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("80", 80),
        (" 7s", 7),
        ("-1", -1),
        ("soon", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("", None),
    ],
)
def test_only_a_number_says_when_to_try_again(header: str, seconds: int | None) -> None:
    assert axios.retry_after(Answer(429, None, {"retry-after": header})) == seconds
    assert axios.retry_after(Answer(429)) is None


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (None, None),
        (b"\0", b"\0"),
        ("ü\ud800", b"\xc3\xbc?"),
        ({"a": [1, "ü"]}, b'{"a":[1,"\\u00fc"]}'),
    ],
)
def test_a_text_goes_out_as_it_is_and_a_value_as_json(body: Any, data: bytes | None) -> None:
    assert axios.payload(body) == data


@pytest.mark.parametrize(
    ("url", "base", "path"),
    [
        ("https://x.example.com/a?b=c", "", "/a?b=c"),
        ("https://x.example.com", "", "/"),
        ("https://x.example.com?b=c", "", "/?b=c"),
        ("https://ann:pin@x.example.com:8080/a", "", "/a"),
        ("https://x.example.com/jira/rest", "https://x.example.com/jira", "/rest"),
        ("/logs/_bulk?refresh=true", "", "/logs/_bulk?refresh=true"),
        ("mailto:ann@example.com", "", "/ann@example.com"),
    ],
)
def test_a_path_is_what_the_receiver_sees(url: str, base: str, path: str) -> None:
    assert Outbound("GET", url, base=base).path == path
