"""Jira's way to write a point in time: `2024-05-01T12:34:56.789+0000`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def from_milliseconds(milliseconds: int) -> str:
    """Write a time in milliseconds since 1970; times written so sort as texts."""
    time = _EPOCH + milliseconds * _MILLISECOND
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}+0000"


def to_milliseconds(text: str) -> int:
    """Read an ISO time, with any offset or none (UTC). Raises ValueError."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return (time - _EPOCH) // _MILLISECOND
