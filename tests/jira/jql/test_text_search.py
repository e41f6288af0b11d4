"""Text searches fit texts by words, phrases and wildcards."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("foo AND bar", "bar foo"),
        ("foo && bar", "bar foo"),
        ("+foo +bar", "bar foo"),
        ("foo OR bar", "bar"),
        ("foo || bar", "foo"),
        ("foo OR bar AND qux", "bar qux"),
        ("foo -bar", "foo"),
        ("foo NOT bar", "foo qux"),
        ("foo !bar", "foo"),
        ("foo (bar OR qux)", "qux foo"),
        ("((foo))", "foo"),
        ('"foo" OR "bar qux"', "a bar qux"),
        ("and or not", "not and or"),
        ('"AND"', "this and that"),
        ("foo - bar", "foo bar"),
        ("foo-bar C++", "c, bar, foo"),
        ("https://a.example/b?c=d", "https://a.example/bxc=d"),
        ("/var/log", "the log of /var"),
        ("foo~ bar~2 qux^2.5", "foo bar qux"),
        ('"foo bar"~3^2', "foo bar"),
        ("[foo TO fop]", "a foo"),
        ("{foo TO foq}", "a fop"),
        ("[foo bar]", "foo"),
        ("[* TO b] [y TO *]", "a z"),
        ("& foo |", "foo"),
        ("a:b", "b a"),
        ("a\\", "a"),
        ('say ""hi" there"', "say: hi, there"),
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
        ("&", "a & b"),
        ('""', "a"),
        ("foo AND bar", "foo"),
        ("foo OR bar", "qux"),
        ("foo OR bar AND qux", "foo"),
        ("foo -bar", "foo bar"),
        ("-bar", "foo"),
        ("NOT bar", "foo"),
        ("foo (bar OR qux)", "foo"),
        ("foo (bar -qux)", "foo bar qux"),
        ("{foo TO fop}", "foo fop"),
    ],
)
def test_a_search_does_not_fit(search: str, text: str | None) -> None:
    assert not text_search.read(search).fits(text)


@pytest.mark.parametrize(
    "search",
    [
        "",
        " ",
        "AND",
        "OR",
        "NOT",
        "&&",
        "foo AND",
        "foo OR OR bar",
        "OR foo",
        "foo NOT",
        "+",
        "foo -",
        "foo +-bar",
        "wow!",
        "()",
        "session_start(): Failed",
        "(foo",
        "foo)",
        "(foo AND) bar",
        '"foo',
        'foo"',
        "^2",
        "foo^",
        "foo^bar",
        "foo^2^3",
        "~",
        "foo~~",
        "( foo )~2",
        "]",
        "}",
        "(" * 1000 + "a" + ")" * 1000,
        " ".join(f"a{number}" for number in range(2000)),
    ],
    ids=lambda search: search[:20],
)
def test_what_lucene_cannot_parse_is_no_search(search: str) -> None:
    with pytest.raises(text_search.Unreadable) as caught:
        text_search.read(search)
    assert not isinstance(caught.value, text_search.BadRange)


@pytest.mark.parametrize("ends", ["[{}]", "{{{}}}"], ids=["inclusive", "exclusive"])
@pytest.mark.parametrize("inside", ["wrong", "wrong TO", "TO wrong", "TO", "", "a TO b TO c"])
def test_a_bracket_around_what_is_no_range_is_told_apart(ends: str, inside: str) -> None:
    with pytest.raises(text_search.BadRange):
        text_search.read(ends.format(inside))


@pytest.mark.parametrize("search", ["[wrong", "{wrong TO query", "[a TO b}", "{a TO b]"])
def test_a_range_ends_as_it_begins(search: str) -> None:
    with pytest.raises(text_search.BadRange):
        text_search.read(search)


@given(st.text(alphabet=' ab"\\*?+-!&|(){}[]^~:/12ANDOTR'))
def test_any_text_is_read_or_refused(search: str) -> None:
    with suppress(text_search.Unreadable):
        text_search.read(search).fits("a b ab")


@given(st.text(alphabet="ab'\\-!^+&*()[]/{}|:?~ \t", min_size=1))
def test_what_kibana_escapes_is_always_read(title: str) -> None:
    escaped = re.sub(r"([-!^+&*()\[\]/{}|:?~])", r"\\\1", title.replace("\\", "").replace("'", ""))
    if escaped.strip():
        text_search.read(escaped)


@given(st.text("ab_1 -é", max_size=12), st.text("ab1é", min_size=1, max_size=3))
def test_one_word_is_found_as_all_words_are(text: str, word: str) -> None:
    words = re.findall(r"[^\W_]+", text.casefold())

    assert text_search.read(word).fits(text) is (word.casefold() in words)
