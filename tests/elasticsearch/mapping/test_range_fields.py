"""Ranges: which bounds they take, and how others are refused."""

from __future__ import annotations

import pytest
from document_fits import fit, refusal

from mockkibana.json import Json


@pytest.mark.parametrize(
    ("definition", "values"),
    [
        (
            "integer_range",
            [
                {"gte": 1, "lt": 5},
                {"gt": "1"},
                {},
                {"lte": None},
                [{"gte": 1}, {"lte": 2}],
                {"gte": 1, "lte": 1},
            ],
        ),
        ("date_range", [{"gte": "2024-01-01", "lt": "2024-02-01"}, {"gte": 1700000000000}]),
        ("ip_range", ["10.0.0.0/8", {"gte": "10.0.0.1", "lte": "10.0.0.9"}, "2001:db8::/32"]),
        ("double_range", [{"gte": "1.5d"}]),
        ("long_range", [{"gte": "", "lte": 1}]),
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
            "integer_range",
            5,
            "1:6 of '5'",
            "mapper_parsing_exception",
            "error parsing field [f], expected an object but got f",
        ),
        (
            "integer_range",
            {"gte": "x"},
            "1:13 of 'x'",
            "number_format_exception",
            'For input string: "x"',
        ),
        (
            "integer_range",
            {"foo": 1},
            "1:13 of '1'",
            "mapper_parsing_exception",
            "error parsing field [f], with unknown parameter [foo]",
        ),
        (
            "integer_range",
            {"gte": 20, "lte": 10},
            "1:24 of 'null'",
            ILLEGAL,
            "min value (20) is greater than max value (10)",
        ),
        (
            "integer_range",
            {"gte": 1099511627776},
            "1:13 of '1099511627776'",
            "input_coercion_exception",
            "Numeric value (1099511627776) out of range of int (-2147483648 - 2147483647)",
        ),
        (
            "date_range",
            {"gte": "soon"},
            "1:13 of 'soon'",
            "parse_exception",
            (
                "failed to parse date field [soon] with format "
                "[strict_date_optional_time||epoch_millis]: [failed to parse date field "
                "[soon] with format [strict_date_optional_time||epoch_millis]]"
            ),
        ),
        ("ip_range", {"gte": "x"}, "1:13 of 'x'", ILLEGAL, "'x' is not an IP string literal."),
        (
            "ip_range",
            "10.0.0.0/99",
            "1:6 of '10.0.0.0/99'",
            ILLEGAL,
            "'10.0.0.0/99' is not an IP string literal.",
        ),
        (
            "ip_range",
            "10.0.0.1",
            "1:6 of '10.0.0.1'",
            ILLEGAL,
            "Expected [ip/prefix] but was [10.0.0.1]",
        ),
        (
            "double_range",
            {"gte": "1.5d", "lt": "1"},
            "1:28 of 'null'",
            ILLEGAL,
            "min value (1.5) is greater than max value (1.0)",
        ),
        (
            "float_range",
            {"gte": [1]},
            "1:15 of '[1]'",
            "x_content_parse_exception",
            ("[1:16] Current token (START_ARRAY) not numeric, can not use numeric value accessors"),
        ),
    ],
    ids=str,
)
def test_other_values_are_refused(
    definition: Json, value: Json, where: str, kind: str, inner: str
) -> None:
    assert refusal(definition, value) == (where, kind, inner)
