"""What a query string asks for: queries of what it says, and of what it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Literal

from mockkibana.elasticsearch.errors import cause
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_names import Boosts
from mockkibana.elasticsearch.search.fuzziness import AUTO, Fuzziness
from mockkibana.elasticsearch.search.queries.compound import Bool
from mockkibana.elasticsearch.search.queries.constants import All, Exists, Ids
from mockkibana.elasticsearch.search.queries.multi_match import MultiMatch
from mockkibana.elasticsearch.search.queries.over_fields import OverFields, normalized
from mockkibana.elasticsearch.search.queries.patterns import Fuzzy, Pattern
from mockkibana.elasticsearch.search.queries.query import Matches, Query
from mockkibana.elasticsearch.search.queries.ranges import Bound, Range
from mockkibana.elasticsearch.search.queries.text_options import TextOptions
from mockkibana.elasticsearch.search.query_strings import (
    BadQueryString,
    Group,
    Interval,
    Node,
    Term,
    parse,
    unescaped,
)
from mockkibana.elasticsearch.search.segment import Segment

NOTHING = Ids(frozenset())


@dataclass(frozen=True, slots=True)
class Unparsable:
    """A query string that is none: an index is asked for it all the same, and refuses it."""

    text: str
    reason: str

    def run(self, segment: Segment, *, scored: bool) -> Matches:  # noqa: ARG002
        """Refuse it."""
        raise ShardFailure(
            f"Failed to parse query [{self.text}]", cause("parse_exception", self.reason)
        )


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of a text with operators, without those that have nothing to look for."""

    query: Bool

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find what the clauses that are left ask for; nothing without any."""
        must, should, must_not = (
            tuple(clause for clause in segment.budget.each(clauses) if not _void(clause, segment))
            for clauses in self._parts()
        )
        if not (must or should or must_not):
            return {}
        found = replace(self.query, must=must, should=should, must_not=must_not)
        return found.run(segment, scored=scored)

    def is_void(self, segment: Segment) -> bool:
        """Return whether none of them has anything to look for."""
        return all(_void(clause, segment) for part in self._parts() for clause in part)

    def _parts(self) -> Sequence[Sequence[Query]]:
        return self.query.must, self.query.should, self.query.must_not


def _void(query: Query, segment: Segment) -> bool:
    return isinstance(query, (MultiMatch, Clauses)) and query.is_void(segment)


@dataclass(frozen=True, slots=True)
class Wording:
    """What a query string means where it does not say so itself."""

    fields: Boosts
    options: TextOptions
    now: int
    conjunction: bool = False
    type: str = "best_fields"
    edits: Fuzziness = AUTO
    phrase_slop: int = 0
    tie_breaker: float | None = None
    zone: tzinfo = UTC
    leading_wildcards: bool = True

    def query(self, text: str, boost: float = 1.0) -> Query:
        """Return what a query string asks for."""
        try:
            group = parse(text, conjunction=self.conjunction)
            if group is None:
                return NOTHING
            return self._group(replace(group, boost=boost), is_whole=True)
        except BadQueryString as bad:
            return Unparsable(text, str(bad))

    def _group(self, group: Group, *, is_whole: bool = False) -> Query:
        parts: dict[str, list[Query]] = {"must": [], "should": [], "must_not": []}
        options = self.options
        if not is_whole or len(group.clauses) > 1:
            options = replace(options, minimum=None)
        for occur, node in group.clauses:
            parts[occur].append(self._node(node, options))
        if len(group.clauses) == 1 and not parts["must_not"] and group.boost == 1.0:
            return (parts["must"] or parts["should"])[0]
        minimum = self.options.minimum if is_whole and parts["should"] else None
        return Clauses(
            Bool(
                must=tuple(parts["must"]),
                should=tuple(parts["should"]),
                must_not=tuple(parts["must_not"]),
                minimum=minimum,
                boost=group.boost,
            )
        )

    def _node(self, node: Node, options: TextOptions) -> Query:
        if isinstance(node, Group):
            return self._group(node)
        if node.field == "_exists_" and isinstance(node, Term):
            return Exists(unescaped(node.text), node.boost)
        if isinstance(node, Interval):
            return self._interval(node)
        return _TERMS[node.kind](self, node, options)

    def _fields(self, node: Term | Interval) -> Boosts:
        named = self.fields if node.field is None else ((node.field, 1.0),)
        return [(name, boost * node.boost) for name, boost in named]

    def _text(self, term: Term, options: TextOptions) -> Query:
        for sign, (end, inclusive) in _COMPARISONS.items():
            if term.text.startswith(sign) and len(term.text) > len(sign):
                text = term.text[len(sign) :]
                low, high = (text, None) if end == "low" else (None, text)
                interval = Interval(low, high, inclusive, inclusive, term.field, term.boost)
                return self._interval(interval)
        options = replace(options, conjunction=self.conjunction)
        return MultiMatch(term.text, self._fields(term), self.type, options, self.tie_breaker)

    def _phrase(self, term: Term, options: TextOptions) -> Query:
        slop = self.phrase_slop if term.number is None else int(term.number)
        options = replace(options, slop=min(slop, 2**31 - 1))
        return MultiMatch(term.text, self._fields(term), "phrase", options, self.tie_breaker)

    def _pattern(self, term: Term, options: TextOptions) -> Query:
        text = term.text
        if text == "*":
            names = [name for name, _ in self._fields(term)]
            if not names or "*" in names:
                return All(term.boost)
            return _any([Exists(name, boost) for name, boost in self._fields(term)])
        if not self.leading_wildcards and text[0] in "*?":
            reason = "'*' or '?' not allowed as first character in WildcardQuery"
            raise BadQueryString(f"Cannot parse '{text}': {reason}")
        is_prefix = text.endswith("*") and not any(sign in text[:-1] for sign in "*?\\")
        kind: Literal["prefix", "wildcard"] = "prefix" if is_prefix else "wildcard"
        return self._over(term, text[:-1] if is_prefix else text, kind, options)

    def _regexp(self, term: Term, options: TextOptions) -> Query:
        return self._over(term, term.text, "regexp", options)

    def _over(
        self,
        term: Term,
        text: str,
        kind: Literal["prefix", "wildcard", "regexp"],
        options: TextOptions,
    ) -> Query:
        def make(segment: Segment, leaf: Leaf, boost: float) -> Query:
            return Pattern(kind, leaf.path, normalized(segment, leaf, text), boost=boost)

        return OverFields(self._fields(term), make, options.lenient, self.tie_breaker or 0.0)

    def _fuzzy(self, term: Term, options: TextOptions) -> Query:
        edits = self.edits
        if term.number is not None:
            # The number was once a similarity below 1.
            number = term.number if term.number >= 1 else (1 - term.number) * len(term.text)
            edits = Fuzziness(min(int(number), 2))

        def make(segment: Segment, leaf: Leaf, boost: float) -> Query:
            return Fuzzy(
                leaf.path,
                normalized(segment, leaf, term.text),
                edits,
                options.prefix_length,
                options.max_expansions,
                options.transpositions,
                boost,
            )

        return OverFields(self._fields(term), make, options.lenient, self.tie_breaker or 0.0)

    def _interval(self, interval: Interval) -> Query:
        def make(segment: Segment, leaf: Leaf, boost: float) -> Query:
            low, high = (
                None if text is None else Bound(normalized(segment, leaf, text), inclusive)
                for text, inclusive in (
                    (interval.low, interval.includes_low),
                    (interval.high, interval.includes_high),
                )
            )
            return Range(leaf.path, low, high, self.now, zone=self.zone, boost=boost)

        return OverFields(self._fields(interval), make, self.options.lenient)


def _any(queries: list[Exists]) -> Query:
    return queries[0] if len(queries) == 1 else Bool(should=tuple(queries))


_TERMS: dict[str, Callable[[Wording, Term, TextOptions], Query]] = {
    "fuzzy": Wording._fuzzy,
    "pattern": Wording._pattern,
    "phrase": Wording._phrase,
    "regexp": Wording._regexp,
    "text": Wording._text,
}
_COMPARISONS = {
    ">=": ("low", True),
    ">": ("low", False),
    "<=": ("high", True),
    "<": ("high", False),
}
