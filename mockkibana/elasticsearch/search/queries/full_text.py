"""Queries for the words of a text: `match`."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import Path, parsing, unsupported
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search import minimum_should_match
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_terms import TEXTS, analyze
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Matches,
    Parser,
    Query,
    QueryContext,
    flag,
    one_field,
    operator,
)
from mockkibana.elasticsearch.search.queries.terms import Terms, having
from mockkibana.elasticsearch.search.scoring import scores
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.search.terms import searchable
from mockkibana.json import Json


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
            needed = max(minimum_should_match.required(self.minimum, len(words)), 1)
        if needed == 1 and not scored:
            return having(segment, leaf, set(words), self.boost)
        return scores(segment, leaf, words, self.boost, needed)


_MATCH = frozenset(
    {
        "_name",
        "analyzer",
        "auto_generate_synonyms_phrase_query",
        "boost",
        "fuzziness",
        "fuzzy_rewrite",
        "fuzzy_transpositions",
        "lenient",
        "max_expansions",
        "minimum_should_match",
        "operator",
        "prefix_length",
        "query",
        "zero_terms_query",
    }
)


def _match(body: Body, path: Path, context: QueryContext) -> Query:
    outer = path
    if not body:
        raise parsing("No text specified for text query", outer, "end")
    field, value = one_field("match", body, path)
    path = (*path, field)
    options: Body = value if isinstance(value, dict) else {"query": value}
    for name, option in options.items():
        if name not in _MATCH:
            raise parsing(f"[match] query does not support [{name}]", (*path, name))
        if isinstance(option, (dict, list)):
            # Guess: for a list in place of the text a real node fails with a status of 500.
            where = (*path, name) if isinstance(value, dict) else path
            token = bodies.token_of(option)
            raise parsing(f"[match] unknown token [{token}] after [{where[-1]}]", where)
        if name in ("analyzer", "fuzziness"):
            raise unsupported(f"[{name}] in [match]")
    text = options.get("query")
    if text is None:
        raise parsing("No text specified for text query", outer, "end")
    zero_terms = as_text(options.get("zero_terms_query", "none")).lower()
    if zero_terms not in ("none", "all"):
        raise parsing(f"Unsupported zero_terms_query value [{zero_terms}]", path)
    return Match(
        field,
        text,
        conjunction=operator(options.get("operator", "or")) == "AND",
        minimum=minimum_should_match.parse(options.get("minimum_should_match")),
        zero_terms=zero_terms == "all",
        lenient=flag(options.get("lenient", False)),
        boost=context.boost("match", options, path),
    )


QUERIES: dict[str, Parser] = {"match": _match}
