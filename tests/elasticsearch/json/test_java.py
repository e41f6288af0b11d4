"""Values in error texts are printed as Java prints them."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.json import java
from mockkibana.json import Json


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (7, "7"),
        ("x", "x"),
        (1.0, "1.0"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (1234567.5, "1234567.5"),
        (12345678.0, "1.2345678E7"),
        (-1e21, "-1.0E21"),
        (float("inf"), "Infinity"),
        ([], "[]"),
        ([1, "a", None], "[1, a, null]"),
        ({}, "{}"),
        ({"x": 1}, "{x=1}"),
        ({"b": {"c": [True]}}, "{b={c=[true]}}"),
        # a HashMap's order is that of the hashes, not of the insertions
        ({"b": 1, "a": 2}, "{a=2, b=1}"),
        ({"name": 1, "id": 2, "type": 3}, "{name=1, id=2, type=3}"),
        ({"age": 1, "name": "x"}, "{name=x, age=1}"),
    ],
    ids=repr,
)
def test_a_value_is_printed_as_its_to_string(value: Json, text: str) -> None:
    assert java.text(value) == text


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("x", "java.lang.String"),
        (1, "java.lang.Integer"),
        (2**31, "java.lang.Long"),
        (1.5, "java.lang.Double"),
        (True, "java.lang.Boolean"),
        ([], "java.util.ArrayList"),
        ({}, "java.util.LinkedHashMap"),
    ],
)
def test_a_value_has_the_class_of_its_json_type(value: Json, name: str) -> None:
    assert java.class_name(value) == name
