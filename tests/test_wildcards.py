"""Patterns with stars."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.wildcards import wildcard


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
