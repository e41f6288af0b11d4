"""The one JSON reader and the one JSON writer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, filterfalse, product
from math import isfinite
from typing import Any, NoReturn

# JSON has no recursive static type that reads well at call sites; `Json` says "plain JSON values",
# `Record` "a JSON object".
Json = Any
Record = dict[str, Any]

MAX_DEPTH = 200
_SAFE_INTEGER = 2**53 - 1
_MANY_DIGITS = b"0" * 16  # fewer digits are an integer that a double holds exactly
_DIGITS_TO_ZEROS = bytes(ord("0") if chr(byte) in "0123456789" else 32 for byte in range(256))
_CONTAINERS = frozenset((dict, list))


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
        # JavaScript writes the shortest digits that stand for a double, and zeros after them.
        return int(number) if abs(number) <= _SAFE_INTEGER else int(Decimal(repr(number)))
    return number


def _finite_float(digits: str) -> float | None:
    number = float(digits)
    return number if isfinite(number) else None


def _any_integer(digits: str) -> int | float:
    # CPython refuses to convert more than 4,300 digits; no double holds such a number either.
    return int(digits) if len(digits) < 4300 else float(digits)


def _finite_integer(digits: str) -> int | None:
    return int(digits) if len(digits) < 4300 else None


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise Malformed("a name stands twice in one object")
    return value


def _decoder(
    javascript: bool, long_integers: bool, unique_names: bool, finite: bool
) -> json.JSONDecoder:
    # A function of ours for each number takes longer than all the rest, so it is left out when no
    # number of the text needs one.
    integer = _javascript_integer if javascript else _finite_integer if finite else _any_integer
    return json.JSONDecoder(
        parse_constant=_refuse_constant,
        parse_int=integer if long_integers else None,
        parse_float=_javascript_float if javascript else _finite_float if finite else None,
        object_pairs_hook=_unique if unique_names else None,
    )


_DECODERS = {kind: _decoder(*kind) for kind in product((False, True), repeat=4)}


def loads(
    data: bytes | str,
    *,
    javascript: bool = False,
    allow_proto: bool = False,
    unique_names: bool = False,
    finite: bool = False,
) -> Json:
    """Read one JSON value.

    Bytes are UTF-8; bad bytes become U+FFFD, as in Node. With `javascript`, numbers become what
    `JSON.parse` makes of them (1.0 is 1, integers past 2^53 are rounded, 1e400 is null). Without
    it, 1e400 is infinity, or null where numbers have to be `finite`. Of two members of one name the
    last counts, unless there have to be `unique_names`.

    Raises `Malformed` for text that is no JSON, for NaN and Infinity, for a `__proto__` key
    (hapi's parser refuses it; with `allow_proto` it is a key as any), for a value nested deeper
    than `MAX_DEPTH`, and for a name that stands twice where names have to be unique.
    """
    if isinstance(data, bytes):
        text = data.decode("utf-8", "replace")
    else:
        text, data = data, data.encode("utf-8", "replace")
    if text.startswith("\ufeff"):
        raise Malformed("a byte order mark is no JSON")
    long_integers = _MANY_DIGITS in data.translate(_DIGITS_TO_ZEROS)
    try:
        value = _DECODERS[javascript, long_integers, unique_names, finite].decode(text)
    except RecursionError:
        raise Malformed(f"the value is nested deeper than {MAX_DEPTH} levels") from None
    except json.JSONDecodeError as error:
        raise Malformed(str(error)) from None
    if text.count("{") + text.count("[") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise Malformed(f"the value is nested deeper than {MAX_DEPTH} levels")
    # The key may be spelt with escapes.
    if (
        not allow_proto
        and ("__proto__" in text or "\\u00" in text)
        and any(isinstance(node, dict) and "__proto__" in node for node in nodes(value))
    ):
        raise Malformed("the key __proto__ is not allowed")
    return value


def has_infinity(value: Json) -> bool:
    """Tell whether a number of a value is infinite or none, so that it cannot be written."""
    return any(isinstance(node, float) and not isfinite(node) for node in nodes(value))


def nodes(value: Json) -> Iterator[Json]:
    """Iterate over a value and all values within it, at any depth."""
    pending = [value]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, dict):
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)


def _deeper_than(value: Json, depth: int) -> bool:
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(depth):
        objects = chain.from_iterable(map(dict.values, filter(_is_object, level)))
        arrays = chain.from_iterable(filterfalse(_is_object, level))
        level = [child for child in chain(objects, arrays) if type(child) in _CONTAINERS]
        if not level:
            return False
    return True


def _is_object(value: Json) -> bool:
    return type(value) is dict


_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_RAW_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False, ensure_ascii=False)
_SURROGATE = re.compile("[\ud800-\udfff]")


def dumps(value: Json) -> str:
    """Write a value: compact, all but ASCII escaped."""
    return _ENCODER.encode(value)


def encode(value: Json) -> bytes:
    """Write a value in UTF-8, as an answer has it: only what JSON or UTF-8 has not is escaped.

    It, or the direct values of a dict, may be `Encoded`.
    """
    if type(value) is Encoded:
        return value
    if type(value) is dict and Encoded in map(type, value.values()):
        parts = (encode(key) + b":" + encode(item) for key, item in value.items())
        return b"{" + b",".join(parts) + b"}"
    text = _RAW_ENCODER.encode(value)
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Half of a pair, which JSON.stringify escapes as well.
        return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()
