"""The intervals that buckets of dates have: where each begins, and which is the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from mockkibana.elasticsearch.mapping.dates import EPOCH

_MILLISECOND = timedelta(milliseconds=1)
DAY = 86_400_000
_MONDAY = 4 * DAY  # 1970-01-05

# After 400 years the calendar, and the days of the week, repeat.
_CYCLE = 146_097 * DAY
_FIRST = -62_135_596_800_000 + 2 * 366 * DAY
_LAST = 253_402_300_799_999 - 2 * 366 * DAY

#: The units of `calendar_interval`, by their names.
UNITS = {
    **dict.fromkeys(("second", "1s"), "second"),
    **dict.fromkeys(("minute", "1m"), "minute"),
    **dict.fromkeys(("hour", "1h"), "hour"),
    **dict.fromkeys(("day", "1d"), "day"),
    **dict.fromkeys(("week", "1w"), "week"),
    **dict.fromkeys(("month", "1M"), "month"),
    **dict.fromkeys(("quarter", "1q"), "quarter"),
    **dict.fromkeys(("year", "1y"), "year"),
}
SIZES = {"second": 1000, "minute": 60_000, "hour": 3_600_000, "day": DAY, "week": 7 * DAY}


class Rounding(Protocol):
    """Intervals of time, as instants in milliseconds since 1970."""

    def start(self, instant: int) -> int:
        """Return where the interval begins that an instant is in."""

    def after(self, start: int) -> int:
        """Return where the interval begins that follows the one with this start."""


@dataclass(frozen=True, slots=True)
class Regular:
    """Intervals of one length, in milliseconds; one begins at `origin`."""

    length: int
    origin: int = 0

    def start(self, instant: int) -> int:
        """Return where the interval begins that an instant is in."""
        return instant - (instant - self.origin) % self.length

    def after(self, start: int) -> int:
        """Return where the next interval begins."""
        return start + self.length


@dataclass(frozen=True, slots=True)
class Local:
    """Intervals of one length of the clocks of a zone, which may be longer where these change."""

    length: int
    zone: tzinfo

    def start(self, instant: int) -> int:
        """Return where the interval begins that an instant is in."""
        local = instant + _offset(instant, self.zone)
        return _from_local(local - local % self.length, self.zone)

    def after(self, start: int) -> int:
        """Return where the next interval begins."""
        return _from_local(start + _offset(start, self.zone) + self.length, self.zone)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The units of a calendar in a zone: its hours, days, months."""

    unit: str
    zone: tzinfo

    def start(self, instant: int) -> int:
        """Return where the unit begins that an instant is in."""
        return _shifted(instant, lambda near: _milliseconds(self._start(_time(near, self.zone))))

    def after(self, start: int) -> int:
        """Return where the next unit begins."""
        return _shifted(start, self._after)

    def _after(self, start: int) -> int:
        if self.unit in ("second", "minute", "hour"):
            return self.start(start + SIZES[self.unit])
        time = _time(start, self.zone)
        if self.unit in ("day", "week"):
            # Two hours more than a day: none is so long that this is the same one.
            days = 1 if self.unit == "day" else 7
            later = (time.replace(tzinfo=UTC) + timedelta(days=days, hours=2)).replace(fold=0)
            return _milliseconds(self._start(later.replace(tzinfo=self.zone)))
        months = time.year * 12 + time.month - 1
        months += {"month": 1, "quarter": 3, "year": 12}[self.unit]
        return _milliseconds(time.replace(year=months // 12, month=months % 12 + 1, fold=0))

    def _start(self, time: datetime) -> datetime:
        if self.unit == "second":
            return time.replace(microsecond=0)
        if self.unit == "minute":
            return time.replace(second=0, microsecond=0)
        if self.unit == "hour":
            return time.replace(minute=0, second=0, microsecond=0)
        start = time.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        if self.unit == "week":
            return start - timedelta(days=start.weekday())
        if self.unit == "month":
            return start.replace(day=1)
        if self.unit == "quarter":
            return start.replace(month=(start.month - 1) // 3 * 3 + 1, day=1)
        return start.replace(month=1, day=1) if self.unit == "year" else start


@dataclass(frozen=True, slots=True)
class Moved:
    """Intervals that begin some milliseconds later, or with a negative number earlier."""

    rounding: Rounding
    by: int

    def start(self, instant: int) -> int:
        """Return where the interval begins that an instant is in."""
        return self.rounding.start(instant - self.by) + self.by

    def after(self, start: int) -> int:
        """Return where the next interval begins."""
        return self.rounding.after(start - self.by) + self.by


def calendar(unit: str, zone: tzinfo) -> Rounding:
    """Return the intervals of a unit, one of the values of `UNITS`, in a zone."""
    if zone is UTC and unit in SIZES:
        return Regular(SIZES[unit], _MONDAY if unit == "week" else 0)
    return Calendar(unit, zone)


def fixed(length: int, zone: tzinfo) -> Rounding:
    """Return the intervals of a length in milliseconds in a zone."""
    return Regular(length) if zone is UTC else Local(length, zone)


def _shifted(instant: int, change: Callable[[int], int]) -> int:
    """Change an instant of a year that Python does not know as the same one of a known year."""
    if _FIRST < instant < _LAST:
        return change(instant)
    cycles = instant // _CYCLE * _CYCLE
    return change(instant - cycles) + cycles


def _time(instant: int, zone: tzinfo) -> datetime:
    return (EPOCH + timedelta(milliseconds=instant)).astimezone(zone)


def _milliseconds(time: datetime) -> int:
    return (time - EPOCH) // _MILLISECOND


def _offset(instant: int, zone: tzinfo) -> int:
    """Return how far the clocks of a zone are ahead of UTC."""
    if not _FIRST < instant < _LAST:
        instant %= _CYCLE
    return (_time(instant, zone).utcoffset() or timedelta()) // _MILLISECOND


def _from_local(local: int, zone: tzinfo) -> int:
    """Return the instant when the clocks of a zone show a time, given as if they were in UTC."""

    def change(near: int) -> int:
        time = EPOCH + timedelta(milliseconds=near)
        return _milliseconds(time.replace(tzinfo=zone))

    return _shifted(local, change)
