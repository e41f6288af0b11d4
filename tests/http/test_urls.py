"""Which URLs Node parses, and which it throws on."""

from __future__ import annotations

import pytest

from mockkibana.http.urls import is_parsed


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
