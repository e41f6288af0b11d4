"""Buckets for each combination of values, page by page: `composite`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import cmp_to_key
from itertools import product
from typing import Any

from mockkibana.elasticsearch.json import object_parser
from mockkibana.elasticsearch.json.parse_errors import Path, illegal, unknown_name, unsupported
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search.aggregations import instants, values
from mockkibana.elasticsearch.search.aggregations.aggregation import (
    MOST_BUCKETS,
    AggregationParser,
    Bucketing,
    Context,
    Definition,
    Parts,
    Result,
    grouped,
)
from mockkibana.elasticsearch.search.aggregations.histograms import Width
from mockkibana.elasticsearch.search.aggregations.values import Getter, Values
from mockkibana.elasticsearch.search.field_terms import DATES, comparable
from mockkibana.elasticsearch.search.hits import Part
from mockkibana.elasticsearch.search.number_format import (
    Writer,
    date_writer,
    formats_of,
)
from mockkibana.json import Json

#: One value for each source, None for a missing one.
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One of the values of a key: the terms of a field, or the intervals that they are in."""

    name: str
    values: Values
    descending: bool
    missing: bool
    missing_first: bool
    start: Callable[[Any], Any] | None = None
    zone: tzinfo | None = None

    def keys(self, part: Part) -> Getter:
        """Return what gives the values of documents; none leaves a document out."""
        numbers = self.start is not None
        get = self.values.numbers(part.segment) if numbers else self.values.terms(part.segment)
        start = self.start or (lambda value: value)
        empty = (None,) if self.missing else ()
        return lambda number: tuple(dict.fromkeys(map(start, get(number)))) or empty

    def compare(self, one: Any, other: Any) -> int:
        """Return which of two values is first: a negative number for the first one."""
        if one is None or other is None:
            first = -1 if self.missing_first else 1
            return (one is None) * first - (other is None) * first
        left, right = comparable(one), comparable(other)
        order = (left > right) - (left < right)
        return -order if self.descending else order

    def writer(self, parts: Parts) -> Callable[[Any], Json]:
        """Return what shows a value in a key."""
        leaf = self.values.any_leaf(parts)
        write: Writer | None = None
        if self.zone is not None or (leaf is not None and leaf.type in DATES):
            if self.values.pattern is not None:
                formats = formats_of(leaf, self.values.pattern)
                write = date_writer(formats, self.zone or UTC)
        elif leaf is not None and leaf.type == "boolean":
            return lambda value: None if value is None else bool(value)
        if write is None:
            return values.shown
        formatted = write
        return lambda value: None if value is None else formatted(value)

    def read(self, value: Json, parts: Parts, context: Context) -> Any:
        """Return the value that a key shows so. Raises `ElasticsearchError`."""
        if value is None:
            return None
        leaf = self.values.any_leaf(parts)
        if self.zone is not None or (leaf is not None and leaf.type in DATES):
            formats = formats_of(leaf, self.values.pattern)
            return instants.instant(value, formats, context.now, self.zone or UTC)
        if self.start is not None:
            return values.number(value)
        return next(iter(values.terms_of(leaf, value)), None)


@dataclass(frozen=True, slots=True)
class Composite(Bucketing):
    """The first buckets in the order of their keys, or the first ones after a key."""

    name: str
    sources: tuple[Source, ...]
    size: int
    after: Mapping[str, Json] | None

    def run(self, parts: Parts, context: Context) -> Result:
        """Put documents into buckets, and show one page of these."""

        def keys(part: Part) -> Callable[[int], Sequence[Key]]:
            getters = [source.keys(part) for source in self.sources]
            return lambda number: list(product(*(get(number) for get in getters)))

        groups = grouped(parts, keys)
        found = list(groups)
        if self.after is not None:
            after = tuple(
                source.read(self.after[source.name], parts, context) for source in self.sources
            )
            found = [key for key in found if self._compare(key, after) > 0]
        found.sort(key=cmp_to_key(self._compare))
        writers = [source.writer(parts) for source in self.sources]
        shown = []
        for key in found[: self.size]:
            texts = [write(each) for write, each in zip(writers, key, strict=True)]
            head = {source.name: text for source, text in zip(self.sources, texts, strict=True)}
            shown.append(context.bucket({"key": head}, groups[key], self.inner))
        body: dict[str, Json] = {"after_key": shown[-1]["key"]} if shown else {}
        return Result("composite", {**body, "buckets": self.inner.finished(shown)})

    def _compare(self, one: Key, other: Key) -> int:
        for source, left, right in zip(self.sources, one, other, strict=True):
            if order := source.compare(left, right):
                return order
        return 0


