"""Jira's way to write a point in time: `2024-05-01T12:34:56.789+0000`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def utc(milliseconds: int) -> datetime:
    """Return the time that many milliseconds after 1970. Raises `OverflowError`."""
    return _EPOCH + milliseconds * _MILLISECOND


def write(time: datetime) -> str:
    """Write a time of UTC; times written so sort as texts."""
    return time.isoformat(timespec="milliseconds")[:-6] + "+0000"


def from_milliseconds(milliseconds: int) -> str:
    """Write a time in milliseconds since 1970."""
    return write(_EPOCH + milliseconds * _MILLISECOND)


def to_milliseconds(text: str) -> int:
    """Read an ISO time, with any offset or none (UTC). Raises ValueError."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return (time - _EPOCH) // _MILLISECOND
