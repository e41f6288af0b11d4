"""What every query is: a value that finds the documents of a segment, and its parser."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import (
    PARSING,
    ParseError,
    Path,
    illegal,
    parsing,
    unknown_field,
    x_content,
)
from mockkibana.elasticsearch.json.scalars import as_text, boolean, not_boolean
from mockkibana.elasticsearch.mapping.number_fields import float32
from mockkibana.elasticsearch.search.page import Page
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

#: The documents that a query finds, by their number in the segment, and their scores.
Matches = dict[int, float]

Body = dict[str, Json]


class Query(Protocol):
    """A query that is ready to run; a frozen value."""

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find documents; without `scored` any numbers will do. Raises `ShardFailure`."""


#: Some documents with their scores, and which of them belong to each that was found for them.
Related = tuple[Segment, Matches, Mapping[int, Sequence[int]]]


class Joining(Query, Protocol):
    """A query that finds documents for what it finds in others, or in objects within them."""

    def related(self, segment: Segment, *, scored: bool) -> Related:
        """Return those others. Raises `ShardFailure`."""


@dataclass(frozen=True, slots=True)
class InnerHits:
    """The others that are shown with a hit under a name, and those that are shown with them."""

    name: str
    page: Page
    query: Joining
    inner: tuple[InnerHits, ...] = ()


Fetch = Callable[[str, str], Body | None]
"""Returns the source of a document, by index and id, None when there is none."""


@dataclass(frozen=True, slots=True)
class QueryContext:
    """What parsing a query needs to know besides its body, and what it notes on the way.

    `now` is the time of the search in milliseconds since 1970. `fetch` may be called only when the
    query is run. `parse` is for the queries within a query.
    """

    now: int
    fetch: Fetch
    parse: Callable[[Json, Path, QueryContext], Query]
    #: The queries that have a `_name`, by it.
    named: dict[str, Query] = field(default_factory=dict)
    #: What is shown with the hits, by its name.
    inner_hits: dict[str, InnerHits] = field(default_factory=dict)

    def inner(self, value: Json, path: Path) -> Query:
        """Parse a query within this one, to which `path` leads. Raises `ParseError`."""
        return self.parse(value, path, self)

    def apart(self) -> QueryContext:
        """Return what queries are parsed with of which no hit tells that they have found it."""
        return replace(self, named={}, inner_hits={})

    def with_inner_hits(self, inner_hits: dict[str, InnerHits]) -> QueryContext:
        """Return the same, which notes what is shown with hits elsewhere."""
        return replace(self, inner_hits=inner_hits)

    def boost(self, query: str, body: Body, path: Path) -> float:
        """Return the `boost` of a query. Raises `ParseError`."""
        value = body.get("boost", 1.0)
        try:
            number = float(value) if isinstance(value, (int, float, str)) else math.nan
        except (ValueError, OverflowError):
            number = math.nan
        if isinstance(value, bool) or not math.isfinite(number):
            reason = f"[{query}] failed to parse field [boost]"
            raise x_content(reason, (*path, "boost"))
        if number < 0:
            raise illegal(
                f"negative [boost] are not allowed in [{query}], use a value between 0 and 1 to "
                "deboost"
            )
        if not math.isfinite(float32(number)):
            raise illegal("boost must be a positive float, got Infinity")
        return number


Parser = Callable[[Body, Path, QueryContext], Query]
"""Makes a query of its body, to which the path leads. Raises `ParseError`."""


def strict(query: str, body: Body, path: Path, *allowed: str) -> None:
    """Refuse unknown keys as the queries do that are read by an `ObjectParser`."""
    for name in body:
        if name not in (*allowed, "boost", "_name"):
            raise wrapped(unknown_field(query, name, path))


def wrapped(error: ParseError) -> ParseError:
    """Wrap an error: some queries repeat what their `ObjectParser` says in an exception."""
    return ParseError(PARSING, error.reason, error.path, error.at, inner=error)


def one_field(query: str, body: Body, path: Path) -> tuple[str, Json]:
    """Return the field of a query and what it says of it. Raises `ParseError` for several."""
    first, *others = body
    if others:
        text = f"[{query}] query doesn't support multiple fields, found [{first}] and [{others[0]}]"
        raise parsing(text, (*path, others[0]))
    return first, body[first]


def field_options(
    query: str, body: Body, path: Path, allowed: frozenset[str], wanted: str = "value"
) -> tuple[str, Body, Path]:
    """Return the field of a query, its options and the path to them.

    `{field: x}` is short for `{field: {wanted: x}}`. Raises `ParseError`.
    """
    if not body:
        raise illegal("field name is null or empty")
    name, value = one_field(query, body, path)
    path = (*path, name)
    if not isinstance(value, dict):
        if isinstance(value, list):
            raise parsing(f"[{query}] unexpected token [START_ARRAY] after [{name}]", path)
        return name, {wanted: value}, path
    for key, option in value.items():
        if key not in allowed and key not in ("boost", "_name"):
            raise parsing(f"[{query}] query does not support [{key}]", (*path, key))
        if isinstance(option, (dict, list)):
            token = bodies.token_of(option)
            raise parsing(f"[{query}] unexpected token [{token}] after [{key}]", (*path, key))
    return name, value, path


def whole(query: str, name: str, value: Json, path: Path) -> int:
    """Return an integer, or what the text of one says. Raises `ParseError`."""
    try:
        if not isinstance(value, bool):
            return int(float(value))
    except (ValueError, TypeError, OverflowError):
        pass
    raise x_content(f"[{query}] failed to parse field [{name}]", (*path, name))


def finite(query: str, name: str, value: Json, path: Path) -> float:
    """Return a finite number, or what the text of one says. Raises `ParseError`."""
    try:
        if not isinstance(value, bool) and math.isfinite(found := float(value)):
            return found
    except (ValueError, TypeError, OverflowError):
        pass
    raise x_content(f"[{query}] failed to parse field [{name}]", (*path, name))


def flag(value: Json) -> bool:
    """Return a boolean, or what the text of one says. Raises `ParseError`."""
    found = boolean(value)
    if found is not None:
        return found
    raise illegal(not_boolean(value))


def operator(value: Json) -> str:
    """Return `AND` or `OR`. Raises `ParseError`."""
    name = as_text(value).upper()
    if name not in ("AND", "OR"):
        raise illegal(f"No enum constant org.elasticsearch.index.query.Operator.{name}")
    return name
