"""Queries for terms that look like something: `prefix`, `wildcard`, `regexp` and `fuzzy`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json.parse_errors import Path, illegal
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search import fuzziness, term_patterns
from mockkibana.elasticsearch.search.failures import ShardFailure, not_created
from mockkibana.elasticsearch.search.field_terms import KEYWORDS, TEXTS, Term
from mockkibana.elasticsearch.search.fuzziness import Fuzziness
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Matches,
    Parser,
    Query,
    QueryContext,
    field_options,
    flag,
    whole,
)
from mockkibana.elasticsearch.search.queries.terms import having
from mockkibana.elasticsearch.search.scoring import scores
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.search.terms import query_terms, searchable
from mockkibana.lucene_expressions import BadExpression
from mockkibana.wildcards import glob

Kind = Literal["prefix", "wildcard", "regexp"]

_MAX_REGEX_LENGTH = "index.max_regex_length"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Documents with a term that looks like a text."""

    kind: Kind
    field: str
    text: str
    ignore_case: bool = False
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:  # noqa: ARG002
        """Find the documents of all terms that fit."""
        if self.field == "_index":
            return self._by_index(segment)
        leaf = searchable(segment, self.field)
        if leaf is None:
            return {}
        kinds = "keyword and text" if self.kind == "regexp" else "keyword, text and wildcard"
        term_patterns.require_texts(leaf, self.kind, kinds)
        return having(segment, leaf, set(self._terms(segment, leaf)), self.boost)

    def _by_index(self, segment: Segment) -> Matches:
        pattern = f"{self.text}*" if self.kind == "prefix" else self.text
        if self.kind == "regexp":
            raise illegal_argument("this mock does not support [regexp] on [_index]")
        return (
            All(self.boost).run(segment, scored=False) if glob(pattern)(segment.index.name) else {}
        )

    def _terms(self, segment: Segment, leaf: Leaf) -> list[Term]:
        if self.kind == "regexp":
            return self._expression(segment, leaf)
        text = self.text
        if leaf.type in KEYWORDS:  # a normalizer is for patterns, too
            text = str(next(iter(query_terms(segment, leaf, text)), text))
        find = term_patterns.beginning if self.kind == "prefix" else term_patterns.wildcard
        return find(segment, leaf, text, ignore_case=self.ignore_case)

    def _expression(self, segment: Segment, leaf: Leaf) -> list[Term]:
        most = int(segment.index.settings.get(_MAX_REGEX_LENGTH, 1000))
        if len(self.text) > most:
            raise ShardFailure(
                f"The length of regex [{len(self.text)}] used in the Regexp Query request has "
                f"exceeded the allowed maximum of [{most}]. This maximum can be set by changing "
                f"the [{_MAX_REGEX_LENGTH}] index level setting.",
                type="illegal_argument_exception",
            )
        try:
            return term_patterns.expression(segment, leaf, self.text, ignore_case=self.ignore_case)
        except BadExpression as bad:
            raise illegal_argument(str(bad)) from None


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Documents with a term that is some edits away from a text; nearer ones score higher."""

    field: str
    text: str
    fuzziness: Fuzziness
    prefix_length: int = 0
    max_expansions: int = 50
    transpositions: bool = True
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find the documents of all terms that are near enough."""
        leaf = searchable(segment, self.field)
        if leaf is None:
            return {}
        if leaf.type not in TEXTS | KEYWORDS:
            raise not_created(
                f"Can only use fuzzy queries on keyword and text fields - not on [{leaf.path}] "
                f"which is of type [{leaf.type}]"
            )
        near = term_patterns.similar(
            segment,
            leaf,
            self.text,
            self.fuzziness,
            prefix_length=self.prefix_length,
            max_expansions=self.max_expansions,
            transpositions=self.transpositions,
        )
        if not scored:
            return having(segment, leaf, {term for term, _ in near}, self.boost)
        found: Matches = {}
        for term, edits in near:
            closeness = 1 - edits / max(min(len(str(term)), len(self.text)), 1)
            for number, score in scores(segment, leaf, [term], self.boost * closeness).items():
                found[number] = found.get(number, 0.0) + score
        return dict(sorted(found.items()))


def _text(options: Body, *names: str) -> str:
    value = next((options[name] for name in names if options.get(name) is not None), None)
    if value is None:
        raise illegal("value cannot be null")
    return as_text(value)


_KEYS: dict[Kind, tuple[str, ...]] = {
    "prefix": ("value", "prefix"),
    "wildcard": ("value", "wildcard"),
    "regexp": ("value",),
}
_OPTIONS = frozenset(("case_insensitive", "rewrite"))
_REGEXP_OPTIONS = frozenset(("flags", "flags_value", "max_determinized_states"))
_FLAGS = frozenset(
    ("ALL", "NONE", "ANYSTRING", "AUTOMATON", "COMPLEMENT", "EMPTY", "INTERSECTION", "INTERVAL")
)


def _pattern(kind: Kind) -> Parser:
    keys = _KEYS[kind]
    allowed = _OPTIONS | {*keys} | (_REGEXP_OPTIONS if kind == "regexp" else frozenset())

    def parse(body: Body, path: Path, context: QueryContext) -> Query:
        field, options, path = field_options(kind, body, path, allowed)
        for name in filter(None, as_text(options.get("flags", "")).split("|")):
            if name.upper() not in _FLAGS:
                raise illegal(f"Unknown regexp flag [{name}]")
        return Pattern(
            kind,
            field,
            _text(options, *keys),
            flag(options.get("case_insensitive", False)),
            context.boost(kind, options, path),
        )

    return parse


_FUZZY = frozenset(
    {
        *("fuzziness", "max_expansions", "prefix_length", "rewrite", "term", "transpositions"),
        "value",
    }
)


def _fuzzy(body: Body, path: Path, context: QueryContext) -> Query:
    if not body:
        raise illegal("field name cannot be null or empty")
    field, options, path = field_options("fuzzy", body, path, _FUZZY)
    return Fuzzy(
        field,
        _text(options, "value", "term"),
        fuzziness.parse(options.get("fuzziness", "AUTO"), path),
        whole("fuzzy", "prefix_length", options.get("prefix_length", 0), path),
        whole("fuzzy", "max_expansions", options.get("max_expansions", 50), path),
        flag(options.get("transpositions", True)),
        context.boost("fuzzy", options, path),
    )


QUERIES: dict[str, Parser] = {
    "fuzzy": _fuzzy,
    "prefix": _pattern("prefix"),
    "regexp": _pattern("regexp"),
    "wildcard": _pattern("wildcard"),
}
