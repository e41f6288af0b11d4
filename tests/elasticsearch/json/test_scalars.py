"""Scalars are taken for texts and booleans as Elasticsearch takes them."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.json.scalars import as_text, boolean, not_boolean
from mockkibana.json import Json


@pytest.mark.parametrize(("value", "text"), [("a", "a"), (True, "true"), (1, "1"), (1.5, "1.5")])
def test_a_scalar_is_a_text(value: Json, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("value", "flag"),
    [(True, True), ("true", True), (False, False), ("false", False), (1, None), ("True", None)],
)
def test_a_boolean_may_be_a_text_but_no_number(value: Json, flag: bool | None) -> None:
    assert boolean(value) is flag


def test_what_is_no_boolean_is_told() -> None:
    expected = "Failed to parse value [yes] as only [true] or [false] are allowed."
    assert not_boolean("yes") == expected
