"""Date math: what `now-1d/d` means (`JavaDateMathParser`)."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from mockkibana.elasticsearch.errors import parse_exception
from mockkibana.elasticsearch.mapping import dates

_STEP = re.compile(r"(?P<operator>.)(?P<number>[0-9]*)(?P<unit>.)?", re.DOTALL)
_LENGTHS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "H": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_BLANK = (("month", 1), ("day", 1), ("hour", 0), ("minute", 0), ("second", 0), ("microsecond", 0))
# How many of these rounding to a unit keeps.
_KEPT = {"y": 0, "M": 1, "w": 2, "d": 2, "h": 3, "H": 3, "m": 4, "s": 5}
_MOST_DIGITS = 9


def evaluate(
    expression: str, now: datetime, formats: str, zone: tzinfo, *, up: bool = False
) -> datetime:
    """Return the time that an expression means: `now` or a date and `||`, then steps.

    With `up` rounding leads to the last millisecond of the unit, and so does what a date leaves
    out. Raises `ElasticsearchError` (`parse_exception`).
    """
    if expression.startswith("now"):
        return _stepped(expression[3:], now.astimezone(zone), up=up)
    text, has_steps, steps = expression.partition("||")
    if not text:
        raise parse_exception("cannot parse empty datetime")
    milliseconds = dates.parse(text, formats, zone=zone, up=up and not has_steps)
    try:
        time = (dates.EPOCH + timedelta(milliseconds=milliseconds or 0)).astimezone(zone)
    except OverflowError:
        milliseconds = None
    if milliseconds is None:
        raise parse_exception(f"failed to parse date field [{text}] with format [{formats}]")
    return _stepped(steps, time, up=up)


def _stepped(steps: str, time: datetime, *, up: bool) -> datetime:
    position = 0
    while match := _STEP.match(steps, position):
        position = match.end()
        operator, number, unit = match["operator"], match["number"] or "1", match["unit"]
        if operator not in "/+-":
            raise parse_exception(f"operator not supported for date math [{steps}]")
        if unit is None or len(number) > _MOST_DIGITS:
            raise parse_exception(f"truncated date math [{steps}]")
        if operator == "/" and int(number) != 1:
            raise parse_exception(f"rounding `/` can only be used on single unit types [{steps}]")
        if unit not in _KEPT:
            raise parse_exception(f"unit [{unit}] not supported for date math [{steps}]")
        try:
            if operator == "/":
                time = _rounded(time, unit)
                if up:
                    time = _moved(time, 1, unit) - timedelta(milliseconds=1)
            else:
                time = _moved(time, int(operator + number), unit)
        except (ValueError, OverflowError):
            # Guess: years beyond Python's have words of their own in Java.
            raise parse_exception(f"date math leads too far [{steps}]") from None
    return time


def _rounded(time: datetime, unit: str) -> datetime:
    blank: dict[str, Any] = dict(_BLANK[_KEPT[unit] :])
    rounded = time.replace(**blank)
    return rounded - timedelta(days=rounded.weekday()) if unit == "w" else rounded


def _moved(time: datetime, number: int, unit: str) -> datetime:
    if unit in "yM":
        months = time.year * 12 + time.month - 1 + number * (12 if unit == "y" else 1)
        year, month = months // 12, months % 12 + 1
        return time.replace(year=year, month=month, day=min(time.day, monthrange(year, month)[1]))
    length = _LENGTHS[unit] * number
    if unit in "wd":
        return time + length  # at the same time of the day
    return (time.astimezone(UTC) + length).astimezone(time.tzinfo)
