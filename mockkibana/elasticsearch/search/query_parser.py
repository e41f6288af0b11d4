"""The query DSL: from JSON to queries that are ready to run."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parameters import did_you_mean
from mockkibana.elasticsearch.json.parse_errors import (
    PARSING,
    ParseError,
    Path,
    illegal,
    parsing,
    unknown_field,
    unknown_name,
    unsupported,
    within,
    x_content,
)
from mockkibana.elasticsearch.json.scalars import as_text, boolean, not_boolean
from mockkibana.elasticsearch.mapping.number_fields import float32
from mockkibana.elasticsearch.search import queries
from mockkibana.elasticsearch.search.queries import Query
from mockkibana.elasticsearch.vocabulary import names
from mockkibana.json import Json

MAX_NESTED_DEPTH = 30  # of bool queries: indices.query.bool.max_nested_depth

_MINIMUM = r"-?\d{1,9}%?"
_MINIMUM_SHOULD_MATCH = re.compile(
    rf"\s*(?:{_MINIMUM}|\d{{1,9}}\s*<\s*{_MINIMUM}(?:\s+\d{{1,9}}\s*<\s*{_MINIMUM})*)\s*"
)


def parse(value: Json, path: Path) -> Query:
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
    parser = _PARSERS.get(name)
    if parser is None:
        raise _not_parsed(name, inner)
    query = parser(body, inner)
    if others:
        text = f"[{name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]"
        raise parsing(text, (*path, others[0]), "key")
    return query


def _not_parsed(name: str, path: Path) -> ParseError:
    others = names("search", "queries")  # those that are missing here only
    if name in others:
        return unsupported(f"the [{name}] query yet", path)
    hint = did_you_mean(name, [*_PARSERS, *others])
    return unknown_name(name, f"unknown query [{name}]{hint}", path)


def _strict(query: str, body: dict[str, Json], path: Path, *allowed: str) -> None:
    """Refuse unknown keys as the queries do that are read by an `ObjectParser`."""
    for name in body:
        if name not in (*allowed, "boost", "_name"):
            raise _wrapped(unknown_field(query, name, path))


def _wrapped(error: ParseError) -> ParseError:
    """Wrap an error: some queries repeat what their `ObjectParser` says in an exception."""
    return ParseError(PARSING, error.reason, error.path, error.at, inner=error)


def _boost(query: str, body: dict[str, Json], path: Path) -> float:
    if "_name" in body:
        raise unsupported("[_name]: it answers no [matched_queries]")
    value = body.get("boost", 1.0)
    try:
        boost = float(value) if isinstance(value, (int, float, str)) else math.nan
    except (ValueError, OverflowError):
        boost = math.nan
    if isinstance(value, bool) or not math.isfinite(boost):
        reason = f"[{query}] failed to parse field [boost]"
        raise x_content(reason, (*path, "boost"))
    if boost < 0:
        raise illegal(
            f"negative [boost] are not allowed in [{query}], use a value between 0 and 1 to deboost"
        )
    if not math.isfinite(float32(boost)):
        raise illegal("boost must be a positive float, got Infinity")
    return boost


def _match_all(body: dict[str, Json], path: Path) -> Query:
    _strict("match_all", body, path)
    return queries.All(_boost("match_all", body, path))


def _match_none(body: dict[str, Json], path: Path) -> Query:
    _strict("match_none", body, path)
    _boost("match_none", body, path)
    return queries.Ids(frozenset())


def _ids(body: dict[str, Json], path: Path) -> Query:
    _strict("ids", body, path, "values")
    values = body.get("values", [])
    listed = values if isinstance(values, list) else [values]
    for value in listed:
        if isinstance(value, (dict, list)) or value is None:
            error = x_content("[ids] failed to parse field [values]", (*path, "values"))
            raise _wrapped(error)
    return queries.Ids(frozenset(map(as_text, listed)), _boost("ids", body, path))


def _exists(body: dict[str, Json], path: Path) -> Query:
    for name, value in body.items():
        if isinstance(value, (dict, list)) or value is None:
            token = bodies.token_of(value)
            raise parsing(f"[exists] unknown token [{token}] after [{name}]", (*path, name))
        if name not in ("field", "boost", "_name"):
            raise parsing(f"[exists] query does not support [{name}]", (*path, name))
    if not body.get("field"):
        raise parsing("[exists] must be provided with a [field]", path, "end")
    return queries.Exists(as_text(body["field"]), _boost("exists", body, path))


def _one_field(query: str, body: dict[str, Json], path: Path) -> tuple[str, Json]:
    first, *others = body
    if others:
        text = f"[{query}] query doesn't support multiple fields, found [{first}] and [{others[0]}]"
        raise parsing(text, (*path, others[0]))
    return first, body[first]


def _term(body: dict[str, Json], path: Path) -> Query:
    if not body:
        raise illegal("field name is null or empty")
    field, value = _one_field("term", body, path)
    path = (*path, field)
    options: dict[str, Json] = {"value": value}
    if isinstance(value, dict):
        options = value
        for name in options:
            if name not in ("value", "term", "boost", "_name", "case_insensitive"):
                raise parsing(f"[term] query does not support [{name}]", (*path, name))
    wanted = options.get("value", options.get("term"))
    if isinstance(wanted, (dict, list)):
        raise parsing("[term] query does not support array of values", path)
    if wanted is None:
        raise illegal("value cannot be null")
    boost = _boost("term", options, path) if isinstance(value, dict) else 1.0
    folded = _flag(options.get("case_insensitive", False))
    return queries.Terms(field, (wanted,), boost, case_insensitive=folded)


def _terms(body: dict[str, Json], path: Path) -> Query:
    fields = [name for name in body if name not in ("boost", "_name")]
    for name in fields:
        value = body[name]
        if isinstance(value, dict):
            raise unsupported("the lookup of [terms] in a document")
        if not isinstance(value, list):
            raise parsing(f"[terms] query does not support [{name}]", (*path, name))
    if not fields:
        text = (
            "[terms] query requires a field name, followed by array of terms or a document lookup "
            "specification"
        )
        raise parsing(text, path, "end")
    if len(fields) > 1:
        raise parsing("[terms] query does not support multiple fields", (*path, fields[1]))
    values = body[fields[0]]
    for value in values:
        if isinstance(value, (dict, list)) or value is None:
            raise parsing("No value specified for terms query", (*path, fields[0]))
    return queries.Terms(fields[0], tuple(values), _boost("terms", body, path), constant=True)


_MATCH = frozenset(
    {
        "_name",
        "analyzer",
        "auto_generate_synonyms_phrase_query",
        "boost",
        "fuzziness",
        "fuzzy_rewrite",
        "fuzzy_transpositions",
        "lenient",
        "max_expansions",
        "minimum_should_match",
        "operator",
        "prefix_length",
        "query",
        "zero_terms_query",
    }
)


def _match(body: dict[str, Json], path: Path) -> Query:
    outer = path
    if not body:
        raise parsing("No text specified for text query", outer, "end")
    field, value = _one_field("match", body, path)
    path = (*path, field)
    options: dict[str, Json] = value if isinstance(value, dict) else {"query": value}
    for name, option in options.items():
        if name not in _MATCH:
            raise parsing(f"[match] query does not support [{name}]", (*path, name))
        if isinstance(option, (dict, list)):
            # Guess: for a list in place of the text a real node fails with a status of 500.
            where = (*path, name) if isinstance(value, dict) else path
            token = bodies.token_of(option)
            raise parsing(f"[match] unknown token [{token}] after [{where[-1]}]", where)
        if name in ("analyzer", "fuzziness"):
            raise unsupported(f"[{name}] in [match]")
    text = options.get("query")
    if text is None:
        raise parsing("No text specified for text query", outer, "end")
    zero_terms = as_text(options.get("zero_terms_query", "none")).lower()
    if zero_terms not in ("none", "all"):
        raise parsing(f"Unsupported zero_terms_query value [{zero_terms}]", path)
    return queries.Match(
        field,
        text,
        conjunction=_operator(options.get("operator", "or")) == "AND",
        minimum=_minimum(options.get("minimum_should_match")),
        zero_terms=zero_terms == "all",
        lenient=_flag(options.get("lenient", False)),
        boost=_boost("match", options, path),
    )


def _operator(value: Json) -> str:
    name = as_text(value).upper()
    if name not in ("AND", "OR"):
        raise illegal(f"No enum constant org.elasticsearch.index.query.Operator.{name}")
    return name


def _flag(value: Json) -> bool:
    flag = boolean(value)
    if flag is not None:
        return flag
    raise illegal(not_boolean(value))


def _minimum(value: Json) -> str | None:
    if value is None:
        return None
    text = as_text(value)
    if not _MINIMUM_SHOULD_MATCH.fullmatch(text):
        raise illegal(f'For input string: "{text}"')
    return text


_CLAUSES = {
    "must": "must",
    "filter": "filter",
    "should": "should",
    "must_not": "must_not",
    "mustNot": "must_not",
}


def _bool(body: dict[str, Json], path: Path) -> Query:
    if path.count("bool") > MAX_NESTED_DEPTH:
        raise illegal(
            "The nested depth of the query exceeds the maximum nested depth for bool queries set "
            "in [indices.query.bool.max_nested_depth]"
        )
    parsed: dict[str, tuple[Query, ...]] = {}
    for name, value in body.items():
        if name in _CLAUSES:
            parsed[_CLAUSES[name]] = _clauses(name, value, (*path, name))
        elif name not in ("minimum_should_match", "adjust_pure_negative", "boost", "_name"):
            raise unknown_field("bool", name, path)
    _flag(body.get("adjust_pure_negative", True))
    return queries.Bool(
        **parsed,
        minimum=_minimum(body.get("minimum_should_match")),
        boost=_boost("bool", body, path),
    )


def _clauses(name: str, value: Json, path: Path) -> tuple[Query, ...]:
    with within("bool", name):
        if isinstance(value, dict):
            return (parse(value, path),)
        if isinstance(value, list):
            return tuple(parse(item, (*path, number)) for number, item in enumerate(value))
    token = bodies.token_of(value)
    raise x_content(f"[bool] {name} doesn't support values of type: {token}", path)


def _constant_score(body: dict[str, Json], path: Path) -> Query:
    query = None
    for name, value in body.items():
        if name == "filter":
            query = parse(value, (*path, name))
        elif name not in ("boost", "_name"):
            raise parsing(f"[constant_score] query does not support [{name}]", (*path, name))
    if query is None:
        raise parsing("[constant_score] requires a 'filter' element", path, "end")
    return queries.Constant(query, _boost("constant_score", body, path))


_PARSERS: dict[str, Callable[[dict[str, Json], Path], Query]] = {
    "bool": _bool,
    "constant_score": _constant_score,
    "exists": _exists,
    "ids": _ids,
    "match": _match,
    "match_all": _match_all,
    "match_none": _match_none,
    "term": _term,
    "terms": _terms,
}
