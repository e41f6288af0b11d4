"""`nested`: documents by the objects in them, each of which is asked by itself."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import pytest
from searched import Searched

PROPERTIES = {
    "n": {"type": "long"},
    "items": {
        "type": "nested",
        "properties": {
            "a": {"type": "keyword"},
            "b": {"type": "long"},
            "parts": {"type": "nested", "properties": {"c": {"type": "keyword"}}},
        },
    },
}
DOCUMENTS: dict[str, Any] = {
    "1": {"items": [{"a": "x", "b": 1}, {"a": "y", "b": 2}]},
    "2": {"items": {"a": "x", "b": 2, "parts": [{"c": "p"}, {"c": "q"}]}},
    "3": {"n": 1},
    "4": {"items": [{"a": "z", "parts": {"c": "p"}}, {"a": "x"}]},
}


@pytest.fixture(scope="module")
def searched() -> Searched:
    return Searched(PROPERTIES, DOCUMENTS)


def nested(query: Any, path: str = "items", **options: Any) -> Any:
    return {"nested": {"path": path, "query": query, **options}}


def both(*queries: Any) -> Any:
    return {"bool": {"filter": list(queries)}}


A_IS_X = {"term": {"items.a": "x"}}
B_IS_2 = {"term": {"items.b": 2}}
C_IS_P = {"term": {"items.parts.c": "p"}}


def test_an_object_has_to_fit_by_itself(searched: Searched) -> None:
    assert (
        searched.differing(
            [
                (A_IS_X, ""),
                (nested(A_IS_X), "124"),
                (nested(both(A_IS_X, B_IS_2)), "2"),
                (both(nested(A_IS_X), nested(B_IS_2)), "12"),
                (nested({"exists": {"field": "items.b"}}), "12"),
                (nested({"exists": {"field": "items"}}), "124"),
                (nested({"match_all": {}}), "124"),
                ({"bool": {"must_not": nested({"match_all": {}})}}, "3"),
                (nested({"bool": {"must_not": A_IS_X}}), "14"),
                (nested(C_IS_P, "items.parts"), "24"),
                (nested(nested(C_IS_P, "items.parts")), "24"),
                (nested(both(A_IS_X, nested(C_IS_P, "items.parts"))), "2"),
                (nested(A_IS_X, "nowhere", ignore_unmapped=True), ""),
                (nested(nested(A_IS_X)), ""),
                (nested({"term": {"n": 1}}), ""),
            ]
        )
        == []
    )


def test_nested_finds_what_a_loop_finds() -> None:
    random = Random(1)
    documents = {
        str(n): {
            "items": [
                {"a": random.choice("xyz"), "b": random.randint(1, 3)}
                for _ in range(random.randint(0, 4))
            ]
        }
        for n in range(40)
    }
    searched = Searched(PROPERTIES, documents)
    for a, b in product("xyz", (1, 2, 3)):
        query = both({"term": {"items.a": a}}, {"term": {"items.b": b}})
        expected = [id_ for id_, source in documents.items() if {"a": a, "b": b} in source["items"]]
        assert searched.ids(nested(query)) == expected


@pytest.mark.parametrize(
    ("mode", "score"), [("avg", 1.5), ("sum", 3.0), ("max", 2.0), ("min", 1.0), ("none", 0.0)]
)
def test_the_scores_of_the_objects_become_one(searched: Searched, mode: str, score: float) -> None:
    twice = {"term": {"items.b": {"value": 2, "boost": 2}}}
    query = {"bool": {"should": [twice, {"term": {"items.b": 1}}]}}
    assert searched.scores(nested(query, score_mode=mode))["1"] == score


def test_malformed_ones_are_refused(searched: Searched) -> None:
    assert (
        searched.wrongly_refused(
            [
                ({"nested": {"path": "items"}}, "[nested] requires 'query' field"),
                ({"nested": {"query": {"match_all": {}}}}, "[nested] requires 'path' field"),
                (nested(A_IS_X, foo=1), "[nested] query does not support [foo]"),
                (nested(A_IS_X, score_mode="x"), "No score mode for child query [x] found"),
                (
                    nested(A_IS_X, "n"),
                    (
                        "failed to create query: [nested] failed to find nested object under path "
                        "[n]"
                    ),
                ),
            ]
        )
        == []
    )
