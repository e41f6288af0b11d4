"""`inner_hits`: with a hit the objects or documents for which it was found."""

from __future__ import annotations

from typing import Any

import pytest
from searched import Searched

PROPERTIES = {
    "items": {
        "type": "nested",
        "properties": {
            "a": {"type": "keyword"},
            "n": {"type": "long"},
            "parts": {"type": "nested", "properties": {"c": {"type": "keyword"}}},
        },
    },
    "join": {"type": "join", "relations": {"question": "answer"}},
}
DOCUMENTS: dict[str, Any] = {
    "1": {
        "items": [
            {"a": "y", "n": 1},
            {"a": "x", "n": 2},
            {"a": "x", "n": 3, "parts": [{"c": "p"}, {"c": "q"}]},
        ]
    },
    "2": {"items": {"a": "x"}},
    "3": {"join": "question"},
    "4": {"join": {"name": "answer", "parent": "3"}, "text": "yes"},
}


@pytest.fixture(scope="module")
def searched() -> Searched:
    searched = Searched(PROPERTIES, {})
    for id_, source in DOCUMENTS.items():
        searched.add(id_, source, routing="r")
    return searched


def nested(query: Any, path: str = "items", **options: Any) -> Any:
    return {"nested": {"path": path, "query": query, **options}}


A_IS_X = {"term": {"items.a": "x"}}


def inner(hit: Any, name: str = "items") -> Any:
    return hit["inner_hits"][name]["hits"]


def test_nested_objects_are_shown_where_they_are(searched: Searched) -> None:
    first, second = searched.hits(nested(A_IS_X, inner_hits={}))
    found = inner(first)
    assert found["total"] == {"value": 2, "relation": "eq"}
    assert found["max_score"] == found["hits"][0]["_score"] > 0
    del found["hits"][0]["_score"]
    assert found["hits"][0] == {
        "_index": "t",
        "_id": "1",
        "_nested": {"field": "items", "offset": 1},
        "_routing": "r",
        "_source": {"a": "x", "n": 2},
    }
    assert [hit["_nested"]["offset"] for hit in inner(second)["hits"]] == [0]


def test_they_have_a_page_of_their_own(searched: Searched) -> None:
    options = {
        "name": "mine",
        "size": 1,
        "from": 1,
        "sort": [{"items.n": "desc"}],
        "_source": ["items.a"],
    }
    [hit, _] = searched.hits(nested(A_IS_X, inner_hits=options))
    [shown] = inner(hit, "mine")["hits"]
    assert (shown["_source"], shown["sort"], shown["_score"]) == ({"a": "x"}, [2], None)


def test_objects_within_objects_are_shown_with_them_or_at_once(searched: Searched) -> None:
    deepest = nested({"term": {"items.parts.c": "q"}}, "items.parts", inner_hits={})
    place = {"field": "items", "offset": 2, "_nested": {"field": "parts", "offset": 1}}
    [hit] = searched.hits(nested(deepest))
    [shown] = inner(hit, "items.parts")["hits"]
    assert (shown["_nested"], shown["_source"]) == (place, {"c": "q"})
    [hit] = searched.hits(nested(deepest, inner_hits={}))
    [shown] = inner(hit)["hits"]
    [shown] = inner(shown, "items.parts")["hits"]
    assert (shown["_nested"], shown["_source"]) == (place, {"c": "q"})


def test_children_and_parents_are_shown_as_documents(searched: Searched) -> None:
    everything = {"match_all": {}}
    [hit] = searched.hits({"has_child": {"type": "answer", "query": everything, "inner_hits": {}}})
    [shown] = inner(hit, "answer")["hits"]
    assert (hit["_id"], shown["_id"], shown["_source"]) == ("3", "4", DOCUMENTS["4"])
    query = {"parent_type": "question", "query": everything, "inner_hits": {"_source": False}}
    [hit] = searched.hits({"has_parent": query})
    [shown] = inner(hit, "question")["hits"]
    assert (hit["_id"], shown["_id"], "_source" in shown) == ("4", "3", False)


def test_every_hit_has_them_even_none(searched: Searched) -> None:
    query = {"bool": {"should": [nested(A_IS_X, inner_hits={}), {"match_all": {}}]}}
    found = {hit["_id"]: inner(hit)["total"]["value"] for hit in searched.hits(query)}
    assert found == {"1": 2, "2": 1, "3": 0, "4": 0}


def test_malformed_ones_are_refused(searched: Searched) -> None:
    twice = [nested(A_IS_X, inner_hits={}), nested(A_IS_X, inner_hits={})]
    reason = searched.reason({"dis_max": {"queries": twice}})
    assert reason == "[inner_hits] already contains an entry for key [items]"
    assert "unknown field [foo]" in searched.reason(nested(A_IS_X, inner_hits={"foo": 1}))
    assert searched.reason(nested(A_IS_X, inner_hits={"highlight": {}})) == (
        "this mock does not support [highlight] in [inner_hits] yet"
    )
