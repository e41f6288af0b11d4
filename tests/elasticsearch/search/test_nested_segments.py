"""Nested objects are documents of their own, which know where they are."""

from __future__ import annotations

import pytest
from searched import Searched

from mockkibana.budget import Budget
from mockkibana.elasticsearch.search.segment import Segment

PROPERTIES = {
    "name": {"type": "keyword"},
    "items": {
        "type": "nested",
        "properties": {
            "id": {"type": "long"},
            "owner": {"properties": {"name": {"type": "keyword"}}},
            "parts": {"type": "nested", "properties": {"size": {"type": "long"}}},
        },
    },
    "o": {"properties": {"in": {"type": "nested", "include_in_root": True}}},
}
DOCUMENTS = {
    "1": {"items": [{"id": 1, "owner": {"name": "a"}}, {"id": 2, "parts": [{"size": 5}]}]},
    "2": {"name": "x"},
    "3": {"items": {"id": 3, "parts": {"size": [6, 7]}}, "o": {"in": [{"n": 1}, {"n": 2}]}},
    "4": {"items": [], "o.in": {"n": 3}},
}


@pytest.fixture(scope="module")
def segment() -> Segment:
    cluster = Searched(PROPERTIES, DOCUMENTS).cluster
    return cluster.segment(cluster.resolve("t")[0], Budget())


def columns(segment: Segment, path: str) -> list[list[object]]:
    leaf = segment.leaf(path)
    assert leaf is not None
    return [[*terms] for terms in segment.terms(leaf)]


def test_the_objects_at_a_path_are_numbered_through_all_documents(segment: Segment) -> None:
    items = segment.nested("items")
    assert (len(items), items.scope) == (3, "items")
    assert (items.ids, [*items.parents], [*items.offsets]) == (
        ["1", "1", "3"],
        [0, 0, 2],
        [0, 1, 0],
    )
    assert columns(items, "items.id") == [[1], [2], [3]]
    assert columns(items, "items.owner.name") == [["a"], [], []]
    assert segment.nested("items").records is items.records


def test_objects_within_objects_know_their_documents(segment: Segment) -> None:
    parts = segment.nested("items.parts")
    assert (parts.ids, [*parts.parents]) == (["1", "3"], [0, 2])
    assert columns(parts, "items.parts.size") == [[5], [6, 7]]
    assert columns(segment.nested("o.in"), "o.in.n") == [[1], [2], [3]]


def test_only_the_objects_have_their_fields(segment: Segment) -> None:
    assert segment.leaf("items.id") is None
    assert segment.leaf("items.parts.size") is None
    assert segment.nested("items").leaf("items.parts.size") is None
    assert segment.nested("items").leaf("name") is None
    # unless the mapping says otherwise
    assert columns(segment, "o.in.n") == [[], [], [1, 2], [3]]
