"""The values of fields that a hit shows beside its source, or instead of it: `fields`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json import object_parser
from mockkibana.elasticsearch.json.parse_errors import Path, parsing
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping import dates
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search import source_values
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_terms import (
    DATES,
    KEYWORDS,
    SEARCHABLE,
    TEXTS,
    address_text,
    comparable,
    converter,
)
from mockkibana.elasticsearch.search.number_format import Writer, date_writer, formats_of
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json
from mockkibana.wildcards import wildcard

#: Where values come from: the source, what is indexed for sorting, what is stored of the field.
Kind = Literal["fields", "docvalue_fields", "stored_fields"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Fields of which a hit shows the values, `name` with stars perhaps; dates in a format."""

    kind: Kind
    name: str
    format: str | None = None


def parse(kind: Kind, value: Json, path: Path) -> tuple[Pattern, ...]:
    """Parse a list of fields, of a body or of a parameter. Raises `ParseError`."""
    if kind == "stored_fields" and isinstance(value, str):
        return (Pattern(kind, value),)
    if not isinstance(value, list):
        raise parsing(f"[{kind}] must be a list of fields", path)
    return tuple(_one(kind, item, (*path, place)) for place, item in enumerate(value))


def _one(kind: Kind, value: Json, path: Path) -> Pattern:
    if isinstance(value, str):
        return Pattern(kind, value)
    kinds = {"field": "string", "format": "string", "include_unmapped": "boolean"}
    given = object_parser.fields("docvalues_field", kinds, value, path)
    if "field" not in given:
        raise parsing("Required [field]", path)
    return Pattern(kind, given["field"], given.get("format"))


def shown(patterns: Sequence[Pattern], segment: Segment, number: int) -> dict[str, Json]:
    """Return the values of a document by the names of the fields, each as a list.

    Raises `ShardFailure` for a field that has none to show.
    """
    found: dict[str, Json] = {}
    for pattern in patterns:
        for leaf in _leaves(pattern, segment):
            if values := _values(pattern, leaf, segment, number):
                found[leaf.path] = values
    return found


def _leaves(pattern: Pattern, segment: Segment) -> list[Leaf]:
    if "*" not in pattern.name:
        leaf = segment.leaf(pattern.name)
        return [] if leaf is None else [leaf]
    matches = wildcard(pattern.name)
    found = []
    for name in segment.index.mapping.fields:
        leaf = segment.leaf(name) if matches(name) else None
        if leaf is not None and (pattern.kind == "fields" or _is_kept(leaf, pattern.kind)):
            found.append(leaf)
    return found


def _is_kept(leaf: Leaf, kind: Kind) -> bool:
    """Return whether a field has values of its own, besides those of the source."""
    if kind == "stored_fields":
        return leaf.definition.get("store") in (True, "true")
    is_read = leaf.type in SEARCHABLE - TEXTS
    return is_read and leaf.definition.get("doc_values") not in (False, "false")


def _values(pattern: Pattern, leaf: Leaf, segment: Segment, number: int) -> list[Json]:
    start = f"{segment.scope}." if segment.scope else ""
    mapping = segment.index.mapping
    given = source_values.reader(mapping, leaf, start)(segment.sources[number])
    if pattern.kind == "stored_fields" and not _is_kept(leaf, pattern.kind):
        return []
    if pattern.kind == "docvalue_fields":
        if leaf.type not in SEARCHABLE:
            raise illegal_argument(
                f"this mock does not show doc values of type [{leaf.type}]: [{leaf.path}]"
            )
        if not _is_kept(leaf, pattern.kind):
            # Guess: a text field is named in the words of aggregations on it.
            raise ShardFailure(
                f"Can't load fielddata on [{leaf.path}] because fielddata is unsupported on fields "
                f"of type [{leaf.type}]. Use doc values instead.",
                type="illegal_argument_exception",
            )
        found = {comparable(value): value for value in _each(pattern, leaf, given)}
        return [found[key] for key in sorted(found)]
    return list(_each(pattern, leaf, given))


def _each(pattern: Pattern, leaf: Leaf, given: Sequence[Json]) -> list[Json]:
    if leaf.type in TEXTS | KEYWORDS and leaf.type != "flattened":
        limit = int(leaf.definition.get("ignore_above", 2**31 - 1))
        return [as_text(value) for value in given if len(as_text(value)) <= limit]
    if leaf.type in DATES:
        write = date_writer(formats_of(leaf, pattern.format))
        return [_date(leaf, value, write) for value in given]
    convert = converter(leaf)
    found: list[Json] = []
    for value in given:
        try:
            terms = convert(value)
        except (ValueError, TypeError, OverflowError):
            continue  # a malformed value that the field ignores
        found += [_shown(leaf, term) for term in terms] if terms else [value]
    return found


def _shown(leaf: Leaf, term: Any) -> Json:
    if leaf.type == "boolean":
        return term == "true"
    return address_text(term) if isinstance(term, bytes) else term


def _date(leaf: Leaf, value: Json, write: Writer) -> Json:
    own = str(leaf.definition.get("format", dates.DEFAULT_FORMAT))
    milliseconds = dates.parse(as_text(value), own)
    return as_text(value) if milliseconds is None else write(milliseconds)
