"""The values of scripts: Java's arithmetic and comparison on what JSON holds."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from mockkibana.elasticsearch.json import java
from mockkibana.elasticsearch.scripts.errors import ScriptError, unsupported

Value = Any
"""What JSON holds, `DocValues`, or an `Instant` of these."""

MAX_TEXT = 1_000_000
"""How long a text or a list may get: a script that doubles one would fill the memory."""


_MAX_VALUES = 200_000  # of a document, or of what is made a text


def is_number(value: Value) -> bool:
    """Return whether a value is a number; a boolean is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def truth(value: Value) -> bool:
    """Return a condition, which must be a boolean. Raises `ScriptError`."""
    if isinstance(value, bool):
        return value
    raise _cannot_cast(value, "boolean")


def _cannot_cast(value: Value, to: str) -> ScriptError:
    shown = "null" if value is None else class_name(value)
    return ScriptError(f"Cannot cast {shown} to {to}", type="class_cast_exception")


def class_name(value: Value) -> str:
    """Return the name of the Java class of a value."""
    return str(getattr(value, "java_class", None) or java.class_name(value))


def text(value: Value) -> str:
    """Return the text of a value as Java makes it."""
    own = getattr(value, "java_text", None)
    if own is not None:
        return str(own())
    return java.text(as_json(value) if isinstance(value, (dict, list)) else value)


def binary(sign: str, left: Value, right: Value) -> Value:
    """Return what an operator makes of two values. Raises `ScriptError`."""
    if sign in ("==", "==="):
        return equal(left, right)
    if sign in ("!=", "!=="):
        return not equal(left, right)
    if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
        return checked(text(left) + text(right))
    if not (is_number(left) and is_number(right)):
        raise ScriptError(
            f"Cannot apply [{sign}] operation to types [{_type(left)}] and [{_type(right)}]",
            type="class_cast_exception",
        )
    if (compare := _COMPARISONS.get(sign)) is not None:
        return compare(left, right)
    if isinstance(left, int) and isinstance(right, int):
        return _integers(sign, left, right)
    return _floats(sign, float(left), float(right))


def _type(value: Value) -> str:
    return "null" if value is None else class_name(value)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def equal(left: Value, right: Value) -> bool:
    """Return whether two values are equal: 1 and 1.0 are, 1 and true are not."""
    if is_number(left) and is_number(right):
        return bool(left == right)
    if type(left) is not type(right):
        return False
    if isinstance(left, (dict, list)):
        return left is right or bool(as_json(left) == as_json(right))
    return bool(left == right)


def _integers(sign: str, left: int, right: int) -> int:
    match sign:
        case "+":
            return wrapped(left + right)
        case "-":
            return wrapped(left - right)
        case "*":
            return wrapped(left * right)
    if right == 0:
        raise ScriptError("/ by zero", type="arithmetic_exception")
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return wrapped(quotient if sign == "/" else left - quotient * right)


def wrapped(number: int) -> int:
    """Return an integer as a long holds it."""
    return (number + 2**63) % 2**64 - 2**63


def _floats(sign: str, left: float, right: float) -> float:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            if right:
                return left / right
            if left == 0 or math.isnan(left):
                return math.nan
            return math.copysign(math.inf, left) * math.copysign(1.0, right)
    return math.fmod(left, right) if right and math.isfinite(left) else math.nan


def checked(value: Value) -> Value:
    """Return a text or a list that is not too long. Raises `ScriptError`."""
    if len(value) > MAX_TEXT:
        raise too_long()
    return value


def too_long() -> ScriptError:
    """Return the refusal of a text or a list that is longer than `MAX_TEXT`."""
    return unsupported(f"texts and lists longer than {MAX_TEXT:,}")


def negative(value: Value) -> Value:
    """Return `-value`. Raises `ScriptError`."""
    if not is_number(value):
        raise ScriptError(
            f"Cannot apply [-] operation to type [{_type(value)}]", type="class_cast_exception"
        )
    return wrapped(-value) if isinstance(value, int) else -value


_INTEGERS = frozenset({"byte", "short", "char", "int", "long", "Integer", "Long"})
_FLOATS = frozenset({"float", "double", "Float", "Double"})


def cast(kind: str, value: Value) -> Value:
    """Return `(kind) value`. Raises `ScriptError`."""
    if kind in _INTEGERS | _FLOATS:
        if not is_number(value):
            raise _cannot_cast(value, kind)
        if kind in _FLOATS:
            return float(value)
        limit = 2**63
        return max(-limit, min(limit - 1, int(value))) if math.isfinite(value) else 0
    wanted = {"String": str, "boolean": bool, "Boolean": bool, "List": list, "Map": dict}.get(kind)
    if wanted is None or value is None or isinstance(value, wanted):
        return value
    raise _cannot_cast(value, kind)


def as_json(value: Value) -> Value:
    """Return what a script has made of a document as JSON: a copy, without NaN and cycles.

    Raises `ScriptError`.
    """
    return _Copy().of(value, 100)


class _Copy:
    """A copy of a value; what stands in it many times is counted each time, as it would grow."""

    def __init__(self) -> None:
        self._left = _MAX_VALUES

    def of(self, value: Value, depth: int) -> Value:
        self._left -= 1
        if self._left < 0:
            raise unsupported(f"more than {_MAX_VALUES:,} values")
        if depth == 0:
            raise ScriptError("Iterable object is self-referencing itself")
        if isinstance(value, dict):
            return {str(key): self.of(inner, depth - 1) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.of(inner, depth - 1) for inner in value]
        if isinstance(value, float) and not math.isfinite(value):
            return java.text(value)  # as Jackson writes it
        if value is None or isinstance(value, (str, int, float)):
            return value
        return text(value)
