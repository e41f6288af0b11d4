"""Queries made of queries: `bool`, `constant_score`, `dis_max` and `boosting`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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
    finite,
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
class DisMax:
    """What any of some queries finds; the best score counts, of the others `tie_breaker` times."""

    queries: tuple[Query, ...]
    tie_breaker: float = 0.0
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find what any query finds."""
        queries = segment.budget.each(self.queries)
        found = best_of((query.run(segment, scored=scored) for query in queries), self.tie_breaker)
        return {n: score * self.boost for n, score in found.items()}


def best_of(found: Iterable[Matches], tie_breaker: float) -> Matches:
    """Return what any has found with its best score, and of the other scores a part."""
    best: Matches = {}
    added: Matches = {}
    for matches in found:
        for n, score in matches.items():
            best[n] = max(best.get(n, 0.0), score)
            added[n] = added.get(n, 0.0) + score
    return {n: best[n] + (added[n] - best[n]) * tie_breaker for n in sorted(best)}


@dataclass(frozen=True, slots=True)
class Boosting:
    """What a query finds; what another finds, too, counts less."""

    positive: Query
    negative: Query
    negative_boost: float
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find what the positive query finds."""
        found = self.positive.run(segment, scored=scored)
        less = self.negative.run(segment, scored=False)
        return {
            n: score * self.boost * (self.negative_boost if n in less else 1.0)
            for n, score in found.items()
        }


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
        needed = 1 if self.should and not (self.must or self.filter) else 0
        if self.minimum is not None:
            needed = minimum_should_match.required(self.minimum, len(self.should))
        if needed > len(self.should):
            return {}
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


def _dis_max(body: Body, path: Path, context: QueryContext) -> Query:
    queries: list[Query] = []
    for name, value in body.items():
        inner = (*path, name)
        if name == "queries":
            if not isinstance(value, (dict, list)):
                raise parsing(f"[dis_max] query does not support [{name}]", inner)
            several = isinstance(value, list)
            items = enumerate(value) if several else [(0, value)]
            queries += [context.inner(one, (*inner, n) if several else inner) for n, one in items]
        elif name not in ("tie_breaker", "boost", "_name"):
            raise parsing(f"[dis_max] query does not support [{name}]", inner)
    if not queries:
        raise parsing("[dis_max] requires 'queries' field with at least one clause", path, "end")
    tie_breaker = finite("dis_max", "tie_breaker", body.get("tie_breaker", 0.0), path)
    return DisMax(tuple(queries), tie_breaker, context.boost("dis_max", body, path))


def _boosting(body: Body, path: Path, context: QueryContext) -> Query:
    found: dict[str, Query] = {}
    for name, value in body.items():
        if name in ("positive", "negative"):
            found[name] = context.inner(value, (*path, name))
        elif name not in ("negative_boost", "boost", "_name"):
            raise parsing(f"[boosting] query does not support [{name}]", (*path, name))
    for name in ("positive", "negative"):
        if name not in found:
            text = f"[boosting] query requires '{name}' query to be set'"
            raise parsing(text, path, "end")
    boost = finite("boosting", "negative_boost", body.get("negative_boost", -1.0), path)
    if boost < 0:
        text = "[boosting] query requires 'negative_boost' to be set to be a positive value'"
        raise parsing(text, path, "end")
    return Boosting(
        found["positive"], found["negative"], boost, context.boost("boosting", body, path)
    )


QUERIES: dict[str, Parser] = {
    "bool": _bool,
    "boosting": _boosting,
    "constant_score": _constant_score,
    "dis_max": _dis_max,
}
