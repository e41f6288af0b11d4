"""Any odd value in the place of any part of a query is answered, never by an error of ours."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from odd_values import changed
from searched import Searched

from mockkibana.elasticsearch.search.query_parser import PARSERS

EXAMPLES = 20_000 if "MOCKKIBANA_EVERY" in os.environ else 100

ALL: Any = {"match_all": {}}
TERM: Any = {"term": {"k": "a"}}
# A body of each query that is valid.
VALID: dict[str, Any] = {
    "bool": {"must": [ALL], "should": TERM, "minimum_should_match": 1, "boost": 2},
    "boosting": {"positive": ALL, "negative": TERM, "negative_boost": 0.5},
    "constant_score": {"filter": ALL, "boost": 2},
    "dis_max": {"queries": [ALL, TERM], "tie_breaker": 0.5},
    "exists": {"field": "k"},
    "function_score": {
        "query": ALL,
        "functions": [
            {"filter": TERM, "weight": 2},
            {"field_value_factor": {"field": "n", "factor": 2, "modifier": "log1p", "missing": 1}},
            {"gauss": {"n": {"origin": 1, "scale": 2, "offset": 0, "decay": 0.5}}},
            {"exp": {"at": {"scale": "1d"}, "multi_value_mode": "avg"}},
            {"random_score": {"seed": 1, "field": "n"}},
        ],
        "score_mode": "sum",
        "boost_mode": "sum",
        "min_score": 0,
        "max_boost": 5,
    },
    "fuzzy": {"k": {"value": "abc", "fuzziness": "AUTO:1,2", "prefix_length": 1}},
    "has_child": {"type": "b", "query": ALL, "min_children": 1, "inner_hits": {"size": 1}},
    "has_parent": {"parent_type": "a", "query": ALL, "score": True, "inner_hits": {}},
    "ids": {"values": ["1"]},
    "match": {"t": {"query": "red fox", "operator": "and", "fuzziness": 1, "analyzer": "stop"}},
    "match_all": {"boost": 1.5},
    "match_bool_prefix": {"t": {"query": "red fo", "minimum_should_match": "50%"}},
    "match_none": {},
    "match_phrase": {"t": {"query": "red fox", "slop": 2, "zero_terms_query": "all"}},
    "match_phrase_prefix": {"t": {"query": "red fo", "max_expansions": 5}},
    "multi_match": {"query": "red", "fields": ["t^2", "k*"], "type": "cross_fields"},
    "nested": {
        "path": "o",
        "query": {"term": {"o.x": 1}},
        "score_mode": "max",
        "inner_hits": {"name": "i", "size": 2, "sort": ["o.x"], "_source": ["o.x"]},
    },
    "parent_id": {"type": "b", "id": "1"},
    "prefix": {"k": {"value": "a", "case_insensitive": True}},
    "query_string": {"query": "t:(red AND fo*) n:[1 TO 5] k:/a.?/", "fields": ["t^2"], "boost": 2},
    "range": {"at": {"gte": "now-1d/d", "lt": "2025||+1M", "format": "yyyy", "time_zone": "Z"}},
    "regexp": {"k": {"value": "a[b-c]*", "flags": "ALL"}},
    "script": {"script": {"source": "doc['n'].size() > params.n", "params": {"n": 0}}},
    "script_score": {"query": ALL, "script": "_score + 1", "min_score": 1, "boost": 2},
    "simple_query_string": {"query": '(red | "a b"~2) + -x* y~1', "fields": ["t"], "flags": "ALL"},
    "term": {"n": {"value": 5, "boost": 2}},
    "terms": {"k": {"index": "t", "id": "1", "path": "k"}},
    "wildcard": {"k": {"value": "a*b?c"}},
}
ODDITIES: list[Any] = [
    None, True, "", "*", "n", "at", "ip", "o", "j", "f", "nowhere", "_id", "_index", "now||/d",
    "2024-01-01||", "-", "x", "a[", "(", "\\", '"', "NaN", "1e400", "\0", "\ud800", "{place}", "-1",
    "9" * 30, 0, -1, 2**31, 10**400, 1e308, -5.5, [], {}, [None], {"a": 1}, ["n", 1], [[[]]],
    {"query": ALL}, {"value": []}, "AUTO:9,1", "a^", "t^-1", "t^1e400", "50%<", "*:*", "~", "~(a)",
]  # fmt: skip


@cache
def searched() -> Searched:
    properties = {
        "t": {"type": "text"},
        "k": {"type": "keyword"},
        "n": {"type": "long"},
        "f": {"type": "half_float"},
        "at": {"type": "date"},
        "ip": {"type": "ip"},
        "j": {"type": "join", "relations": {"a": "b"}},
        "o": {"type": "nested", "properties": {"x": {"type": "long"}}},
    }
    found = Searched(properties, {})
    source = {"t": "red fox", "k": "abc", "n": 5, "f": 0.5, "at": "2024-03-15", "ip": "10.0.0.1"}
    found.add("1", {**source, "j": "a", "o": [{"x": 1}, {"x": 2}]})
    found.add("2", {"j": {"name": "b", "parent": "1"}, "k": ["a", "b"]}, routing="1")
    return found


def test_every_query_has_a_valid_body() -> None:
    assert sorted(VALID) == list(PARSERS.every())
    answers = [(kind, searched().answer({kind: body})) for kind, body in VALID.items()]
    assert [(kind, answer) for kind, (status, answer) in answers if status != 200] == []


@settings(deadline=None, max_examples=EXAMPLES)
@given(st.sampled_from(sorted(VALID)), st.integers(0, 40), st.sampled_from(ODDITIES))
def test_any_part_of_a_query_may_be_odd(kind: str, place: int, odd: Any) -> None:
    query, _ = changed({kind: VALID[kind]}, place, odd)
    status, answer = searched().answer(query, track_scores=True, sort=["_doc"])
    assert status in (200, 400, 404, 429), (query, answer)
