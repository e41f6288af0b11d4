"""Time: the world's clock, and the monotonic clock that waits use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic

__all__ = ["Clock", "iso", "monotonic"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Clock:
    """The time of one world: UTC, with the resolution of a millisecond."""

    def now(self) -> datetime:
        """Return the time, aware and in UTC, cut to whole milliseconds as Kibana's is."""
        time = datetime.now(UTC)
        return time.replace(microsecond=time.microsecond // 1000 * 1000)

    def milliseconds(self) -> int:
        """Return the time in milliseconds since 1970."""
        return (datetime.now(UTC) - _EPOCH) // _MILLISECOND


def iso(time: datetime) -> str:
    """Write a UTC time as JavaScript's `toISOString` does: `2026-01-02T03:04:05.678Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"
