"""Date formats: which texts a `date` field takes, and the instants that they mean."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from mockkibana.elasticsearch.mapping.refused import BadFormat

if TYPE_CHECKING:
    from mockkibana.elasticsearch.mapping.date_patterns import Parts

__all__ = ["DEFAULT_FORMAT", "DYNAMIC_FORMATS", "EPOCH", "BadFormat", "parse", "parsers"]

_OPTIONAL_TIME = "strict_date_optional_time"
DEFAULT_FORMAT = "strict_date_optional_time||epoch_millis"
# What dynamic mapping tries, in this order (RootObjectMapper, reference documentation).
DYNAMIC_FORMATS = (
    "strict_date_optional_time",
    "yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis",
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Parser(Protocol):
    """Reads a text of one format; None for a text of another one."""

    def __call__(self, text: str, zone: tzinfo = UTC, *, up: bool = False) -> int | None:
        """Return milliseconds since 1970; see `parse`."""


# What is remembered of formats is some hundred bytes a character.
_LONGEST, _REMEMBERED = 1000, 64


@lru_cache(maxsize=_REMEMBERED)
def parsers(formats: str) -> tuple[Parser, ...]:
    """Return a parser for each of the formats, which `||` separates.

    Raises `BadFormat`.
    """
    if len(formats) > _LONGEST:
        # A simplification: Elasticsearch knows no such limit.
        text = f"Invalid format: [{formats[:40]}...]: longer than {_LONGEST} characters"
        raise BadFormat(text)
    return tuple(map(_parser, formats.split("||")))


def parse(
    text: str, formats: str = DEFAULT_FORMAT, *, zone: tzinfo = UTC, up: bool = False
) -> int | None:
    """Return the instant in milliseconds since 1970.

    It is in the zone unless the text says otherwise. What the text leaves out is the first there
    is, or with `up` the last: the last millisecond of the last day of a year. None for a text that
    has none of the formats.
    """
    if _is_iso(text) and formats.startswith(_OPTIONAL_TIME):
        # Most texts are such, and this is ten times as fast.
        with suppress(ValueError):
            return (datetime.fromisoformat(text) - EPOCH) // _MILLISECOND
    for parser in parsers(formats):
        milliseconds = parser(text, zone, up=up)
        if milliseconds is not None:
            return milliseconds
    return None


def _is_iso(text: str) -> bool:
    """Tell whether a text is as JavaScript's `toISOString` writes it, or so in whole seconds."""
    if len(text) not in (20, 24) or not text.isascii():
        return False
    return text[4:20:3] == "--T::" + (text[19] if len(text) == 24 else "Z") and text[-1] == "Z"


def _parser(name: str) -> Parser:
    name = name.strip().removeprefix("8")
    number = {"epoch_millis": 1, "epoch_second": 1000}.get(name)
    if number is not None:
        return lambda text, zone=UTC, *, up=False: _epoch(text, number)  # noqa: ARG005
    pattern = _BUILT_IN.get(name) or _BUILT_IN.get(name.removeprefix("strict_"))
    read = _reader(name) if pattern is None else _built_in(pattern)

    def parser(text: str, zone: tzinfo = UTC, *, up: bool = False) -> int | None:
        parts = read(text)
        if parts is None:
            return None
        return _instant(_last(parts) if up else parts, zone)

    return parser


def _reader(pattern: str) -> Callable[[str], Parts | None]:
    # Imported here, as most dates have a format that is built in.
    from mockkibana.elasticsearch.mapping.date_patterns import reader

    return reader(pattern)


def _built_in(pattern: str) -> Callable[[str], Parts | None]:
    fullmatch = re.compile(pattern, re.ASCII).fullmatch

    def read(text: str) -> Parts | None:
        match = fullmatch(text)
        return match.groupdict() if match else None

    return read


def _epoch(text: str, unit: int) -> int | None:
    if not re.fullmatch(r"-?\d{1,18}(\.\d{0,9})?", text):
        return None
    whole, _, fraction = text.partition(".")
    milliseconds = int(whole) * unit
    if fraction and unit > 1:
        part = int(fraction.ljust(3, "0")[:3])
        milliseconds += -part if whole.startswith("-") else part
    return milliseconds


