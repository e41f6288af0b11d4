"""Types whose values are objects of their own: which they take, and how others are refused."""

from __future__ import annotations

import pytest
from document_fits import fit, refusal

from mockkibana.json import Json

METRIC = {"type": "aggregate_metric_double", "metrics": ["min", "max"], "default_metric": "max"}
JOIN = {"type": "join", "relations": {"q": "a"}}


@pytest.mark.parametrize(
    ("definition", "values"),
    [
        (
            "completion",
            ["a", ["a", "b"], {"input": ["a", "b"], "weight": 3}, {"input": "a", "weight": "7"}],
        ),
        (
            {"type": "join", "relations": {"q": ["a", "c"]}},
            ["q", {"name": "q"}, {"name": "a", "parent": "1"}, {"name": "c", "parent": 2}],
        ),
        ("histogram", [{"values": [0.1, 0.2], "counts": [3, 7]}]),
        (METRIC, [{"min": 1, "max": "2"}]),
        ("percolator", [{"match_all": {}}]),
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
            "completion",
            5,
            "1:6 bare",
            "parsing_exception",
            "failed to parse [f]: expected text or object, but got VALUE_NUMBER",
        ),
        (
            "completion",
            {"input": 5},
            "1:15 bare",
            ILLEGAL,
            "input must be a string or array, but was [VALUE_NUMBER]",
        ),
        (
            "completion",
            {"input": ["a", 1]},
            "1:15 bare",
            ILLEGAL,
            "input array must have string values, but was [VALUE_NUMBER]",
        ),
        (
            "completion",
            {"weight": -1},
            "1:16 bare",
            ILLEGAL,
            "weight must be in the interval [0..2147483647], but was [-1]",
        ),
        (
            "completion",
            {"weight": "x"},
            "1:16 bare",
            ILLEGAL,
            "weight must be an integer, but was [x]",
        ),
        (
            "completion",
            {"foo": 1},
            "1:13 bare",
            ILLEGAL,
            "unknown field name [foo], must be one of [input, weight, contexts]",
        ),
        (
            "completion",
            ["a", 1],
            "1:11 bare",
            "parsing_exception",
            "failed to parse [null]: expected text or object, but got VALUE_NUMBER",
        ),
        (
            "completion",
            {"input": "a", "contexts": {}},
            "1:30 bare",
            ILLEGAL,
            "contexts field is not supported for field: [f]",
        ),
        (JOIN, "x", "1:6 bare", ILLEGAL, "unknown join name [x] for field [f]"),
        (JOIN, "a", "1:6 bare", ILLEGAL, "[parent] is missing for join field [f]"),
        (
            {"type": "join", "relations": {"q": ["a", "b"]}},
            {"name": "a", "foo": "1"},
            "1:24 bare",
            ILLEGAL,
            "unknown field name [foo] in join field [f]",
        ),
        (
            JOIN,
            5,
            "1:6 bare",
            "illegal_state_exception",
            "[f] expected START_OBJECT or VALUE_STRING but was: VALUE_NUMBER",
        ),
        (JOIN, {"parent": "1"}, "1:6 bare", ILLEGAL, "unknown join name [null] for field [f]"),
        (
            "histogram",
            5,
            "1:6 alone",
            "parsing_exception",
            (
                "Failed to parse object: expecting token of type [START_OBJECT] but found "
                "[VALUE_NUMBER]"
            ),
        ),
        (
            "histogram",
            {"values": [1, 2], "counts": [1]},
            "1:34 alone",
            "document_parsing_exception",
            (
                "error parsing field [f], expected same length from [values] and [counts] but"
                " got [2 != 1]"
            ),
        ),
        (
            "histogram",
            {"values": [2, 1], "counts": [1, 1]},
            "1:36 alone",
            "document_parsing_exception",
            (
                "error parsing field [f], [values] values must be in increasing order, got "
                "[1.0] but previous value was [2.0]"
            ),
        ),
        (
            "histogram",
            {"values": [1], "counts": [-1]},
            "1:33 alone",
            "document_parsing_exception",
            "error parsing field [f], [counts] elements must be >= 0 but got -1",
        ),
        (
            "histogram",
            {"values": [1]},
            "1:19 alone",
            "document_parsing_exception",
            "error parsing field [f], expected field called [counts]",
        ),
        (
            "histogram",
            {"foo": [1]},
            "1:16 alone",
            "document_parsing_exception",
            "error parsing field [f], with unknown parameter [foo]",
        ),
        (
            "histogram",
            {"values": ["a"], "counts": [1]},
            "1:34 alone",
            "parsing_exception",
            (
                "Failed to parse object: expecting token of type [VALUE_NUMBER] but found "
                "[VALUE_STRING]"
            ),
        ),
        (
            METRIC,
            {"min": 1},
            "1:14 of 'null'",
            ILLEGAL,
            "Aggregate metric field [f] must contain all metrics [min, max]",
        ),
        (
            METRIC,
            {"foo": 1},
            "1:13 of '1'",
            ILLEGAL,
            "Aggregate metric [foo] does not exist in the mapping of field [f]",
        ),
        (
            METRIC,
            {"min": "x", "max": 1},
            "1:13 of 'x'",
            "number_format_exception",
            'For input string: "x"',
        ),
        (
            METRIC,
            7,
            "1:6 of '7'",
            "parsing_exception",
            (
                "Failed to parse object: expecting token of type [START_OBJECT] but found "
                "[VALUE_NUMBER]"
            ),
        ),
        (
            "percolator",
            "x",
            "1:6 bare",
            "parsing_exception",
            "[_na] query malformed, must start with start_object",
        ),
    ],
    ids=str,
)
def test_other_values_are_refused(
    definition: Json, value: Json, where: str, kind: str, inner: str
) -> None:
    assert refusal(definition, value) == (where, kind, inner)
