"""Names that no index and no alias may have are refused."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.indices.names import validate_alias_name, validate_index_name

CHARACTERS = "must not contain the following characters [' ','\"','*',',','/','<','>','?','\\','|']"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "must not be empty"),
        ("A b", CHARACTERS),
        ("a*", CHARACTERS),
        ("a\\", CHARACTERS),
        ("a#:", "must not contain '#'"),
        ("a:B", "must not contain ':'"),
        ("_A", "must not start with '_', '-', or '+'"),
        ("-a", "must not start with '_', '-', or '+'"),
        ("+a", "must not start with '_', '-', or '+'"),
        ("A" * 256, "index name is too long, (256 > 255)"),
        ("ä" * 133, "index name is too long, (266 > 255)"),
        (".", "must not be '.' or '..'"),
        ("..", "must not be '.' or '..'"),
        ("BAD", "must be lowercase"),
    ],
    ids=repr,
)
def test_the_first_rule_that_a_name_breaks_is_the_one_named(name: str, text: str) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        validate_index_name(name)
    assert caught.value.item() == {
        "type": "invalid_index_name_exception",
        "reason": f"Invalid index name [{name}], {text}",
        "index_uuid": "_na_",
        "index": name,
    }


@pytest.mark.parametrize("name", ["a", "a-b_c.1", ".hidden", "...", "ä" * 127, "kibana-1"])
def test_a_good_name_is_taken(name: str) -> None:
    validate_index_name(name)
    validate_alias_name(name)


def test_an_alias_may_have_upper_case_letters_but_no_space() -> None:
    validate_alias_name("BAD")
    with pytest.raises(ElasticsearchError) as caught:
        validate_alias_name("a b")
    assert caught.value.type == "invalid_alias_name_exception"
    assert caught.value.reason == f"Invalid alias name [a b]: {CHARACTERS}"
