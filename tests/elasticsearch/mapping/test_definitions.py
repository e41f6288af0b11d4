"""Mappings as users write them are read, or refused in Elasticsearch's words."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.mapping import definitions
from mockkibana.json import Json


def refusal(mappings: Json) -> ElasticsearchError:
    with pytest.raises(ElasticsearchError) as caught:
        definitions.read(mappings)
    assert (caught.value.status, caught.value.type) == (400, "mapper_parsing_exception")
    return caught.value


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"a": {"type": "foo"}}, "No handler for type [foo] declared on field [a]"),
        (
            {"o": {"properties": {"a": {"type": "foo"}}}},
            "No handler for type [foo] declared on field [a]",
        ),
        ({"a": {}}, "No type specified for field [a]"),
        ({"a": {"index": False}}, "No type specified for field [a]"),
        (
            {"a": "long"},
            "Expected map for property [fields] on field [a] but got a java.lang.String",
        ),
        (
            {"a": {"type": "keyword", "foo": 1}},
            "unknown parameter [foo] on mapper [a] of type [keyword]",
        ),
        (
            {"a": {"type": "keyword", "ignore_above": None}},
            "[ignore_above] on mapper [a] of type [keyword] must not have a [null] value",
        ),
        (
            {"a": {"type": "object", "foo": "bar"}},
            "Mapping definition for [a] has unsupported parameters:  [foo : bar]",
        ),
        ({"a": {"properties": "x"}}, "properties must be a map type"),
        (
            {"a": {"type": "text", "fields": {"o": {"type": "object"}}}},
            "Type [object] cannot be used in multi field",
        ),
        ({"a": {"type": "alias"}}, "The [path] property must be specified for field [a]."),
        *(
            (
                {"a": {"type": kind, "relations": {}, "metrics": [], "foo": 1}},
                f"unknown parameter [{name}] on mapper [a] of type [{kind}]",
            )
            for kind, name in (
                ("geo_point", "relations"),
                ("date_range", "relations"),
                ("rank_feature", "relations"),
                ("completion", "relations"),
                ("join", "metrics"),
                ("aggregate_metric_double", "relations"),
            )
        ),
    ],
)
def test_a_mapping_that_is_not_valid_is_refused(properties: Json, reason: str) -> None:
    error = refusal({"properties": properties})
    cause = {"type": "mapper_parsing_exception", "reason": reason}
    assert error.body() == {
        "error": {
            "root_cause": [cause],
            "type": "mapper_parsing_exception",
            "reason": f"Failed to parse mapping: {reason}",
            "caused_by": cause,
        },
        "status": 400,
    }


@pytest.mark.parametrize(
    ("mappings", "reason"),
    [
        ({"properties": {"a": {"type": "scaled_float"}}}, "Field [scaling_factor] is required"),
        (
            {"properties": {"a": {"type": "date", "format": "foo"}}},
            "Error parsing [format] on field [a]: Invalid format: [foo]: Unknown pattern letter: f",
        ),
        (
            {"properties": {"a": {"type": "text", "analyzer": "mine"}}},
            "analyzer [mine] has not been configured in mappings",
        ),
        (
            {"dynamic": "maybe"},
            "No enum constant org.elasticsearch.index.mapper.ObjectMapper.Dynamic.MAYBE",
        ),
    ],
)
def test_an_illegal_argument_is_wrapped(mappings: Json, reason: str) -> None:
    error = refusal(mappings)
    assert error.reason == f"Failed to parse mapping: {reason}"
    assert error.caused_by == {"type": "illegal_argument_exception", "reason": reason}
    assert error.body()["error"]["root_cause"][0]["reason"] == error.reason


def test_an_unknown_key_at_the_root_is_refused() -> None:
    error = refusal({"foo": {"type": "keyword"}, "properties": {}})
    assert error.reason == (
        "Failed to parse mapping: Root mapping definition has unsupported parameters: "
        " [foo : {type=keyword}]"
    )


def test_an_analyzer_of_the_index_is_known() -> None:
    mappings = {"properties": {"a": {"type": "text", "analyzer": "mine"}}}
    assert definitions.read(mappings, {"mine"})["properties"] == mappings["properties"]


@pytest.mark.parametrize(
    ("mappings", "kept"),
    [
        ({}, {"properties": {}}),
        (
            {"_doc": {"properties": {"a": {"type": "long"}}}},
            {"properties": {"a": {"type": "long"}}},
        ),
        ({"dynamic": True}, {"dynamic": "true", "properties": {}}),
        (
            {"properties": {"a.b": {"type": "long"}, "a": {"type": "object", "dynamic": False}}},
            {"properties": {"a": {"dynamic": "false", "properties": {}}}},
        ),
        (
            {"properties": {"a.b": {"type": "long"}, "a.c": {"type": "long"}}},
            {"properties": {"a": {"properties": {"b": {"type": "long"}, "c": {"type": "long"}}}}},
        ),
        (
            {"properties": {"k": {"type": "keyword", "ignore_above": "5"}}},
            {"properties": {"k": {"type": "keyword", "ignore_above": 5}}},
        ),
        (
            {"subobjects": False, "properties": {"a.b": {"type": "long"}}},
            {"subobjects": False, "properties": {"a.b": {"type": "long"}}},
        ),
    ],
)
def test_a_mapping_is_kept_in_one_form(mappings: Json, kept: Json) -> None:
    assert definitions.read(mappings) == kept


def test_a_mapping_is_shown_by_name_with_the_type_of_empty_objects() -> None:
    kept = definitions.read(
        {
            "properties": {
                "z": {"type": "object"},
                "n": {"type": "nested", "properties": {"b": {"type": "long"}}},
                "a": {"type": "text", "fields": {"k": {"type": "keyword"}}},
            }
        }
    )
    shown = definitions.render(kept)
    assert shown == {
        "properties": {
            "a": {"type": "text", "fields": {"k": {"type": "keyword"}}},
            "n": {"type": "nested", "properties": {"b": {"type": "long"}}},
            "z": {"type": "object"},
        }
    }
    assert list(shown["properties"]) == ["a", "n", "z"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (
            "x",
            (
                "Invalid [path] value [x] for field alias [a]: an alias must refer to an existing "
                "field in the mappings."
            ),
        ),
        ("a", "Invalid [path] value [a] for field alias [a]: an alias cannot refer to itself."),
        (
            "b",
            "Invalid [path] value [b] for field alias [a]: an alias cannot refer to another alias.",
        ),
    ],
)
def test_a_field_alias_leads_to_a_field(path: str, reason: str) -> None:
    properties = {
        "n": {"type": "long"},
        "a": {"type": "alias", "path": path},
        "b": {"type": "alias", "path": "n"},
    }
    with pytest.raises(ElasticsearchError) as caught:
        definitions.check_aliases(definitions.read({"properties": properties}))
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "mappings",
    [
        {"runtime": []},
        {"runtime": {"a": "x"}},
        {"runtime": {"a": {"type": "x"}}},
        {"dynamic_templates": {}},
        {"dynamic_templates": ["x"]},
        {"dynamic_templates": [{"a": {"match": "*"}}]},
        {"dynamic_templates": [{"a": {"match_pattern": "regex", "mapping": {}}}]},
        {"dynamic_date_formats": "yyyy"},
        {"dynamic_date_formats": ["foo"]},
        {"properties": {"a": {"type": ["long"]}}},
        {"properties": {"a": {"type": "keyword", "ignore_above": "x"}}},
        {"properties": {"a": {"type": "keyword", "fields": ["x"]}}},
        {"properties": {"a": {"type": "geo_point", "properties": {}}}},
        {"properties": {"a": {"type": "alias", "path": []}}},
        {"properties": {"": {"type": "long"}}},
        {"properties": {"a..b": {"type": "long"}}},
    ],
    ids=str,
)
def test_values_of_the_wrong_form_are_refused(mappings: Json) -> None:
    assert refusal(mappings).reason.startswith("Failed to parse mapping: ")


@pytest.mark.parametrize(
    "field",
    [
        {"type": "join", "relations": [1]},
        {"type": "join", "relations": "x"},
        {"type": "aggregate_metric_double", "metrics": 5, "default_metric": "min"},
        {"type": "date_range", "format": "foo"},
        {"type": "date_range", "format": ""},
        {"type": "scaled_float", "scaling_factor": "x"},
        {"type": "scaled_float", "scaling_factor": [1]},
    ],
    ids=str,
)
def test_parameters_of_the_wrong_kind_are_refused(field: Json) -> None:
    assert refusal({"properties": {"f": field}}).reason.startswith("Failed to parse mapping: ")


def test_a_metric_needs_to_know_of_what() -> None:
    error = refusal({"properties": {"a": {"type": "aggregate_metric_double"}}})
    assert error.reason == (
        "Failed to parse mapping: Property [metrics] is required for field [a]."
    )
