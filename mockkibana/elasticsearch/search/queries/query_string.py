"""The query for a text with operators: `query_string`."""

from __future__ import annotations

import re
from dataclasses import replace

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parameters import Parameters
from mockkibana.elasticsearch.json.parse_errors import ParseError, Path, parsing, unsupported
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search import field_names, fuzziness
from mockkibana.elasticsearch.search.queries import multi_match, text_options
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Parser,
    Query,
    QueryContext,
    finite,
    flag,
    operator,
    whole,
)
from mockkibana.elasticsearch.search.queries.ranges import zone_of
from mockkibana.elasticsearch.search.queries.wording import Wording

_KEYS = frozenset(
    {
        *("allow_leading_wildcard", "analyze_wildcard", "analyzer", "auto_generate_phrase_queries"),
        *("auto_generate_synonyms_phrase_query", "boost", "default_field", "default_operator"),
        *("enable_position_increments", "escape", "fields", "fuzziness", "fuzzy_max_expansions"),
        *("fuzzy_prefix_length", "fuzzy_rewrite", "fuzzy_transpositions", "lenient"),
        *("max_determinized_states", "minimum_should_match", "_name", "phrase_slop", "query"),
        *("quote_analyzer", "quote_field_suffix", "rewrite", "tie_breaker", "time_zone", "type"),
    }
)
_UNSUPPORTED = ("quote_analyzer", "quote_field_suffix")
_SPECIAL = re.compile(r'([-+!():^\[\]"{}~*?\\|&/])')


def _query_string(body: Body, path: Path, context: QueryContext) -> Query:
    for name, value in body.items():
        if name not in _KEYS:
            raise parsing(f"[query_string] query does not support [{name}]", (*path, name))
        if isinstance(value, dict) or (isinstance(value, list) != (name == "fields")):
            token = bodies.token_of(value)
            raise parsing(f"[query_string] unknown token [{token}] after [{name}]", (*path, name))
        if name in _UNSUPPORTED:
            raise unsupported(f"[{name}] in [query_string]", (*path, name))
    if body.get("query") is None:
        raise parsing("[query_string] must be provided with a [query]", path, "end")
    if "fields" in body and "default_field" in body:
        text = "cannot use [fields] parameter in conjunction with [default_field]"
        raise parsing(text, path, "end")
    text = as_text(body["query"])
    if flag(body.get("escape", False)):
        text = _SPECIAL.sub(r"\\\1", text)
    return _wording(body, path, context).query(text, context.boost("query_string", body, path))


def _wording(body: Body, path: Path, context: QueryContext) -> Wording:
    kind = as_text(body.get("type", "best_fields")).lower()
    if kind not in multi_match.TIES:
        text = f"failed to parse [multi_match] query type [{kind}]. unknown type."
        raise parsing(text, path, "end")
    fields = body.get("fields", body.get("default_field"))
    options = text_options.read("query_string", _common(body), path, context)
    tie = body.get("tie_breaker")
    return Wording(
        () if fields is None else field_names.parse(fields, (*path, "fields")),
        replace(options, prefix_length=_whole(body, "fuzzy_prefix_length", 0, path)),
        context.now,
        conjunction=operator(body.get("default_operator", "or")) == "AND",
        type=kind,
        edits=fuzziness.parse(body.get("fuzziness", "AUTO"), path),
        phrase_slop=_whole(body, "phrase_slop", 0, path),
        tie_breaker=None if tie is None else finite("query_string", "tie_breaker", tie, path),
        zone=zone_of(body.get("time_zone")),
        leading_wildcards=flag(body.get("allow_leading_wildcard", True)),
    )


def _common(body: Body) -> Body:
    """Return the options that other queries have, too."""
    names = ("analyzer", "fuzzy_transpositions", "lenient", "minimum_should_match")
    common = {name: body[name] for name in names if name in body}
    if "fuzzy_max_expansions" in body:
        common["max_expansions"] = body["fuzzy_max_expansions"]
    return common


def _whole(body: Body, name: str, default: int, path: Path) -> int:
    return max(whole("query_string", name, body.get(name, default), path), 0)


_PARAMETERS = {
    "analyze_wildcard": "analyze_wildcard",
    "analyzer": "analyzer",
    "default_operator": "default_operator",
    "df": "default_field",
    "lenient": "lenient",
}


def of_parameters(parameters: Parameters, context: QueryContext) -> Query | None:
    """Return the query of the parameter `q` and those beside it, None without one.

    Raises `ElasticsearchError`.
    """
    text = parameters.text("q")
    if text is None:
        return None
    body: Body = {"query": text}
    for name, key in _PARAMETERS.items():
        if (value := parameters.text(name)) is not None:
            body[key] = value or "true"
    try:
        return _query_string(body, (), context)
    except ParseError as error:
        raise illegal_argument(error.reason) from None


QUERIES: dict[str, Parser] = {"query_string": _query_string}
