"""Time: a world's clock, which can be frozen and moved, and the monotonic clock of waits."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from math import isfinite
from threading import Lock

__all__ = ["Clock", "iso", "monotonic", "parse_duration", "parse_time"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
# Elasticsearch's ids hold no time before 1970, and a clock that runs needs years ahead of it.
_YEARS = "a clock tells the years 1970 to 9998"
_END = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND

_DURATION = re.compile(r"(\d+(?:\.\d+)?) ?(ms|s|m|h|d)?", re.ASCII)
_SECONDS = {"ms": 0.001, None: 1.0, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}

#: Seconds of a clock for waits, which goes on while freezegun or time-machine hold the time.
monotonic: Callable[[], float]
if sys.platform == "win32":
    from time import perf_counter

    # freezegun replaces this function wherever it is a module's attribute, but not in a partial;
    # time-machine leaves it alone.
    monotonic = partial(perf_counter)
else:
    from time import CLOCK_MONOTONIC, clock_gettime

    # freezegun does not know this function; time-machine does, but bends CLOCK_REALTIME only. So
    # it is the true one even where this module is first imported in frozen time.
    monotonic = partial(clock_gettime, CLOCK_MONOTONIC)


class Clock:
    """The time of one world: UTC, with the resolution of a millisecond. Safe for threads.

    It tells the time of this process, so it follows freezegun and time-machine, until it is frozen
    or set. `frozen_at` makes one that starts frozen. A time is a `datetime`, or a text as
    `parse_time` reads it; one without an offset is UTC.
    """

    def __init__(self, frozen_at: datetime | str | None = None) -> None:
        self._lock = Lock()
        # (frozen, milliseconds): frozen since 1970, else ahead of the process. A single value, so
        # that those who only read need no lock.
        self._start = (False, 0) if frozen_at is None else (True, _milliseconds(frozen_at))
        self._setting = self._start

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return self._setting[0]

    def now(self) -> datetime:
        """Return the time, aware and in UTC, in whole milliseconds as Kibana's is."""
        return _EPOCH + self.milliseconds() * _MILLISECOND

    def milliseconds(self) -> int:
        """Return the time in milliseconds since 1970."""
        return _told(self._setting)

    def freeze(self, time: datetime | str | None = None) -> None:
        """Stand still at a time, or at the present one. Raises ValueError for a bad time."""
        wanted = None if time is None else _milliseconds(time)
        with self._lock:
            self._setting = (True, self.milliseconds() if wanted is None else wanted)

    def set(self, time: datetime | str) -> None:
        """Move to a time; a clock that is not frozen runs on from there. Raises ValueError."""
        wanted = _milliseconds(time)
        with self._lock:
            self._move(wanted)

    def advance(self, seconds: float | timedelta | str) -> None:
        """Move ahead; a text is a duration as `parse_duration` reads it. Raises ValueError."""
        if isinstance(seconds, timedelta):
            seconds = seconds.total_seconds()
        ahead = parse_duration(seconds)
        with self._lock:
            wanted = self.milliseconds() + round(min(ahead * 1000, _END))
            if wanted >= _END:
                raise ValueError(f"{_YEARS}, so it cannot go {ahead:g} seconds ahead")
            self._move(wanted)

    def resume(self) -> None:
        """Run on from where the clock stands; one that is not frozen does so already."""
        with self._lock:
            self._setting = (False, self.milliseconds() - _of_process())

    def reset(self) -> None:
        """Go back to how the clock was made: frozen at its first time, or with the process."""
        with self._lock:
            self._setting = self._start

    def state(self) -> dict[str, str | bool]:
        """Return `{"now": the time in ISO 8601, "frozen": bool}`."""
        setting = self._setting
        return {"now": iso(_EPOCH + _told(setting) * _MILLISECOND), "frozen": setting[0]}

    def _move(self, wanted: int) -> None:
        frozen = self._setting[0]
        self._setting = (frozen, wanted if frozen else wanted - _of_process())


def iso(time: datetime) -> str:
    """Write a UTC time as JavaScript's `toISOString` does: `2026-01-02T03:04:05.678Z`."""
    return f"{time.isoformat(timespec='milliseconds')[:23]}Z"


def parse_time(text: str) -> datetime:
    """Read a time in ISO 8601, with `Z`, an offset or nothing (UTC); a date is its midnight.

    Returns it aware and in UTC. Raises ValueError with a text for whoever wrote it.
    """
    try:
        return _aware(datetime.fromisoformat(text)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"expected a time in ISO 8601 such as 2026-01-02T03:04:05Z but got [{text}]"
        ) from None


def parse_duration(duration: str | float) -> float:
    """Read `250ms`, `5s`, `2m`, `21h` or `3d`; a mere number is seconds, also as a text.

    Returns seconds, finite and not negative. Raises ValueError with a text for whoever wrote it.
    """
    seconds = -1.0
    if isinstance(duration, str):
        if match := _DURATION.fullmatch(duration):
            seconds = float(match[1]) * _SECONDS[match[2]]
    elif isinstance(duration, int | float) and not isinstance(duration, bool):
        # An integer may be too long for a float.
        seconds = float(duration) if abs(duration) < sys.float_info.max else -1.0
    if not (isfinite(seconds) and seconds >= 0):
        raise ValueError(
            "expected a duration such as 250ms, 5s, 2m, 21h or 3d, or a number of seconds, "
            f"but got [{duration}]"
        )
    return seconds


def _of_process() -> int:
    # Not `time.time_ns`: within five calls of a thread's start freezegun lets that one tell the
    # true time.
    return (datetime.now(UTC) - _EPOCH) // _MILLISECOND


def _told(setting: tuple[bool, int]) -> int:
    frozen, milliseconds = setting
    return milliseconds if frozen else milliseconds + _of_process()


def _milliseconds(time: datetime | str) -> int:
    if not isinstance(time, datetime):
        time = parse_time(time)
    milliseconds = (_aware(time) - _EPOCH) // _MILLISECOND
    if not 0 <= milliseconds < _END:
        raise ValueError(f"{_YEARS}, so it cannot go to [{time}]")
    return milliseconds


def _aware(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time
