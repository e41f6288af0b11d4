"""Sorting: what a search asks for, and the values of each document that decide its place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json import bodies, object_parser
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
from mockkibana.elasticsearch.search.failures import ShardFailure, fielddata_disabled
from mockkibana.elasticsearch.search.field_terms import (
    DATES,
    FLOATS,
    INTEGERS,
    KEYWORDS,
    SEARCHABLE,
    TEXTS,
    Term,
    address_text,
    converter,
)
from mockkibana.elasticsearch.search.scoring import shown
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.search.scripted import Scripted

LONG_MAX = 2**63 - 1
LONG_MIN = -(2**63)

_MODES: dict[str, Callable[[Sequence[float]], float]] = {
    "min": min,
    "max": max,
    "sum": sum,
    "avg": lambda values: sum(values) / len(values),
    "median": lambda values: sorted(values)[len(values) // 2],
}


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of the order; `field` may be `_score`, `_doc`, or `_script` for what that makes."""

    field: str
    descending: bool = False
    missing: Json = "_last"
    mode: str | None = None
    unmapped_type: str | None = None
    script: Scripted | None = None


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
    if field == "_script":
        return _scripted(options, path)
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


def _scripted(options: Json, path: Path) -> Sort:
    # Imported here, as few searches need it.
    from mockkibana.elasticsearch.search import scripted

    kinds = {"script": "object or string", "type": "string", "order": "string", "mode": "string"}
    given = object_parser.fields("_script", kinds, options, path)
    if "script" not in given:
        raise illegal("Required [script]", path)
    kind = given.get("type", "")
    if kind not in ("number", "string"):
        raise illegal(f"Unknown ScriptSortType [{kind}]", path)
    order = given.get("order", "asc")
    return Sort(
        "_script",
        _descending(order, (*path, "order") if "order" in given else path),
        unmapped_type="double" if kind == "number" else "keyword",
        script=scripted.read(given["script"], (*path, "script"), scores=True),
    )


def _by_script(sort: Sort, segment: Segment, matches: dict[int, float]) -> dict[int, Term | None]:
    if sort.script is None:
        return {}
    value_of = sort.script.of(segment)
    found: dict[int, Term | None] = {}
    for number, score in segment.budget.each(matches.items()):
        value = value_of(number, score)
        try:
            found[number] = float(value) if sort.unmapped_type == "double" else as_text(value)
        except (ValueError, TypeError, OverflowError):
            raise ShardFailure(
                "the script of a sort must return a number", type="class_cast_exception"
            ) from None
    return found


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
    if sort.script is not None:
        return _by_script(sort, segment, matches)
    leaf = segment.leaf(sort.field)
    if leaf is None:
        if sort.unmapped_type is not None:
            return dict.fromkeys(matches)
        raise ShardFailure(f"No mapping found for [{sort.field}] in order to sort on")
    if leaf.type in TEXTS:
        raise fielddata_disabled(sort.field, segment.index.name)
    if leaf.type not in SEARCHABLE:
        raise illegal_argument(f"this mock does not sort by fields of type [{leaf.type}]")
    terms = segment.terms(leaf)
    choose = _chooser(sort, leaf)
    missing = _replacement(sort, leaf)
    return {n: choose(terms[n]) if terms[n] else missing for n in matches}


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
        return address_text(key)
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
