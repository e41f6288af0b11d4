"""Sentences of refusals as config-schema makes them, the engine of Kibana 8.x's schemas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import missing

from mockkibana.json import Json
from mockkibana.validation.failure import Entry, EntryKey, Failure
from mockkibana.validation.scalars import utf16_length

_Path = tuple[str | int, ...]
_Texts = Mapping[str, Callable[[Any, Any], str]]

_KINDS: dict[type, str] = {
    type(missing): "undefined",
    type(None): "null",
    bool: "boolean",
    str: "string",
    int: "number",
    float: "number",
    list: "Array",
    dict: "Object",
    bytes: "Uint8Array",
}
_TYPE = "expected value of type [{}] but got [{}]"
_TYPES = {
    "object": "expected a plain object value, but found [{1}] instead.",
    "record": _TYPE.format("object", "{1}"),
    "map": "expected value of type [Map] or [object] but got [{1}]",
    "buffer": _TYPE.format("Buffer", "{1}"),
    "stream": _TYPE.format("Stream", "{1}"),
    "byte_size": _TYPE.format("ByteSize", "{1}"),
    "duration": _TYPE.format("moment.Duration", "{1}"),
    "ip": _TYPE.format("string", "{1}"),
    "uri": _TYPE.format("string", "{1}") + ".",  # Kibana ends this one with a full stop
}
_FORMATS = {
    "hostname": "value must be a valid hostname (see RFC 1123).",
    "uri": "value must be a valid URI (see RFC 3986).",
    "byte_size": (
        "Failed to parse value as byte value. Value must be either number of bytes, or follow the"
        " format <count>[b|kb|mb|gb] (e.g., '1024kb', '200mb', '1gb'), where the number is a safe"
        " positive integer."
    ),
    "duration": (
        "Failed to parse value as time value. Value must be a duration in milliseconds, or follow"
        " the format <count>[ms|s|m|h|d|w|M|Y] (e.g. '70ms', '5s', '3d', '1Y'), where the duration"
        " is a safe positive integer."
    ),
}
# joi's own texts: they begin with the name of the value.
_OF_JOI = {
    "hostname": "must be a string",
    "empty": "is not allowed to be empty",
    "unsafe_number": "must be a safe number",
}
# `handleError` of a literal takes the first of the `valids`, which joi does not name when there is
# no value. What it throws replaces the whole message (literal_type.ts).
_THROWN = "Cannot destructure property 'Symbol(Symbol.iterator)' of 'undefined' as it is undefined."


def sentence(failure: Failure, namespace: str = "", *, names_unknown_keys: bool = False) -> str:
    """Return the message of a refusal, its paths starting with `namespace`.

    With `names_unknown_keys` as Kibana 9.4 and later word it.
    """
    if throws(failure):
        return _THROWN
    texts = _NAMING_TEXTS if names_unknown_keys else _TEXTS
    return _sentence(failure, texts, (namespace,) if namespace else (), (), (), 0)


def kind(value: Any) -> str:
    """Return the word that messages use for the type of a value (type-detect's)."""
    for base in type(value).__mro__:
        if base in _KINDS:
            return _KINDS[base]
    return "Object"


def throws(failure: Failure) -> bool:
    """Tell whether wording a refusal throws a `TypeError` in Kibana, whose text then stands."""
    if failure.received is missing:
        return failure.code == "literal"
    return any(map(throws, failure.branches))


def _sentence(
    failure: Failure,
    texts: _Texts,
    namespace: _Path,
    around: _Path,
    alternative: _Path,
    level: int,
) -> str:
    """Return the lines of a failure.

    `around` are the segments from the last record around it on: of a branch, those of the union.
    A line of a union has the index of its alternative before its own path, lines below it have
    not.
    """
    inner = _since_last_record(failure.path, around)
    text = _text(failure, texts, inner)
    branches = () if failure.received is missing else failure.branches
    for index, branch in enumerate(branches):
        line = _sentence(branch, texts, namespace, inner, (index,), level + 1)
        text += f"\n{' ' * level}- {line}"
    path = (*namespace, *around, *alternative, *map(_segment, failure.path))
    if failure.code == "unknown_keys":
        path = (*path, failure.expected[0])
    return f"[{'.'.join(map(str, path))}]: {text}" if path else text


def _since_last_record(path: _Path, around: _Path) -> _Path:
    """Return the segments from the last record on: its entries are validated on their own."""
    for index in reversed(range(len(path))):
        if isinstance(path[index], Entry):
            return path[index + 1 :]
    return around + path


def _segment(segment: str | int) -> str | int:
    return f'key("{segment}")' if type(segment) is EntryKey else segment


def _text(failure: Failure, texts: _Texts, inner: _Path) -> str:
    code, expected, received = failure.code, failure.expected, failure.received
    if code == "type" and expected == "hostname":
        if received is missing:
            return _TYPE.format("string", "undefined")
        return _named(inner, "hostname")
    if code in _OF_JOI:
        return _named(inner, code)
    return texts[code](expected, received)


def _named(inner: _Path, code: str) -> str:
    name = ""
    for key in inner:
        if isinstance(key, int):
            name += f"[{key}]"
        else:
            name += f".{key}" if name else key
    return f'"{name or "value"}" {_OF_JOI[code]}'


def _union(_: Any, received: Json) -> str:
    if received is missing:
        return "expected at least one defined value but got [undefined]"
    return "types that failed validation:"


def _format(expected: Any, _: Json) -> str:
    if isinstance(expected, tuple):
        return f"value must be a valid {' or '.join(expected)} address"
    return _FORMATS[expected]


def _length(bound: str) -> Callable[[int, str], str]:
    return lambda limit, text: (
        f"value has length [{utf16_length(text)}] but it must have a {bound} length of [{limit}]."
    )


def _size(bound: str) -> Callable[[int, list[Json]], str]:
    return lambda limit, array: (
        f"array size is [{len(array)}], but cannot be {bound} than [{limit}]"
    )


def _word(value: Json) -> str:
    """Return a literal or a limit as it stands in messages: null, true, 1.5."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bytes_word(size: float) -> str:
    for unit in ("b", "kb", "mb"):
        if size < 1024:
            return f"{round(size, 2):g}{unit}"
        size /= 1024
    return f"{round(size, 2):.15g}gb"


_TEXTS: _Texts = {
    "type": lambda name, value: _TYPES.get(name, _TYPE).format(name, kind(value)),
    "json": lambda name, _: f"could not parse {name} value from json input",
    "literal": lambda value, _: f"expected value to equal [{_word(value)}]",
    "union": _union,
    "unknown_keys": lambda *_: "definition for this key is missing",
    "format": _format,
    "scheme": lambda schemes, _: f"expected URI with scheme [{'|'.join(schemes)}].",
    "min": lambda limit, _: f"Value must be equal to or greater than [{_word(limit)}].",
    "max": lambda limit, _: f"Value must be equal to or lower than [{_word(limit)}].",
    "min_bytes": lambda size, _: f"Value must be equal to or greater than [{_bytes_word(size)}]",
    "max_bytes": lambda size, _: f"Value must be equal to or less than [{_bytes_word(size)}]",
    "min_length": _length("minimum"),
    "max_length": _length("maximum"),
    "min_size": _size("smaller"),
    "max_size": _size("greater"),
    "unsafe_quantity": lambda unit, _: (
        f"Value in {unit} is expected to be a safe positive integer."
    ),
    "sparse": lambda *_: "sparse array are not allowed",
    "present": lambda *_: "a value wasn't expected to be present",
    "custom": lambda text, _: text,
}
_NAMING_TEXTS: _Texts = {
    **_TEXTS,
    "unknown_keys": lambda keys, _: (
        f"Additional properties are not allowed ('{keys[0]}' was unexpected)"
    ),
}
