"""The methods and fields that scripts may use, by the kind of value that has them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from mockkibana.elasticsearch.scripts.doc_values import DocValues, Instant
from mockkibana.elasticsearch.scripts.errors import ScriptError, null_pointer
from mockkibana.elasticsearch.scripts.values import (
    MAX_TEXT,
    Value,
    checked,
    class_name,
    equal,
    text,
    too_long,
    wrapped,
)

Method = Callable[..., Any]


def _index(value: Value, length: int) -> int:
    if type(value) is not int:
        raise ScriptError(f"Cannot cast {class_name(value)} to int", type="class_cast_exception")
    if not 0 <= value < length:
        raise ScriptError(
            f"Index {value} out of bounds for length {length}",
            type="index_out_of_bounds_exception",
        )
    return int(value)


def _add(items: list[Value], *arguments: Value) -> bool:
    if len(arguments) == 2:
        items.insert(_index(arguments[0], len(items) + 1), arguments[1])
    else:
        items.append(arguments[0])
    checked(items)
    return True


def _add_all(items: list[Value], other: list[Value]) -> bool:
    checked(items).extend(list(other))
    checked(items)
    return bool(other)


def _remove_of_list(items: list[Value], place: Value) -> Value:
    return items.pop(_index(place, len(items)))


def _position(items: list[Value], wanted: Value) -> int:
    return next((n for n, item in enumerate(items) if equal(item, wanted)), -1)


def _set(items: list[Value], place: Value, value: Value) -> Value:
    place = _index(place, len(items))
    before, items[place] = items[place], value
    return before


def _put(mapping: dict[str, Value], key: Value, value: Value) -> Value:
    before = mapping.get(text(key))
    mapping[text(key)] = value
    return before


def _slice(whole: str, start: Value, end: Value = None) -> str:
    end = len(whole) if end is None else end
    if type(start) is not int or type(end) is not int or not 0 <= start <= end <= len(whole):
        raise ScriptError(
            f"begin {text(start)}, end {text(end)}, length {len(whole)}",
            type="string_index_out_of_bounds_exception",
        )
    return whole[start:end]


def _equals(one: Value, other: Value) -> bool:
    return equal(one, other)


_EVERY: dict[str, Method] = {"equals": _equals, "toString": text}
_TEXTS: dict[str, Method] = {
    "charAt": lambda whole, place: whole[_index(place, len(whole))],
    "contains": lambda whole, part: text(part) in whole,
    "endsWith": lambda whole, end: whole.endswith(text(end)),
    "indexOf": lambda whole, part: whole.find(text(part)),
    "isEmpty": lambda whole: not whole,
    "length": len,
    "replace": lambda whole, old, new: _replaced(whole, text(old), text(new)),
    "startsWith": lambda whole, start: whole.startswith(text(start)),
    "substring": _slice,
    "toLowerCase": str.lower,
    "toUpperCase": str.upper,
    "trim": str.strip,
}
_LISTS: dict[str, Method] = {
    "add": _add,
    "addAll": _add_all,
    "clear": list.clear,
    "contains": lambda items, wanted: _position(items, wanted) >= 0,
    "get": lambda items, place: items[_index(place, len(items))],
    "indexOf": _position,
    "isEmpty": lambda items: not items,
    "remove": _remove_of_list,
    "set": _set,
    "size": len,
}
_MAPS: dict[str, Method] = {
    "clear": dict.clear,
    "containsKey": lambda mapping, key: text(key) in mapping,
    "get": lambda mapping, key: mapping.get(text(key)),
    "getOrDefault": lambda mapping, key, default: mapping.get(text(key), default),
    "isEmpty": lambda mapping: not mapping,
    "keySet": list,
    "put": _put,
    "putAll": dict.update,
    "remove": lambda mapping, key: mapping.pop(text(key), None),
    "size": len,
    "values": lambda mapping: list(mapping.values()),
}
_NUMBERS: dict[str, Method] = {
    "doubleValue": float,
    "intValue": int,
    "longValue": int,
}
_DOC_VALUES: dict[str, Method] = {
    "contains": lambda values, wanted: _position(values.values, wanted) >= 0,
    "get": lambda values, place: values.values[_index(place, len(values.values))],
    "getValue": DocValues.first,
    "isEmpty": lambda values: not values.values,
    "size": lambda values: len(values.values),
}
_INSTANTS: dict[str, Method] = {
    "getMillis": lambda instant: instant.milliseconds,
    "toEpochMilli": lambda instant: instant.milliseconds,
    "toInstant": lambda instant: instant,
}
_OF: tuple[tuple[type | tuple[type, ...], Mapping[str, Method]], ...] = (
    (str, _TEXTS),
    (list, _LISTS),
    (dict, _MAPS),
    (bool, {}),
    ((int, float), _NUMBERS),
    (DocValues, _DOC_VALUES),
    (Instant, _INSTANTS),
)
NAMES = frozenset(name for _, methods in _OF for name in methods) | _EVERY.keys()
"""The methods that some value has."""


def _replaced(whole: str, old: str, new: str) -> str:
    if len(whole) + whole.count(old) * (len(new) - len(old)) > MAX_TEXT:
        raise too_long()
    return whole.replace(old, new)


def call(value: Value, name: str, arguments: list[Value]) -> Value:
    """Call a method of a value. Raises `ScriptError`."""
    if value is None:
        raise null_pointer(name)
    methods: Mapping[str, Method] = next(
        (methods for kind, methods in _OF if isinstance(value, kind)), {}
    )
    method = methods.get(name) or _EVERY.get(name)
    if method is not None:
        try:
            return method(value, *arguments)
        except (TypeError, ValueError, OverflowError):
            pass  # of another number, or of other types, than it takes
    raise ScriptError(f"dynamic method [{class_name(value)}, {name}/{len(arguments)}] not found")


def _rounded(number: float) -> int:
    return wrapped(math.floor(number + 0.5))


def _power(base: float, exponent: float) -> float:
    try:
        result = math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan
    return result


def _log(number: float) -> float:
    if number > 0:
        return math.log(number)
    return -math.inf if number == 0 else math.nan


MATH: dict[str, Method] = {
    "abs": abs,
    "ceil": lambda number: float(math.ceil(number)),
    "exp": lambda number: _power(math.e, number),
    "floor": lambda number: float(math.floor(number)),
    "log": _log,
    "log10": lambda number: _log(number) / math.log(10),
    "max": max,
    "min": min,
    "pow": _power,
    "round": _rounded,
    "sqrt": lambda number: math.sqrt(number) if number >= 0 else math.nan,
}


def call_math(name: str, arguments: list[Value]) -> Value:
    """Call a method of `Math`. Raises `ScriptError`."""
    numbers = [value for value in arguments if type(value) in (int, float)]
    if len(numbers) == len(arguments) == (2 if name in ("max", "min", "pow") else 1):
        try:
            return MATH[name](*numbers)
        except (ValueError, OverflowError):  # of NaN and infinity
            return math.nan
    raise ScriptError(f"static method [java.lang.Math, {name}/{len(arguments)}] not found")


def field(value: Value, name: str) -> Value:
    """Return a field of a value, of a map the value of a key. Raises `ScriptError`."""
    if isinstance(value, dict):
        return value.get(name)
    if value is None:
        raise null_pointer(name)
    if isinstance(value, DocValues):
        if name == "value":
            return value.first()
        if name in ("values", "empty", "length"):
            return {
                "values": list(value.values),
                "empty": not value.values,
                "length": len(value.values),
            }[name]
    if isinstance(value, Instant) and name in Instant.FIELDS:
        return value.field(name)
    if isinstance(value, list) and name == "length":
        return len(value)
    raise ScriptError(f"dynamic getter [{class_name(value)}, {name}] not found")


def item(value: Value, key: Value) -> Value:
    """Return what is in brackets after a value. Raises `ScriptError`."""
    if value is None:
        raise null_pointer("[]")
    if isinstance(value, list):
        return value[_index(_from_end(value, key), len(value))]
    if isinstance(value, DocValues):
        return value.values[_index(key, len(value.values))]
    getter = getattr(value, "get", None)
    if getter is None:
        raise ScriptError(
            f"Attempting to address a non-array-like type [{class_name(value)}] as an array."
        )
    return getter(text(key))


def _from_end(items: list[Value], place: Value) -> Value:
    # Painless counts negative ones from the end.
    return place + len(items) if type(place) is int and place < 0 else place


def set_item(value: Value, key: Value, new: Value) -> None:
    """Set what is in brackets after a value, or a field of a map. Raises `ScriptError`."""
    if value is None:
        raise null_pointer(text(key))
    if isinstance(value, list):
        value[_index(_from_end(value, key), len(value))] = new
    elif isinstance(value, dict):
        value[text(key)] = new
    else:
        raise ScriptError(f"dynamic setter [{class_name(value)}, {text(key)}] not found")
