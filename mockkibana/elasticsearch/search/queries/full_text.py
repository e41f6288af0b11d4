"""Queries for the words of a text: `match` and `match_bool_prefix`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mockkibana.elasticsearch.json.parse_errors import Path, parsing
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search import term_patterns
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_terms import TEXTS
from mockkibana.elasticsearch.search.fuzziness import Fuzziness
from mockkibana.elasticsearch.search.queries import text_options
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.queries.patterns import Fuzzy, Pattern
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Matches,
    Parser,
    Query,
    QueryContext,
    one_field,
)
from mockkibana.elasticsearch.search.queries.terms import Terms, having
from mockkibana.elasticsearch.search.queries.text_options import PLAIN, TextOptions, places
from mockkibana.elasticsearch.search.scoring import phrase_scores, scores
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.search.terms import searchable
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class Match:
    """Documents with the words of a text; with `prefix` the last one is but a beginning."""

    field: str
    text: Json
    options: TextOptions = PLAIN
    boost: float = 1.0
    prefix: bool = False

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find and score documents by their words; a field that is no text by its exact term."""
        leaf = searchable(segment, self.field)
        if leaf is None or leaf.type not in TEXTS:
            return self._exact(segment, leaf, scored=scored)
        options = self.options
        words = [found for _, found in places(options.tokens(segment, leaf, self.text))]
        if not words:
            return All(self.boost).run(segment, scored=scored) if options.zero_terms else {}
        needed = options.needed(len(words))
        is_plain = options.fuzziness is None and not self.prefix
        if is_plain and all(len(found) == 1 for found in words):
            plain = [found[0] for found in words]
            if needed == 1 and not scored:
                return having(segment, leaf, {*plain}, self.boost)
            return scores(segment, leaf, plain, self.boost, needed)
        clauses = [self._clause(segment, leaf, found) for found in words[:-1]]
        if self.prefix:
            terms = term_patterns.beginning(segment, leaf, words[-1][0])
            clauses.append(having(segment, leaf, {*terms}, self.boost))
        else:
            clauses.append(self._clause(segment, leaf, words[-1]))
        return joined(clauses, needed)

    def _exact(self, segment: Segment, leaf: Leaf | None, *, scored: bool) -> Matches:
        query: Query = Terms(self.field, [self.text], self.boost, now=self.options.now)
        if leaf is not None and self.prefix:
            query = Pattern("prefix", self.field, as_text(self.text), boost=self.boost)
        elif leaf is not None and self.options.fuzziness is not None:
            query = self._fuzzy(as_text(self.text), self.options.fuzziness)
        try:
            return query.run(segment, scored=scored)
        except ShardFailure:
            if self.options.lenient:
                return {}
            raise

    def _fuzzy(self, word: str, fuzziness: Fuzziness) -> Fuzzy:
        options = self.options
        return Fuzzy(
            self.field,
            word,
            fuzziness,
            options.prefix_length,
            options.max_expansions,
            options.transpositions,
            self.boost,
        )

    def _clause(self, segment: Segment, leaf: Leaf, words: Sequence[str]) -> Matches:
        """Score the documents with any of the words that stand at one place."""
        fuzziness = self.options.fuzziness
        if fuzziness is not None:
            fuzzy = (self._fuzzy(word, fuzziness) for word in words)
            return joined([query.run(segment, scored=True) for query in fuzzy], 1)
        if len(words) == 1:
            return scores(segment, leaf, words, self.boost)
        field = segment.field(leaf)
        often: Counter[int] = Counter()
        for word in words:
            often.update(field.postings.get(word, ()))
            often.update({n: times - 1 for n, times in field.frequencies(word).items()})
        frequent = max(words, key=lambda word: len(field.postings.get(word, ())))
        return phrase_scores(segment, leaf, [frequent], often, self.boost)


def joined(clauses: Iterable[Matches], needed: int) -> Matches:
    """Add up the scores of the documents that so many of the clauses find."""
    found: Matches = {}
    counts: Counter[int] = Counter()
    for matches in clauses:
        for number, score in matches.items():
            found[number] = found.get(number, 0.0) + score
        counts.update(matches.keys())
    return {n: found[n] for n in sorted(found) if counts[n] >= needed}


def parser(query: str, made: Callable[..., Query], *, prefix: bool = False) -> Parser:
    """Return the parser of a query for a text, which makes a `Match` or what is made alike."""

    def parse(body: Body, path: Path, context: QueryContext) -> Query:
        field, options, path = _text_of(query, body, path)
        read = text_options.read(query, options, path, context)
        boost = context.boost(query, options, path)
        return made(field, options["query"], read, boost, prefix=prefix)

    return parse


def _text_of(query: str, body: Body, path: Path) -> tuple[str, Body, Path]:
    """Return the field of a query for a text, its options and the path to them.

    `{field: x}` is short for `{field: {"query": x}}`. Raises `ParseError`.
    """
    outer = path
    if not body:
        raise parsing("No text specified for text query", outer, "end")
    field, value = one_field(query, body, path)
    path = (*path, field)
    options: Body = value if isinstance(value, dict) else {"query": value}
    text_options.check(query, options, path, (*path, "query") if options is value else path)
    if options.get("query") is None:
        raise parsing("No text specified for text query", outer, "end")
    return field, options, path


QUERIES: dict[str, Parser] = {
    "match": parser("match", Match),
    "match_bool_prefix": parser("match_bool_prefix", Match, prefix=True),
}
