"""`has_child`, `has_parent` and `parent_id`: documents by those that they belong to."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from searched import Searched

PROPERTIES = {
    "join": {"type": "join", "relations": {"question": ["answer", "comment"], "answer": "vote"}},
    "n": {"type": "long"},
}


def child(name: str, parent: str, n: int) -> dict[str, Any]:
    return {"join": {"name": name, "parent": parent}, "n": n}


DOCUMENTS: dict[str, Any] = {
    "1": {"join": "question", "n": 1},
    "2": {"join": {"name": "question"}, "n": 2},
    "3": child("answer", "1", 3),
    "4": child("answer", "1", 4),
    "5": child("answer", "2", 3),
    "6": child("comment", "2", 6),
    "7": child("vote", "5", 7),
    "8": {"n": 8},
    "9": child("answer", "missing", 3),
}


@pytest.fixture(scope="module")
def searched() -> Searched:
    searched = Searched(PROPERTIES, {})
    for id_, source in DOCUMENTS.items():
        searched.add(id_, source, routing="r")
    return searched


ANY = {"match_all": {}}


def has_child(query: Any = ANY, type_: str = "answer", **options: Any) -> Any:
    return {"has_child": {"type": type_, "query": query, **options}}


def has_parent(query: Any = ANY, type_: str = "question", **options: Any) -> Any:
    return {"has_parent": {"parent_type": type_, "query": query, **options}}


def n(value: int) -> Any:
    return {"term": {"n": value}}


def test_parents_and_children_find_each_other(searched: Searched) -> None:
    assert (
        searched.differing(
            [
                (has_child(), "12"),
                (has_child(n(4)), "1"),
                (has_child(n(3)), "12"),
                (has_child(min_children=2), "1"),
                (has_child(max_children=1), "2"),
                (has_child(type_="comment"), "2"),
                (has_child(type_="vote"), "5"),
                (has_child(has_child(type_="vote")), "2"),
                (has_child(type_="x", ignore_unmapped=True), ""),
                (has_parent(), "3456"),
                (has_parent(n(2)), "56"),
                (has_parent(n(3), "answer"), "7"),
                (has_parent(has_parent(n(2)), "answer"), "7"),
                (has_parent(n(9)), ""),
                ({"parent_id": {"type": "answer", "id": "1"}}, "34"),
                ({"parent_id": {"type": "comment", "id": 1}}, ""),
                ({"parent_id": {"type": "x", "id": "1", "ignore_unmapped": True}}, ""),
                ({"term": {"join": "question"}}, "12"),
                ({"terms": {"join": ["vote", "comment"]}}, "67"),
                ({"exists": {"field": "join"}}, "12345679"),
            ]
        )
        == []
    )


def test_they_find_what_a_loop_finds() -> None:
    random = Random(4)
    parents = {str(p): {"join": "question", "n": random.randint(0, 3)} for p in range(10)}
    children = {
        str(c): child("answer", str(random.randint(0, 12)), random.randint(0, 3))
        for c in range(10, 50)
    }
    searched = Searched(PROPERTIES, {})
    for id_, source in {**parents, **children}.items():
        searched.add(id_, source, routing="r")
    for value in range(4):
        expected = {
            source["join"]["parent"]
            for source in children.values()
            if source["n"] == value and source["join"]["parent"] in parents
        }
        assert {*searched.ids(has_child(n(value)))} == expected
        expected = {
            id_
            for id_, source in children.items()
            if parents.get(source["join"]["parent"], {}).get("n") == value
        }
        assert {*searched.ids(has_parent(n(value)))} == expected


def test_scores_are_those_of_the_others_where_they_are_wanted(searched: Searched) -> None:
    valued = {"constant_score": {"filter": {"range": {"n": {"gte": 4}}}, "boost": 3}}
    one_of = {"bool": {"should": [valued], "must": ANY}}
    assert searched.scores(has_child(one_of)) == {"1": 1.0, "2": 1.0}
    for mode, score in (("max", 4.0), ("min", 1.0), ("avg", 2.5), ("sum", 5.0)):
        assert searched.scores(has_child(one_of, score_mode=mode))["1"] == score
    assert searched.scores(has_parent(one_of, score=True))["3"] == 1.0
    assert searched.scores(has_parent(boost=2))["3"] == 2.0


def test_malformed_ones_are_refused(searched: Searched) -> None:
    assert (
        searched.wrongly_refused(
            [
                ({"has_child": {"type": "answer"}}, "[has_child] requires 'query' field"),
                ({"has_child": {"query": ANY}}, "[has_child] requires 'type' field"),
                ({"has_parent": {"query": ANY}}, "[has_parent] requires 'parent_type' field"),
                ({"parent_id": {"type": "answer"}}, "[parent_id] requires 'id' field"),
                (has_child(foo=1), "[has_child] query does not support [foo]"),
                (
                    has_child(min_children=2, max_children=1),
                    "[has_child] 'max_children' is less than 'min_children'",
                ),
                (has_child(type_="x"), "[has_child] join field [join] doesn't hold [x] as a child"),
                (
                    has_parent(type_="x"),
                    "[has_parent] join field [join] doesn't hold [x] as a parent",
                ),
                (
                    {"parent_id": {"type": "x", "id": "1"}},
                    "[parent_id] no relation found for child [x]",
                ),
            ]
        )
        == []
    )
    assert Searched({}, {"1": {}}).reason(has_child()) == (
        "[has_child] no join field has been configured"
    )
