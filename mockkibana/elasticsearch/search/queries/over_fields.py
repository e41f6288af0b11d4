"""One query for each of several fields, whose best score counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_names import EVERYWHERE, Boosts, expanded
from mockkibana.elasticsearch.search.field_terms import KEYWORDS, TEXTS, analyzer_of
from mockkibana.elasticsearch.search.queries.compound import best_of
from mockkibana.elasticsearch.search.queries.query import Matches, Query
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.search.terms import query_terms


@dataclass(frozen=True, slots=True)
class OverFields:
    """Documents that a query finds in any of some fields; none means all of them.

    `make` makes it of a field of the segment and its boost. With `lenient` a field that cannot be
    asked so is passed over.
    """

    fields: Boosts
    make: Callable[[Segment, Leaf, float], Query]
    lenient: bool = False
    tie_breaker: float = 0.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find documents in each field."""
        return best_of(self._found(segment, scored=scored), self.tie_breaker)

    def _found(self, segment: Segment, *, scored: bool) -> Iterator[Matches]:
        lenient = self.lenient or not self.fields or ("*", 1.0) in self.fields
        for name, boost in segment.budget.each(expanded(segment, self.fields or EVERYWHERE)):
            leaf = segment.leaf(name)
            if leaf is None:
                continue
            try:
                yield self.make(segment, leaf, boost).run(segment, scored=scored)
            except ShardFailure:
                if not lenient:
                    raise


def normalized(segment: Segment, leaf: Leaf, text: str) -> str:
    """Return a text that is part of a term, such as a prefix, as the terms of a field are."""
    if leaf.type in KEYWORDS:
        return str(next(iter(query_terms(segment, leaf, text)), text))
    if leaf.type in TEXTS and analyzer_of(leaf, segment.index.analyzers).words("A") == ["a"]:
        # A simplification: of the filters of an analyzer the one that matters to most.
        return text.lower()
    return text
