"""The fields that a query for texts names: `title^2`, `user.*`, `*`."""

from __future__ import annotations

from collections.abc import Sequence

from mockkibana.elasticsearch.json.parse_errors import Path, illegal
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.number_fields import float32
from mockkibana.elasticsearch.search.field_terms import SEARCHABLE
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.search.terms import is_indexed
from mockkibana.json import Json
from mockkibana.wildcards import wildcard

Boosts = Sequence[tuple[str, float]]
"""Fields, or patterns with `*`, and how much each counts."""

EVERYWHERE: Boosts = (("*", 1.0),)


def parse(value: Json, path: Path) -> Boosts:
    """Read the fields of a query: a list of texts, or one. Raises `ParseError`."""
    return [
        _with_boost(as_text(name), path) for name in (value if type(value) is list else [value])
    ]


def _with_boost(text: str, path: Path) -> tuple[str, float]:
    name, caret, boost = text.partition("^")
    if not caret:
        return text, 1.0
    try:
        number = float32(float(boost))
    except (ValueError, OverflowError):
        raise illegal(f'For input string: "{boost}"', path) from None
    return name, number


def expanded(segment: Segment, boosts: Boosts) -> Boosts:
    """Return the fields of an index that are meant, each once; boosts of one are multiplied."""
    found: dict[str, float] = {}
    for pattern, boost in boosts:
        for name in _matching(segment, pattern):
            found[name] = found.get(name, 1.0) * boost
    return list(found.items())


def _matching(segment: Segment, pattern: str) -> Sequence[str]:
    if "*" not in pattern:
        return [pattern]
    test = wildcard(pattern)
    return [
        name
        for name in segment.index.mapping.fields
        if test(name)
        and (leaf := segment.leaf(name)) is not None
        and leaf.type in SEARCHABLE
        and is_indexed(leaf)
    ]
