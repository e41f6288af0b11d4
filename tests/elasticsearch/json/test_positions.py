"""The place of a value is found in the text of a document."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.elasticsearch.json.positions import Step, locate
from mockkibana.json import Json


@pytest.mark.parametrize(
    ("raw", "steps", "name", "start"),
    [
        (b'{"n":"abc"}', ["n"], "1:2", "1:6"),
        (b'{"bytes":"foo"}', ["bytes"], "1:2", "1:10"),
        ('{"ä":"ö","n":1}'.encode(), ["n"], "1:12", "1:16"),
        (b'{"a":[1,{"b":[2,"x"]}]}', ["a", 1, "b", 1], "1:17", "1:17"),
        (b'{\n  "a" : 1,\n  "b" :\n    2\n}', ["b"], "3:3", "4:5"),
        (b'{"a":1,"a":2}', ["a"], "1:8", "1:12"),
        (b'{"a":{"x":"}"},"b":1}', ["b"], "1:16", "1:20"),
        (b"{}", [], "1:1", "1:1"),
    ],
)
def test_a_member_is_found_in_the_bytes(
    raw: bytes, steps: list[Step], name: str, start: str
) -> None:
    place = locate(raw, {}, steps)
    assert (place.name, place.start) == (name, start)


def test_the_end_of_an_object_is_its_brace() -> None:
    place = locate(b'{"n":{"x":1},"m":2}', {}, ["n"])
    assert (place.last, place.after) == ("1:12", "1:13")


def test_a_text_of_another_document_is_not_used() -> None:
    assert locate(b'{"other":1}', {"ab": 1}, ["ab"]).start == "1:7"


KEYS = st.text(max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=3), st.data(), st.sampled_from([0, 2]))
def test_what_stands_at_the_place_is_the_value(
    document: dict[str, Json], data: st.DataObject, indent: int
) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=indent or None)
    steps: list[Step] = []
    value: Json = document
    while value and isinstance(value, dict | list):
        choices = list(value) if isinstance(value, dict) else range(len(value))
        step = data.draw(st.sampled_from(choices))
        steps.append(step)
        value = value[step]
        if data.draw(st.booleans()):
            break
    row, column = map(int, locate(text.encode(), document, steps).start.split(":"))
    rest = "\n".join(text.split("\n")[row - 1 :]).encode()[column - 1 :].decode()
    assert json.JSONDecoder().raw_decode(rest)[0] == value
