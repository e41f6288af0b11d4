"""Buckets of equal width: `histogram` of numbers, `date_histogram` of instants."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from mockkibana.elasticsearch.json.parse_errors import illegal
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search.aggregations import bounds, buckets, instants, values
from mockkibana.elasticsearch.search.aggregations.aggregation import (
    MOST_BUCKETS,
    AggregationParser,
    Bucket,
    Bucketing,
    Context,
    Definition,
    Parts,
    Result,
    count,
    grouped,
)
from mockkibana.elasticsearch.search.aggregations.bounds import Bounds
from mockkibana.elasticsearch.search.aggregations.buckets import BY_KEY, Order
from mockkibana.elasticsearch.search.aggregations.rounding import Rounding
from mockkibana.elasticsearch.search.aggregations.values import Values
from mockkibana.elasticsearch.search.hits import Part
from mockkibana.elasticsearch.search.number_format import (
    Writer,
)
from mockkibana.json import Json

_LAYOUT = {
    "order": "object or array",
    "min_doc_count": "long",
    "keyed": "boolean",
    "extended_bounds": "object",
    "hard_bounds": "object",
}


@dataclass(frozen=True, slots=True)
class Width:
    """Buckets of numbers: each is `interval` wide, and one begins at `offset`."""

    interval: float
    offset: float = 0.0

    def start(self, number: float) -> float:
        """Return where the bucket of a number begins."""
        place = (number - self.offset) / self.interval
        if not math.isfinite(place):
            return number  # a simplification: Java's infinite key
        return math.floor(place) * self.interval + self.offset

    def after(self, start: float) -> float:
        """Return where the next bucket begins."""
        return (round((start - self.offset) / self.interval) + 1) * self.interval + self.offset


@dataclass(frozen=True, slots=True)
class Layout:
    """Which of the buckets are shown, and how; bounds as the request has them."""

    order: Sequence[Order]
    least: int
    keyed: bool
    extended: Mapping[str, Json]
    hard: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Histogram(Bucketing):
    """A bucket for each interval, those without documents too; with a zone they are of time."""

    name: str
    source: Values
    width: Width | Rounding
    layout: Layout
    zone: tzinfo | None = None

    def run(self, parts: Parts, context: Context) -> Result:
        """Put documents into the buckets of their values, and fill the gaps."""
        layout = self.layout
        buckets.check(layout.order, self.inner, self.name)
        write, read = instants.formats(self.source, self.zone, parts, context.now)
        extended = bounds.read("extended_bounds", layout.extended, read, self.name)
        hard = bounds.read("hard_bounds", layout.hard, read, self.name)
        bounds.check(extended, hard)
        start: Callable[[Any], Any] = self.width.start

        def keys(part: Part) -> Callable[[int], Iterable[float]]:
            get = self.source.numbers(part.segment)
            return lambda number: filter(hard.have, map(start, get(number)))

        groups: Mapping[float, Parts] = grouped(parts, keys)
        shown = [
            context.bucket(_head(key, write), groups.get(key, ()), self.inner)
            for key in self._keys(groups, extended, context)
        ]
        shown = self.inner.finished(buckets.ordered(shown, layout.order))
        body: Json = shown
        if layout.keyed:
            body = {bucket.get("key_as_string", as_text(bucket["key"])): bucket for bucket in shown}
        return Result(self._kind, {"buckets": body})

    @property
    def _kind(self) -> str:
        return "histogram" if self.zone is None else "date_histogram"

    def _keys(
        self, groups: Mapping[float, Parts], extended: Bounds, context: Context
    ) -> list[float]:
        if self.layout.least > 0:
            return sorted(key for key in groups if count(groups[key]) >= self.layout.least)
        start: Callable[[Any], Any] = self.width.start
        ends = [*groups, *map(start, extended.both)]
        if not ends:
            return []
        found, last = [min(ends)], max(ends)
        after: Callable[[Any], Any] = self.width.after
        while found[-1] < last:
            key = after(found[-1])
            if key <= found[-1] or len(found) > MOST_BUCKETS:
                context.count(MOST_BUCKETS + 1)
            found.append(key)
        return found


def _head(key: float, write: Writer | None) -> Bucket:
    return {"key": key} if write is None else {"key_as_string": write(key), "key": key}


def _layout(definition: Definition, fields: dict[str, Json]) -> Layout:
    least = fields.get("min_doc_count", 0)
    if least < 0:
        raise illegal(
            "[min_doc_count] must be greater than or equal to 0. "
            f"Found [{least}] in [{definition.name}]"
        )
    given = {
        name: bounds.parse(fields.get(name, {}), name, (*definition.path, name))
        for name in ("extended_bounds", "hard_bounds")
    }
    order: Sequence[Order] = BY_KEY
    if "order" in fields:
        order = buckets.orders(fields["order"], (*definition.path, "order"))
    keyed = fields.get("keyed", False)
    return Layout(order, least, keyed, given["extended_bounds"], given["hard_bounds"])


def _histogram(definition: Definition) -> Histogram:
    kinds = values.FIELDS | _LAYOUT | {"interval": "double", "offset": "double"}
    fields = definition.fields(kinds)
    source = values.of(definition.type, fields)
    if fields.get("interval", 0.0) <= 0:
        raise illegal(f"[interval] must be >0 for histogram aggregation [{definition.name}]")
    width = Width(fields["interval"], fields.get("offset", 0.0))
    return Histogram(definition.inner, definition.name, source, width, _layout(definition, fields))


def _date_histogram(definition: Definition) -> Histogram:
    kinds = values.FIELDS | _LAYOUT
    kinds |= {"calendar_interval": "string", "fixed_interval": "string", "offset": "scalar"}
    fields = definition.fields(kinds)
    source = values.of(definition.type, fields)
    zone = instants.zone(definition.type, fields, definition.path)
    width = instants.width(definition.type, fields, definition.path, zone)
    layout = _layout(definition, fields)
    return Histogram(definition.inner, definition.name, source, width, layout, zone)


AGGREGATIONS: dict[str, AggregationParser] = {
    "date_histogram": _date_histogram,
    "histogram": _histogram,
}
