"""Queries for children and parents by a `join` field: `has_child`, `has_parent`, `parent_id`."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.elasticsearch.json.parse_errors import Path, illegal, parsing
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.queries import inner_hits
from mockkibana.elasticsearch.search.queries.nested import grouped, mode
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Matches,
    Parser,
    Query,
    QueryContext,
    Related,
    flag,
    whole,
)
from mockkibana.elasticsearch.search.relations import Relations
from mockkibana.elasticsearch.search.segment import Segment

_MOST = 2**31 - 1


def _relations(
    segment: Segment, query: str, name: str, kind: str, *, ignore_unmapped: bool
) -> Relations | None:
    """Return the relations of a segment whose field has such a child or parent."""
    join = segment.join
    if join is None or segment.scope:
        if ignore_unmapped:
            return None
        raise ShardFailure(f"[{query}] no join field has been configured")
    relations = segment.relations(join)
    if name not in (relations.children if kind == "parent" else relations.parent_names):
        if ignore_unmapped:
            return None
        raise ShardFailure(f"[{query}] join field [{join.path}] doesn't hold [{name}] as a {kind}")
    return relations


@dataclass(frozen=True, slots=True)
class HasChild:
    """Documents with children of a type that a query finds, so many of them."""

    type: str
    query: Query
    score_mode: str = "none"
    least: int = 1
    most: int = _MOST
    ignore_unmapped: bool = False
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Ask the children, and find their parents."""
        is_scored = self.score_mode != "none"
        _, matches, groups = self.related(segment, scored=scored and is_scored)
        kept = {
            child: (parent, matches[child])
            for parent, children in groups.items()
            if self.least <= len(children) <= self.most
            for child in children
        }
        parents = {child: parent for child, (parent, _) in kept.items()}
        scores = {child: score for child, (_, score) in kept.items()}
        if is_scored:
            return grouped(parents, scores, self.score_mode, self.boost)
        return dict.fromkeys(sorted({*parents.values()}), self.boost)

    def related(self, segment: Segment, *, scored: bool) -> Related:
        """Return the children that the query finds, by their parents."""
        relations = _relations(
            segment, "has_child", self.type, "child", ignore_unmapped=self.ignore_unmapped
        )
        if relations is None:
            return segment, {}, {}
        found = self.query.run(segment, scored=scored)
        matches: Matches = {}
        groups: dict[int, list[int]] = {}
        parents = relations.parents_of(self.type)
        for child in segment.budget.each(relations.named.get(self.type, ())):
            if child in found and (parent := relations.parent(child)) in parents:
                matches[child] = found[child]
                groups.setdefault(parent, []).append(child)
        return segment, matches, groups


@dataclass(frozen=True, slots=True)
class HasParent:
    """Documents whose parent is of a type and found by a query."""

    type: str
    query: Query
    score: bool = False
    ignore_unmapped: bool = False
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Ask the parents, and find their children."""
        _, matches, groups = self.related(segment, scored=scored and self.score)
        return {
            child: (matches[parent] if self.score else 1.0) * self.boost
            for child, [parent] in sorted(groups.items())
        }

    def related(self, segment: Segment, *, scored: bool) -> Related:
        """Return the parents that the query finds, by their children."""
        relations = _relations(
            segment, "has_parent", self.type, "parent", ignore_unmapped=self.ignore_unmapped
        )
        if relations is None:
            return segment, {}, {}
        found = self.query.run(segment, scored=scored)
        parents = {*relations.named.get(self.type, ())} & found.keys()
        groups = {
            child: [parent]
            for name in relations.children.get(self.type, ())
            for child in segment.budget.each(relations.named.get(name, ()))
            if (parent := relations.parent(child)) in parents
        }
        return segment, {parent: found[parent] for parent in parents}, groups


@dataclass(frozen=True, slots=True)
class ParentId:
    """The children of a type that one document has."""

    type: str
    id: str
    ignore_unmapped: bool = False
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:  # noqa: ARG002
        """Find the children."""
        join = segment.join
        if join is None:
            if self.ignore_unmapped:
                return {}
            raise ShardFailure(f"[parent_id] no join field found for index [{segment.index.name}]")
        relations = segment.relations(join)
        if self.type not in relations.parent_names:
            if self.ignore_unmapped:
                return {}
            raise ShardFailure(f"[parent_id] no relation found for child [{self.type}]")
        return {
            number: self.boost
            for number in relations.named.get(self.type, ())
            if relations.parent_ids.get(number) == self.id
        }


_CHILD = frozenset(
    {
        *("boost", "ignore_unmapped", "inner_hits", "max_children", "min_children", "_name"),
        *("query", "score_mode", "type"),
    }
)
_PARENT = frozenset(
    ("boost", "ignore_unmapped", "inner_hits", "_name", "parent_type", "query", "score")
)


def _joined(
    kind: str, type_key: str, keys: frozenset[str], body: Body, path: Path, context: QueryContext
) -> tuple[str, Query, QueryContext]:
    """Return the type and the query of a body, and the scope that the query was parsed in."""
    inner, query = inner_hits.scope(body, context), None
    for name, value in body.items():
        if name not in keys:
            raise parsing(f"[{kind}] query does not support [{name}]", (*path, name))
        if name == "query":
            query = inner.inner(value, (*path, name))
    if query is None:
        raise illegal(f"[{kind}] requires 'query' field")
    if body.get(type_key) is None:
        raise illegal(f"[{kind}] requires '{type_key}' field")
    return as_text(body[type_key]), query, inner


def _has_child(body: Body, path: Path, context: QueryContext) -> Query:
    type_, query, inner = _joined("has_child", "type", _CHILD, body, path, context)
    least = whole("has_child", "min_children", body.get("min_children", 1), path)
    most = whole("has_child", "max_children", body.get("max_children", _MOST), path)
    if least < 0 or most < 0:
        name = "min_children" if least < 0 else "max_children"
        raise illegal(f"[has_child] requires non-negative '{name}' field")
    if most < least:
        raise illegal("[has_child] 'max_children' is less than 'min_children'")
    found = HasChild(
        type_,
        query,
        mode(body.get("score_mode", "none")),
        max(least, 1),
        most,
        flag(body.get("ignore_unmapped", False)),
        context.boost("has_child", body, path),
    )
    inner_hits.note(type_, found, body, path, context, inner)
    return found


def _has_parent(body: Body, path: Path, context: QueryContext) -> Query:
    type_, query, inner = _joined("has_parent", "parent_type", _PARENT, body, path, context)
    found = HasParent(
        type_,
        query,
        flag(body.get("score", False)),
        flag(body.get("ignore_unmapped", False)),
        context.boost("has_parent", body, path),
    )
    inner_hits.note(type_, found, body, path, context, inner)
    return found


def _parent_id(body: Body, path: Path, context: QueryContext) -> Query:
    for name in body:
        if name not in ("boost", "id", "ignore_unmapped", "_name", "type"):
            raise parsing(f"[parent_id] query does not support [{name}]", (*path, name))
    for name in ("type", "id"):
        if body.get(name) is None:
            raise illegal(f"[parent_id] requires '{name}' field")
    return ParentId(
        as_text(body["type"]),
        as_text(body["id"]),
        flag(body.get("ignore_unmapped", False)),
        context.boost("parent_id", body, path),
    )


QUERIES: dict[str, Parser] = {
    "has_child": _has_child,
    "has_parent": _has_parent,
    "parent_id": _parent_id,
}
