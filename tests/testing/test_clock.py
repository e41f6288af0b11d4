"""The clock of a handle: a test freezes it, moves it and lets it run again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mockkibana.testing.handle import MockKibana


def test_the_clock_is_frozen_moved_and_let_go(handle: MockKibana) -> None:
    start = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    handle.clock.freeze("2026-01-02T03:04:05Z")
    assert handle.clock.now() == start
    handle.clock.advance("21h")
    handle.clock.advance(timedelta(minutes=1))
    handle.clock.advance(2.5)
    assert handle.clock.now() == start + timedelta(hours=21, minutes=1, seconds=2.5)
    handle.clock.set(datetime(2027, 1, 1, tzinfo=UTC))
    assert handle.clock.frozen
    assert handle.clock.now().year == 2027
    handle.clock.resume()
    assert not handle.clock.frozen
