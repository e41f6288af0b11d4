"""Spans of working time are read and written as Jira does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.jira.work.durations import pretty, seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1w", 144_000), ("1d", 28_800), ("1w 2d 3h 20m", 213_600), ("1.5h", 5400), ("90", 5400),
        (" 2H ", 7200), ("2h30m", 9000), ("", None), ("1y", None), ("h", None), ("-1h", None),
        ("1h x", None), ("9" * 100, None), ("1h " * 1000, None), ("\u0661h", None),
    ],
)  # fmt: skip
def test_a_span_is_read(text, expected):
    assert seconds(text) == expected


@given(st.integers(0, 10**7))
def test_what_is_written_is_read_again(minutes):
    assert seconds(pretty(minutes * 60)) == minutes * 60
