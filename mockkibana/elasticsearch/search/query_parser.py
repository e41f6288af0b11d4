"""The query DSL: from JSON to queries that are ready to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from mockkibana.elasticsearch.json.parameters import did_you_mean
from mockkibana.elasticsearch.json.parse_errors import (
    ParseError,
    Path,
    illegal,
    parsing,
    unknown_name,
    unsupported,
)
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search import queries
from mockkibana.elasticsearch.search.queries.query import Body, Fetch, Parser, Query, QueryContext
from mockkibana.elasticsearch.vocabulary import names
from mockkibana.json import Json
from mockkibana.remembered import remembered


@cache
def parsers() -> Mapping[str, Parser]:
    """Return the parser of each query that is served: what the modules in `queries` name."""
    found: dict[str, Parser] = {}
    for module in _modules():
        found |= _queries_of(module)
    return dict(sorted(found.items()))


@remembered(128)
def _parser_of(name: str) -> Parser | None:
    """Return the parser of a query.

    Modules are loaded until it is found, as few searches need all: the likely ones come first.
    """
    for module in sorted(_modules(), key=lambda module: not module.startswith(name)):
        if (parser := _queries_of(module).get(name)) is not None:
            return parser
    return None


@cache
def _modules() -> Sequence[str]:
    return [module.name for module in iter_modules(queries.__path__)]


def _queries_of(module: str) -> Mapping[str, Parser]:
    loaded = import_module(f"{queries.__name__}.{module}")
    found: Mapping[str, Parser] = getattr(loaded, "QUERIES", {})
    return found


def context(now: int, fetch: Fetch) -> QueryContext:
    """Return what the queries of one search are parsed with: see `QueryContext`."""
    return QueryContext(now, fetch, parse)


def parse(value: Json, path: Path, context: QueryContext) -> Query:
    """Parse a query, `path` leading to it in the body. Raises `ParseError`."""
    if not isinstance(value, dict):
        raise parsing("[_na] query malformed, must start with start_object", path)
    if not value:
        raise illegal("query malformed, empty clause found at [{place}]", path, "end")
    name, *others = value
    body = value[name]
    inner = (*path, name)
    if not isinstance(body, dict):
        raise parsing(f"[{name}] query malformed, no start_object after query name", inner)
    parser = _parser_of(name)
    if parser is None:
        raise _not_parsed(name, inner)
    query = parser(body, inner, context)
    if others:
        text = f"[{name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]"
        raise parsing(text, (*path, others[0]), "key")
    if (own := _name_of(body)) is not None:
        context.named[own] = query
    return query


def _name_of(body: Body) -> str | None:
    """Return the `_name` of a query: in its body, or with the options of its one field."""
    for options in (body, *body.values()):
        if isinstance(options, dict) and options.get("_name") is not None:
            return as_text(options["_name"])
    return None


def _not_parsed(name: str, path: Path) -> ParseError:
    others = names("search", "queries")  # those that are missing here only
    if name in others:
        return unsupported(f"the [{name}] query yet", path)
    hint = did_you_mean(name, [*parsers(), *others])
    return unknown_name(name, f"unknown query [{name}]{hint}", path)
