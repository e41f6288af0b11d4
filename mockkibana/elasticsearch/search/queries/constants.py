"""Queries that give all of their documents one score: `match_all`, `ids`, `exists`, ..."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import Path, parsing, x_content
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Matches,
    Parser,
    Query,
    QueryContext,
    strict,
    wrapped,
)
from mockkibana.elasticsearch.search.segment import Segment


@dataclass(frozen=True, slots=True)
class All:
    """Every document, `match_all`."""

    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:  # noqa: ARG002
        """Find every document."""
        return dict.fromkeys(range(len(segment)), self.boost)


@dataclass(frozen=True, slots=True)
class Ids:
    """Documents by their `_id`."""

    values: frozenset[str]
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:  # noqa: ARG002
        """Find the documents whose `_id` is wanted."""
        return {n: self.boost for n, id_ in enumerate(segment.ids) if id_ in self.values}


@dataclass(frozen=True, slots=True)
class Exists:
    """Documents with any value in a field, or in any field of an object."""

    field: str
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:  # noqa: ARG002
        """Find the documents that have a value there."""
        if self.field in ("_id", "_index", "_source"):
            return All(self.boost).run(segment, scored=False)
        found: set[int] = set()
        for leaf in segment.leaves(self.field):
            found.update(segment.existing(leaf))
        return dict.fromkeys(sorted(found), self.boost)


def _match_all(body: Body, path: Path, context: QueryContext) -> Query:
    strict("match_all", body, path)
    return All(context.boost("match_all", body, path))


def _match_none(body: Body, path: Path, context: QueryContext) -> Query:
    strict("match_none", body, path)
    context.boost("match_none", body, path)
    return Ids(frozenset())


def _ids(body: Body, path: Path, context: QueryContext) -> Query:
    strict("ids", body, path, "values")
    values = body.get("values", [])
    listed = values if isinstance(values, list) else [values]
    for value in listed:
        if isinstance(value, (dict, list)) or value is None:
            error = x_content("[ids] failed to parse field [values]", (*path, "values"))
            raise wrapped(error)
    return Ids(frozenset(map(as_text, listed)), context.boost("ids", body, path))


def _exists(body: Body, path: Path, context: QueryContext) -> Query:
    for name, value in body.items():
        if isinstance(value, (dict, list)) or value is None:
            token = bodies.token_of(value)
            raise parsing(f"[exists] unknown token [{token}] after [{name}]", (*path, name))
        if name not in ("field", "boost", "_name"):
            raise parsing(f"[exists] query does not support [{name}]", (*path, name))
    if not body.get("field"):
        raise parsing("[exists] must be provided with a [field]", path, "end")
    return Exists(as_text(body["field"]), context.boost("exists", body, path))


QUERIES: dict[str, Parser] = {
    "exists": _exists,
    "ids": _ids,
    "match_all": _match_all,
    "match_none": _match_none,
}
