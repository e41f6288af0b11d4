"""Terms of queries: which fields can be asked for them, and what a value stands for."""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, timedelta, tzinfo

from mockkibana.elasticsearch.analysis.errors import NoAnalyzer
from mockkibana.elasticsearch.errors import ElasticsearchError, cause, illegal_argument
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping import date_math, dates
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.mapping.unfit import Unfit
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_terms import (
    FLOATS,
    INTEGERS,
    SEARCHABLE,
    TEXTS,
    Term,
    as_number,
    converter,
)
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

_LENGTH = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)


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
    try:
        converter(leaf, segment.index)
    except NoAnalyzer as missing:
        name = missing.args[0]
        raise illegal_argument(
            f"this mock has no analyzer [{name}], which field [{path}] needs"
        ) from None
    if not is_indexed(leaf):
        raise ShardFailure(
            f"failed to create query: Cannot search on field [{path}] since it is not indexed"
            + ("." if leaf.type in TEXTS else " nor has doc values.")
        )
    return leaf


def is_indexed(leaf: Leaf) -> bool:
    """Return whether there is anything in which a field can be searched."""
    without = (False, "false")
    return leaf.definition.get("index") not in without or not (
        leaf.type in TEXTS or leaf.definition.get("doc_values") in without
    )


def _check_finite(leaf: Leaf, value: Json) -> None:
    try:
        leaf.check(value)
    except Unfit as unfit:
        if "finite" in unfit.reason:
            raise ShardFailure(f"failed to create query: {unfit.reason}") from None


def query_terms(segment: Segment, leaf: Leaf, value: Json) -> Iterable[Term]:
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
        return converter(leaf, segment.index)(value)
    except OverflowError:
        return ()
    except (ValueError, TypeError):
        raise _unfit(leaf, value) from None


def addresses(segment: Segment, leaf: Leaf, value: Json) -> Iterable[Term]:
    """Return the term of an address, or those of the field in a network such as `10.0.0.0/8`.

    Raises `ShardFailure`.
    """
    if not isinstance(value, str) or "/" not in value:
        return query_terms(segment, leaf, value)
    network = _network(leaf, value)
    low, high = (
        next(iter(query_terms(segment, leaf, str(end)))) for end in (network[0], network[-1])
    )
    known = segment.field(leaf).vocabulary
    return known[bisect_left(known, low) : bisect_right(known, high)]


def _network(leaf: Leaf, text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    kind = "illegal_argument_exception"
    parts = text.rstrip("/").split("/")
    if len(parts) != 2:
        reason = f"Expected [ip/prefix] but was [{text}]"
        raise ShardFailure(f"failed to create query: {reason}", cause(kind, reason))
    try:
        if "%" in parts[0]:
            raise ValueError
        address = ipaddress.ip_address(parts[0])
    except ValueError:
        raise _unfit(leaf, parts[0]) from None
    if not _LENGTH.fullmatch(parts[1]):
        kind, reason = "number_format_exception", f'For input string: "{parts[1]}"'
    elif isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        reason = (
            f"CIDR notation is not allowed with IPv6-mapped IPv4 address [{parts[0]} as it "
            "introduces ambiguity as to whether the prefix length should be interpreted as a v4 "
            "prefix length or a v6 prefix length"
        )
    elif not 0 <= int(parts[1]) <= address.max_prefixlen:
        reason = (
            f"Illegal prefix length [{int(parts[1])}] in [{text}]. Must be 0-32 for IPv4 ranges, "
            "0-128 for IPv6 ranges"
        )
    else:
        return ipaddress.ip_network((address, int(parts[1])), strict=False)
    raise ShardFailure(f"failed to create query: {reason}", cause(kind, reason))


def number_of(leaf: Leaf, value: Json) -> int | float:
    """Return a number in a query, which may be one that the field cannot have.

    Raises `ShardFailure`.
    """
    try:
        return as_number(value)
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


def instant(text: str, formats: str, now: int, zone: tzinfo = UTC, *, up: bool = False) -> int:
    """Return the instant that a date with math means, in milliseconds, `now` being the time.

    With `up` it is the last one that it stands for. Raises `ShardFailure`.
    """
    if "now" not in text and "||" not in text:
        found = dates.parse(text, formats, zone=zone, up=up)
        if found is not None:
            return found
        reason = f"failed to parse date field [{text}] with format [{formats}]"
    else:
        try:
            moment = dates.EPOCH + timedelta(milliseconds=now)
            time = date_math.evaluate(text, moment, formats, zone, up=up)
            return (time - dates.EPOCH) // timedelta(milliseconds=1)
        except ElasticsearchError as error:
            reason = error.reason
    inner = cause("date_time_parse_exception", "Failed to parse with all enclosed parsers")
    raise ShardFailure(reason, cause("parse_exception", f"{reason}: [{inner['reason']}]"))


def formats_of(leaf: Leaf) -> str:
    """Return the formats of a date field."""
    return str(leaf.definition.get("format", dates.DEFAULT_FORMAT))
