"""Queries for exact terms: `term` and `terms`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from mockkibana.elasticsearch.json.parse_errors import (
    Path,
    illegal,
    parsing,
    unknown_field,
    x_content,
)
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_terms import DATES, KEYWORDS, TEXTS, Term
from mockkibana.elasticsearch.search.queries.constants import All, Ids
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Fetch,
    Matches,
    Parser,
    Query,
    QueryContext,
    flag,
    one_field,
)
from mockkibana.elasticsearch.search.scoring import scores
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.search.source_values import extract
from mockkibana.elasticsearch.search.terms import (
    addresses,
    formats_of,
    instant,
    query_terms,
    searchable,
)
from mockkibana.json import Json

_MOST = "index.max_terms_count"
_SCORED = TEXTS | KEYWORDS | {"boolean"}


@dataclass(frozen=True, slots=True)
class Terms:
    """Documents that have one of several exact terms; `constant` gives all the same score."""

    field: str
    values: Sequence[Json]
    boost: float = 1.0
    case_insensitive: bool = False
    constant: bool = False
    now: int = 0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find documents by their terms; a single wanted term is scored, several are not."""
        if self.field == "_id":
            return Ids(frozenset(map(as_text, self.values)), self.boost).run(segment, scored=scored)
        if self.field == "_index":
            index = segment.index
            named = not {index.name, *index.aliases}.isdisjoint(map(as_text, self.values))
            return All(self.boost).run(segment, scored=scored) if named else {}
        leaf = searchable(segment, self.field)
        if self.constant:
            self._check_number(segment)
        if leaf is None:
            return {}
        if leaf.type in DATES:
            return self._days(segment, leaf)
        terms_of = addresses if leaf.type == "ip" else query_terms
        wanted = {term for value in self.values for term in terms_of(segment, leaf, value)}
        if self.case_insensitive:
            wanted = self._folded(segment, leaf, wanted)
        elif not self.constant and len(wanted) == 1 and scored and leaf.type in _SCORED:
            return scores(segment, leaf, [*wanted], self.boost)
        return having(segment, leaf, wanted, self.boost)

    def _check_number(self, segment: Segment) -> None:
        most = int(segment.index.settings.get(_MOST, 65_536))
        if len(self.values) > most:
            raise ShardFailure(
                f"The number of terms [{len(self.values)}] used in the Terms Query request has "
                f"exceeded the allowed maximum of [{most}]. This maximum can be set by changing "
                f"the [{_MOST}] index level setting.",
                type="illegal_argument_exception",
            )

    def _days(self, segment: Segment, leaf: Leaf) -> Matches:
        """A date stands for all of its day, month, ...: whatever it leaves out."""
        formats, texts = formats_of(leaf), map(as_text, self.values)
        spans = [
            [instant(text, formats, self.now, up=up) for up in (False, True)] for text in texts
        ]
        instants, numbers = segment.field(leaf).ordered
        found = {
            number
            for low, high in segment.budget.each(spans)
            for number in numbers[bisect_left(instants, low) : bisect_right(instants, high)]
        }
        return dict.fromkeys(sorted(found), self.boost)

    def _folded(self, segment: Segment, leaf: Leaf, wanted: set[Term]) -> set[Term]:
        if leaf.type not in TEXTS | KEYWORDS:
            raise ShardFailure(
                f"[{leaf.path}] field which is of type [{leaf.type}], does not support case "
                "insensitive term queries"
            )
        folded = {str(term).lower() for term in wanted}
        return {term for term in segment.field(leaf).postings if str(term).lower() in folded}


def having(segment: Segment, leaf: Leaf, wanted: set[Term], score: float) -> Matches:
    """Return the documents with any of the terms, all with one score."""
    postings = segment.field(leaf).postings
    lists = [postings[term] for term in wanted if term in postings]
    if len(lists) == 1:
        return dict.fromkeys(lists[0], score)
    return dict.fromkeys(sorted({number for numbers in lists for number in numbers}), score)


def _term(body: Body, path: Path, context: QueryContext) -> Query:
    if not body:
        raise illegal("field name is null or empty")
    field, value = one_field("term", body, path)
    path = (*path, field)
    options: dict[str, Json] = {"value": value}
    if isinstance(value, dict):
        options = value
        for name in options:
            if name not in ("value", "term", "boost", "_name", "case_insensitive"):
                raise parsing(f"[term] query does not support [{name}]", (*path, name))
    wanted = options.get("value", options.get("term"))
    if isinstance(wanted, (dict, list)):
        raise parsing("[term] query does not support array of values", path)
    if wanted is None:
        raise illegal("value cannot be null")
    boost = context.boost("term", options, path) if isinstance(value, dict) else 1.0
    folded = flag(options.get("case_insensitive", False))
    return Terms(field, (wanted,), boost, case_insensitive=folded, now=context.now)


def _terms(body: Body, path: Path, context: QueryContext) -> Query:
    fields = [name for name in body if name not in ("boost", "_name")]
    for name in fields:
        value = body[name]
        if not isinstance(value, (dict, list)):
            raise parsing(f"[terms] query does not support [{name}]", (*path, name))
    if not fields:
        text = (
            "[terms] query requires a field name, followed by array of terms or a document lookup "
            "specification"
        )
        raise parsing(text, path, "end")
    if len(fields) > 1:
        raise parsing("[terms] query does not support multiple fields", (*path, fields[1]))
    values, boost = body[fields[0]], context.boost("terms", body, path)
    if isinstance(values, dict):
        return _lookup(fields[0], values, (*path, fields[0]), boost, context)
    for value in values:
        if isinstance(value, (dict, list)) or value is None:
            raise parsing("No value specified for terms query", (*path, fields[0]))
    return Terms(fields[0], tuple(values), boost, constant=True, now=context.now)


@dataclass(frozen=True, slots=True)
class TermsOf:
    """Documents that have a term which stands in some other document, at a path in its source."""

    field: str
    index: str
    id: str
    path: str
    fetch: Fetch
    boost: float = 1.0
    now: int = 0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Fetch the document, and find those that share a term with it."""
        source = self.fetch(self.index, self.id)
        values = [] if source is None else extract(source, self.path.split("."))
        terms = tuple(value for value in values if value is not None)
        found = Terms(self.field, terms, self.boost, constant=True, now=self.now)
        return found.run(segment, scored=scored)


def _lookup(field: str, body: Body, path: Path, boost: float, context: QueryContext) -> Query:
    for name in body:
        if name not in ("index", "id", "path", "routing"):
            raise unknown_field("terms_lookup", name, path)
    missing = [name for name in ("index", "id", "path") if body.get(name) is None]
    if missing:
        raise x_content(f"Required [{', '.join(missing)}]", path, "end")
    index, id_, at = (as_text(body[name]) for name in ("index", "id", "path"))
    return TermsOf(field, index, id_, at, context.fetch, boost, context.now)


QUERIES: dict[str, Parser] = {"term": _term, "terms": _terms}
