from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mockkibana.clock import Clock
from mockkibana.server.date import http_date


class Ticking(Clock):
    """A clock that stands at `time`."""

    time = datetime(2026, 11, 23, 20, 4, 31, 999_000, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


def test_the_date_is_written_as_http_writes_it_and_follows_the_clock():
    clock = Ticking()
    date = http_date(clock)
    assert [date(), date()] == ["Mon, 23 Nov 2026 20:04:31 GMT"] * 2
    clock.time += timedelta(milliseconds=1)
    assert date() == "Mon, 23 Nov 2026 20:04:32 GMT"
    clock.time -= timedelta(days=1)
    assert date() == "Sun, 22 Nov 2026 20:04:32 GMT"
