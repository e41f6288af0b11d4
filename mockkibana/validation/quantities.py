"""Fields for quantities with units: sizes in bytes and durations."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import missing

from mockkibana.json import Json
from mockkibana.validation.failure import Failure
from mockkibana.validation.field import Field
from mockkibana.validation.scalars import MAX_SAFE_INTEGER

_BYTES = re.compile(r"([1-9]\d*)(b|kb|mb|gb)", re.ASCII | re.IGNORECASE)
_BYTE_UNITS = {"b": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}
# More characters than these hold a count past the safe integers.
_MOST_CHARACTERS = 18

_DURATION = re.compile(r"(0|[1-9]\d*)(ms|s|m|h|d|w|M|Y)", re.ASCII)
_DAY = 24 * 60 * 60 * 1000
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": _DAY, "w": 7 * _DAY}
_MONTHS = {"M": 1, "Y": 12}

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|0[xX][\dA-Fa-f]+", re.ASCII)


def _number(text: str) -> float | None:
    """Return what JavaScript's `Number(text)` is, None for NaN."""
    text = text.strip()
    if not text:
        return 0
    if text.lstrip("+-") == "Infinity":
        return float("inf")
    if not _NUMBER.fullmatch(text):
        return None
    return int(text, 16) if text[:2] in ("0x", "0X") else float(text)


def _positive(number: float, unit: str) -> Any:
    if isinstance(number, float) and not number.is_integer():
        number = -1
    if 0 <= number <= MAX_SAFE_INTEGER:
        return int(number)
    return Failure("unsafe_quantity", unit, number)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bytes(value: Json) -> Any:
    """Return a size as a number of bytes, or the `Failure`."""
    if _is_number(value):
        return _positive(value, "bytes")
    if not isinstance(value, str):
        return Failure("type", "byte_size", value)
    if len(value) > _MOST_CHARACTERS:
        return _positive(-1, "bytes")
    match = _BYTES.fullmatch(value)
    if match:
        return _positive(int(match[1]) * _BYTE_UNITS[match[2].lower()], "bytes")
    number = _number(value)
    if number is None:
        return Failure("format", "byte_size", value)
    return _positive(number, "bytes")


class ByteSize(Field):
    """A size in bytes: a number, or a string as `200mb`; the loaded value is an int.

    `min`, `max` and `load_default` are given in the same way.
    """

    takes = frozenset((int, float, str))

    def __init__(
        self,
        *,
        min: int | str | None = None,  # noqa: A002 - config-schema's name
        max: int | str | None = None,  # noqa: A002
        load_default: Any = missing,
        **options: Any,
    ) -> None:
        if load_default is not missing and not callable(load_default):
            load_default = _bytes(load_default)
        super().__init__(load_default=load_default, **options)
        self.min = None if min is None else _bytes(min)
        self.max = None if max is None else _bytes(max)

    def _check(self, value: Json) -> Any:
        size = _bytes(value)
        if type(size) is Failure:
            return size
        if self.min is not None and size < self.min:
            return Failure("min_bytes", self.min, value)
        if self.max is not None and size > self.max:
            return Failure("max_bytes", self.max, value)
        return size


def _milliseconds(value: Json) -> Any:
    """Return a duration in milliseconds, or the `Failure`."""
    if _is_number(value):
        return _positive(value, "milliseconds")
    if not isinstance(value, str):
        return Failure("type", "duration", value)
    match = _DURATION.fullmatch(value)
    if match is None:
        number = _number(value)
        if number is None:
            return Failure("format", "duration", value)
        return _positive(number, "milliseconds")
    # Guess: the text on safe integers for a count past them, as Kibana does without a unit.
    count, unit = _positive(float(match[1]), "milliseconds"), match[2]
    if type(count) is Failure:
        return count
    if unit in _MONTHS:
        # moment's months: 400 years have 146,097 days, and the sum is rounded to whole days.
        return (count * _MONTHS[unit] * 146_097 * 2 + 4_800) // 9_600 * _DAY
    return count * _MILLISECONDS[unit]


class Duration(Field):
    """A duration: a number of milliseconds, or a string as `5s`; the loaded value is an int.

    The int is in milliseconds; a month has 30 days and a year 365 when they stand alone.
    `load_default` is given in the same way as a value.
    """

    takes = frozenset((int, float, str))

    def __init__(self, *, load_default: Any = missing, **options: Any) -> None:
        if load_default is not missing and not callable(load_default):
            load_default = _milliseconds(load_default)
        super().__init__(load_default=load_default, **options)

    def _check(self, value: Json) -> Any:
        return _milliseconds(value)
