"""Sorting: what a search asks for, and the values of each document that decide its place."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import (
    Path,
    illegal,
    parsing,
    unknown_field,
    unsupported,
    x_content,
)
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_terms import (
    DATES,
    FLOATS,
    INTEGERS,
    KEYWORDS,
    SEARCHABLE,
    TEXTS,
    Term,
    converter,
)
from mockkibana.elasticsearch.search.scoring import shown
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

LONG_MAX = 2**63 - 1
LONG_MIN = -(2**63)

_FIELDDATA = (
    "Fielddata is disabled on [{field}] in [{index}]. Text fields are not optimised for operations "
    "that require per-document field data like aggregations and sorting, so these operations are "
    "disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on "
    "[{field}] in order to load field data by uninverting the inverted index. Note that this can "
    "use significant memory."
)
_MODES: dict[str, Callable[[Sequence[float]], float]] = {
    "min": min,
    "max": max,
    "sum": sum,
    "avg": lambda values: sum(values) / len(values),
    "median": lambda values: sorted(values)[len(values) // 2],
}


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of the order; `field` may be `_score` or `_doc`."""

    field: str
    descending: bool = False
    missing: Json = "_last"
    mode: str | None = None
    unmapped_type: str | None = None


def parse(value: Json, path: Path) -> tuple[Sort, ...]:
    """Parse the `sort` of a search body. Raises `ParseError`."""
    if isinstance(value, list):
        return tuple(
            sort for number, item in enumerate(value) for sort in _one(item, (*path, number))
        )
    return _one(value, path)


def parse_text(text: str) -> tuple[Sort, ...]:
    """Parse the parameter `sort`: `field:desc,other`."""
    sorts = []
    for part in filter(None, text.split(",")):
        field, colon, order = part.rpartition(":")
        if not colon:
            field, order = part, _default_order(part)
        sorts.append(Sort(_known(field), _descending(order, ())))
    return tuple(sorts)


def _one(value: Json, path: Path) -> tuple[Sort, ...]:
    if isinstance(value, str):
        return (Sort(_known(value), _default_order(value) == "desc"),)
    if not isinstance(value, dict):
        text = (
            "malformed sort format, within the sort array, an object, or an actual string are "
            "allowed"
        )
        raise illegal(text, path)
    return tuple(_options(field, options, (*path, field)) for field, options in value.items())


def _options(field: str, options: Json, path: Path) -> Sort:
    _known(field)
    if isinstance(options, str):
        return Sort(field, _descending(options, path))
    if not isinstance(options, dict):
        raise parsing(f"Expected [START_OBJECT] but found [{bodies.token_of(options)}]", path)
    known = ("order", "missing", "mode", "unmapped_type", "numeric_type", "format", "nested")
    for name, option in options.items():
        if name not in known:
            raise unknown_field("field_sort", name, path)
        if name in ("numeric_type", "format", "nested"):
            raise unsupported(f"[{name}] in [sort]")
        if isinstance(option, (dict, list)) or option is None:
            token = bodies.token_of(option)
            text = f"[field_sort] {name} doesn't support values of type: {token}"
            raise x_content(text, (*path, name))
    mode = options.get("mode")
    if mode is not None and mode not in _MODES:
        raise illegal(f"Unknown SortMode [{as_text(mode)}]")
    order = options.get("order", _default_order(field))
    return Sort(
        field,
        _descending(order, (*path, "order") if "order" in options else path),
        options.get("missing", "_last"),
        mode,
        as_text(options["unmapped_type"]) if "unmapped_type" in options else None,
    )


def _known(field: str) -> str:
    if field == "_id":
        raise illegal(
            "Fielddata access on the _id field is disallowed, you can re-enable it by updating the "
            "dynamic cluster setting: indices.id_field_data.enabled"
        )
    if field in ("_script", "_geo_distance"):
        raise unsupported(f"sorting by [{field}] yet")
    return field


def _default_order(field: str) -> str:
    return "desc" if field == "_score" else "asc"


def _descending(order: Json, path: Path) -> bool:
    name = as_text(order).lower()
    if name not in ("asc", "desc"):
        raise illegal(f"Unknown SortOrder [{as_text(order)}]", path)
    return name == "desc"


def keys(sort: Sort, segment: Segment, matches: dict[int, float]) -> dict[int, Term | None]:
    """Return what decides the place of each document; None where it has no value.

    Raises `ShardFailure`.
    """
    if sort.field == "_score":
        return dict(matches)
    if sort.field == "_doc":
        return {n: n for n in matches}
    if sort.field == "_shard_doc":
        start = segment.ordinal << 32
        return {n: start + n for n in matches}
    leaf = segment.leaf(sort.field)
    if leaf is None:
        if sort.unmapped_type is not None:
            return dict.fromkeys(matches)
        raise ShardFailure(f"No mapping found for [{sort.field}] in order to sort on")
    if leaf.type in TEXTS:
        raise fielddata_disabled(sort.field, segment.index)
    if leaf.type not in SEARCHABLE:
        raise illegal_argument(f"this mock does not sort by fields of type [{leaf.type}]")
    terms = segment.terms(leaf)
    choose = _chooser(sort, leaf)
    missing = _replacement(sort, leaf)
    return {n: choose(terms[n]) if terms[n] else missing for n in matches}


def fielddata_disabled(field: str, index: Index) -> ShardFailure:
    """Return the refusal to sort by a text field, or to aggregate one."""
    text = _FIELDDATA.format(field=field, index=index.name)
    return ShardFailure(text, type="illegal_argument_exception")


def _replacement(sort: Sort, leaf: Leaf) -> Term | None:
    """Return the value that stands for a missing one, None when it goes first or last."""
    if sort.missing in ("_first", "_last"):
        return None
    try:
        return converter(leaf)(sort.missing)[0]
    except (ValueError, TypeError, OverflowError, IndexError):
        text = f'For input string: "{as_text(sort.missing)}"'
        raise ShardFailure(text, type="illegal_argument_exception") from None


def _chooser(sort: Sort, leaf: Leaf) -> Callable[[Sequence[Term]], Term]:
    mode = sort.mode or ("max" if sort.descending else "min")
    if mode in ("sum", "avg", "median") and leaf.type not in INTEGERS | FLOATS | DATES:
        raise ShardFailure("we only support AVG, MEDIAN and SUM on number based fields")
    return _MODES[mode]  # type: ignore[return-value]


def value_of(sort: Sort, segment: Segment, key: Term | None) -> Json:
    """Return what a hit shows of a key in its `sort`."""
    if sort.field == "_score":
        return shown(float(key or 0.0))
    if sort.field in ("_doc", "_shard_doc"):
        return key
    leaf = segment.leaf(sort.field)
    kind = leaf.type if leaf is not None else sort.unmapped_type or "keyword"
    if key is None:
        return _missing(sort, kind)
    if isinstance(key, bytes):
        return _address(key)
    if kind == "boolean":
        return 1 if key == "true" else 0
    if kind == "float" or (isinstance(key, float) and not math.isfinite(key)):
        return shown(float(key))
    return key


def _missing(sort: Sort, kind: str) -> Json:
    if kind in KEYWORDS | {"ip"}:
        return None
    highest = (sort.missing == "_last") != sort.descending
    if kind in FLOATS:
        return "Infinity" if highest else "-Infinity"
    return LONG_MAX if highest else LONG_MIN


def _address(packed: bytes) -> str:
    address = ipaddress.IPv6Address(packed)
    return str(address.ipv4_mapped or address)