def _instant(parts: Parts, zone: tzinfo) -> int | None:
    def number(name: str, default: int) -> int:
        value = parts.get(name)
        return default if value is None else int(value)

    try:
        hour = number("H", 0)
        if parts.get("h") is not None:
            hour = number("h", 12) % 12 + (12 if (parts.get("a") or "").upper() == "PM" else 0)
        month = number("M", 1)
        if parts.get("Mon"):
            month = _MONTHS.index((parts["Mon"] or "")[:3].lower()) + 1
        time = datetime(
            number("y", 1970),
            month,
            number("d", 1),
            hour,
            number("m", 0),
            number("s", 0),
            tzinfo=_offset(parts.get("z")) if parts.get("z") else zone,
        )
        if parts.get("D") is not None:
            time += timedelta(days=number("D", 1) - 1)
        whole = (time - EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        return None
    return whole + int((parts.get("S") or "0").ljust(3, "0")[:3])


def _last(parts: Parts) -> Parts:
    """Return the parts with the last value for each that is not given."""
    has_day = any(parts.get(name) is not None for name in ("d", "D"))
    has_month = parts.get("Mon") or parts.get("M") is not None
    filled: dict[str, str | None] = {**parts}
    if not has_month and parts.get("D") is None:
        filled["M"] = "12"
    if not has_day:
        month = filled.get("M") or str(_MONTHS.index((parts["Mon"] or "")[:3].lower()) + 1)
        with suppress(ValueError):
            filled["d"] = str(monthrange(int(parts.get("y") or 1970), int(month))[1])
    if parts.get("H") is None and parts.get("h") is None:
        filled["H"] = "23"
    last = {"m": "59", "s": "59", "S": "999"}
    return filled | {name: value for name, value in last.items() if parts.get(name) is None}


def _offset(text: str | None) -> timezone:
    if not text or text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(6, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:6]))
    return timezone(-offset if text[0] == "-" else offset)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_YEAR, _MONTH, _DAY = r"(?P<y>\d{4})", r"(?P<M>\d{2})", r"(?P<d>\d{2})"
_HOUR, _MINUTE, _SECOND = r"(?P<H>\d{2})", r"(?P<m>\d{2})", r"(?P<s>\d{2})"
_FRACTION, _ZONE = r"(?P<S>\d{1,9})", r"(?P<z>Z|UTC|GMT|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)"
_DATE = f"{_YEAR}-{_MONTH}-{_DAY}"
_TIME = f"{_HOUR}:{_MINUTE}:{_SECOND}"
_ISO_TIME = f"(?:{_HOUR}(?::{_MINUTE}(?::{_SECOND}(?:[.,]{_FRACTION})?)?)?{_ZONE}?)?"
_ISO = f"{_YEAR}(?:-{_MONTH}(?:-{_DAY}(?:T{_ISO_TIME})?)?)?"

# The names of the reference documentation; `strict_` names mean the same here, since all patterns
# ask for the full number of digits.
_BUILT_IN = {
    "date_optional_time": _ISO,
    "iso8601": _ISO,
    "date_optional_time_nanos": _ISO,
    "date": _DATE,
    "year_month_day": _DATE,
    "year_month": f"{_YEAR}-{_MONTH}",
    "year": _YEAR,
    "date_hour": f"{_DATE}T{_HOUR}",
    "date_hour_minute": f"{_DATE}T{_HOUR}:{_MINUTE}",
    "date_hour_minute_second": f"{_DATE}T{_TIME}",
    "date_hour_minute_second_millis": f"{_DATE}T{_TIME}[.]{_FRACTION}",
    "date_hour_minute_second_fraction": f"{_DATE}T{_TIME}[.]{_FRACTION}",
    "date_time": f"{_DATE}T{_TIME}[.]{_FRACTION}{_ZONE}",
    "date_time_no_millis": f"{_DATE}T{_TIME}{_ZONE}",
    "time": f"{_TIME}[.]{_FRACTION}{_ZONE}",
    "time_no_millis": f"{_TIME}{_ZONE}",
    "hour": _HOUR,
    "hour_minute": f"{_HOUR}:{_MINUTE}",
    "hour_minute_second": _TIME,
    "basic_date": f"{_YEAR}{_MONTH}{_DAY}",
    "basic_date_time": f"{_YEAR}{_MONTH}{_DAY}T{_HOUR}{_MINUTE}{_SECOND}[.]{_FRACTION}{_ZONE}",
    "basic_date_time_no_millis": f"{_YEAR}{_MONTH}{_DAY}T{_HOUR}{_MINUTE}{_SECOND}{_ZONE}",
    "ordinal_date": rf"{_YEAR}-(?P<D>\d{{3}})",
}
