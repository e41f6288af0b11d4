"""Numbers: which values the fields of each numeric type take (`NumberFieldMapper`)."""

from __future__ import annotations

import math
import re
from struct import error, pack, unpack

from mockkibana.elasticsearch.mapping.unfit import Check, Definition, Unfit, illegal, not_numeric
from mockkibana.json import Json

_DECIMAL = re.compile(r"[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_LIMITS = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "integer": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "unsigned_long": (0, 2**64 - 1),
}
_INFINITE = (float("inf"), float("-inf"))  # what a JSON text such as 1e400 is read as
_ARTICLES = {"integer": "an integer", "unsigned_long": "unsigned long"}
_CLASSES = {"long": "Long", "byte": "Integer", "short": "Integer", "integer": "Integer"}


def integral(definition: Definition) -> Check:
    """Return the check of a type of whole numbers."""
    kind = definition["type"]
    lowest, highest = _LIMITS[kind]
    coerce = _true(definition.get("coerce", True))
    class_name = _CLASSES.get(kind, "Long")
    out_of_range = f"is out of range for {_ARTICLES.get(kind, f'a {kind}')}"

    def check(value: Json) -> None:
        if type(value) is int and lowest <= value <= highest:
            return
        if isinstance(value, int | float) and not isinstance(value, bool):
            number: int | float = value
        elif isinstance(value, str):
            if not value and coerce:
                return  # an empty text is no value (NumberFieldMapper.value)
            if not coerce:
                raise illegal(f"{class_name} value passed as String")
            number = _number_of(value, kind)
        elif isinstance(value, dict):
            raise illegal("Cannot parse object as number")
        else:
            raise not_numeric(value)
        if number in _INFINITE or not lowest <= int(number) <= highest:
            raise _out_of_range(value)
        if not coerce and number != int(number):
            raise illegal(f"{value} cannot be converted to {class_name} without data loss")

    def _out_of_range(value: Json) -> Unfit:
        if isinstance(value, str) or kind in ("byte", "short", "unsigned_long"):
            return illegal(f"Value [{value}] {out_of_range}")
        # Guess: the exception's name. Jackson refuses the number, the text is Jackson's.
        name = "long" if kind == "long" else "int"
        reason = f"Numeric value ({value}) out of range of {name} ({lowest} - {highest})"
        return Unfit("input_coercion_exception", reason)

    return check


def _number_of(text: str, kind: str) -> int | float:
    if not _DECIMAL.fullmatch(text.strip() if kind != "long" else text):
        name = "illegal_argument_exception" if kind == "long" else "number_format_exception"
        raise Unfit(name, f'For input string: "{text}"')
    return int(text) if re.fullmatch(r"[+-]?\d{1,400}", text) else float(text)


_FLOAT_LIMITS = {"half_float": 65_520.0, "float": 3.4028235677973366e38}


def floating(definition: Definition) -> Check:
    """Return the check of a type of floating-point numbers."""
    kind = definition["type"]
    coerce = _true(definition.get("coerce", True))
    limit = _FLOAT_LIMITS.get(kind, float("inf"))
    class_name = "Double" if kind in ("double", "scaled_float") else "Float"

    def check(value: Json) -> None:
        if isinstance(value, str):
            if not value and coerce:
                return
            if not coerce:
                raise illegal(f"{class_name} value passed as String")
            number = float_of(value)
        elif isinstance(value, dict):
            raise illegal("Cannot parse object as number")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            raise not_numeric(value)
        else:
            number = as_double(value)
        if not abs(number) < limit:
            shown = "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
            raise illegal(f"[{kind}] supports only finite values, but got [{shown}]")

    return check


def float_of(text: str) -> float:
    """Return the number of a text. Raises `Unfit`."""
    stripped = text.strip()
    if stripped in ("NaN", "Infinity", "-Infinity") or _DECIMAL.fullmatch(stripped.rstrip("dDfF")):
        return float(stripped.rstrip("dDfF") if stripped[-1] in "dDfF" else stripped)
    raise Unfit("number_format_exception", f'For input string: "{text}"')


def float32(value: float) -> float:
    """Return the nearest 32-bit float; infinity for what none can hold."""
    try:
        number: float = unpack("f", pack("f", value))[0]
    except (OverflowError, error):  # the latter for an integer that no double holds
        return math.inf if value > 0 else -math.inf
    return number


def as_double(value: int | float) -> float:
    """Return the nearest double, infinity for what none can hold."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _true(value: Json) -> bool:
    return value in (True, "true")


NUMBERS = dict.fromkeys(_LIMITS, integral) | dict.fromkeys(
    ("float", "double", "half_float", "scaled_float"), floating
)
"""What makes the check of each numeric type."""
