"""A mapping is compiled once, and extended without losing what was compiled."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.mapping import definitions
from mockkibana.elasticsearch.mapping.growth import Growth
from mockkibana.elasticsearch.mapping.mapping import compile_mapping, merge
from mockkibana.json import Json


def read(**properties: Json) -> Json:
    return definitions.read({"properties": properties})


LONG = {"type": "long"}
OBJECT = {"properties": {"x": LONG}}


def test_every_field_is_found_by_its_path() -> None:
    mapping = compile_mapping(
        read(o=OBJECT, t={"type": "text", "fields": {"keyword": {"type": "keyword"}}})
    )
    assert {path: field.type for path, field in mapping.fields.items()} == {
        "o": "object",
        "o.x": "long",
        "t": "text",
        "t.keyword": "keyword",
    }
    assert mapping.size == 4


@pytest.mark.parametrize(
    ("before", "update", "reason"),
    [
        (LONG, {"type": "keyword"}, "mapper [a] cannot be changed from type [long] to [keyword]"),
        (LONG, OBJECT, "can't merge a non object mapping [a] with an object mapping"),
        (OBJECT, LONG, "can't merge a non object mapping [a] with an object mapping"),
        (
            OBJECT,
            {"type": "nested"},
            "can't merge a non-nested mapping [a] with a nested mapping",
        ),
        (
            {"type": "nested"},
            OBJECT,
            "can't merge a non-nested mapping [a] with a nested mapping",
        ),
        (
            {"properties": {"b": LONG}},
            {"properties": {"b": {"type": "text"}}},
            "mapper [a.b] cannot be changed from type [long] to [text]",
        ),
        (
            {"type": "text"},
            {"type": "text", "analyzer": "english"},
            (
                "Mapper for [a] conflicts with existing mapper:\n\t"
                "Cannot update parameter [analyzer] from [default] to [english]"
            ),
        ),
        (
            {"type": "keyword", "index": False},
            {"type": "keyword"},
            (
                "Mapper for [a] conflicts with existing mapper:\n\t"
                "Cannot update parameter [index] from [false] to [true]"
            ),
        ),
    ],
)
def test_a_change_that_a_field_does_not_allow_is_refused(
    before: Json, update: Json, reason: str
) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        merge(read(a=before), read(a=update))
    assert caught.value.type == "illegal_argument_exception"
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("before", "update", "after"),
    [
        ({"a": LONG}, {"b": LONG}, {"a": LONG, "b": LONG}),
        ({"a": LONG}, {"a": LONG}, {"a": LONG}),
        (
            {"a": {"type": "keyword"}},
            {"a": {"type": "keyword", "ignore_above": 5}},
            {"a": {"type": "keyword", "ignore_above": 5}},
        ),
        (
            {"a": {"type": "text", "fields": {"k": {"type": "keyword"}}}},
            {"a": {"type": "text", "fields": {"l": {"type": "keyword"}}}},
            {"a": {"type": "text", "fields": {"k": {"type": "keyword"}, "l": {"type": "keyword"}}}},
        ),
        (
            {"a": OBJECT},
            {"a": {"properties": {"y": LONG}, "dynamic": "strict"}},
            {"a": {"dynamic": "strict", "properties": {"x": LONG, "y": LONG}}},
        ),
    ],
)
def test_an_update_adds_to_a_mapping(before: Json, update: Json, after: Json) -> None:
    existing = read(**before)
    copy = read(**before)
    assert merge(existing, read(**update)) == {"properties": after}
    assert existing == copy


def test_what_does_not_change_stays_the_same_value_and_is_not_compiled_again() -> None:
    existing = read(a=LONG, o=OBJECT)
    assert merge(existing, read(a=LONG)) is existing
    extended = merge(existing, read(b=LONG))
    earlier = compile_mapping(existing)
    later = compile_mapping(extended, earlier)
    assert later.root.children["o"] is earlier.root.children["o"]
    assert later.root.children["a"] is earlier.root.children["a"]


def test_a_new_dynamic_at_the_root_reaches_the_objects_below() -> None:
    existing = read(o=OBJECT)
    earlier = compile_mapping(existing)
    later = compile_mapping(merge(existing, {"dynamic": "strict"}), earlier)
    child = later.root.children["o"]
    assert getattr(child, "dynamic", None) == "strict"


_definitions = st.recursive(
    st.sampled_from([{"type": "long"}, {"type": "text", "fields": {"k": {"type": "keyword"}}}]),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(
        lambda fields: {"properties": fields}
    ),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(st.sampled_from("abcde"), _definitions, max_size=3), max_size=5))
def test_a_mapping_that_grew_is_the_one_that_is_compiled_anew(
    updates: list[dict[str, Any]],
) -> None:
    mapping = compile_mapping({"properties": {}})
    growth = Growth(mapping)
    for fields in updates:
        update = {"properties": fields}
        before = deepcopy(mapping.definition)
        try:
            merged = merge(mapping.definition, update)
        except ElasticsearchError:
            continue  # an object and a leaf of one name
        earlier, mapping = mapping, compile_mapping(merged, mapping)
        assert earlier.definition == before
        growth.add(update)
        fresh = compile_mapping(merged)
        for grown in (mapping, growth.mapping):
            assert grown.definition == merged
            assert grown.root.size == fresh.root.size
            assert grown.size == len(grown.fields) == len(fresh.fields)
            assert {path: field.definition for path, field in grown.fields.items()} == {
                path: field.definition for path, field in fresh.fields.items()
            }


def test_what_a_mapping_grew_from_stays_as_it_is() -> None:
    stored = read(o=OBJECT)
    mapping = compile_mapping(stored)
    growth = Growth(mapping)
    for name in ("a", "b"):
        growth.add(read(o={"properties": {name: LONG}}, **{name: LONG}))
    growth.add({"properties": {}, "runtime": {"r": LONG}})
    assert stored == read(o=OBJECT)
    assert set(mapping.fields) == {"o", "o.x"}
    assert list(growth.mapping.fields) == ["o", "o.x", "o.a", "o.b", "a", "b"]
    assert growth.mapping.definition["runtime"] == {"r": LONG}
