"""Buckets by queries: `filter`, `filters`, `missing`, and `global`, which has all documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockkibana.elasticsearch.json.parse_errors import parsing
from mockkibana.elasticsearch.search.aggregations import values
from mockkibana.elasticsearch.search.aggregations.aggregation import (
    AggregationParser,
    Bucketing,
    Context,
    Definition,
    Parts,
    Result,
)
from mockkibana.elasticsearch.search.aggregations.values import Values
from mockkibana.elasticsearch.search.queries.query import Query
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class Filter(Bucketing):
    """One bucket with the documents that a query finds."""

    query: Query

    def run(self, parts: Parts, context: Context) -> Result:
        """Leave out the documents that the query does not find."""
        found = context.matching(self.query, parts)
        return Result("filter", context.bucket({}, found, self.inner))


def _filter(definition: Definition) -> Filter:
    return Filter(definition.inner, definition.query(definition.body, definition.path))


@dataclass(frozen=True, slots=True)
class Filters(Bucketing):
    """A bucket for each query, and perhaps one for the rest, by name or in a list."""

    queries: Mapping[str, Query]
    keyed: bool
    rest: str | None

    def run(self, parts: Parts, context: Context) -> Result:
        """Put documents into the buckets of all queries that find them."""
        groups = {name: context.matching(query, parts) for name, query in self.queries.items()}
        if self.rest is not None:
            found = {
                (id(part.segment), number)
                for group in groups.values()
                for part in group
                for number in part.matches
            }
            groups[self.rest] = [
                part.only(n for n in part.matches if (id(part.segment), n) not in found)
                for part in parts
            ]
        made = {name: context.bucket({}, group, self.inner) for name, group in groups.items()}
        shown: Json = made if self.keyed else self.inner.finished(list(made.values()))
        return Result("filters", {"buckets": shown})


def _filters(definition: Definition) -> Filters:
    kinds = {
        "filters": "object or array",
        "other_bucket": "boolean",
        "other_bucket_key": "string",
        "keyed": "boolean",
    }
    fields = definition.fields(kinds)
    asked = fields.get("filters")
    path = (*definition.path, "filters")
    if not asked:
        raise parsing(f"[{definition.name}] filters cannot be empty", definition.path)
    named = isinstance(asked, dict)
    rows = asked.items() if isinstance(asked, dict) else enumerate(asked)
    queries = {str(key): definition.query(value, (*path, key)) for key, value in rows}
    other = fields.get("other_bucket_key")
    if other is None and fields.get("other_bucket"):
        other = "_other_"
    return Filters(definition.inner, queries, named and fields.get("keyed", True), other)


@dataclass(frozen=True, slots=True)
class Missing(Bucketing):
    """One bucket with the documents that have no value in a field."""

    source: Values

    def run(self, parts: Parts, context: Context) -> Result:
        """Leave out the documents that have a value."""
        found = []
        for part in parts:
            terms = self.source.terms(part.segment)
            empty = [n for n in part.segment.budget.each(part.matches) if not terms(n)]
            found.append(part.only(empty))
        return Result("missing", context.bucket({}, found, self.inner))


def _missing(definition: Definition) -> Missing:
    source = values.of(definition.type, definition.fields(values.FIELDS))
    return Missing(definition.inner, source)


@dataclass(frozen=True, slots=True)
class Global(Bucketing):
    """One bucket with all documents of the indices, whatever the query of the search finds."""

    def run(self, parts: Parts, context: Context) -> Result:  # noqa: ARG002 - none of those
        """Take all documents."""
        return Result("global", context.bucket({}, context.everything(), self.inner))


def _global(definition: Definition) -> Global:
    definition.fields({})
    return Global(definition.inner)


AGGREGATIONS: dict[str, AggregationParser] = {
    "filter": _filter,
    "filters": _filters,
    "global": _global,
    "missing": _missing,
}
