"""Points in time as queries name them: dates, periods from now, and functions such as `now()`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_DATE = re.compile(r"(\d{4})([/-])(\d{1,2})\2(\d{1,2})(?: (\d{1,2}):(\d{2}))?", re.ASCII)
_PERIOD = re.compile(r"([+-]?)\s*((?:\d+[wdhm]\s*)+)", re.ASCII)
_PART = re.compile(r"(\d+)([wdhm])", re.ASCII)
_INCREMENT = re.compile(r"([+-]?)(\d+)([yMwdhm]?)", re.ASCII)
_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
}
_MILLISECOND = timedelta(milliseconds=1)


class BadDate(ValueError):
    """The text names no point in time that the calendar holds."""


def from_text(text: str, now: datetime) -> datetime:
    """Read `2024-05-01`, `2024/05/01 10:00` or a period from now: `-5d`, `4w 2d`.

    Raises `BadDate`.
    """
    try:
        if found := _DATE.fullmatch(text.strip()):
            year, _, month, day, hour, minute = found.groups(default="0")
            return datetime(int(year), int(month), int(day), int(hour), int(minute), tzinfo=UTC)
        if found := _PERIOD.fullmatch(text.strip()):
            parts = _PART.findall(found.group(2))
            period = sum((int(count) * _UNITS[unit] for count, unit in parts), timedelta())
            return now - period if found.group(1) == "-" else now + period
    except (ValueError, OverflowError):
        raise BadDate(text) from None
    raise BadDate(text)


def _midnight(time: datetime) -> datetime:
    return time.replace(hour=0, minute=0, second=0, microsecond=0)


def _week(time: datetime) -> datetime:
    # Jira's weeks begin on Sunday unless an administrator says otherwise.
    return _midnight(time) - timedelta(days=(time.weekday() + 1) % 7)


# The functions' names without `startOf` and `endOf`: where a span begins, and its unit.
_SPANS: dict[str, tuple[Callable[[datetime], datetime], str]] = {
    "day": (_midnight, "d"),
    "week": (_week, "w"),
    "month": (lambda time: _midnight(time).replace(day=1), "M"),
    "year": (lambda time: _midnight(time).replace(month=1, day=1), "y"),
}
FUNCTIONS = frozenset(
    {"now", *(f"startof{span}" for span in _SPANS), *(f"endof{span}" for span in _SPANS)}
)


def from_function(name: str, increment: str | None, now: datetime) -> datetime:
    """Return the time of one of `FUNCTIONS` (lower-case); `increment` is such as `-1M` or `2`.

    Raises `BadDate` for an increment that is none.
    """
    if name == "now":
        return now
    ends = name.startswith("endof")
    start, unit = _SPANS[name.removeprefix("endof").removeprefix("startof")]
    try:
        time = start(now)
        if increment is not None:
            found = _INCREMENT.fullmatch(increment.strip())
            if not found:
                raise BadDate(increment)
            count = int(found.group(2)) * (-1 if found.group(1) == "-" else 1)
            time = start(_moved(now, count, found.group(3) or unit))
        return _moved(time, 1, unit) - _MILLISECOND if ends else time
    except (ValueError, OverflowError):
        raise BadDate(increment) from None


def _moved(time: datetime, count: int, unit: str) -> datetime:
    if unit in _UNITS:
        return time + count * _UNITS[unit]
    months = time.year * 12 + time.month - 1 + count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    first = time.replace(year=year, month=month + 1, day=1)
    following = first.replace(day=28) + timedelta(days=4)
    last = (following - timedelta(days=following.day)).day
    return first.replace(day=min(time.day, last))
