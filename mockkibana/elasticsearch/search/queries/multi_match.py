"""The query for a text in several fields: `multi_match`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import Path, parsing
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search import field_names
from mockkibana.elasticsearch.search.field_names import EVERYWHERE, Boosts, expanded
from mockkibana.elasticsearch.search.field_terms import TEXTS
from mockkibana.elasticsearch.search.queries import text_options
from mockkibana.elasticsearch.search.queries.compound import DisMax, best_of
from mockkibana.elasticsearch.search.queries.full_text import Match, joined
from mockkibana.elasticsearch.search.queries.phrases import Phrase
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Matches,
    Parser,
    Query,
    QueryContext,
    finite,
)
from mockkibana.elasticsearch.search.queries.terms import Terms
from mockkibana.elasticsearch.search.queries.text_options import PLAIN, TextOptions
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

#: How the scores of the fields are put together: what the lesser ones count.
TIES: Mapping[str, float] = {
    "best_fields": 0.0,
    "bool_prefix": 1.0,
    "cross_fields": 0.0,
    "most_fields": 1.0,
    "phrase": 0.0,
    "phrase_prefix": 0.0,
}


@dataclass(frozen=True, slots=True)
class MultiMatch:
    """Documents with a text in any of some fields; none means all of them."""

    text: Json
    fields: Boosts = ()
    type: str = "best_fields"
    options: TextOptions = PLAIN
    tie_breaker: float | None = None
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find the text in each field, or each of its words in any field."""
        options = self.options
        if not self.fields or any(name == "*" for name, _ in self.fields):
            options = replace(options, lenient=True)
        fields = expanded(segment, self.fields or EVERYWHERE)
        tie = TIES[self.type] if self.tie_breaker is None else self.tie_breaker
        if self.type == "cross_fields":
            return self._across(segment, fields, options, tie)
        queries = (self._in(name, boost * self.boost, options) for name, boost in fields)
        return DisMax(tuple(queries), tie).run(segment, scored=scored)

    def is_void(self, segment: Segment) -> bool:
        """Return whether there is nothing to look for: the fields leave out all of the words."""
        leaves = [segment.leaf(name) for name, _ in expanded(segment, self.fields or EVERYWHERE)]
        return bool(leaves) and all(
            leaf is not None
            and leaf.type in TEXTS
            and not self.options.tokens(segment, leaf, self.text)
            for leaf in leaves
        )

    def _in(self, name: str, boost: float, options: TextOptions) -> Query:
        if self.type in ("phrase", "phrase_prefix"):
            prefix = self.type == "phrase_prefix"
            return Phrase(name, self.text, options, boost, prefix=prefix)
        return Match(name, self.text, options, boost, prefix=self.type == "bool_prefix")

    def _across(
        self, segment: Segment, fields: Boosts, options: TextOptions, tie: float
    ) -> Matches:
        """Find each word in any field, as if all of them were one.

        Fields whose words differ are asked apart from each other.
        """
        groups: dict[tuple[str, ...], list[tuple[str, float]]] = {}
        for name, boost in fields:
            leaf = segment.leaf(name)
            if leaf is not None:
                split = [as_text(self.text)]
                if leaf.type in TEXTS:
                    split = [token.text for token in options.tokens(segment, leaf, self.text)]
                groups.setdefault(tuple(split), []).append((name, boost * self.boost))
        found = []
        for words, group in groups.items():
            clauses = [
                best_of(
                    (
                        Terms(name, (word,), boost).run(segment, scored=True)
                        for name, boost in group
                    ),
                    tie,
                )
                for word in segment.budget.each(words)
            ]
            found.append(joined(clauses, options.needed(len(words))))
        return best_of(found, tie)


_KEYS = frozenset().union(*text_options.KEYS.values()) | {"fields", "tie_breaker", "type"}


def _multi_match(body: Body, path: Path, context: QueryContext) -> Query:
    for name, value in body.items():
        if name not in _KEYS:
            raise parsing(f"[multi_match] query does not support [{name}]", (*path, name))
        if isinstance(value, dict) or (isinstance(value, list) and name != "fields"):
            token = bodies.token_of(value)
            raise parsing(f"[multi_match] unknown token [{token}] after [{name}]", (*path, name))
    if body.get("query") is None:
        raise parsing("No text specified for multi_match query", path, "end")
    kind = as_text(body.get("type", "best_fields")).lower()
    if kind not in TIES:
        raise parsing(
            f"failed to parse [multi_match] query type [{kind}]. unknown type.", path, "end"
        )
    if kind in ("cross_fields", "phrase", "phrase_prefix") and body.get("fuzziness") is not None:
        raise parsing(f"Fuzziness not allowed for type [{kind}]", path, "end")
    if kind == "bool_prefix" and body.get("slop") not in (None, 0):
        raise parsing("[slop] not allowed for type [bool_prefix]", path, "end")
    tie = body.get("tie_breaker")
    return MultiMatch(
        body["query"],
        field_names.parse(body.get("fields", []), (*path, "fields")),
        kind,
        text_options.read("multi_match", body, path, context),
        None if tie is None else finite("multi_match", "tie_breaker", tie, path),
        context.boost("multi_match", body, path),
    )


QUERIES: dict[str, Parser] = {"multi_match": _multi_match}
