"""Vectors and features: which numbers they take, and how others are refused."""

from __future__ import annotations

import pytest
from document_fits import fit, refusal
from document_writes import index_document

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.json import Json


@pytest.mark.parametrize(
    ("definition", "values"),
    [
        ({"type": "dense_vector", "dims": 2}, [[1, 0.5]]),
        ({"type": "dense_vector", "dims": 2, "element_type": "byte"}, [[1, -128], "01ff"]),
        ({"type": "dense_vector", "dims": 2, "similarity": "dot_product"}, [[0.6, 0.8]]),
        ("rank_feature", [1, 0.5, "2", None, [3]]),
        ("rank_features", [{"a": 1, "b": "0.5", "c": None}]),
        ("sparse_vector", [{"a.b": 1}, [{"a": 1}, {"b": 2}]]),
    ],
    ids=str,
)
def test_values_that_a_type_takes(definition: Json, values: list[Json]) -> None:
    for value in values:
        fit(definition, value)


ILLEGAL = "illegal_argument_exception"


@pytest.mark.parametrize(
    ("definition", "value", "where", "kind", "inner"),
    [
        (
            "rank_feature",
            -1,
            "1:6 of '-1'",
            ILLEGAL,
            (
                "featureValue must be a positive normal float, got: -1.0 for feature f on "
                "field _feature which is less than the minimum positive normal float: "
                "1.17549435E-38"
            ),
        ),
        (
            "rank_feature",
            0,
            "1:6 of '0'",
            ILLEGAL,
            (
                "featureValue must be a positive normal float, got: 0.0 for feature f on "
                "field _feature which is less than the minimum positive normal float: "
                "1.17549435E-38"
            ),
        ),
        ("rank_feature", "x", "1:6 of 'x'", "number_format_exception", 'For input string: "x"'),
        (
            "rank_feature",
            True,
            "1:6 of 'true'",
            "x_content_parse_exception",
            ("[1:10] Current token (VALUE_TRUE) not numeric, can not use numeric value accessors"),
        ),
        (
            "rank_feature",
            [1, 2],
            "1:9 of '2'",
            ILLEGAL,
            (
                "[rank_feature] fields do not support indexing multiple values for the same "
                "field [f] in the same document"
            ),
        ),
        (
            "rank_feature",
            {},
            "1:7 of '{}'",
            "x_content_parse_exception",
            ("[1:8] Current token (START_OBJECT) not numeric, can not use numeric value accessors"),
        ),
        (
            {"type": "rank_feature", "positive_score_impact": False},
            0,
            "1:6 of '0'",
            ILLEGAL,
            "featureValue must be finite, got: Infinity for feature f on field _feature",
        ),
        (
            "rank_features",
            1,
            "1:6 bare",
            ILLEGAL,
            (
                "[rank_features] fields must be json objects, expected a START_OBJECT but "
                "got: VALUE_NUMBER"
            ),
        ),
        (
            "rank_features",
            {"a": -1},
            "1:11 bare",
            ILLEGAL,
            (
                "featureValue must be a positive normal float, got: -1.0 for feature a on "
                "field f which is less than the minimum positive normal float: 1.17549435E-38"
            ),
        ),
        (
            "rank_features",
            {"a": True},
            "1:11 bare",
            ILLEGAL,
            (
                "[rank_features] fields take hashes that map a feature to a strictly positive"
                " float, but got unexpected token VALUE_BOOLEAN"
            ),
        ),
        (
            "rank_features",
            {"a": "x"},
            "1:11 bare",
            "number_format_exception",
            'For input string: "x"',
        ),
        (
            "sparse_vector",
            "x",
            "1:6 bare",
            ILLEGAL,
            (
                "[sparse_vector] fields must be json objects, expected a START_OBJECT but "
                "got: VALUE_STRING"
            ),
        ),
        (
            "sparse_vector",
            [0.1],
            "1:7 bare",
            ILLEGAL,
            (
                "[sparse_vector] fields must be json objects, expected a START_OBJECT but "
                "got: VALUE_NUMBER"
            ),
        ),
        (
            "sparse_vector",
            {"a": [1]},
            "1:11 bare",
            ILLEGAL,
            (
                "[sparse_vector] fields take hashes that map a feature to a strictly positive"
                " float, but got unexpected token START_ARRAY"
            ),
        ),
        (
            "rank_features",
            {"a.b": 1},
            "1:13 bare",
            ILLEGAL,
            "[rank_features] fields do not support dots in feature names but found [a.b]",
        ),
        (
            {"type": "dense_vector", "dims": 3},
            [1, 2],
            "1:10 bare",
            ILLEGAL,
            (
                "The [dense_vector] field [f] in doc [document with id '1'] has a different "
                "number of dimensions [2] than defined in the mapping [3]"
            ),
        ),
        (
            {"type": "dense_vector", "dims": 2},
            [1, 2, 3],
            "1:12 bare",
            ILLEGAL,
            (
                "The [dense_vector] field [f] in doc [document with id '1'] has more "
                "dimensions than defined in the mapping [2]"
            ),
        ),
        (
            {"type": "dense_vector", "dims": 2},
            [0, 0],
            "1:10 bare",
            ILLEGAL,
            (
                "The [cosine] similarity does not support vectors with zero magnitude. "
                "Preview of invalid vector: [0.0, 0.0]"
            ),
        ),
        (
            {"type": "dense_vector", "dims": 2},
            "x",
            "1:6 bare",
            "parsing_exception",
            "Unsupported type [VALUE_STRING] for provided value [x]",
        ),
        (
            {"type": "dense_vector", "dims": 2},
            ["a", 1],
            "1:7 bare",
            "parsing_exception",
            (
                "Failed to parse object: expecting token of type [VALUE_NUMBER] but found "
                "[VALUE_STRING]"
            ),
        ),
        (
            {"type": "dense_vector", "dims": 2, "similarity": "dot_product"},
            [1, 1],
            "1:10 bare",
            ILLEGAL,
            (
                "The [dot_product] similarity can only be used with unit-length vectors. "
                "Preview of invalid vector: [1.0, 1.0]"
            ),
        ),
        (
            {"type": "dense_vector", "dims": 2, "element_type": "byte"},
            [1.5, 300],
            "1:7 bare",
            ILLEGAL,
            (
                "element_type [byte] vectors only support integers between [-128, 127] but "
                "found [1.5] at dim [0];"
            ),
        ),
    ],
    ids=str,
)
def test_other_values_are_refused(
    definition: Json, value: Json, where: str, kind: str, inner: str
) -> None:
    assert refusal(definition, value) == (where, kind, inner)


def test_the_first_vector_decides_how_many_dimensions_there_are(cluster: Cluster) -> None:
    for element, size in (("float", 2), ("bit", 16)):
        vector = {"type": "dense_vector", "element_type": element}
        cluster.create_index(element, mappings={"properties": {"v": vector}})
        index_document(cluster, element, {"v": [1, 2]})
        mapped = cluster.get_index(element)[element]["mappings"]["properties"]["v"]
        assert mapped["dims"] == size
        with pytest.raises(ElasticsearchError):
            index_document(cluster, element, {"v": [1, 2, 3]})
