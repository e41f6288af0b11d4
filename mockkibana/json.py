"""The one JSON reader and the one JSON writer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn

# JSON has no recursive static type that reads well at call sites; `Json` says "plain JSON values".
Json = Any

MAX_DEPTH = 200
_SAFE_INTEGER = 2**53 - 1
_HIDDEN_PROTO = re.compile(r"__proto__|\\u005[fF]|\\u00(?:7[0-9a-fA-F]|6[0-9a-fA-F])")


class Malformed(ValueError):
    """The text is no JSON that Kibana reads: its `str` says why."""


class Encoded(bytes):
    """A JSON text that is passed on as it is (UTF-8, one complete value)."""

    __slots__ = ()

    def value(self) -> Json:
        """Return the value that the text stands for."""
        return json.loads(self)


def _refuse_constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is not valid JSON")


def _javascript_integer(digits: str) -> int | float | None:
    if len(digits) < 16:
        return int(digits)
    # A JavaScript number is a double: integers past 2^53 are rounded to the nearest one.
    if len(digits) < 400:
        number = int(digits)
        if -_SAFE_INTEGER <= number <= _SAFE_INTEGER:
            return number
    return _javascript_float(digits)


def _javascript_float(digits: str) -> int | float | None:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        return None  # JSON.stringify(1e400) is null
    if number.is_integer() and abs(number) < 1e21:
        return int(number)
    return number


def _any_integer(digits: str) -> int | float:
    # CPython refuses to convert more than 4,300 digits; no double holds such a number either.
    return int(digits) if len(digits) < 4300 else float(digits)


_JAVASCRIPT = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_int=_javascript_integer, parse_float=_javascript_float
)
_PLAIN = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_any_integer)


def loads(data: bytes | str, *, javascript: bool = False) -> Json:
    """Read one JSON value.

    Bytes are UTF-8; bad bytes become U+FFFD, as in Node. With `javascript`, numbers become what
    `JSON.parse` makes of them (1.0 is 1, integers past 2^53 are rounded, 1e400 is null).

    Raises `Malformed` for text that is no JSON, for NaN and Infinity, for a `__proto__` key
    (hapi's parser refuses it) and for a value nested deeper than `MAX_DEPTH`.
    """
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    if text.startswith("\ufeff"):
        raise Malformed("a byte order mark is no JSON")
    try:
        value = (_JAVASCRIPT if javascript else _PLAIN).decode(text)
    except RecursionError:
        raise Malformed(f"the value is nested deeper than {MAX_DEPTH} levels") from None
    except json.JSONDecodeError as error:
        raise Malformed(str(error)) from None
    if text.count("{") + text.count("[") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise Malformed(f"the value is nested deeper than {MAX_DEPTH} levels")
    if _HIDDEN_PROTO.search(text) and _has_proto(value):
        raise Malformed("the key __proto__ is not allowed")
    return value


def _children(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _deeper_than(value: Json, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [
            child for node in level for child in _children(node) if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _has_proto(value: Json) -> bool:
    pending = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, dict) and "__proto__" in node:
            return True
        pending.extend(_children(node))
    return False


_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


def dumps(value: Json) -> str:
    """Write a value: compact, all but ASCII escaped; direct values of a dict may be `Encoded`."""
    if type(value) is dict:
        for item in value.values():
            if type(item) is Encoded:
                return _with_encoded(value)
    elif type(value) is Encoded:
        return value.decode()
    return _ENCODER.encode(value)


def _with_encoded(value: dict[str, Json]) -> str:
    parts = (f"{_ENCODER.encode(key)}:{dumps(item)}" for key, item in value.items())
    return "{" + ",".join(parts) + "}"
