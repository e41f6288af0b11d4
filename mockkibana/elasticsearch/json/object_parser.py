"""Elasticsearch's `ObjectParser`: bodies whose keys and their types are declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite

from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parameters import did_you_mean
from mockkibana.elasticsearch.json.parse_errors import ParseError, Path, unknown_field, x_content
from mockkibana.elasticsearch.json.scalars import boolean
from mockkibana.json import Json

# Which tokens each kind of field takes (`ObjectParser.ValueType`).
_TOKENS = {
    "string": ("VALUE_STRING",),
    "boolean": ("VALUE_BOOLEAN", "VALUE_STRING"),
    "object": ("START_OBJECT",),
    "strings": ("START_ARRAY", "VALUE_STRING"),
    "long": ("VALUE_NUMBER", "VALUE_STRING"),
    "double": ("VALUE_NUMBER", "VALUE_STRING"),
    "scalar": ("VALUE_STRING", "VALUE_NUMBER", "VALUE_BOOLEAN"),
    "array": ("START_ARRAY",),
    "object or array": ("START_OBJECT", "START_ARRAY"),
    "array or string": ("START_ARRAY", "VALUE_STRING"),
    "object or string": ("START_OBJECT", "VALUE_STRING"),
    "any": (
        "START_OBJECT",
        "START_ARRAY",
        "VALUE_STRING",
        "VALUE_NUMBER",
        "VALUE_BOOLEAN",
    ),
    "filter": ("START_OBJECT", "START_ARRAY", "VALUE_BOOLEAN", "VALUE_STRING"),
}


def fields(parser: str, kinds: Mapping[str, str], value: Json, path: Path) -> dict[str, Json]:
    """Return the fields of an object, `path` leading to it; texts where lists of them may stand.

    `kinds` are those of `_TOKENS` by the name of the field. Raises `ParseError`.
    """
    if not isinstance(value, dict):
        text = f"[{parser}] Expected START_OBJECT but was: {bodies.token_of(value)}"
        raise x_content(text, path)
    return {name: _field(parser, kinds, name, item, (*path, name)) for name, item in value.items()}


def unknown(parser: str, known: Iterable[str], name: str, path: Path) -> ParseError:
    """Return the error of a field that is not declared, with those that look like it."""
    error = unknown_field(parser, name, path[:-1])
    error.reason += did_you_mean(name, known)
    return error


def _field(parser: str, kinds: Mapping[str, str], name: str, value: Json, path: Path) -> Json:
    kind = kinds.get(name)
    if kind is None:
        raise unknown(parser, kinds, name, path)
    token = bodies.token_of(value)
    if token not in _TOKENS[kind]:
        raise x_content(f"[{parser}] {name} doesn't support values of type: {token}", path)
    if kind == "boolean":
        flag = boolean(value)
        if flag is None:
            # Guess: what wraps the refusal of Java's `Booleans` is left out.
            raise x_content(f"[{parser}] failed to parse field [{name}]", path)
        return flag
    if kind == "long":
        return _long(parser, name, value, path)
    if kind == "double":
        return _double(parser, name, value, path)
    if kind == "strings":
        return _strings(parser, name, value, path)
    return value


def _long(parser: str, name: str, value: Json, path: Path) -> int:
    try:
        return int(value)
    except (ValueError, OverflowError):
        raise x_content(f"[{parser}] failed to parse field [{name}]", path) from None


def _double(parser: str, name: str, value: Json, path: Path) -> float:
    try:
        number = float(value)
        if isfinite(number):
            return number
        raise ValueError(value)
    except (ValueError, OverflowError):
        raise x_content(f"[{parser}] failed to parse field [{name}]", path) from None


def _strings(parser: str, name: str, value: Json, path: Path) -> list[str]:
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items):
        if not isinstance(item, str):
            raise x_content(f"[{parser}] failed to parse field [{name}]", (*path, number))
    return items