_KINDS = values.FIELDS | {
    "order": "string",
    "missing_bucket": "boolean",
    "missing_order": "string",
}
_INTERVALS = {
    "histogram": {"interval": "double"},
    "date_histogram": {
        "calendar_interval": "string",
        "fixed_interval": "string",
        "offset": "scalar",
    },
    "terms": {},
}


def _composite(definition: Definition) -> Composite:
    fields = definition.fields({"sources": "array", "size": "long", "after": "object"})
    rows = fields.get("sources")
    if not rows:
        raise illegal(
            "Required [sources]" if rows is None else "Composite [sources] cannot be null or empty"
        )
    path = (*definition.path, "sources")
    sources = tuple(_source(row, (*path, place)) for place, row in enumerate(rows))
    names = [source.name for source in sources]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise illegal(
            f"Composite source names must be unique, found duplicates: [{', '.join(twice)}]"
        )
    size = fields.get("size", 10)
    if not 0 < size <= MOST_BUCKETS:
        raise illegal(f"[size] must be a positive integer. Found [{size}] in [{definition.name}]")
    after = fields.get("after")
    if after is not None:
        _check_after(after, sources)
    return Composite(definition.inner, definition.name, sources, size, after)


def _check_after(after: Mapping[str, Json], sources: Sequence[Source]) -> None:
    if len(after) != len(sources):
        raise illegal(f"[after] has {len(after)} value(s) but [sources] has {len(sources)}")
    for source in sources:
        if source.name not in after:
            raise illegal(f"Missing value for [after.{source.name}]")
        value = after[source.name]
        if value is None and not source.missing:
            raise illegal(f"Missing value for [after.{source.name}]")
        if isinstance(value, (dict, list)):
            raise illegal(f"Invalid value for [after.{source.name}]: {as_text(value)[:200]}")


def _source(row: Json, path: Path) -> Source:
    if not isinstance(row, dict) or len(row) != 1:
        raise illegal("A composite source must be an object with one name", path)
    [(name, body)] = row.items()
    path = (*path, name)
    if not isinstance(body, dict) or len(body) != 1:
        raise illegal(f"The composite source [{name}] must have one type", path)
    [(type_, given)] = body.items()
    path = (*path, type_)
    if type_ == "geotile_grid":
        raise unsupported("[geotile_grid] in [composite]", path)
    if type_ not in _INTERVALS:
        raise unknown_name(type_, f"Unknown composite source type [{type_}]", path, "key")
    fields = object_parser.fields(type_, _KINDS | _INTERVALS[type_], given, path)
    start: Callable[[Any], Any] | None = None
    zone = None
    if type_ == "histogram":
        if fields.get("interval", 0.0) <= 0:
            raise illegal("[interval] must be greater than 0 for [histogram] source")
        start = Width(fields["interval"]).start
    elif type_ == "date_histogram":
        zone = instants.zone(type_, fields, path)
        start = instants.width(type_, fields, path, zone).start
    order = fields.get("order", "asc")
    if order not in ("asc", "desc"):
        raise illegal(f"Unknown SortOrder [{order}]", (*path, "order"))
    place = fields.get("missing_order", "default")
    if place not in ("first", "last", "default"):
        raise illegal(f"No enum constant for missing order [{place}]", (*path, "missing_order"))
    first = place == "first" or (place == "default" and order == "asc")
    source = values.of("composite", fields)
    missing = fields.get("missing_bucket", False)
    return Source(name, source, order == "desc", missing, first, start, zone)


AGGREGATIONS: dict[str, AggregationParser] = {"composite": _composite}
