"""Dynamic templates and the other rules for fields that no mapping names."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.mapping.dynamic import definition_for, object_for
from mockkibana.json import Json


def root(**template: Json) -> Json:
    return {"dynamic_templates": [{"first": template}]}


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
    assert definition_for(path, name, value, root(**template)) == expected


def test_a_template_may_make_objects_nested() -> None:
    template = root(match_mapping_type="object", mapping={"type": "nested"})
    assert object_for("o", "o", template) == {"properties": {}, "type": "nested"}
    assert object_for("o", "o", {}) == {"properties": {}}
