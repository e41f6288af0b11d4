"""The query for nested objects: `nested`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mockkibana.elasticsearch.json.parse_errors import Path, illegal, parsing
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import ObjectField
from mockkibana.elasticsearch.search.failures import not_created
from mockkibana.elasticsearch.search.queries import inner_hits
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Matches,
    Parser,
    Query,
    QueryContext,
    Related,
    flag,
)
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

_MODES: dict[str, Callable[[Sequence[float]], float]] = {
    "avg": lambda scores: sum(scores) / len(scores),
    "max": max,
    "min": min,
    "none": lambda scores: 0.0,  # noqa: ARG005
    "sum": sum,
}


def mode(value: Json) -> str:
    """Return a `score_mode`. Raises `ParseError`."""
    name = as_text(value)
    if name not in _MODES:
        raise illegal(f"No score mode for child query [{name}] found")
    return name


def grouped(
    parents: Sequence[int] | Mapping[int, int], matches: Matches, mode: str, boost: float
) -> Matches:
    """Return the parents of what matches, with one score of those of their children."""
    scores: dict[int, list[float]] = {}
    for number, score in matches.items():
        scores.setdefault(parents[number], []).append(score)
    combine = _MODES[mode]
    return {number: combine(scores[number]) * boost for number in sorted(scores)}


@dataclass(frozen=True, slots=True)
class Nested:
    """Documents of which a nested object at a path is found by a query."""

    path: str
    query: Query
    score_mode: str = "avg"
    ignore_unmapped: bool = False
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Ask the objects, and find the documents that they are in."""
        objects = self._objects(segment)
        if objects is None:
            return {}
        matches = self.query.run(objects, scored=scored and self.score_mode != "none")
        return grouped(objects.parents, matches, self.score_mode, self.boost)

    def _objects(self, segment: Segment) -> Segment | None:
        if segment.has_nested(self.path):
            return segment.nested(self.path)
        if self.ignore_unmapped or segment.is_nested(self.path):
            return None  # they are not within these objects
        reason = f"[nested] failed to find nested object under path [{self.path}]"
        if isinstance(segment.index.mapping.fields.get(self.path), ObjectField):
            reason = f"[nested] nested object under path [{self.path}] is not of nested type"
        raise not_created(reason, "illegal_state_exception")

    def related(self, segment: Segment, *, scored: bool) -> Related:
        """Return the objects that the query finds, by the documents that they are in."""
        objects = self._objects(segment)
        if objects is None:
            return segment, {}, {}
        matches = self.query.run(objects, scored=scored)
        groups: dict[int, list[int]] = {}
        for number in matches:
            groups.setdefault(objects.parents[number], []).append(number)
        return objects, matches, groups


def _nested(body: Body, path: Path, context: QueryContext) -> Query:
    inner, query = inner_hits.scope(body, context), None
    for name, value in body.items():
        if name == "query":
            query = inner.inner(value, (*path, name))
        elif name not in ("boost", "ignore_unmapped", "inner_hits", "_name", "path", "score_mode"):
            raise parsing(f"[nested] query does not support [{name}]", (*path, name))
    if body.get("path") is None:
        raise illegal("[nested] requires 'path' field")
    if query is None:
        raise illegal("[nested] requires 'query' field")
    nested = Nested(
        as_text(body["path"]),
        query,
        mode(body.get("score_mode", "avg")),
        flag(body.get("ignore_unmapped", False)),
        context.boost("nested", body, path),
    )
    inner_hits.note(nested.path, nested, body, path, context, inner)
    return nested


QUERIES: dict[str, Parser] = {"nested": _nested}
