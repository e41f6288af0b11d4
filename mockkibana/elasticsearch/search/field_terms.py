"""What is indexed of the values of a field: words of texts, numbers, instants."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Iterator, Sequence
from struct import pack, unpack
from typing import TYPE_CHECKING, Any

from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping import dates
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.mapping.number_fields import as_double, float32
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.analysis.analyzers import Analyzer, Analyzers
    from mockkibana.elasticsearch.indices.indices import Index

# What a field is to a search: several types are searched alike.
INTEGERS = frozenset({"long", "integer", "short", "byte", "unsigned_long"})
FLOATS = frozenset({"float", "double", "half_float", "scaled_float"})
DATES = frozenset({"date", "date_nanos"})
TEXTS = frozenset({"text", "match_only_text"})
KEYWORDS = frozenset({"keyword", "constant_keyword", "wildcard", "version", "flattened", "join"})

Term = str | int | float | bytes


def converted(convert: Callable[[Json], Sequence[Term]], values: Sequence[Json]) -> Iterator[Term]:
    """Return what is indexed of several values; a malformed one that is ignored is not."""
    for value in values:
        try:
            yield from convert(value)
        except (ValueError, TypeError, OverflowError):
            continue  # a malformed value that the field ignores is not indexed


def converter(leaf: Leaf, index: Index | None = None) -> Callable[[Json], Sequence[Term]]:
    """Return what makes indexed terms of a value of a field, and of a value in a query.

    `index` is the one that the field is of, whose analyzers it is to have. What is returned raises
    `ValueError`, `TypeError` or `OverflowError` for a value that is none of the type. Raises
    `NoAnalyzer`.
    """
    definition = leaf.definition
    if leaf.type in TEXTS:
        words = analyzer_of(leaf, _analyzers(index)).words
        return lambda value: words(_scalar(value))
    if leaf.type in KEYWORDS:
        ignore_above = int(definition.get("ignore_above", 2**31 - 1))
        normalizer = definition.get("normalizer")
        normal = None if normalizer is None else _analyzers(index).normalizer(str(normalizer)).words

        def keyword(value: Json) -> Sequence[Term]:
            if isinstance(value, dict) and leaf.type == "flattened":
                return [term for inner in value.values() for term in every(inner)]
            if isinstance(value, dict) and leaf.type == "join":
                value = value.get("name")
            text = _scalar(value)
            if len(text) > ignore_above:
                return ()
            return (text,) if normal is None else normal(text)

        def every(value: Json) -> Iterator[Term]:
            for inner in value if isinstance(value, list) else [value]:
                if inner is not None:
                    yield from keyword(inner)

        return keyword
    if leaf.type == "scaled_float":
        factor = float(definition.get("scaling_factor", 1))
        return lambda value: (round(as_number(value) * factor) / factor,)
    if leaf.type in DATES:
        formats = str(definition.get("format", dates.DEFAULT_FORMAT))
        return lambda value: (_instant(value, formats),)
    return _CONVERTERS.get(leaf.type, _unsearchable)


def _analyzers(index: Index | None) -> Analyzers:
    if index is not None:
        return index.analyzers
    # Imported here, as many searches look at no text.
    from mockkibana.elasticsearch.analysis.analyzers import BUILT_IN

    return BUILT_IN


def analyzer_of(leaf: Leaf, analyzers: Analyzers, use: str = "analyzer") -> Analyzer:
    """Return the analyzer of a text field. Raises `NoAnalyzer`.

    `use` may be `search_analyzer` or `search_quote_analyzer`, which may differ for queries.
    """
    definition = leaf.definition
    name = definition.get("analyzer", "default")
    if use == "search_quote_analyzer":
        use = use if use in definition else "search_analyzer"
    return analyzers.named(str(definition.get(use, name)))


def _scalar(value: Json) -> str:
    if isinstance(value, (dict, list)):
        raise TypeError("no scalar")
    return as_text(value)


def as_number(value: Json) -> int | float:
    """Return a number, or what the text of one says. Raises `TypeError` and `ValueError`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError("no number")
    if not isinstance(value, str):
        return value
    return int(value) if value.strip().lstrip("+-").isdecimal() else float(value)


def _whole(value: Json) -> Sequence[Term]:
    return (int(as_number(value)),)


def _single(value: Json) -> Sequence[Term]:
    return (float32(as_number(value)),)


def _half(value: Json) -> Sequence[Term]:
    number = as_double(as_number(value))
    try:
        return unpack("e", pack("e", number))
    except OverflowError:
        return (math.copysign(math.inf, number),)


def _double(value: Json) -> Sequence[Term]:
    return (as_double(as_number(value)),)


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


def comparable(term: Any) -> tuple[str, Any]:
    """Return what puts terms in order where fields are of several types: numbers before texts.

    Several terms together, as a list or a tuple, are in the order of the first that differ.
    """
    if isinstance(term, (int, float)):
        return "", term
    if isinstance(term, (list, tuple)):
        return "list", tuple(map(comparable, term))
    return type(term).__name__, term


def address_text(packed: bytes) -> str:
    """Return an address as it is written; one of version 4 is indexed as one of version 6."""
    address = ipaddress.IPv6Address(packed)
    return str(address.ipv4_mapped or address)


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
