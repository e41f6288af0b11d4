"""Queries for words that stand beside each other: `match_phrase` and `match_phrase_prefix`."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search import phrases, term_patterns
from mockkibana.elasticsearch.search.failures import not_created
from mockkibana.elasticsearch.search.field_terms import TEXTS
from mockkibana.elasticsearch.search.phrases import Slot
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.queries.full_text import Match, parser
from mockkibana.elasticsearch.search.queries.query import (
    Matches,
    Parser,
)
from mockkibana.elasticsearch.search.queries.terms import having
from mockkibana.elasticsearch.search.queries.text_options import PLAIN, TextOptions, places
from mockkibana.elasticsearch.search.scoring import phrase_scores
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.search.terms import searchable
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class Phrase:
    """Documents with the words of a text one behind the other.

    With `prefix` the last word is but a beginning.
    """

    field: str
    text: Json
    options: TextOptions = PLAIN
    boost: float = 1.0
    prefix: bool = False

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find and score documents by how often they have the phrase."""
        leaf = searchable(segment, self.field)
        if leaf is None or leaf.type not in TEXTS:
            return self._exact(segment, leaf, scored=scored)
        tokens = self.options.tokens(segment, leaf, self.text, "search_quote_analyzer")
        if not tokens:
            zero_terms = self.options.zero_terms
            return All(self.boost).run(segment, scored=scored) if zero_terms else {}
        start = tokens[0].position
        slots = [Slot(position - start, words) for position, words in places(tokens)]
        if self.prefix:
            slots[-1] = self._expanded(segment, leaf, slots[-1])
        words = {word for slot in slots for word in slot.words}
        if len(slots) == 1 and not scored:
            return having(segment, leaf, {*words}, self.boost)
        found = phrases.frequencies(segment, leaf, slots, self.options.slop)
        return phrase_scores(segment, leaf, words, found, self.boost)

    def _expanded(self, segment: Segment, leaf: Leaf, slot: Slot) -> Slot:
        terms = [
            term
            for start in slot.words
            for term in term_patterns.beginning(segment, leaf, str(start))
        ]
        return Slot(slot.offset, tuple(terms[: self.options.max_expansions]))

    def _exact(self, segment: Segment, leaf: Leaf | None, *, scored: bool) -> Matches:
        if self.prefix and leaf is not None:
            if self.options.lenient:
                return {}
            raise not_created(
                f"Can only use phrase prefix queries on text fields - not on [{self.field}] which "
                f"is of type [{leaf.type}]"
            )
        options = TextOptions(lenient=self.options.lenient, now=self.options.now)
        exact = Match(self.field, self.text, options, self.boost)
        return exact.run(segment, scored=scored)


QUERIES: dict[str, Parser] = {
    "match_phrase": parser("match_phrase", Phrase),
    "match_phrase_prefix": parser("match_phrase_prefix", Phrase, prefix=True),
}
