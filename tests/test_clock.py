"""Time as a world tells it."""

from __future__ import annotations

import datetime

import pytest
import time_machine

from mockkibana.clock import Clock, iso, monotonic

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, 678_999, tzinfo=datetime.UTC)


def test_the_clock_tells_utc_in_whole_milliseconds():
    with time_machine.travel(NOW, tick=False):
        clock = Clock()
        assert clock.now() == NOW.replace(microsecond=678_000)
        assert clock.now().tzinfo is datetime.UTC
        assert clock.milliseconds() == 1_767_323_045_678


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (NOW, "2026-01-02T03:04:05.678Z"),
        (datetime.datetime(2026, 12, 31, 23, 59, tzinfo=datetime.UTC), "2026-12-31T23:59:00.000Z"),
        (NOW.replace(year=1970, microsecond=1_000), "1970-01-02T03:04:05.001Z"),
    ],
)
def test_iso_is_javascripts_to_iso_string(time, text):
    assert iso(time) == text


def test_monotonic_time_does_not_go_back():
    first = monotonic()
    assert monotonic() >= first
