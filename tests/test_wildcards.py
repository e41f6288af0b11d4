"""Patterns with wildcards."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.wildcards import Wild, glob, signs, wildcard


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("*", "", True),
        ("a*", "abc", True),
        ("a*c", "abc", True),
        ("a*c", "abd", False),
        ("a.c", "abc", False),
        ("*b*", "a\nb", True),
        ("a", "ab", False),
    ],
)
def test_a_star_stands_for_any_characters(pattern: str, name: str, matches: bool) -> None:
    assert bool(wildcard(pattern)(name)) is matches


@given(st.text("ab*", max_size=6), st.text("ab", max_size=6))
def test_a_pattern_matches_as_its_regular_expression_does(pattern: str, name: str) -> None:
    expected = re.fullmatch(pattern.replace("*", ".*"), name) is not None
    assert wildcard(pattern)(name) is expected


def test_many_stars_take_no_time() -> None:
    assert wildcard("*a" * 100 + "*b")("a" * 255) is False


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("?", "\n", True),
        ("", "", True),
        ("", "a", False),
        ("*?", "", False),
        ("[a]?", "[a]b", True),
    ],
)
def test_a_question_mark_stands_for_one_character(pattern: str, name: str, matches: bool) -> None:
    assert glob(pattern)(name) is matches


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_a_glob_matches_as_its_regular_expression_does(pattern: str, name: str) -> None:
    expected = re.fullmatch(pattern.replace("*", ".*").replace("?", "."), name) is not None
    assert glob(pattern)(name) is expected


_PARTS = {Wild.ANY: ".*", Wild.ONE: ".", Wild.SEGMENT: "[^/]+"}


@given(st.lists(st.sampled_from(["a", "/", "ba", *Wild]), max_size=7), st.text("ab/", max_size=9))
def test_segments_match_as_their_regular_expression_does(
    pattern: list[str | Wild], name: str
) -> None:
    expression = "".join(_PARTS[sign] if isinstance(sign, Wild) else sign for sign in pattern)
    assert signs(pattern)(name) is (re.fullmatch(expression, name) is not None)


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 3000 + "*b", "*a?" * 3000 + "b", "?*" * 3000 + "b", "*" * 10_000 + "?b"],
    ids=lambda pattern: pattern[:4],
)
def test_a_pattern_takes_no_longer_than_it_and_the_name_are_long(pattern: str) -> None:
    begun = time.thread_time()
    assert glob(pattern)("a" * 10_000) is False
    assert time.thread_time() - begun < 2


def test_long_patterns_are_not_remembered() -> None:
    assert wildcard("a*") is wildcard("a*")
    assert wildcard("a" * 200 + "*") is not wildcard("a" * 200 + "*")
