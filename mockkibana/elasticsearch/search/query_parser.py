"""The query DSL: from JSON to queries that are ready to run."""

from __future__ import annotations

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
from mockkibana.elasticsearch.search.registry import Registry
from mockkibana.elasticsearch.vocabulary import names
from mockkibana.json import Json

#: The parser of each query that is served: what the modules in `queries` name.
PARSERS: Registry[Parser] = Registry(
    queries, "QUERIES", ("constants", "terms", "compound", "full_text", "ranges")
)


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
    parser = PARSERS.get(name)
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
    hint = did_you_mean(name, [*PARSERS.every(), *others])
    return unknown_name(name, f"unknown query [{name}]{hint}", path)
