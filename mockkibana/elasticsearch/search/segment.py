"""An index as a search sees it: its documents, and the indexed values of each field."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from struct import pack, unpack

from mockkibana.budget import Budget
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping import analysis, dates
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.mapping.number_fields import as_double, float32
from mockkibana.json import Json

# What a field is to a search: several types are searched alike.
INTEGERS = frozenset({"long", "integer", "short", "byte", "unsigned_long"})
FLOATS = frozenset({"float", "double", "half_float", "scaled_float"})
DATES = frozenset({"date", "date_nanos"})
TEXTS = frozenset({"text", "match_only_text"})
KEYWORDS = frozenset({"keyword", "constant_keyword", "wildcard", "version"})

Term = str | int | float | bytes


class Segment:
    """The documents of one index at the moment of a search; what is computed is kept."""

    def __init__(
        self,
        index: Index,
        ids: Sequence[str],
        sources: Sequence[dict[str, Json]],
        budget: Budget,
    ) -> None:
        self.index = index
        self.ids = ids
        self.sources = sources
        self.budget = budget
        self._columns: dict[str, list[list[Json]]] = {}
        self._terms: dict[str, list[list[Term]]] = {}

    def leaf(self, path: str) -> Leaf | None:
        """Return the field that holds values, following an alias; None when there is none.

        Fields of nested objects are none: they belong to documents of their own.
        """
        field = self.index.mapping.fields.get(path)
        if isinstance(field, Leaf) and field.type == "alias":
            field = self.index.mapping.fields.get(str(field.definition.get("path")))
        if not isinstance(field, Leaf) or self._nested(field.path):
            return None
        return field

    def _nested(self, path: str) -> bool:
        parts = path.split(".")
        ancestors = (".".join(parts[:end]) for end in range(1, len(parts)))
        fields = self.index.mapping.fields
        return any(getattr(fields.get(name), "type", "") == "nested" for name in ancestors)

    def leaves(self, path: str) -> list[Leaf]:
        """Return the field at a path, or the fields within the object there."""
        leaf = self.leaf(path)
        if leaf is not None:
            return [leaf]
        below = (name for name in self.index.mapping.fields if name.startswith(f"{path}."))
        return [leaf for name in below if (leaf := self.leaf(name)) is not None]

    def values(self, leaf: Leaf) -> list[list[Json]]:
        """Return the values of a field for each document, as they are in the sources."""
        column = self._columns.get(leaf.path)
        if column is None:
            paths = [self._source_path(leaf.path)]
            paths += [
                name
                for name, field in self.index.mapping.fields.items()
                if isinstance(field, Leaf) and leaf.path in field.copy_to
            ]
            null = leaf.definition.get("null_value")
            split = [path.split(".") for path in paths]
            column = self._columns[leaf.path] = [
                [
                    null if value is None else value
                    for parts in split
                    for value in _extract(source, parts)
                    if value is not None or null is not None
                ]
                for source in self.budget.each(self.sources)
            ]
        return column

    def terms(self, leaf: Leaf) -> list[list[Term]]:
        """Return what is indexed of a field for each document: words, numbers, ..."""
        terms = self._terms.get(leaf.path)
        if terms is None:
            convert = converter(leaf)
            terms = self._terms[leaf.path] = [
                list(_converted(convert, values)) for values in self.budget.each(self.values(leaf))
            ]
        return terms

    def _source_path(self, path: str) -> str:
        """Return where the values of a field are in the source: a multi-field has its parent's."""
        parent = path.rpartition(".")[0]
        if isinstance(self.index.mapping.fields.get(parent), Leaf):
            return self._source_path(parent)
        return path


def _extract(source: Json, parts: Sequence[str]) -> Iterable[Json]:
    """Return the values at a path; a name in the source may hold several of its parts."""
    if isinstance(source, list):
        return [value for item in source for value in _extract(item, parts)]
    if not parts:
        return (source,)
    if not isinstance(source, dict):
        return ()
    if len(parts) == 1:
        if parts[0] not in source:
            return ()
        value = source[parts[0]]
        return _extract(value, ()) if isinstance(value, list) else (value,)
    names = (".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return [
        value
        for end, name in enumerate(names, 1)
        if name in source
        for value in _extract(source[name], parts[end:])
    ]


