"""Numbers as JavaScript makes them of other values."""

from __future__ import annotations

import math
import re

from mockkibana.javascript import WHITE_SPACE
from mockkibana.json import Json

_NUMERIC = re.compile(r"[+-]?(?:Infinity|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
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
        return _plain(float(text))
    base = _BASES.get(text[:2].lower())
    if base is None or not _DIGITS.fullmatch(text[2:]):
        return math.nan
    try:
        return _plain(float(int(text[2:], base)))
    except ValueError:
        return math.nan
    except OverflowError:
        return math.inf


def _plain(number: float) -> float:
    """Return a number as JavaScript writes it: whole ones without a point, the largest with e."""
    return int(number) if number.is_integer() and abs(number) < 1e21 else number
