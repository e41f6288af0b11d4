"""Names of indices with date math in them: `<logs-{now/d}>` (`DateMathExpressionResolver`)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument, parse_exception
from mockkibana.elasticsearch.mapping import date_math, date_printer, dates

_FORMAT = "uuuu.MM.dd"
_CHARACTER = re.compile(r"\\(?P<escaped>.)|(?P<plain>[^\\])", re.DOTALL)
_OFFSET = re.compile(r"(?:UTC|GMT|UT)?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?")


def resolve(expression: str, milliseconds: int) -> str:
    """Return an index expression, a comma list, with the date math of its names worked out.

    `milliseconds` are the time that is `now`. Raises `ElasticsearchError`.
    """
    return ",".join(_resolved(name, milliseconds) for name in expression.split(","))


def _resolved(name: str, milliseconds: int) -> str:
    exclusion = "-" if name.startswith("-<") else ""
    inner = name.removeprefix(exclusion)
    if not (inner.startswith("<") and inner.endswith(">")):
        return name
    return exclusion + _expanded(inner[1:-1], datetime.fromtimestamp(milliseconds / 1000, UTC))


def _expanded(text: str, now: datetime) -> str:
    result, placeholder, in_format = "", None, False
    shown = f"{text}>"  # so a node shows it
    for match in _CHARACTER.finditer(text):
        bracket = match["plain"]
        character = bracket or match["escaped"]
        if placeholder is None:
            if bracket == "}":
                raise _invalid(
                    shown,
                    f"invalid character at position [{match.start() + 1}]. `{{` and `}}` are "
                    "reserved characters and should be escaped when used as part of the index "
                    "name using `\\` (e.g. `\\{text\\}`)",
                )
            if bracket == "{":
                placeholder = ""
            else:
                result += character
        elif bracket == "{" and in_format:
            where = f"at position [{match.start() + 1}]"
            raise _invalid(shown, f"invalid character in placeholder {where}")
        elif bracket == "}" and not in_format:
            result += _date(placeholder, now)
            placeholder = None
        else:
            placeholder += character
            if bracket in ("{", "}"):
                in_format = bracket == "{"
    if placeholder is not None:
        raise _invalid(shown, "date math placeholder is open ended")
    if not result:
        raise parse_exception("nothing captured")
    return result


def _date(placeholder: str, now: datetime) -> str:
    """Return what stands for `now/d{yyyy.MM|+02:00}`: math, and perhaps a format and a zone."""
    math, has_format, rest = placeholder.partition("{")
    pattern, zone = _FORMAT, ""
    if has_format:
        if not rest.endswith("}"):
            raise _invalid(placeholder, "missing closing `}` for date math format")
        if rest == "}":
            raise _invalid(placeholder, "missing date format")
        pattern, _, zone = rest[:-1].partition("|")
    try:
        dates.parsers(pattern)
        time = date_math.evaluate(math, now, pattern, _zone(zone))
        return date_printer.write(time, pattern)
    except dates.BadFormat as bad:
        raise illegal_argument(str(bad)) from None


def _zone(name: str) -> tzinfo:
    if name in ("", "Z", "UTC", "GMT"):
        return UTC
    if match := _OFFSET.fullmatch(name):
        offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
        if offset <= timedelta(hours=18):
            return timezone(-offset if match["sign"] == "-" else offset)
    from zoneinfo import ZoneInfo  # imported here, as few names have a zone

    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        # Guess: Java's text; a real node lets its exception through with a status of 500.
        raise illegal_argument(f"Unknown time-zone ID: {name}") from None


def _invalid(text: str, why: str) -> ElasticsearchError:
    return parse_exception(f"invalid dynamic name expression [{text}]. {why}")
