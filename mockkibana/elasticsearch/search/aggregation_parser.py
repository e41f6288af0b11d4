"""The aggregations of a search: from JSON to aggregations that are ready to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parameters import did_you_mean
from mockkibana.elasticsearch.json.parse_errors import (
    ParseError,
    Path,
    parsing,
    unknown_name,
    unsupported,
)
from mockkibana.elasticsearch.search import aggregations
from mockkibana.elasticsearch.search.aggregations.aggregation import (
    NONE,
    AggregationParser,
    Aggregations,
    Definition,
    QueryParser,
    Result,
)
from mockkibana.elasticsearch.search.aggregations.filters import Global
from mockkibana.elasticsearch.search.registry import Registry
from mockkibana.elasticsearch.vocabulary import names
from mockkibana.json import Json

KEYS = ("aggs", "aggregations")
_UNFIT = frozenset("[]>")
_ROWS = ("histogram", "date_histogram")
_LEAVES = "cannot accept sub-aggregations"


#: The parser of each aggregation that is served: what the modules in `aggregations` name.
PARSERS: Registry[AggregationParser] = Registry(
    aggregations, "AGGREGATIONS", ("terms", "metrics", "histograms", "filters")
)


def parse(value: Json, path: Path, query: QueryParser) -> Aggregations:
    """Parse the aggregations of a search, by their names; `query` parses the queries in them.

    Raises `ParseError`.
    """
    found = _parse(value, path, query)
    for name, parent in found.parents.items():
        raise _invalid(
            f"{parent.type} aggregation [{name}] must be declared inside of another aggregation"
        )
    return found


def _parse(value: Json, path: Path, query: QueryParser) -> Aggregations:
    if not isinstance(value, dict):
        raise parsing(f"Expected [START_OBJECT] but found [{bodies.token_of(value)}]", path)
    groups: dict[str, dict[str, Any]] = {"plain": {}, "siblings": {}, "parents": {}}
    meta = {}
    for name, definition in value.items():
        inner = (*path, name)
        if not name or _UNFIT & set(name):
            raise parsing(
                f"Invalid aggregation name [{name}]. Aggregation names can contain any character "
                "except '[', ']', and '>'",
                inner,
                "key",
            )
        aggregation, told = _one(name, definition, inner, query)
        groups[_group(aggregation)][name] = aggregation
        if told is not None:
            meta[name] = told
    shows_hits = any(plain.shows_hits for plain in groups["plain"].values())
    return Aggregations(**groups, meta=meta, shows_hits=shows_hits)


def _group(aggregation: Any) -> str:
    if hasattr(aggregation, "beside"):
        return "siblings"
    return "parents" if hasattr(aggregation, "over") else "plain"


def _one(name: str, definition: Json, path: Path, query: QueryParser) -> tuple[Any, Json]:
    if not isinstance(definition, dict):
        token = bodies.token_of(definition)
        text = f"Aggregation definition for [{name} starts with a [{token}], expected a "
        raise parsing(f"{text}[START_OBJECT].", path)
    inner, meta, type_ = NONE, None, None
    for key, value in definition.items():
        there = (*path, key)
        if not isinstance(value, dict):
            token = bodies.token_of(value)
            text = f"Expected [START_OBJECT] under [{key}], but got a [{token}] in [{name}]"
            raise parsing(text, there)
        if key == "meta":
            meta = value
        elif key in KEYS:
            inner = _parse(value, there, query)
        elif type_ is not None:
            text = f"Found two aggregation type definitions in [{name}]: [{type_}] and [{key}]"
            raise parsing(text, there)
        else:
            type_ = key
    if type_ is None:
        raise parsing(f"Missing definition for aggregation [{name}]", path, "end")
    there = (*path, type_)
    parser = PARSERS.get(type_)
    if parser is None:
        raise _not_parsed(type_, there)
    made = parser(Definition(name, type_, definition[type_], there, inner, query))
    if inner:
        _check_inner(name, type_, made, definition, path)
    return made, meta


def _check_inner(name: str, type_: str, made: Any, definition: Json, path: Path) -> None:
    """Refuse what may not be in an aggregation. Raises `ParseError`."""
    if not hasattr(made, "inner"):
        # A node finds this out later, and names the type with no place in the body.
        text = f"Aggregator [{name}] of type [{type_}] {_LEAVES}"
        raise ParseError("aggregation_initialization_exception", text, path)
    for own, inner in made.inner.plain.items():
        if isinstance(inner, Global):
            raise ParseError(
                "aggregation_execution_exception",
                f"Aggregation [{name}] cannot have a global sub-aggregation [{own}]. Global "
                "aggregations can only be defined as top level aggregations",
                path,
            )
    for own, parent in made.inner.parents.items():
        if not parent.in_a_row:
            continue
        if type_ not in _ROWS:
            raise _invalid(
                f"{parent.type} aggregation [{own}] must have a histogram, date_histogram or "
                "auto_date_histogram as parent"
            )
        if definition[type_].get("min_doc_count", 0) not in (0, "0"):
            raise _invalid(
                f"parent histogram of {parent.type} aggregation [{own}] must have min_doc_count "
                "of 0"
            )


def _invalid(why: str) -> ParseError:
    text = f"Validation Failed: 1: {why};"
    return ParseError("action_request_validation_exception", text, ())


def _not_parsed(type_: str, path: Path) -> ParseError:
    others = names("search", "aggregations")  # those that are missing here only
    if type_ in others:
        return unsupported(f"the [{type_}] aggregation yet", path)
    hint = did_you_mean(type_, [*PARSERS.every(), *others])
    return unknown_name(type_, f"Unknown aggregation type [{type_}]{hint}", path, "key")


def typed(results: Mapping[str, Json]) -> dict[str, Json]:
    """Return results with the kind of each before its name (`typed_keys`): `sterms#colours`."""
    return {
        f"{value.kind}#{name}" if isinstance(value, Result) else name: _typed(value)
        for name, value in results.items()
    }


def _typed(value: Json) -> Json:
    if isinstance(value, dict):
        return typed(value)
    if isinstance(value, list):
        return [_typed(item) for item in value]
    return value
