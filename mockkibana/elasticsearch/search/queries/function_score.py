"""The query that changes the scores of another by functions: `function_score`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import (
    At,
    ParseError,
    Path,
    illegal,
    parsing,
)
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.number_fields import float32
from mockkibana.elasticsearch.search import score_functions
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Matches,
    Parser,
    Query,
    QueryContext,
    finite,
)
from mockkibana.elasticsearch.search.score_functions import Chance, Decay, FieldValue, Function, One
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

_MOST = 3.4028234663852886e38  # the largest 32-bit float

#: What becomes of the values of several functions, each with its weight.
_SCORE_MODES: dict[str, Callable[[Sequence[tuple[float, float]]], float]] = {
    "avg": lambda found: sum(v * w for v, w in found) / (sum(w for _, w in found) or 1.0),
    "first": lambda found: found[0][0] * found[0][1],
    "max": lambda found: max(v * w for v, w in found),
    "min": lambda found: min(v * w for v, w in found),
    "multiply": lambda found: math.prod(v * w for v, w in found),
    "sum": lambda found: sum(v * w for v, w in found),
}
#: What becomes of the score of the query and of what the functions say.
_BOOST_MODES: dict[str, Callable[[float, float], float]] = {
    "avg": lambda score, factor: (score + factor) / 2,
    "max": max,
    "min": min,
    "multiply": lambda score, factor: score * factor,
    "replace": lambda score, factor: factor,  # noqa: ARG005
    "sum": lambda score, factor: score + factor,
}


@dataclass(frozen=True, slots=True)
class Weighted:
    """One of the functions, for what a filter finds; None is for all."""

    function: Function
    weight: float = 1.0
    filter: Query | None = None


@dataclass(frozen=True, slots=True)
class FunctionScore:
    """What a query finds, with scores that functions have changed."""

    query: Query
    functions: tuple[Weighted, ...]
    score_mode: str = "multiply"
    boost_mode: str = "multiply"
    max_boost: float = _MOST
    min_score: float | None = None
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:
        """Find what the query finds, without what scores less than `min_score`."""
        found = self.query.run(segment, scored=scored or self.min_score is not None)
        if not scored and self.min_score is None:
            return found
        parts = [
            (
                None if one.filter is None else one.filter.run(segment, scored=False),
                one.function.of(segment),
                one.weight,
            )
            for one in self.functions
        ]
        combine, mix = _SCORE_MODES[self.score_mode], _BOOST_MODES[self.boost_mode]
        changed: Matches = {}
        for number in segment.budget.each(found):
            values = [
                (value_of(number), weight)
                for limit, value_of, weight in parts
                if limit is None or number in limit
            ]
            factor = (
                combine(values[:1] if self.score_mode == "first" else values) if values else 1.0
            )
            score = (
                mix(found[number], min(factor, self.max_boost)) if self.functions else found[number]
            )
            if not score >= 0 or not math.isfinite(float32(score * self.boost)):
                raise ShardFailure(
                    f"function score query returned an invalid score: {score} for doc: {number}",
                    type="exception",
                )
            if self.min_score is None or score >= self.min_score:
                changed[number] = score * self.boost
        return changed


_FUNCTIONS = frozenset(
    ("exp", "field_value_factor", "gauss", "linear", "random_score", "script_score")
)
_SCALARS = frozenset(("boost", "boost_mode", "max_boost", "min_score", "_name", "score_mode"))
_MISPLACED = "you can either define [functions] array or a single function, not both. "


def _failed(reason: str, path: Path, at: At = "value") -> ParseError:
    return parsing(f"failed to parse [function_score] query. {reason}", path, at)


def _function_score(body: Body, path: Path, context: QueryContext) -> Query:
    query: Query = All()
    functions: list[Weighted] = []
    single, several = "", False
    for name, value in body.items():
        there = (*path, name)
        if name == "query" and isinstance(value, dict):
            query = context.inner(value, there)
        elif name == "functions" and isinstance(value, list):
            if single:
                found = f"already found [{single}], now encountering [functions]."
                raise _failed(f"[{_MISPLACED}{found}]", there)
            several = True
            functions = [_weighted(one, (*there, n), context) for n, one in enumerate(value)]
        elif isinstance(value, list):
            raise _failed(f"array [{name}] is not supported", there)
        elif name not in _SCALARS or isinstance(value, dict):
            _check_single(name, single, there, several=several)
            if name != "weight" and not isinstance(value, dict):
                raise _failed(f"field [{name}] is not supported", there)
            single = name
            functions = [_weighted({name: value}, path, context)]
    least = body.get("min_score")
    return FunctionScore(
        query,
        tuple(functions),
        _mode("score_mode", _SCORE_MODES, body, "multiply"),
        _mode("boost_mode", _BOOST_MODES, body, "multiply"),
        finite("function_score", "max_boost", body.get("max_boost", _MOST), path),
        None if least is None else finite("function_score", "min_score", least, path),
        context.boost("function_score", body, path),
    )


def _check_single(name: str, single: str, path: Path, *, several: bool) -> None:
    if single:
        raise _failed(
            f"already found function [{single}], now encountering [{name}]. use [functions] array "
            "if you want to define several functions.",
            path,
        )
    if several:
        found = f"already found [functions] array, now encountering [{name}]."
        raise _failed(f"[{_MISPLACED}{found}]", path)


def _mode(name: str, known: dict[str, Callable[..., float]], body: Body, default: str) -> str:
    value = as_text(body.get(name, default)).lower()
    if value not in known:
        kind = "ScoreMode" if name == "score_mode" else "CombineFunction"
        raise _no_constant(kind, value)
    return value


def _no_constant(kind: str, name: str) -> ParseError:
    package = "org.elasticsearch.common.lucene.search.function"
    return illegal(f"No enum constant {package}.{kind}.{name.upper()}")


def _weighted(body: Json, path: Path, context: QueryContext) -> Weighted:
    if not isinstance(body, dict):
        # The words stand in this order in Elasticsearch, too.
        raise parsing(
            "failed to parse [START_OBJECT]. malformed query, expected a "
            f"[{bodies.token_of(body)}] while parsing functions but got a [function_score] instead",
            path,
        )
    functions = [name for name in body if name not in ("filter", "weight")]
    for name in functions:
        if not isinstance(body[name], dict):
            raise _failed(f"field [{name}] is not supported", (*path, name))
    if len(functions) > 1:
        raise parsing(
            "failed to parse function_score functions. already found "
            f"[{functions[0]}], now encountering [{functions[1]}].",
            (*path, functions[1]),
        )
    if not functions and body.get("weight") is None:
        raise _failed("an entry in functions list is missing a function.", path, "end")
    function: Function = One()
    if functions:
        function = _function(functions[0], body[functions[0]], (*path, functions[0]), context)
    weight = finite("function_score", "weight", body.get("weight", 1.0), path)
    if weight < 0:
        raise illegal("[weight] cannot be negative for a filtering function")
    limit = context.inner(body["filter"], (*path, "filter")) if "filter" in body else None
    return Weighted(function, weight, limit)


def _function(name: str, body: Body, path: Path, context: QueryContext) -> Function:
    if name not in _FUNCTIONS:
        reason = f"[{{place}}] unknown field [{name}]"
        raise ParseError("named_object_not_found_exception", reason, path)
    if name == "script_score":
        return _scripted(body, path)
    if name == "random_score":
        return _chance(body, path, context)
    if name == "field_value_factor":
        return _field_value(body, path)
    return _decay(name, body, path, context)


def _scripted(body: Body, path: Path) -> Function:
    for name in body:
        if name != "script":
            raise parsing(f"script_score query does not support [{name}]", (*path, name))
    if "script" not in body:
        raise parsing("script_score requires 'script' field", path)
    # Imported here, as few searches need it.
    from mockkibana.elasticsearch.search import scripted

    script = scripted.read(body["script"], (*path, "script"), scores=True)
    return score_functions.OfScript(script)


def _chance(body: Body, path: Path, context: QueryContext) -> Function:
    for name, value in body.items():
        if name not in ("seed", "field") or isinstance(value, (dict, list)):
            raise parsing(f"random_score query does not support [{name}]", (*path, name))
    seed, field = body.get("seed"), body.get("field")
    return Chance(
        as_text(context.now if seed is None else seed), None if field is None else as_text(field)
    )


def _field_value(body: Body, path: Path) -> Function:
    for name, value in body.items():
        known = name in ("factor", "field", "missing", "modifier")
        if not known or isinstance(value, (dict, list)):
            raise parsing(f"field_value_factor query does not support [{name}]", (*path, name))
    if body.get("field") is None:
        text = "[field_value_factor] required field 'field' missing"
        raise parsing(text, path, "end")
    modifier = as_text(body.get("modifier", "none")).lower()
    if modifier not in score_functions.MODIFIERS:
        raise _no_constant("FieldValueFactorFunction.Modifier", modifier)
    missing = body.get("missing")
    return FieldValue(
        as_text(body["field"]),
        finite("field_value_factor", "factor", body.get("factor", 1.0), path),
        modifier,
        None if missing is None else finite("field_value_factor", "missing", missing, path),
    )


def _decay(kind: str, body: Body, path: Path, context: QueryContext) -> Function:
    field = None
    for name, value in body.items():
        if isinstance(value, dict):
            field = name
        elif name != "multi_value_mode" or isinstance(value, list):
            raise parsing("malformed score function score parameters.", (*path, name))
    if field is None:
        raise parsing("malformed score function score parameters.", path, "end")
    mode = as_text(body.get("multi_value_mode", "min"))
    if mode.lower() not in score_functions.MODES:
        raise illegal(f"Illegal sort mode: {mode}")
    return Decay(kind, field, body[field], mode.lower(), context.now)


QUERIES: dict[str, Parser] = {"function_score": _function_score}
