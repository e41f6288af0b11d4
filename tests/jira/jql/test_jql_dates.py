"""Queries name points in time by dates, periods and functions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mockkibana.jira.jql import jql_dates

NOW = datetime(2024, 5, 31, 12, 34, 56, 789000, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01", "2024-05-01T00:00"),
        ("2024/05/01", "2024-05-01T00:00"),
        ("2024/5/1 9:05", "2024-05-01T09:05"),
        ("2024-05-01 23:59", "2024-05-01T23:59"),
        ("-5d", "2024-05-26T12:34"),
        ("+1h", "2024-05-31T13:34"),
        ("30m", "2024-05-31T13:04"),
        ("4w 2d", "2024-06-30T12:34"),
        ("-1w1d", "2024-05-23T12:34"),
    ],
)
def test_a_text_names_a_moment(text: str, expected: str) -> None:
    assert jql_dates.from_text(text, NOW).isoformat().startswith(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dd",
        "14/May/09",
        "09/1/1",
        "2009/05/14 bad",
        "2010/02/35",
        "2009-05/14",
        "0000-01-01",
        "99999999w",
        "5",
        "-",
        "9" * 5000 + "d",
        "٢d",
    ],
)
def test_a_text_names_no_moment(text: str) -> None:
    with pytest.raises(jql_dates.BadDate):
        jql_dates.from_text(text, NOW)


@pytest.mark.parametrize(
    ("name", "increment", "expected"),
    [
        ("now", None, "2024-05-31T12:34:56.789000+00:00"),
        ("startofday", None, "2024-05-31T00:00:00+00:00"),
        ("startofday", "-1", "2024-05-30T00:00:00+00:00"),
        ("startofday", "+1M", "2024-06-30T00:00:00+00:00"),
        ("endofday", None, "2024-05-31T23:59:59.999000+00:00"),
        ("startofweek", None, "2024-05-26T00:00:00+00:00"),
        ("endofweek", "1w", "2024-06-08T23:59:59.999000+00:00"),
        ("startofmonth", None, "2024-05-01T00:00:00+00:00"),
        ("endofmonth", "-3", "2024-02-29T23:59:59.999000+00:00"),
        ("startofyear", "-1y", "2023-01-01T00:00:00+00:00"),
        ("endofyear", None, "2024-12-31T23:59:59.999000+00:00"),
    ],
)
def test_a_function_names_a_moment(name: str, increment: str | None, expected: str) -> None:
    assert jql_dates.from_function(name, increment, NOW).isoformat() == expected


@pytest.mark.parametrize("increment", ["", "x", "1 d", "1s", "99999y", "9" * 5000])
def test_a_function_refuses_an_increment(increment: str) -> None:
    with pytest.raises(jql_dates.BadDate):
        jql_dates.from_function("startofday", increment, NOW)
