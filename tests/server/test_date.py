"""The `Date` header, which follows the world's clock."""

from __future__ import annotations

from mockkibana.clock import Clock
from mockkibana.server.date import http_date


def test_the_date_is_written_as_http_writes_it_and_follows_the_clock():
    clock = Clock(frozen_at="2026-11-23T20:04:31.999Z")
    date = http_date(clock)
    assert [date(), date()] == ["Mon, 23 Nov 2026 20:04:31 GMT"] * 2
    clock.advance("1ms")
    assert date() == "Mon, 23 Nov 2026 20:04:32 GMT"
    clock.set("2026-11-22T20:04:32Z")
    assert date() == "Sun, 22 Nov 2026 20:04:32 GMT"
