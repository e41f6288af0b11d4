"""Texts that stand for a time in JavaScript: ISO 8601 as moment reads it, else `Date.parse`'s own.

The time zone of Kibana's host is UTC here. Of what V8 reads beside ISO 8601, the usual orders of
year, month and day are known, with a time and a zone behind them, and a number alone; of the
years those from 1000 to 9999.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

_LONGEST = 100  # which bounds how long the patterns take
_TIME = r"(?P<hour>\d\d)(?::?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?)?"
_ZONE = r"(?P<zone>[+-]\d\d(?::?\d\d)?|\s*Z)"
_ISO = re.compile(
    rf"\s*(?P<year>[+-]\d{{6}}|\d{{4}})(?:-?(?P<month>\d\d)(?:-?(?P<day>\d\d))?)?"
    rf"(?:[T ]{_TIME}{_ZONE}?)?",
    re.ASCII,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = r"(?P<name>[A-Za-z]{3,})\.?"
_CLOCK = (
    r"(?:,?\s+(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})"
    r"(?:\.(?P<fraction>\d+))?)?(?:\s*(?P<half>[AP]M))?"
    r"\s*(?P<zone>(?:Z|UTC?|GMT)?(?:[+-]\d{1,2}(?::?\d\d)?)?)?)?"
)
_WEEKDAY = r"\s*(?:[A-Za-z]{3,},?\s+)?"
_ORDERS = [
    re.compile(rf"{order}{_CLOCK}\s*", re.ASCII | re.IGNORECASE)
    for order in (
        r"\s*(?P<year>\d{3,6})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})",
        r"\s*(?P<month>\d{1,2})[-/](?P<day>\d{1,2})[-/](?P<year>\d{1,6})",
        rf"{_WEEKDAY}{_NAME}[\s-]*(?P<day>\d{{1,2}}),?[\s-]+(?P<year>\d{{1,6}})",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})[\s-]*{_NAME},?[\s-]*(?P<year>\d{{1,6}})",
    )
]
_NUMBER = re.compile(r"\s*[+-]?(\d{1,6})\s*", re.ASCII)


def date_of(text: str) -> datetime | None:
    """Return the time that a text stands for, None for none that is known."""
    if len(text) > _LONGEST:
        return None
    try:
        if (found := _ISO.fullmatch(text)) is not None and _is_basic_or_extended(found):
            return _date(found.groupdict(), strict=True)
        if (number := _NUMBER.fullmatch(text)) is not None:
            return _of_number(int(number[1]))
        for order in _ORDERS:
            if (found := order.fullmatch(text)) is not None:
                return _date(found.groupdict(), strict=False)
    except (ValueError, OverflowError):  # a time that there is not, or not in Python
        return None
    return None


def _is_basic_or_extended(found: re.Match[str]) -> bool:
    """Tell whether a text is one of moment's forms: dashes everywhere, or nowhere."""
    date = found[0].strip()[len(found["year"]) :]
    if found["month"] is None:
        return not date  # a year alone
    if found["day"] is None:
        return date.startswith("-") and found["hour"] is None
    return (date[:1] == "-" and date[3:4] == "-") or date[:4].isdigit()


def _of_number(number: int) -> datetime | None:
    """Return what V8 makes of a number alone: a month of 2001, or a year."""
    if 1 <= number <= 12:
        return datetime(2001, number, 1, tzinfo=UTC)
    return None if 13 <= number <= 31 else datetime(_year(str(number)), 1, 1, tzinfo=UTC)


def _date(parts: dict[str, str | None], *, strict: bool) -> datetime:
    """Return a time; without `strict` a day that its month does not have is one of the next."""
    month = int(parts.get("month") or 1)
    if name := parts.get("name"):
        month = _MONTHS.index(name[:3].lower()) + 1
    day = int(parts.get("day") or 1)
    year = _year(parts["year"] or "", two_digits=not strict)
    hour, minute, second = (int(parts[key] or 0) for key in ("hour", "minute", "second"))
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError(half)
        hour = hour % 12 + (12 if half.upper() == "PM" else 0)
    if not 1 <= day <= (31 if not strict else monthrange(year, month)[1]):
        raise ValueError(day)
    if (hour, minute, second) != (24, 0, 0) and not (hour < 24 and minute < 60 and second < 60):
        raise ValueError(hour)
    milliseconds = int(f"{parts['fraction'] or ''}000"[:3])
    time = timedelta(
        days=day - 1, hours=hour, minutes=minute, seconds=second, milliseconds=milliseconds
    )
    return datetime(year, month, 1, tzinfo=UTC) + time - _offset(parts["zone"] or "")


def _year(digits: str, *, two_digits: bool = True) -> int:
    year = int(digits)
    if two_digits and year < 100:
        year += 2000 if year < 50 else 1900
    if year < 1000:
        raise ValueError(digits)
    return year


def _offset(zone: str) -> timedelta:
    found = re.search(r"([+-])(\d{1,2}):?(\d\d)?", zone)
    if found is None:
        return timedelta()
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return -offset if found[1] == "-" else offset
