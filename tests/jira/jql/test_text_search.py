"""Text searches fit texts by words, phrases and wildcards."""

from __future__ import annotations

import pytest

from mockkibana.jira.jql import text_search


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("bar", "foo bar"),
        ("BAR foo", "Foo, (bar)!"),
        ("foo\\-bar", "foo-bar"),
        ("foo\\-bar", "bar and foo"),
        ("\\[CPU\\] host\\-1\\: 90%", "[CPU] host-1: 90%"),
        ("it\\s", "It s"),
        ("größe", "GRÖSSE Größe"),
        ("fo*", "a football"),
        ("f?o", "a foo"),
        ("*oo", "a foo"),
        ('"foo bar"', "the foo: bar"),
        ('"foo bar" qux', "qux foo bar"),
        ("404", "error 404"),
    ],
)
def test_a_search_fits(search: str, text: str) -> None:
    assert text_search.read(search).fits(text)


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("foo", "football"),
        ("foo bar", "foo"),
        ("fo\\*", "football"),
        ("f?o", "fo"),
        ('"bar foo"', "foo bar"),
        ('"foo bar"', "foo and bar"),
        ("foo", ""),
        ("foo", None),
        ("\\-", "a - b"),
        ("", "a"),
    ],
)
def test_a_search_does_not_fit(search: str, text: str | None) -> None:
    assert not text_search.read(search).fits(text)
