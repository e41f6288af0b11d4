"""Queries that are ready to run: each finds the documents of a segment, with their scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping import dates
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.mapping.number_fields import float32
from mockkibana.elasticsearch.search.scoring import Bm25
from mockkibana.elasticsearch.search.segment import DATES, KEYWORDS, TEXTS, Segment, Term, analyze
from mockkibana.elasticsearch.search.terms import ShardFailure, query_terms, searchable, span
from mockkibana.json import Json

#: The documents that a query finds, by their number in the segment, and their scores.
Matches = dict[int, float]

_SCORED = TEXTS | KEYWORDS | {"boolean"}


class Query(Protocol):
    """What every query can do."""

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find documents; without `scored` any numbers will do. Raises `ShardFailure`."""


@dataclass(frozen=True, slots=True)
class All:
    """Every document, `match_all`."""

    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:  # noqa: ARG002
        """Find every document."""
        return dict.fromkeys(range(len(segment.ids)), self.boost)


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
            # A keyword that is too long is not indexed, so it does not exist either.
            kept = segment.terms(leaf) if leaf.type in KEYWORDS else segment.values(leaf)
            found.update(n for n, values in enumerate(kept) if values)
        return dict.fromkeys(sorted(found), self.boost)


@dataclass(frozen=True, slots=True)
class Terms:
    """Documents that have one of several exact terms; `constant` gives all the same score."""

    field: str
    values: Sequence[Json]
    boost: float = 1.0
    case_insensitive: bool = False
    constant: bool = False

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find documents by their terms; a single wanted term is scored, several are not."""
        if self.field == "_id":
            return Ids(frozenset(map(as_text, self.values)), self.boost).run(segment, scored=scored)
        if self.field == "_index":
            named = segment.index.name in self.values
            return All(self.boost).run(segment, scored=scored) if named else {}
        leaf = searchable(segment, self.field)
        if leaf is None:
            return {}
        if leaf.type in DATES:
            return self._days(segment, leaf)
        wanted = {term for value in self.values for term in query_terms(leaf, value)}
        if self.case_insensitive:
            return self._folded(segment, leaf, wanted)
        if not self.constant and len(wanted) == 1 and scored and leaf.type in _SCORED:
            return _scores(segment, leaf, [next(iter(wanted))], self.boost)
        return _having(segment.terms(leaf), wanted, self.boost)

    def _days(self, segment: Segment, leaf: Leaf) -> Matches:
        """A date stands for all of its day, month, ...: whatever it leaves out."""
        formats = str(leaf.definition.get("format", dates.DEFAULT_FORMAT))
        spans = [span(as_text(value), formats) for value in self.values]
        return {
            n: self.boost
            for n, terms in segment.budget.each(enumerate(segment.terms(leaf)))
            if any(low <= term < high for low, high in spans for term in terms)  # type: ignore[operator]
        }

    def _folded(self, segment: Segment, leaf: Leaf, wanted: set[Term]) -> Matches:
        if leaf.type not in TEXTS | KEYWORDS:
            raise ShardFailure(
                f"[{leaf.path}] field which is of type [{leaf.type}], does not support case "
                "insensitive term queries"
            )
        folded = {str(term).lower() for term in wanted}
        return {
            n: self.boost
            for n, terms in enumerate(segment.terms(leaf))
            if any(str(term).lower() in folded for term in terms)
        }


@dataclass(frozen=True, slots=True)
class Match:
    """Documents with the words of a text; `minimum` is of how many words they need."""

    field: str
    text: Json
    conjunction: bool = False
    minimum: str | None = None
    zero_terms: bool = False
    lenient: bool = False
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find and score documents by their words; a field that is no text by its exact term."""
        leaf = searchable(segment, self.field)
        if leaf is None or leaf.type not in TEXTS:
            exact = Terms(self.field, [self.text], self.boost)
            try:
                return exact.run(segment, scored=scored)
            except ShardFailure:
                if self.lenient:
                    return {}
                raise
        words = analyze(leaf, as_text(self.text))
        if not words:
            return All(self.boost).run(segment, scored=scored) if self.zero_terms else {}
        needed = len(words) if self.conjunction else 1
        if self.minimum is not None and not self.conjunction:
            needed = max(required_matches(self.minimum, len(words)), 1)
        if needed == 1 and not scored:
            return _having(segment.terms(leaf), set(words), self.boost)
        return _scores(segment, leaf, words, self.boost, needed)


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
        everything = range(len(segment.ids))
        scores: dict[int, float] = dict.fromkeys(everything, 0.0)
        for query in self.must:
            segment.budget.check()
            found = query.run(segment, scored=scored)
            scores = {n: scores[n] + score for n, score in found.items() if n in scores}
        for query in self.filter:
            segment.budget.check()
            kept = query.run(segment, scored=False)
            scores = {n: score for n, score in scores.items() if n in kept}
        for query in self.must_not:
            segment.budget.check()
            refused = query.run(segment, scored=False)
            scores = {n: score for n, score in scores.items() if n not in refused}
        if self.should:
            scores = self._optional(segment, scores, scored=scored)
        if self.boost != 1.0:
            scores = {n: score * self.boost for n, score in scores.items()}
        return dict(sorted(scores.items()))

    def _optional(self, segment: Segment, scores: Matches, *, scored: bool) -> Matches:
        needed = 0 if self.must or self.filter else 1
        if self.minimum is not None:
            needed = required_matches(self.minimum, len(self.should))
        hits: Counter[int] = Counter()
        for query in self.should:
            segment.budget.check()
            for n, score in query.run(segment, scored=scored).items():
                if n in scores:
                    scores[n] += score
                    hits[n] += 1
        return {n: score for n, score in scores.items() if hits[n] >= needed}


def required_matches(text: str, optional: int) -> int:
    """Return how many of so many optional clauses a `minimum_should_match` asks for.

    `text` is such as `2`, `-1`, `75%` or `3<90% 5<-2` (`Queries.calculateMinShouldMatch`).
    """
    needed = optional
    for part in text.replace(" <", "<").replace("< ", "<").split():
        bound, conditional, value = part.rpartition("<")
        if conditional and optional <= int(bound):
            break
        count = int(value.removesuffix("%"))
        if value.endswith("%"):
            count = int(optional * count / 100)
        needed = optional + count if value.startswith("-") else count
    return max(needed, 0)


def _having(column: list[list[Term]], wanted: set[Term], score: float) -> Matches:
    return {n: score for n, terms in enumerate(column) if not wanted.isdisjoint(terms)}


def _scores(
    segment: Segment, leaf: Leaf, words: Sequence[Term], boost: float, needed: int = 1
) -> Matches:
    """Score the documents that have at least `needed` of the words."""
    column = segment.terms(leaf)
    wanted = set(words)
    found = [n for n, terms in enumerate(column) if not wanted.isdisjoint(terms)]
    if not found:
        return {}
    norms = leaf.type in TEXTS and leaf.definition.get("norms") not in (False, "false")
    lengths = [len(terms) for terms in column if terms]
    average = sum(lengths) / len(lengths)
    scorers = {
        word: Bm25(
            documents=len(lengths),
            matching=sum(word in column[n] for n in found),
            average=average,
            boost=boost,
        )
        for word in segment.budget.each(wanted)
    }
    scores: Matches = {}
    for n in segment.budget.each(found):
        terms = column[n]
        present = [word for word in words if word in terms]
        if len(present) < needed:
            continue
        length = len(terms) if norms else 1
        scores[n] = float32(
            sum(
                scorers[word].score(terms.count(word) if leaf.type in TEXTS else 1, length)
                for word in present
            )
        )
    return scores
