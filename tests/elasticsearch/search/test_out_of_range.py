"""Numbers that no field and no score can hold are answered as a node answers them."""

from __future__ import annotations

from typing import Any

import pytest

URL = "/_mock/elasticsearch/b"
MAPPINGS = {
    "s": {"type": "scaled_float", "scaling_factor": 10},
    "h": {"type": "half_float"},
    "f": {"type": "float"},
    "d": {"type": "double"},
    "k": {"type": "keyword"},
}


@pytest.fixture
def ask(client: Any) -> Any:
    """Ask about an index with one document whose numbers are nearly too large."""
    client.put(URL, json={"mappings": {"properties": MAPPINGS}})
    document = {"f": [3.4e38, 3.4e38], "d": [1.7e308, 1.7e308], "k": "a", "s": 1}
    client.put(f"{URL}/_doc/1", json=document)
    return lambda **body: client.post(f"{URL}/_search", json=body)


@pytest.mark.parametrize("field", ["d", "f"])
def test_a_sum_that_overflows_sorts_as_infinity(ask: Any, field: str) -> None:
    answer = ask(sort=[{field: {"mode": "sum"}}])
    assert answer.json["hits"]["hits"][0]["sort"] == ["Infinity"]


def test_a_number_that_a_half_float_cannot_hold_is_refused_by_a_query(ask: Any) -> None:
    answer = ask(query={"term": {"h": 2**64}})
    assert answer.status_code == 400
    reason = answer.json["error"]["root_cause"][0]["reason"]
    assert reason.startswith("failed to create query: [half_float] supports only finite values")


def test_it_may_stand_for_a_missing_one(ask: Any) -> None:
    assert ask(sort=[{"h": {"missing": 2**64}}]).status_code == 200


def test_a_boost_that_no_float_holds_is_refused(ask: Any) -> None:
    answer = ask(query={"exists": {"field": "k", "boost": 1e39}})
    assert answer.status_code == 400
    assert "boost must be a positive float, got Infinity" in answer.text


def test_scores_that_add_up_to_more_than_a_float_are_infinite(ask: Any) -> None:
    clauses = [{"exists": {"field": "k", "boost": 3e38}}] * 3
    answer = ask(query={"bool": {"should": clauses}})
    assert answer.json["hits"]["max_score"] == "Infinity"


@pytest.mark.parametrize(("factor", "told"), [(0, "0.0"), (-1, "-1.0")])
def test_a_scaling_factor_is_positive(client: Any, factor: int, told: str) -> None:
    field = {"type": "scaled_float", "scaling_factor": factor}
    answer = client.put("/_mock/elasticsearch/c", json={"mappings": {"properties": {"s": field}}})
    assert answer.status_code == 400
    assert f"[scaling_factor] must be a positive number, got [{told}]" in answer.text


def test_what_is_copied_is_not_copied_on(client: Any) -> None:
    properties = {
        "a": {"type": "keyword", "copy_to": ["a", "b"]},
        "b": {"type": "keyword", "copy_to": "c"},
        "c": {"type": "keyword", "copy_to": "a"},
    }
    url = "/_mock/elasticsearch/circle"
    client.put(url, json={"mappings": {"properties": properties}})
    assert client.put(f"{url}/_doc/1", json={"a": "x"}).status_code == 201
    counts = [
        client.post(f"{url}/_count", json={"query": {"term": {name: "x"}}}).json["count"]
        for name in "abc"
    ]
    assert counts == [1, 1, 0]