def _converted(convert: Callable[[Json], Sequence[Term]], values: Sequence[Json]) -> Iterator[Term]:
    for value in values:
        try:
            yield from convert(value)
        except (ValueError, TypeError, OverflowError):
            continue  # a malformed value that the field ignores is not indexed


def converter(leaf: Leaf) -> Callable[[Json], Sequence[Term]]:
    """Return what makes indexed terms of a value of a field, and of a value in a query.

    It raises `ValueError`, `TypeError` or `OverflowError` for a value that is none of the type.
    """
    definition = leaf.definition
    if leaf.type in TEXTS:
        return lambda value: analyze(leaf, _scalar(value))
    if leaf.type in KEYWORDS:
        ignore_above = int(definition.get("ignore_above", 2**31 - 1))
        lower = definition.get("normalizer") == "lowercase"

        def keyword(value: Json) -> Sequence[Term]:
            text = _scalar(value)
            if len(text) > ignore_above:
                return ()
            return (text.lower() if lower else text,)

        return keyword
    if leaf.type == "scaled_float":
        factor = float(definition.get("scaling_factor", 1))
        return lambda value: (round(_number(value) * factor) / factor,)
    if leaf.type in DATES:
        formats = str(definition.get("format", dates.DEFAULT_FORMAT))
        return lambda value: (_instant(value, formats),)
    return _CONVERTERS.get(leaf.type, _unsearchable)


def analyzer_of(leaf: Leaf) -> Callable[[str], list[str]] | None:
    """Return the analyzer of a text field; None for one that is not known here."""
    return analysis.ANALYZERS.get(str(leaf.definition.get("analyzer", "standard")))


def analyze(leaf: Leaf, text: str) -> list[Term]:
    """Return the terms of a text; the field's analyzer must be known."""
    return list((analyzer_of(leaf) or analysis.standard)(text))


def _scalar(value: Json) -> str:
    if isinstance(value, (dict, list)):
        raise TypeError("no scalar")
    return as_text(value)


def _number(value: Json) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError("no number")
    if not isinstance(value, str):
        return value
    return int(value) if value.strip().lstrip("+-").isdecimal() else float(value)


def _whole(value: Json) -> Sequence[Term]:
    return (int(_number(value)),)


def _single(value: Json) -> Sequence[Term]:
    return (float32(_number(value)),)


def _half(value: Json) -> Sequence[Term]:
    number = as_double(_number(value))
    try:
        return unpack("e", pack("e", number))
    except OverflowError:
        return (math.copysign(math.inf, number),)


def _double(value: Json) -> Sequence[Term]:
    return (as_double(_number(value)),)


def _boolean(value: Json) -> Sequence[Term]:
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if value in ("true", "false", ""):
        return (value or "false",)
    raise ValueError(value)


def _instant(value: Json, formats: str) -> int:
    milliseconds = dates.parse(_scalar(value), formats)
    if milliseconds is None:
        raise ValueError(value)
    return milliseconds


def _address(value: Json) -> Sequence[Term]:
    address = ipaddress.ip_address(_scalar(value))
    if isinstance(address, ipaddress.IPv4Address):
        return (b"\0" * 10 + b"\xff\xff" + address.packed,)
    return (address.packed,)


def _unsearchable(value: Json) -> Sequence[Term]:  # noqa: ARG001 - the shape of a converter
    return ()


_CONVERTERS: dict[str, Callable[[Json], Sequence[Term]]] = {
    **dict.fromkeys(INTEGERS, _whole),
    "float": _single,
    "half_float": _half,
    "double": _double,
    "boolean": _boolean,
    "ip": _address,
}

SEARCHABLE = TEXTS | KEYWORDS | INTEGERS | FLOATS | DATES | {"boolean", "ip"}
