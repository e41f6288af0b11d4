"""Which URLs Node takes, by its old parser and by the new one, and which it throws on."""

from __future__ import annotations

import pytest

from mockkibana.http.urls import is_parsed, is_url


@pytest.mark.parametrize(
    "url",
    [
        "", " ", "nope", "5", "http://", "https://", "//example.com", "ftp://example.com",
        "https://example.com:8443/a?b=[#c", "HTTPS://EXAMPLE.COM", "http://a:99999",
        "http://a.b:abc", "http://a b", "http://a\\b", "http://a\tb", "file:///etc",
        "javascript:alert(1)", "http://\x00", "http://u:p%20w@example.com", "http://[::1]:5601/",
        "http://\u0430.com", "http://xn--80a.com", "\xfcn\xefc\xf6d\xe9 \U0001f680\u2028",
        "http:a]", "http://example.com/xn--]", "http://" + "a" * 300 + "]",
    ],
)  # fmt: skip
def test_node_parses_nearly_every_text_as_a_url(url: str) -> None:
    assert is_parsed(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://[", "http://[::1", "http://[broken", "http://a]b/", "http://xn--/",
        "https://a.xn--.com", "http://a\x00b", "http://[:: 1]x", "http://%@example.com",
        "http://%ff@example.com", "other:[", "//[/x", " http://[", "http://\u2100.com",
    ],
)  # fmt: skip
def test_node_throws_on_a_host_name_that_is_none(url: str) -> None:
    assert not is_parsed(url)


@pytest.mark.parametrize(
    "url",
    [
        "http:a", "http:/a", "http:\\\\a", "HTTP://A", " http://a\t", "http://a?b", "http:///a", "http://a:",
        "http://a:65535", "http://@a", "http://a@b@c", "http://u:p@a", "http://[::1]:80", "http://1.2.3.4.",
        "http://1.2.3", "http://0x1.0x2", "http://a..b", "http://.", "http://%41", "http://\u2603", "http://a_b",
        "https://example.com/p?x=[y]", "foo:", "foo://", "foo://a:80", "foo://[::1]",
        "mailto:ann@example.com", "file:", "file:///a", "file://C:/x", "ws://a", "a+b://c",
        "javascript:alert(1)", "data:,",
    ],
)  # fmt: skip
def test_node_takes_what_the_url_standard_takes(url: str) -> None:
    assert is_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "//a", "1http://a", "http://", "https:", "http://?b", "http://#", "http://u@", "http://u@:80",
        "http://a:b", "http://a:65536", "http://a:99999999999999999999", "http://[::1", "http://[::g]",
        "http://[::1%25a]", "http://a b", "http://a%20b", "http://a<b", "http://a^b", "http://a%00",
        "http://1.2.3.256", "http://1.2.3.4.5", "http://08", "http://256.1.1.1", "http://a.1", "http://\xad",
        "foo://:80", "foo://@/", "foo://a b", "foo://[a]", "foo://a:b", "file://a b/", "ftp://",
    ],
)  # fmt: skip
def test_node_throws_on_what_the_url_standard_refuses(url: str) -> None:
    assert not is_url(url)
