"""Times as a date format of Elasticsearch writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_PART = re.compile(
    r"'(?P<quoted>(?:[^']|'')*)'|(?P<letter>[A-Za-z])(?P=letter)*|[\[\]]|.", re.DOTALL
)
_BUILT_IN = {
    "basic_date": "yyyyMMdd",
    "basic_ordinal_date": "yyyyDDD",
    "basic_week_date": "YYYY'W'wwe",
    "date": "yyyy-MM-dd",
    "date_hour": "yyyy-MM-dd'T'HH",
    "date_optional_time": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "date_time": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "hour": "HH",
    "ordinal_date": "yyyy-DDD",
    "week_date": "YYYY-'W'ww-e",
    "weekyear": "YYYY",
    "weekyear_week": "YYYY-'W'ww",
    "year": "yyyy",
    "year_month": "yyyy-MM",
    "year_month_day": "yyyy-MM-dd",
}


def write(time: datetime, pattern: str) -> str:
    """Return a time in a format that is valid: `basic_date`, or a pattern such as `yyyy.MM`."""
    pattern = pattern.partition("||")[0].strip().removeprefix("8")
    if pattern in ("epoch_millis", "epoch_second"):
        seconds = time.timestamp()
        return str(round(seconds * 1000) if pattern == "epoch_millis" else int(seconds))
    known = _BUILT_IN.get(pattern.removeprefix("strict_"), pattern)
    return "".join(_written(time, match) for match in _PART.finditer(known))


def _written(time: datetime, match: re.Match[str]) -> str:
    part, letter = match.group(), match["letter"]
    if match["quoted"] is not None:
        return (match["quoted"] or "'").replace("''", "'")
    if letter is None:
        return "" if part in "[]" else part
    size = len(part)
    if letter in "SnN":
        return f"{time.microsecond:06d}".ljust(9, "0")[: min(size, 9)]
    if letter in "uyY":
        year = time.isocalendar().year if letter == "Y" else time.year
        return f"{year % 100:02d}" if size == 2 else f"{year:0{size}d}"
    name = None
    if letter in "ML" and size >= 3:
        name = MONTHS[time.month - 1]
    elif letter == "E" or (letter in "ec" and size >= 3):
        name = DAYS[time.weekday()]
    if name is not None:
        return name if size == 4 else name[:3]
    if letter in _NUMBERS:
        return f"{_NUMBERS[letter](time):0{size}d}"
    if letter == "a":
        return "PM" if time.hour >= 12 else "AM"
    if letter in "XxZ":
        return _offset(time, letter, size)
    return time.tzname() or "" if letter in "zVvO" else part


_NUMBERS: dict[str, Callable[[datetime], int]] = {
    "M": lambda time: time.month,
    "L": lambda time: time.month,
    "d": lambda time: time.day,
    "D": lambda time: time.timetuple().tm_yday,
    "H": lambda time: time.hour,
    "k": lambda time: time.hour or 24,
    "K": lambda time: time.hour % 12,
    "h": lambda time: time.hour % 12 or 12,
    "m": lambda time: time.minute,
    "s": lambda time: time.second,
    "w": lambda time: time.isocalendar().week,
    "e": lambda time: time.isoweekday(),
    "c": lambda time: time.isoweekday(),
    "Q": lambda time: (time.month + 2) // 3,
    "q": lambda time: (time.month + 2) // 3,
}


def _offset(time: datetime, letter: str, size: int) -> str:
    text = time.strftime("%z")
    if letter == "X" and text == "+0000":
        return "Z"
    if size == 1 and letter != "Z":
        return text[:3] if text[3:] == "00" else text
    return f"{text[:3]}:{text[3:]}" if size in (3, 5) and letter != "Z" else text
