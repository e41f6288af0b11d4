"""Whatever a field of any type holds, a search that names it is answered or refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from surface import ELASTICSEARCH, Hostile, InProcess

from mockkibana.app import create_app
from mockkibana.elasticsearch.mapping.fields import TYPES
from mockkibana.world import World

DEFINITIONS: dict[str, dict[str, Any]] = {
    "aggregate_metric_double": {"metrics": ["min", "max"], "default_metric": "max"},
    "alias": {"path": "other"},
    "dense_vector": {"dims": 3},
    "join": {"relations": {"a": "b"}},
    "scaled_float": {"scaling_factor": 10},
    "token_count": {"analyzer": "standard"},
}
DOCUMENTS: list[Any] = [
    *(None, True, 1, 1.5, "a", "2020-01-01", "::1", "YQ==", "3,4", []),
    *([1.0, 2.0, 3.0], ["a", "b"], ["3,4", {"lat": 1, "lon": 2}], {"lat": 1, "lon": 2}),
    *({"gte": 1, "lte": 2}, {"gte": "2020-01-01"}, {"gte": "::1", "lte": "::2"}),
    *({"input": ["a"]}, {"name": "a"}, {"values": [1.0], "counts": [1]}, {"min": 1, "max": 2}),
    {"type": "point", "coordinates": [1, 2]},
    {"a": "b", "c": {"d": [1, None, "x"]}},
]
SEARCHES: list[dict[str, Any]] = [
    {"fields": ["x"], "docvalue_fields": ["*"]},
    {"fields": ["*"], "docvalue_fields": [{"field": "x", "format": "yyyy"}]},
    {"docvalue_fields": ["x"]},
    {"stored_fields": ["x"]},
    {"sort": ["x"]},
    {"sort": [{"x": {"order": "desc", "mode": "avg", "missing": 1}}]},
    {"sort": ["x"], "search_after": [1]},
    {"collapse": {"field": "x"}},
    {"script_fields": {"a": {"script": "doc['x'].value"}}},
    {"query": {"match": {"x": "a"}}, "highlight": {"fields": {"*": {}}}},
    {"query": {"function_score": {"field_value_factor": {"field": "x"}}}},
    *({"query": {name: {"x": "1"}}} for name in ("term", "match_phrase", "prefix", "fuzzy")),
    {"query": {"range": {"x": {"gte": 1}}}},
    {"query": {"exists": {"field": "x"}}},
    {"query": {"query_string": {"query": "x:1 OR x:[1 TO 2] OR x:a*"}}},
    *(
        {"size": 0, "aggs": {"a": {name: {"field": "x"}}}}
        for name in ("terms", "missing", "stats", "cardinality", "value_count", "percentiles")
    ),
    {"aggs": {"a": {"multi_terms": {"terms": [{"field": "x"}, {"field": "other"}]}}}},
    {"aggs": {"a": {"composite": {"sources": [{"k": {"terms": {"field": "x"}}}]}}}},
    {"aggs": {"a": {"histogram": {"field": "x", "interval": 1000}}}},
    {"aggs": {"a": {"date_histogram": {"field": "x", "calendar_interval": "year"}}}},
    {"aggs": {"a": {"range": {"field": "x", "ranges": [{"to": 1}]}}}},
    {"aggs": {"a": {"top_hits": {"docvalue_fields": ["x"], "sort": ["x"]}}}},
]


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    with closing(World()) as world:
        yield Hostile(world, InProcess(create_app(world)))


def _ask(hostile: Hostile, method: str, path: str, body: Any) -> int:
    headers = {"content-type": "application/json"}
    target = f"{ELASTICSEARCH}{path}"
    return hostile.ask(method, target, headers, json.dumps(body).encode()).status


@pytest.mark.parametrize("kind", sorted({*TYPES, "join", "nested", "object"}))
def test_searches_for_a_field_of_any_type_are_answered_or_refused(
    hostile: Hostile, kind: str
) -> None:
    field = {"type": kind, **DEFINITIONS.get(kind, {})}
    mappings = {"properties": {"other": {"type": "keyword"}, "x": field}}

    assert _ask(hostile, "PUT", "/t", {"mappings": mappings}) == 200
    kept = [_ask(hostile, "POST", "/t/_doc?refresh", {"x": value}) for value in DOCUMENTS]
    asked = [_ask(hostile, "POST", "/t/_search", search) for search in SEARCHES]

    assert 201 in kept or kind == "alias"
    assert 200 in asked
