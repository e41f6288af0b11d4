"""Buckets with bounds of their own: `range` of numbers, `date_range` of instants."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from mockkibana.elasticsearch.json import object_parser
from mockkibana.elasticsearch.json.parse_errors import illegal
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search.aggregations import instants, values
from mockkibana.elasticsearch.search.aggregations.aggregation import (
    AggregationParser,
    Bucket,
    Bucketing,
    Context,
    Definition,
    Parts,
    Result,
    grouped,
)
from mockkibana.elasticsearch.search.aggregations.values import Values
from mockkibana.elasticsearch.search.hits import Part
from mockkibana.elasticsearch.search.number_format import (
    Writer,
)
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class Asked:
    """One range as a request has it: `low` is in it, `high` is not; None for no bound."""

    key: str | None
    low: Json
    high: Json


@dataclass(frozen=True, slots=True)
class Ranges(Bucketing):
    """A bucket for each range, the lowest first; with a zone they are of time."""

    source: Values
    asked: Sequence[Asked]
    keyed: bool
    zone: tzinfo | None = None

    def run(self, parts: Parts, context: Context) -> Result:
        """Put documents into the buckets of all ranges that have one of their values."""
        write, read = instants.formats(self.source, self.zone, parts, context.now)
        ranges = sorted(
            (
                (
                    -math.inf if each.low is None else float(read(each.low)),
                    math.inf if each.high is None else float(read(each.high)),
                    each.key,
                )
                for each in self.asked
            ),
            key=lambda each: each[:2],
        )

        def keys(part: Part) -> Callable[[int], Sequence[int]]:
            get = self.source.numbers(part.segment)
            return lambda number: [
                place
                for place, (low, high, _) in enumerate(ranges)
                if any(low <= value < high for value in get(number))
            ]

        groups = grouped(parts, keys)
        made = {}
        for place, (low, high, key) in enumerate(ranges):
            head = _head(low, high, key, write)
            made[place, head["key"]] = context.bucket(head, groups.get(place, ()), self.inner)
        shown: Json = self.inner.finished(list(made.values()))
        if self.keyed:
            shown = {bucket.pop("key"): bucket for bucket in made.values()}
        return Result("range" if self.zone is None else "date_range", {"buckets": shown})


def _head(low: float, high: float, key: str | None, write: Writer | None) -> Bucket:
    ends = [("from", low), ("to", high)]
    texts = [_text(number, write) for _, number in ends]
    head: Bucket = {"key": "-".join(texts) if key is None else key}
    for (name, number), text in zip(ends, texts, strict=True):
        if math.isfinite(number):
            head[name] = number
            if write is not None:
                head[f"{name}_as_string"] = text
    return head


def _text(number: float, write: Writer | None) -> str:
    if not math.isfinite(number):
        return "*"
    return as_text(number) if write is None else write(number)


def _ranges(definition: Definition) -> Ranges:
    kinds = values.FIELDS | {"ranges": "array", "keyed": "boolean"}
    fields = definition.fields(kinds)
    source = values.of(definition.type, fields)
    rows = fields.get("ranges")
    if not rows:
        raise illegal(f"No [ranges] specified for the [{definition.name}] aggregation")
    dated = definition.type == "date_range"
    bound = "scalar" if dated else "double"
    asked = []
    for place, row in enumerate(rows):
        path = (*definition.path, "ranges", place)
        own = (
            {key: each for key, each in row.items() if each is not None}
            if isinstance(row, dict)
            else row
        )
        given = object_parser.fields(
            definition.type, {"key": "string", "from": bound, "to": bound}, own, path
        )
        asked.append(Asked(given.get("key"), given.get("from"), given.get("to")))
    zone = instants.zone(definition.type, fields, definition.path) if dated else None
    return Ranges(definition.inner, source, tuple(asked), fields.get("keyed", False), zone)


AGGREGATIONS: dict[str, AggregationParser] = {"date_range": _ranges, "range": _ranges}
