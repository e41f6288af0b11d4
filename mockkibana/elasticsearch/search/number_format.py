"""How numbers and dates are written: the `format` of a request (`DecimalFormat`), or a field's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.mapping import date_printer, dates
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search.field_terms import DATES

Writer = Callable[[float], str]
_DIGITS = "#0,."


def writer(leaf: Leaf | None, pattern: str | None, zone: tzinfo = UTC) -> Writer | None:
    """Return what writes the values of a field; None where a number needs no other form.

    `pattern` is the `format` that a request asks for.
    """
    kind = leaf.type if leaf is not None else ""
    if kind in DATES:
        return date_writer(formats_of(leaf, pattern), zone)
    if kind == "boolean":
        return lambda value: "true" if value else "false"
    return _decimal_writer(pattern) if pattern else None


def formats_of(leaf: Leaf | None, pattern: str | None) -> str:
    """Return the formats of dates: those that a request asks for, or those of the field.

    Raises `illegal_argument_exception` for what is no format.
    """
    own = leaf is not None and leaf.definition.get("format")
    formats = pattern or str(own or dates.DEFAULT_FORMAT)
    try:
        dates.parsers(formats)
    except dates.BadFormat as bad:
        raise illegal_argument(str(bad)) from None
    return formats


def date_writer(formats: str, zone: tzinfo = UTC) -> Writer:
    """Return what writes instants, in milliseconds, in the first of some formats."""

    def write(value: float) -> str:
        try:
            time = dates.EPOCH + timedelta(milliseconds=int(value))
            return date_printer.write(_at(time, zone), formats)
        except (OverflowError, ValueError):
            return str(int(value))  # a simplification: years that Python does not know

    return write


def _at(time: datetime, zone: tzinfo) -> datetime:
    return time if zone is UTC else time.astimezone(zone)


def _decimal_writer(pattern: str) -> Writer:
    """Return what writes numbers in a pattern such as `#,##0.00` or `0.0%`."""
    start = next((at for at, letter in enumerate(pattern) if letter in _DIGITS), len(pattern))
    end = max((at for at, letter in enumerate(pattern) if letter in _DIGITS), default=-1) + 1
    before, after = pattern[:start], pattern[end:] if end else ""
    whole, _, fraction = pattern[start:end].partition(".")
    least, most = fraction.count("0"), len(fraction)
    width = whole.count("0")
    group = len(whole.rpartition(",")[2]) if "," in whole else 0
    scale = 100 if "%" in before + after else 1

    def write(value: float) -> str:
        number = Decimal(repr(value)) * scale
        rounded = number.quantize(Decimal(1).scaleb(-most), ROUND_HALF_EVEN)
        sign, text = ("-" if rounded < 0 else ""), f"{abs(rounded):f}"
        units, _, rest = text.partition(".")
        rest = rest[:least] + rest[least:].rstrip("0")
        units = units.lstrip("0").rjust(width, "0")
        if group:
            units = _grouped(units, group)
        return f"{before}{sign}{units}{'.' if rest else ''}{rest}{after}"

    return write


def _grouped(digits: str, size: int) -> str:
    first = len(digits) % size or size
    return ",".join(
        [digits[:first], *(digits[at : at + size] for at in range(first, len(digits), size))]
    )
