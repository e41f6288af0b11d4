"""Terms of queries: which fields can be asked for them, and what a value stands for."""

from __future__ import annotations

from collections.abc import Iterable

from mockkibana.elasticsearch.errors import cause, illegal_argument
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping import dates
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.mapping.unfit import Unfit
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_terms import (
    FLOATS,
    INTEGERS,
    SEARCHABLE,
    TEXTS,
    Term,
    analyzer_of,
    converter,
)
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json


def searchable(segment: Segment, path: str) -> Leaf | None:
    """Return a field to be searched by its terms, None for one that is not mapped.

    Raises `ShardFailure` for a field that cannot be searched, and `ElasticsearchError` for one
    that this mock cannot search.
    """
    leaf = segment.leaf(path)
    if leaf is None:
        return None
    if leaf.type not in SEARCHABLE:
        raise illegal_argument(f"this mock does not search fields of type [{leaf.type}]: [{path}]")
    if leaf.type in TEXTS and analyzer_of(leaf) is None:
        name = leaf.definition.get("analyzer")
        raise illegal_argument(f"this mock has no analyzer [{name}], which field [{path}] needs")
    if leaf.definition.get("index") in (False, "false") and (
        leaf.type in TEXTS or leaf.definition.get("doc_values") in (False, "false")
    ):
        raise ShardFailure(
            f"failed to create query: Cannot search on field [{path}] since it is not indexed"
            + ("." if leaf.type in TEXTS else " nor has doc values.")
        )
    return leaf


def _check_finite(leaf: Leaf, value: Json) -> None:
    try:
        leaf.check(value)
    except Unfit as unfit:
        if "finite" in unfit.reason:
            raise ShardFailure(f"failed to create query: {unfit.reason}") from None


def query_terms(leaf: Leaf, value: Json) -> Iterable[Term]:
    """Return the term that a value in a query stands for; a text is not split into words.

    Raises `ShardFailure` for a value that the field cannot have.
    """
    if leaf.type in TEXTS:
        return (as_text(value),)
    try:
        if leaf.type in INTEGERS and float(value) != int(float(value)):
            return ()  # no whole number equals a fraction
        if leaf.type in FLOATS:
            _check_finite(leaf, value)
        return converter(leaf)(value)
    except OverflowError:
        return ()
    except (ValueError, TypeError):
        raise _unfit(leaf, value) from None


def _unfit(leaf: Leaf, value: Json) -> ShardFailure:
    text = as_text(value)
    kind = "illegal_argument_exception"
    if leaf.type == "boolean":
        reason = f"Can't parse boolean value [{text}], expected [true] or [false]"
    elif leaf.type == "ip":
        reason = f"'{text}' is not an IP string literal."
    elif leaf.type in INTEGERS | FLOATS:
        kind, reason = "number_format_exception", f'For input string: "{text}"'
    else:
        reason = f"failed to parse [{text}]"
    return ShardFailure(f"failed to create query: {reason}", cause(kind, reason))


_UNITS = (  # what a text of a date leaves out, by its length: the instants that it stands for
    (len("2024"), 366 * 86_400_000),
    (len("2024-01"), 31 * 86_400_000),
    (len("2024-01-02"), 86_400_000),
    (len("2024-01-02T03"), 3_600_000),
    (len("2024-01-02T03:04"), 60_000),
    (len("2024-01-02T03:04:05"), 1_000),
)


def span(text: str, formats: str) -> tuple[int, int]:
    """Return the instants that a date stands for, the last one excluded. Raises `ShardFailure`."""
    low = dates.parse(text, formats)
    if low is None:
        reason = f"failed to parse date field [{text}] with format [{formats}]"
        inner = cause("date_time_parse_exception", "Failed to parse with all enclosed parsers")
        raise ShardFailure(reason, cause("parse_exception", f"{reason}: [{inner['reason']}]"))
    plain = text[:4].isdecimal() and text[4:5] in ("", "-")
    for length, size in _UNITS if plain else ():
        if len(text) == length:
            return low, _next(text, low, size)
    return low, low + 1


def _next(text: str, low: int, size: int) -> int:
    """Return the start of the next year, month, ...; years and months differ in length."""
    if len(text) == len("2024"):
        return dates.parse(f"{int(text) + 1:04d}") or low + size
    if len(text) == len("2024-01"):
        year, month = int(text[:4]), int(text[5:])
        following = f"{year + month // 12:04d}-{month % 12 + 1:02d}"
        return dates.parse(following) or low + size
    return low + size
