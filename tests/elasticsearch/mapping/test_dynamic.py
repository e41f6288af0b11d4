"""Dynamic templates and the other rules for fields that no mapping names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana.elasticsearch.mapping.dynamic import definition_for, object_for
from mockkibana.elasticsearch.mapping.dynamic_templates import DynamicTemplates
from mockkibana.json import Json
from mockkibana.wildcards import wildcard


def templates(*listed: Json) -> DynamicTemplates:
    return DynamicTemplates([{f"t{number}": one} for number, one in enumerate(listed)])


@pytest.mark.parametrize(
    ("template", "path", "value", "expected"),
    [
        (
            {"match_mapping_type": "string", "mapping": {"type": "keyword"}},
            "a",
            "x",
            {"type": "keyword"},
        ),
        (
            {"match_mapping_type": "string", "mapping": {"type": "keyword"}},
            "a",
            1,
            {"type": "long"},
        ),
        (
            {"match_mapping_type": "double", "mapping": {"type": "double"}},
            "a",
            1.5,
            {"type": "double"},
        ),
        ({"match": "id_*", "mapping": {"type": "keyword"}}, "o.id_x", 1, {"type": "keyword"}),
        ({"match": "id_*", "mapping": {"type": "keyword"}}, "o.x_id", 1, {"type": "long"}),
        (
            {"match": "*", "unmatch": "*_n", "mapping": {"type": "keyword"}},
            "x_n",
            1,
            {"type": "long"},
        ),
        ({"path_match": "o.*", "mapping": {"type": "keyword"}}, "o.x", 1, {"type": "keyword"}),
        (
            {"path_match": "o.*", "path_unmatch": "*.x", "mapping": {"type": "keyword"}},
            "o.x",
            1,
            {"type": "long"},
        ),
        (
            {"match": "*", "mapping": {"type": "{dynamic_type}", "meta": {"n": "{name}"}}},
            "o.x",
            1,
            {"type": "long", "meta": {"n": "x"}},
        ),
        (
            {"match_mapping_type": "*", "mapping": {"store": True}},
            "x",
            "y",
            {"type": "text", "store": True},
        ),
    ],
)
def test_the_first_template_that_matches_defines_the_field(
    template: Json, path: str, value: Json, expected: Json
) -> None:
    name = path.split(".")[-1]
    assert definition_for(path, name, value, {}, templates(template)) == expected


def test_a_template_may_make_objects_nested() -> None:
    nested = templates({"match_mapping_type": "object", "mapping": {"type": "nested"}})
    assert object_for("o", "o", nested) == {"properties": {}, "type": "nested"}
    assert object_for("o", "o", templates()) == {"properties": {}}


patterns = st.text("ab.*", max_size=4)
conditions = st.dictionaries(
    st.sampled_from(["match", "unmatch", "path_match", "path_unmatch"]),
    patterns | st.lists(patterns, max_size=2),
    max_size=2,
)
kinds = st.sampled_from([{}, *({"match_mapping_type": kind} for kind in ("long", "string", "*"))])


def fits(template: Json, path: str, name: str, kind: str) -> bool:
    """Hold one template against a field."""
    if template.get("match_mapping_type", "*") not in ("*", kind):
        return False
    for key in template.keys() - {"match_mapping_type", "mapping"}:
        given = template[key]
        wanted = given if isinstance(given, list) else [given]
        subject = path if key.startswith("path") else name
        if wanted and any(wildcard(one)(subject) for one in wanted) == ("unmatch" in key):
            return False
    return True


@given(
    st.lists(st.tuples(kinds, conditions).map(lambda pair: pair[0] | pair[1]), max_size=6),
    st.text("ab.", min_size=1, max_size=5),
    st.sampled_from(["long", "string"]),
)
@settings(max_examples=200, deadline=None)
def test_what_is_looked_up_is_the_first_of_all_that_fit(
    asked: list[Json], path: str, kind: str
) -> None:
    name = path.rpartition(".")[2]
    listed = [{**one, "mapping": {"number": number}} for number, one in enumerate(asked)]
    first = next((one for one in listed if fits(one, path, name, kind)), None)
    found = templates(*listed).mapping_for(path, name, kind)
    assert found == (first and first["mapping"])
