"""Where JavaScript, in which Kibana is written, sees text and times otherwise than Python."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime

from mockkibana.clock import iso
from mockkibana.json import Json

WHITE_SPACE = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What `trim` takes away and `\\s` matches; Python's `strip` takes U+001C for white space, too."""


def stringify(value: Json) -> str:
    """Return what `JSON.stringify` makes of a value: compact, and no letter escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_NUMERIC = re.compile(r"[+-]?(?:Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
_BASES = {"0b": 2, "0o": 8, "0x": 16}
_DIGITS = re.compile(r"[\da-fA-F]+", re.ASCII)


def to_number(value: Json) -> float:
    """Return `Number(value)` of a JSON value: `math.nan` where it is none."""
    if isinstance(value, str):
        return _number_of(value.strip(WHITE_SPACE))
    if isinstance(value, list):
        # JavaScript makes a text of an array first; the one of `[null]` is empty.
        if len(value) > 1 or (value and isinstance(value[0], bool)):
            return math.nan
        return to_number(value[0]) if value else 0
    if isinstance(value, dict):
        return math.nan
    return 0 if value is None else value + 0


def _number_of(text: str) -> float:
    if not text:
        return 0
    if _NUMERIC.fullmatch(text):
        number = float(text)
        return int(number) if number.is_integer() else number
    base = _BASES.get(text[:2].lower())
    if base is None or not _DIGITS.fullmatch(text[2:]):
        return math.nan
    try:
        return int(float(int(text[2:], base)))
    except ValueError:
        return math.nan
    except OverflowError:
        return math.inf


def to_iso(time: object) -> str:
    """Return `new Date(time).toISOString()` of a JSON value: null is 1970, a number milliseconds.

    Raises ValueError with JavaScript's text for what is no time.
    """
    from mockkibana.javascript_dates import date_of  # a start need not wait for its patterns

    try:
        if isinstance(time, int | float | None):
            return iso(datetime.fromtimestamp((time or 0) / 1000, UTC))
        if isinstance(time, str) and (read := date_of(time)) is not None:
            return iso(read)
    except (ValueError, OverflowError, OSError):
        pass
    raise ValueError("Invalid time value")
