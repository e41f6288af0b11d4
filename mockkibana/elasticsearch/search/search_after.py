"""`search_after`: the page that follows the hit with some sort values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from mockkibana.elasticsearch.errors import cause
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import Path, illegal, parsing
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_terms import (
    FLOATS,
    KEYWORDS,
    Term,
    comparable,
    converter,
)
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.search.sorting import LONG_MAX, LONG_MIN, Sort
from mockkibana.json import Json

_SCALARS = (str, int, float, bool, type(None))


def parse(value: Json, path: Path) -> tuple[Json, ...]:
    """Parse the `search_after` of a body: one scalar for each key of the order.

    Raises `ParseError`.
    """
    if not isinstance(value, list):
        raise parsing(f"Unknown key for a {bodies.token_of(value)} in [search_after].", path)
    if not value:
        raise illegal("Values must contains at least one value.")
    for place, item in enumerate(value):
        if not isinstance(item, _SCALARS):
            raise parsing(
                "Expected [VALUE_STRING] or [VALUE_NUMBER] or [VALUE_BOOLEAN] or [VALUE_NULL] but "
                f"found [{bodies.token_of(item)}] inside search_after.",
                (*path, place),
            )
    return tuple(value)


def check(values: Sequence[Json], order: Sequence[Sort]) -> None:
    """Refuse values that do not belong to an order. Raises `ShardFailure`."""
    if not order or (len(order) == 1 and order[0].field == "_score" and order[0].descending):
        # Lucene needs no order for what is the best score first.
        raise _failure("Sort must contain at least one field.")
    if len(values) != len(order):
        raise _failure(f"search_after has {len(values)} value(s) but sort has {len(order)}.")


def later(
    values: Sequence[Json],
    order: Sequence[Sort],
    segment: Segment,
    numbers: Sequence[int],
    columns: Sequence[Mapping[int, Term | None]],
) -> list[int]:
    """Return the documents of an index that come after some values in the order.

    `columns` hold the keys of the documents, a column for each of the order. Raises `ShardFailure`.
    """
    check(values, order)
    after = [_key(sort, segment, value) for sort, value in zip(order, values, strict=True)]
    found = []
    for number in segment.budget.each(numbers):
        for sort, column, key in zip(order, columns, after, strict=True):
            if side := _compare(sort, column[number], key):
                if side > 0:
                    found.append(number)
                break
    return found


def _compare(sort: Sort, key: Term | None, other: Term | None) -> int:
    """Return on which side of another key one is in the order: -1 before, 1 after, 0 the same."""
    if key is None or other is None:
        if key is other:
            return 0
        missing_first = sort.missing == "_first"
        return 1 if (key is None) is not missing_first else -1
    one, two = comparable(key), comparable(other)
    if one < two:
        return 1 if sort.descending else -1
    if two < one:
        return -1 if sort.descending else 1
    return 0


def _key(sort: Sort, segment: Segment, value: Json) -> Term | None:
    """Return the key that a hit shows as a value. Raises `ShardFailure`."""
    leaf = segment.leaf(sort.field)
    kind = leaf.type if leaf is not None else sort.unmapped_type or "keyword"
    if value is None:
        return None
    try:
        if sort.field in ("_score", "_doc", "_shard_doc"):
            return float(value)
        if leaf is None or kind in KEYWORDS:
            return as_text(value)
        if value in (LONG_MAX, LONG_MIN) or (
            kind in FLOATS and math.isinf(float(value))
        ):  # what a hit shows that has no value
            return None
        if kind == "boolean":
            return "true" if value in (1, "1", "true") else "false"
        terms = converter(leaf)(value)
        return terms[0] if terms else None
    except (ValueError, TypeError, OverflowError):
        raise _failure(
            f"Failed to parse search_after value for field [{sort.field}].",
            f'For input string: "{as_text(value)}"',
        ) from None


def _failure(reason: str, why: str | None = None) -> ShardFailure:
    caused_by = None if why is None else cause("number_format_exception", why)
    return ShardFailure(reason, caused_by, type="illegal_argument_exception")
