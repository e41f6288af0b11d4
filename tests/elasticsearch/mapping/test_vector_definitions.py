"""Definitions of dense vectors show their defaults, and are refused where they cannot be."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.mapping import definitions
from mockkibana.elasticsearch.mapping.mapping import merge
from mockkibana.json import Json


def read(**definition: Json) -> Json:
    fields = {"v": {"type": "dense_vector", **definition}}
    return definitions.read({"properties": fields})["properties"]["v"]


GRAPH = {"type": "int8_hnsw", "m": 16, "ef_construction": 100}


@pytest.mark.parametrize(
    ("definition", "shown"),
    [
        (
            {"dims": 3},
            {"dims": 3, "index": True, "similarity": "cosine", "index_options": GRAPH},
        ),
        ({}, {"index": True, "similarity": "cosine", "index_options": GRAPH}),
        ({"dims": "3", "index": False}, {"dims": 3, "index": False}),
        (
            {"element_type": "byte"},
            {"element_type": "byte", "index": True, "similarity": "cosine"},
        ),
        ({"element_type": "bit"}, {"element_type": "bit", "index": True, "similarity": "l2_norm"}),
        (
            {"similarity": "dot_product", "index_options": {"type": "hnsw", "m": 8}},
            {
                "similarity": "dot_product",
                "index": True,
                "index_options": {"type": "hnsw", "m": 8, "ef_construction": 100},
            },
        ),
        (
            {"index_options": {"type": "flat"}},
            {"index": True, "similarity": "cosine", "index_options": {"type": "flat"}},
        ),
    ],
    ids=str,
)
def test_a_dense_vector_shows_its_defaults(definition: Json, shown: Json) -> None:
    assert read(**definition) == {"type": "dense_vector", **shown}


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        (
            {"dims": 0},
            "The number of dimensions should be in the range [1, 4096] but was [0]",
        ),
        ({"dims": "x"}, 'For input string: "x"'),
        (
            {"element_type": "double"},
            "invalid element_type [double]; available types are [bit, byte, float]",
        ),
        (
            {"similarity": "near"},
            (
                "Unknown value [near] for field [similarity] - accepted values are "
                "[cosine, dot_product, l2_norm, max_inner_product]"
            ),
        ),
        (
            {"index_options": {"type": "tree"}},
            "Unknown vector index options type [tree] for field [v]",
        ),
        ({"index_options": 1}, "[index_options] requires field [type] to be configured"),
        ({"dim": 3}, "unknown parameter [dim] on mapper [v] of type [dense_vector]"),
    ],
    ids=str,
)
def test_a_dense_vector_that_cannot_be_is_refused(definition: Json, reason: str) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        read(**definition)
    assert caught.value.reason == f"Failed to parse mapping: {reason}"


def test_the_same_definition_changes_nothing() -> None:
    existing = definitions.read({"properties": {"v": {"type": "dense_vector", "dims": 3}}})
    again = definitions.read({"properties": {"v": {"type": "dense_vector", "dims": 3}}})
    assert merge(existing, again) is existing
