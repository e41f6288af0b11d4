"""URIs and IP addresses: what is accepted, and the refusal of anything else."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.validation import Ip, Object, RecordOf, String, Uri, missing

URIS = [
    "http://example.com",
    "https://user:p%40ss@example.com:8443/a/b?c=d#e",
    "http://[::1]:5601/x",
    "http://[v1.a]/",
    "http://127.0.0.1",
    "file:///etc/hosts",
    "mailto:someone@example.com",
    "urn:isbn:0451450523",
    "x:/a",
    "http://example.com/50%",
]
NO_URIS = [
    "example.com",
    "/a",
    "http:",
    "http:/",
    "http:a",
    "http:/a",
    "http://",
    "http:///a",
    "http://a b",
    "http://a/[",
    "http://[::zz]",
    "1http://a",
    "http://ex ample.com",
    "http://example.com/é",
    "http://a\n",
]


@pytest.mark.parametrize("value", URIS)
def test_a_uri_is_accepted(value: str) -> None:
    assert Uri().deserialize(value) == value


@pytest.mark.parametrize("value", NO_URIS)
def test_anything_else_is_no_uri(sentence: Any, value: str) -> None:
    assert sentence(Uri(), value) == "value must be a valid URI (see RFC 3986)."


@pytest.mark.parametrize("value", ["ftp://a", "HTTP://a", "no uri", "http:///"])
def test_a_uri_needs_one_of_the_schemes(sentence: Any, value: str) -> None:
    field = Uri(scheme=["http", "https"])
    assert sentence(field, value) == "expected URI with scheme [http|https]."
    assert field.deserialize("https://a") == "https://a"


def test_a_scheme_alone_is_no_uri_even_when_it_is_the_right_one(sentence: Any) -> None:
    text = sentence(Uri(scheme=["http"]), "http:/")
    assert text == "value must be a valid URI (see RFC 3986)."


@pytest.mark.parametrize(
    ("value", "word"), [(missing, "undefined"), (None, "null"), (1, "number"), ([], "Array")]
)
def test_a_uri_that_is_no_string_is_refused_with_a_full_stop(
    sentence: Any, value: Any, word: str
) -> None:
    assert sentence(Uri(), value) == f"expected value of type [string] but got [{word}]."


@pytest.mark.parametrize("value", ["1.1.1.1", "001.02.3.255", "::", "1::8", "::ffff:1.2.3.4"])
def test_an_ip_address_is_accepted(value: str) -> None:
    assert Ip().deserialize(value) == value


@pytest.mark.parametrize(
    ("versions", "value", "words"),
    [
        (("ipv4", "ipv6"), "1.1.1.1/24", "ipv4 or ipv6"),
        (("ipv4", "ipv6"), "99999.1.1.1", "ipv4 or ipv6"),
        (("ipv4", "ipv6"), "::1%eth0", "ipv4 or ipv6"),
        (("ipv4",), "::1", "ipv4"),
        (("ipv6",), "1.1.1.1", "ipv6"),
        (("ipv6",), "1:2:3:4:5:6:7:8:9", "ipv6"),
    ],
)
def test_anything_else_is_no_ip_address(
    sentence: Any, versions: tuple[str, ...], value: str, words: str
) -> None:
    assert sentence(Ip(versions=versions), value) == f"value must be a valid {words} address"


@pytest.mark.parametrize(("value", "word"), [(missing, "undefined"), (1, "number"), ({}, "Object")])
def test_an_ip_address_is_a_string(sentence: Any, value: Any, word: str) -> None:
    assert sentence(Ip(), value) == f"expected value of type [string] but got [{word}]"


@pytest.mark.parametrize(
    ("rule", "value", "text"),
    [
        (Uri(), "", '"value" is not allowed to be empty'),
        (Ip(), "", '"value" is not allowed to be empty'),
        (
            Object({"apiUrl": Uri()}),
            {"apiUrl": ""},
            '[apiUrl]: "apiUrl" is not allowed to be empty',
        ),
        (
            RecordOf(Uri(), keys=String()),
            {"a": ""},
            '[a]: "value" is not allowed to be empty',
        ),
    ],
    ids=["uri", "ip", "key", "entry of a record"],
)
def test_joi_words_an_empty_address(sentence: Any, rule: Any, value: Any, text: str) -> None:
    assert sentence(rule, value) == text
