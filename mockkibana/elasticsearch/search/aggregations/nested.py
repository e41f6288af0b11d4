"""Buckets of nested objects, and back to the documents that they are in."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from mockkibana.elasticsearch.json.parse_errors import parsing
from mockkibana.elasticsearch.search.aggregations.aggregation import (
    AggregationParser,
    Bucketing,
    Context,
    Definition,
    Parts,
    Result,
)
from mockkibana.elasticsearch.search.hits import Part


@dataclass(frozen=True, slots=True)
class Nested(Bucketing):
    """One bucket with the nested objects at a path, which are documents of their own."""

    path: str

    def run(self, parts: Parts, context: Context) -> Result:
        """Go from documents to the nested objects in them."""
        found = [inner for part in parts if (inner := _objects(part, self.path)) is not None]
        return Result("nested", context.bucket({}, found, self.inner))


def _objects(part: Part, path: str) -> Part | None:
    """Return the nested objects at a path of some documents; None where there are no such."""
    segment = part.segment
    start = f"{segment.scope}." if segment.scope else ""
    if not path.startswith(start) or not segment.is_nested(path):
        return None
    parts = path.split(".")
    for end in range(1, len(parts) + 1):
        # Through each path in between, so that there is a way back.
        name = ".".join(parts[:end])
        if len(name) > len(part.segment.scope) and segment.is_nested(name):
            part = _inside(part, name)
    return part


def _inside(part: Part, path: str) -> Part:
    segment = part.segment.nested(path)
    matches = {}
    for number in segment.budget.each(part.matches):
        place = bisect_left(segment.parents, number)
        while place < len(segment.parents) and segment.parents[place] == number:
            matches[place] = part.matches[number]
            place += 1
    return Part(segment, matches, part)


@dataclass(frozen=True, slots=True)
class ReverseNested(Bucketing):
    """One bucket with the documents that nested objects are in."""

    name: str
    path: str

    def run(self, parts: Parts, context: Context) -> Result:
        """Go back from nested objects to what they are in."""
        found = [outer for part in parts if (outer := _outside(part, self.path)) is not None]
        return Result("reverse_nested", context.bucket({}, found, self.inner))


def _outside(part: Part, path: str) -> Part | None:
    while part.segment.scope != path:
        if part.outer is None:
            return None
        parents = part.segment.parents
        part = part.outer.only(dict.fromkeys(parents[number] for number in part.matches))
    return part


def _nested(definition: Definition) -> Nested:
    fields = definition.fields({"path": "string"})
    if "path" not in fields:
        raise parsing(
            f"Missing [path] field for nested aggregation [{definition.name}]", definition.path
        )
    return Nested(definition.inner, fields["path"])


def _reverse_nested(definition: Definition) -> ReverseNested:
    fields = definition.fields({"path": "string"})
    return ReverseNested(definition.inner, definition.name, fields.get("path", ""))


AGGREGATIONS: dict[str, AggregationParser] = {
    "nested": _nested,
    "reverse_nested": _reverse_nested,
}
