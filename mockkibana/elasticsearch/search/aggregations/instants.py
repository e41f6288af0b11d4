"""Instants, time zones and durations in aggregations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta, timezone, tzinfo

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.json import time_values
from mockkibana.elasticsearch.json.parse_errors import ParseError, Path, illegal, x_content
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping import date_math, dates, time_zones
from mockkibana.elasticsearch.search.aggregations import rounding, values
from mockkibana.elasticsearch.search.aggregations.aggregation import Parts
from mockkibana.elasticsearch.search.aggregations.rounding import Rounding
from mockkibana.elasticsearch.search.aggregations.values import Values
from mockkibana.elasticsearch.search.number_format import Writer, date_writer, formats_of
from mockkibana.json import Json

_MILLISECOND = timedelta(milliseconds=1)


def instant(value: Json, formats: str, now: int, zone: tzinfo) -> int:
    """Return an instant in milliseconds: a number, or a date with math in some formats.

    `now` is what the math starts from. Raises `ElasticsearchError`.
    """
    if isinstance(value, (int, float)) and "epoch_second" not in formats:
        return int(value)
    start = dates.EPOCH + timedelta(milliseconds=now)
    time = date_math.evaluate(as_text(value), start, formats, zone)
    return (time - dates.EPOCH) // _MILLISECOND


def formats(
    source: Values, zone: tzinfo | None, parts: Parts, now: int
) -> tuple[Writer | None, Callable[[Json], float]]:
    """Return what writes the values of a source, and what reads one of a request.

    In a `zone` they are instants; else they are numbers, which the writer is None for where they
    need no other form. Raises `ElasticsearchError`, as the reader does.
    """
    if zone is None:
        return source.writer(parts), values.number
    known = formats_of(source.any_leaf(parts), source.pattern)
    return date_writer(known, zone), lambda value: instant(value, known, now, zone)


def zone(parser: str, fields: dict[str, Json], path: Path) -> tzinfo:
    """Return the `time_zone` of an aggregation. Raises `ParseError`."""
    value = fields.get("time_zone")
    if value is None:
        return UTC
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if abs(value) <= 18:
            return timezone(timedelta(hours=int(value)))
    else:
        try:
            return time_zones.zone(as_text(value))
        except ValueError:
            pass
    raise _failed(parser, "time_zone", f"Unknown time-zone ID: {as_text(value)}", path)


def width(parser: str, fields: dict[str, Json], path: Path, zone: tzinfo) -> Rounding:
    """Return the intervals that `calendar_interval` or `fixed_interval` asks for.

    Raises `ParseError`.
    """
    calendar, fixed = fields.get("calendar_interval"), fields.get("fixed_interval")
    if calendar is not None and fixed is not None:
        raise illegal("Cannot use [fixed_interval] with [calendar_interval] configuration option.")
    if calendar is not None:
        unit = rounding.UNITS.get(calendar)
        if unit is None:
            reason = (
                f"The supplied interval [{calendar}] could not be parsed as a calendar interval."
            )
            raise _failed(parser, "calendar_interval", reason, path)
        found = rounding.calendar(unit, zone)
    elif fixed is not None:
        found = rounding.fixed(_length(parser, "fixed_interval", fixed, path), zone)
    else:
        raise illegal(
            "Required one of fields [interval, calendar_interval, fixed_interval], but none were "
            "specified. "
        )
    by = offset(parser, fields.get("offset", 0), path)
    return rounding.Moved(found, by) if by else found


def unit(parser: str, text: str, path: Path) -> int:
    """Return the `unit` of a `derivative` in milliseconds. Raises `ParseError`."""
    named = rounding.UNITS.get(text)
    if named is not None:
        # As Elasticsearch takes them: a month has 30 days, a year 365.
        days = {"month": 30, "quarter": 90, "year": 365}.get(named)
        return days * rounding.DAY if days is not None else rounding.SIZES[named]
    return _length(parser, "unit", text, path)


def _length(parser: str, field: str, text: str, path: Path) -> int:
    setting = "date_histogram.fixedInterval" if field == "fixed_interval" else f"{parser}.{field}"
    try:
        length = time_values.milliseconds(text, setting)
    except ElasticsearchError as error:
        raise _failed(parser, field, error.reason, path) from None
    if length <= 0:
        raise illegal("Zero or negative time interval not supported")
    return length


def offset(parser: str, value: Json, path: Path) -> int:
    """Return an `offset` in milliseconds: a number, or a duration with or without a sign.

    Raises `ParseError`.
    """
    if isinstance(value, (int, float)):
        return int(value)
    text = as_text(value)
    try:
        if text.startswith("-"):
            return -time_values.milliseconds(
                text[1:], "DateHistogramAggregationBuilder.parseOffset"
            )
        return time_values.milliseconds(
            text.removeprefix("+"), "DateHistogramAggregationBuilder.parseOffset"
        )
    except ElasticsearchError as error:
        raise _failed(parser, "offset", error.reason, path) from None


def _failed(parser: str, field: str, reason: str, path: Path) -> ParseError:
    there = (*path, field)
    error = x_content(f"[{parser}] failed to parse field [{field}]", there)
    error.inner = illegal(reason, there)
    return error
