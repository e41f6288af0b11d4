"""Queries made of queries: `bool` and `constant_score`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import (
    Path,
    illegal,
    parsing,
    unknown_field,
    within,
    x_content,
)
from mockkibana.elasticsearch.search import minimum_should_match
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Matches,
    Parser,
    Query,
    QueryContext,
    flag,
)
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

MAX_NESTED_DEPTH = 30  # of bool queries: indices.query.bool.max_nested_depth


@dataclass(frozen=True, slots=True)
class Constant:
    """A query of which all documents get the same score."""

    query: Query
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:  # noqa: ARG002
        """Find what the query finds, and give all of it the one score."""
        return dict.fromkeys(self.query.run(segment, scored=False), self.boost)


@dataclass(frozen=True, slots=True)
class Bool:
    """Queries joined; `minimum` is of how many of `should` a document needs."""

    must: tuple[Query, ...] = ()
    filter: tuple[Query, ...] = ()
    should: tuple[Query, ...] = ()
    must_not: tuple[Query, ...] = ()
    minimum: str | None = None
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find what all of `must` and `filter` find, and none of `must_not`; add up the scores."""
        if not (self.must or self.filter or self.should or self.must_not):
            return All(self.boost).run(segment, scored=scored)
        needed = 0
        if self.should:
            needed = 0 if self.must or self.filter else 1
            if self.minimum is not None:
                needed = minimum_should_match.required(self.minimum, len(self.should))
        found: Matches | None = None
        for query in self.filter:
            segment.budget.check()
            kept = query.run(segment, scored=False)
            found = dict.fromkeys(kept, 0.0) if found is None else _within(found, kept)
        for query in self.must:
            segment.budget.check()
            matches = query.run(segment, scored=scored)
            found = matches if found is None else _added(found, matches)
        if found is None and not needed:
            found = dict.fromkeys(range(len(segment)), 0.0)
        if self.should:
            found = self._optional(segment, found, needed, scored=scored)
        for query in self.must_not:
            if found:
                segment.budget.check()
                refused = query.run(segment, scored=False)
                found = {n: score for n, score in found.items() if n not in refused}
        found = found or {}
        if self.boost != 1.0:
            found = {n: score * self.boost for n, score in found.items()}
        return found

    def _optional(
        self, segment: Segment, found: Matches | None, needed: int, *, scored: bool
    ) -> Matches:
        """Add what `should` finds; `found` is None where nothing else decides what is found."""
        if needed > len(self.should):
            return {}
        scores: Matches = {} if found is None else dict(found)
        counts: Counter[int] = Counter()
        for query in self.should:
            segment.budget.check()
            matches = query.run(segment, scored=scored)
            for number, score in matches.items():
                if found is None or number in scores:
                    scores[number] = scores.get(number, 0.0) + score
            if needed > 1 or (needed and found is not None):
                counts.update(matches.keys())
        if counts or (needed and found is not None):
            scores = {n: score for n, score in scores.items() if counts[n] >= needed}
        return scores if found is not None else dict(sorted(scores.items()))


def _within(found: Matches, kept: Matches) -> Matches:
    if len(kept) < len(found):
        return {n: found[n] for n in kept if n in found}
    return {n: score for n, score in found.items() if n in kept}


def _added(found: Matches, matches: Matches) -> Matches:
    if len(matches) < len(found):
        return {n: found[n] + score for n, score in matches.items() if n in found}
    return {n: score + matches[n] for n, score in found.items() if n in matches}


_CLAUSES = {
    "must": "must",
    "filter": "filter",
    "should": "should",
    "must_not": "must_not",
    "mustNot": "must_not",
}


def _bool(body: Body, path: Path, context: QueryContext) -> Query:
    if path.count("bool") > MAX_NESTED_DEPTH:
        raise illegal(
            "The nested depth of the query exceeds the maximum nested depth for bool queries set "
            "in [indices.query.bool.max_nested_depth]"
        )
    parsed: dict[str, tuple[Query, ...]] = {}
    for name, value in body.items():
        if name in _CLAUSES:
            parsed[_CLAUSES[name]] = _clauses(name, value, (*path, name), context)
        elif name not in ("minimum_should_match", "adjust_pure_negative", "boost", "_name"):
            raise unknown_field("bool", name, path)
    flag(body.get("adjust_pure_negative", True))
    return Bool(
        **parsed,
        minimum=minimum_should_match.parse(body.get("minimum_should_match")),
        boost=context.boost("bool", body, path),
    )


def _clauses(name: str, value: Json, path: Path, context: QueryContext) -> tuple[Query, ...]:
    with within("bool", name):
        if isinstance(value, dict):
            return (context.inner(value, path),)
        if isinstance(value, list):
            return tuple(context.inner(item, (*path, n)) for n, item in enumerate(value))
    token = bodies.token_of(value)
    raise x_content(f"[bool] {name} doesn't support values of type: {token}", path)


def _constant_score(body: Body, path: Path, context: QueryContext) -> Query:
    query = None
    for name, value in body.items():
        if name == "filter":
            query = context.inner(value, (*path, name))
        elif name not in ("boost", "_name"):
            raise parsing(f"[constant_score] query does not support [{name}]", (*path, name))
    if query is None:
        raise parsing("[constant_score] requires a 'filter' element", path, "end")
    return Constant(query, context.boost("constant_score", body, path))


QUERIES: dict[str, Parser] = {"bool": _bool, "constant_score": _constant_score}
