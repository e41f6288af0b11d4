"""The query for the values between two bounds: `range`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, tzinfo

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json.parse_errors import Path, illegal, parsing
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.dates import BadFormat, parsers
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.mapping.time_zones import zone
from mockkibana.elasticsearch.search.field_terms import DATES, INTEGERS, KEYWORDS, Term
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Matches,
    Parser,
    Query,
    QueryContext,
    flag,
    one_field,
)
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.search.terms import (
    formats_of,
    instant,
    number_of,
    query_terms,
    searchable,
)
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range; the value itself belongs to it when it is `inclusive`."""

    value: Json
    inclusive: bool


@dataclass(frozen=True, slots=True)
class Range:
    """Documents with a value between two bounds; None is no bound."""

    field: str
    low: Bound | None
    high: Bound | None
    now: int
    formats: str | None = None
    zone: tzinfo = UTC
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:  # noqa: ARG002
        """Find the documents by the ordered values of the field."""
        leaf = searchable(segment, self.field)
        if leaf is None:
            return {}
        if leaf.type == "version":
            raise illegal_argument("this mock does not support [range] on fields of type [version]")
        values, numbers = segment.field(leaf).ordered
        start, end = 0, len(values)
        if self.low is not None:
            low = self._term(segment, leaf, self.low, up=not self.low.inclusive)
            start = (bisect_left if self.low.inclusive else bisect_right)(values, low)
        if self.high is not None:
            high = self._term(segment, leaf, self.high, up=self.high.inclusive)
            end = (bisect_right if self.high.inclusive else bisect_left)(values, high)
        return dict.fromkeys(sorted({*numbers[start:end]}), self.boost)

    def _term(self, segment: Segment, leaf: Leaf, bound: Bound, *, up: bool) -> Term:
        if leaf.type in DATES:
            return instant(
                as_text(bound.value), self.formats or formats_of(leaf), self.now, self.zone, up=up
            )
        if leaf.type in INTEGERS or leaf.type == "scaled_float":
            return number_of(leaf, bound.value)  # a fraction lies between whole numbers
        found = next(iter(query_terms(segment, leaf, bound.value)), None)
        if found is not None:
            return found
        # Nothing that could be indexed, but it has its place among what is.
        return as_text(bound.value) if leaf.type in KEYWORDS else number_of(leaf, bound.value)


_BOUNDS = {"gt": ("low", False), "gte": ("low", True), "lt": ("high", False), "lte": ("high", True)}
_OTHERS = frozenset(
    ("_name", "boost", "format", "from", "include_lower", "include_upper", "relation", "time_zone")
)
_RELATIONS = ("intersects", "contains", "within", "disjoint")


def _range(body: Body, path: Path, context: QueryContext) -> Query:
    if not body:
        raise illegal("field name is null or empty")
    for name, value in body.items():
        if not isinstance(value, dict):
            raise parsing(f"[range] query does not support [{name}]", (*path, name))
    field, options = one_field("range", body, path)
    path = (*path, field)
    ends: dict[str, Bound] = {}
    for name, value in options.items():
        if name not in _BOUNDS and name != "to" and name not in _OTHERS:
            raise parsing(f"[range] query does not support [{name}]", (*path, name))
        if isinstance(value, (dict, list)):
            # Guess: the words.
            raise parsing(f"[range] query does not support a value for [{name}]", (*path, name))
        end, inclusive = _BOUNDS.get(name, ("", False))
        if name in ("from", "to"):
            end = "low" if name == "from" else "high"
            option = "include_lower" if name == "from" else "include_upper"
            inclusive = flag(options.get(option, True))
        if end:
            ends[end] = Bound(value, inclusive)
    _check_relation(options.get("relation"))
    low, high = (
        bound if bound is not None and bound.value is not None else None
        for bound in (ends.get("low"), ends.get("high"))
    )
    formats = options.get("format")
    return Range(
        field,
        low,
        high,
        context.now,
        None if formats is None else _formats(as_text(formats)),
        zone_of(options.get("time_zone")),
        context.boost("range", options, path),
    )


def _check_relation(value: Json) -> None:
    if value is None:
        return
    relation = as_text(value)
    if relation.lower() not in _RELATIONS:
        raise illegal(f"{relation} is not a valid relation")
    if relation.lower() == "disjoint":
        raise illegal(f"[range] query does not support relation [{relation}]")


def _formats(text: str) -> str:
    try:
        parsers(text)
    except BadFormat as bad:
        raise illegal(str(bad)) from None
    return text


def zone_of(value: Json) -> tzinfo:
    """Return the time zone of a query, UTC for None. Raises `ParseError`."""
    if value is None:
        return UTC
    text = as_text(value)
    try:
        return zone(text)
    except ValueError:
        # Guess: Java has other words for what is no name at all.
        raise illegal(f"java.time.zone.ZoneRulesException: Unknown time-zone ID: {text}") from None


QUERIES: dict[str, Parser] = {"range": _range}
