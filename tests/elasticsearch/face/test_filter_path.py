"""`filter_path` leaves the parts of an answer that it names."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.elasticsearch.face.filter_path import filter_path

ANSWER = {
    "took": 1,
    "hits": {"total": {"value": 2}, "hits": [{"_id": "1", "a.b": 1}, {"_id": "2", "_source": {}}]},
}


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ("took", {"took": 1}),
        ("none", {}),
        ("*ook,none", {"took": 1}),
        ("hits.hits._id", {"hits": {"hits": [{"_id": "1"}, {"_id": "2"}]}}),
        ("**.value", {"hits": {"total": {"value": 2}}}),
        ("**.**.value", {"hits": {"total": {"value": 2}}}),
        ("hits.**.value", {"hits": {"total": {"value": 2}}}),
        ("hits.**", {"hits": ANSWER["hits"]}),
        ("**.**", ANSWER),
        (r"**.a\.b", {"hits": {"hits": [{"a.b": 1}]}}),
        ("-hits", {"took": 1}),
        ("-**", {}),
        ("-hits.hits,-**.value", {"took": 1}),
        ("hits,-hits.h*", {"hits": {"total": {"value": 2}}}),
    ],
)
def test_parts_of_an_answer_are_left(patterns: str, expected: dict[str, Any]) -> None:
    assert filter_path(ANSWER, patterns) == expected


def _paths(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(value, dict):
        return [path]
    return [deeper for name, item in value.items() for deeper in _paths(item, (*path, name))]


def _matches(pattern: list[str], path: tuple[str, ...]) -> bool:
    """Tell whether a pattern means a path or what it is within, in the simplest way."""
    if not pattern:
        return True
    if not path:
        return False
    head, *rest = pattern
    if head == "**":
        return not rest or _matches(rest, path) or _matches(pattern, path[1:])
    return head in ("*", path[0]) and _matches(rest, path[1:])


@given(
    st.recursive(
        st.just(1), lambda inner: st.dictionaries(st.sampled_from("ab"), inner, min_size=1)
    ).filter(lambda value: isinstance(value, dict)),
    st.lists(
        st.lists(st.sampled_from(["a", "b", "*", "**"]), min_size=1, max_size=4),
        min_size=1,
        max_size=3,
    ),
)
def test_what_is_left_is_what_a_pattern_means(answer: Any, patterns: list[list[str]]) -> None:
    left = filter_path(answer, ",".join(map(".".join, patterns)))
    expected = [p for p in _paths(answer) if any(_matches(pattern, p) for pattern in patterns)]
    assert (_paths(left) if left else []) == expected


def test_repeated_stars_take_no_longer() -> None:
    document: Any = {"x": 1}
    for _ in range(100):
        document = {"a": document, "b": document if len(str(document)) < 10_000 else 1}
    begun = time.thread_time()
    for joint in (".", ".*.", ".a.", ".*a*."):
        assert filter_path(document, joint.join(["**"] * 300) + ".zz") == {}
    assert time.thread_time() - begun < 3
