"""Templates are put, shown, merged in their order, and applied to new indices."""

from __future__ import annotations

from typing import Any

import pytest
from face_requests import call, refused, request_of

from mockkibana.elasticsearch.face.face import ElasticsearchFace


def keyword(*names: str) -> Any:
    return {"properties": {name: {"type": "keyword"} for name in names}}


@pytest.fixture
def composed(face: ElasticsearchFace) -> ElasticsearchFace:
    one = {
        "settings": {"number_of_replicas": 3, "refresh_interval": "1s"},
        "mappings": keyword("a", "b"),
    }
    two = {
        "settings": {"index": {"refresh_interval": "2s"}},
        "aliases": {"all": {}, "of-{index}": {}},
    }
    call(face, "PUT /_component_template/one", {"template": one, "version": 2})
    call(face, "PUT /_component_template/two", {"template": two})
    template = {
        "index_patterns": "x-*",
        "composed_of": ["one", "two"],
        "priority": 5,
        "template": {"mappings": {"properties": {"a": {"type": "text"}, "o": keyword("c")}}},
    }
    call(face, "PUT /_index_template/t", template)
    legacy = {"index_patterns": ["x-*", "y-*"], "settings": {"number_of_replicas": 9}}
    call(face, "PUT /_template/old", {**legacy, "order": 2, "mappings": keyword("old")})
    call(
        face,
        "PUT /_template/older",
        {**legacy, "order": 1, "mappings": {"properties": {"old": {"type": "long"}}}},
    )
    return face


def test_a_composable_template_wins_over_all_legacy_ones(composed: ElasticsearchFace) -> None:
    request = {
        "mappings": {"properties": {"o": keyword("d")}},
        "settings": {"number_of_replicas": 0},
    }
    call(composed, "PUT /x-1", request)
    index = call(composed, "GET /x-1")["x-1"]
    assert index["aliases"] == {"all": {}, "of-x-1": {}}
    assert index["mappings"] == {
        "properties": {
            "a": {"type": "text"},
            "b": {"type": "keyword"},
            "o": keyword("c", "d"),
        }
    }
    settings = index["settings"]["index"]
    assert (settings["number_of_replicas"], settings["refresh_interval"]) == ("0", "2s")


def test_of_legacy_templates_the_higher_order_wins(composed: ElasticsearchFace) -> None:
    call(composed, "PUT /y-1/_doc/1", {"new": 1}, 201)
    index = call(composed, "GET /y-1")["y-1"]
    assert index["mappings"]["properties"] == {"new": {"type": "long"}, "old": {"type": "keyword"}}
    assert index["settings"]["index"]["number_of_replicas"] == "9"


def test_templates_are_shown_as_they_are_kept(composed: ElasticsearchFace) -> None:
    [found] = call(composed, "GET /_index_template/t")["index_templates"]
    assert found["name"] == "t"
    assert found["index_template"]["index_patterns"] == ["x-*"]
    [found] = call(composed, "GET /_component_template/one")["component_templates"]
    assert found["component_template"]["version"] == 2
    settings = {"number_of_replicas": "3", "refresh_interval": "1s"}
    assert found["component_template"]["template"]["settings"] == {"index": settings}
    assert call(composed, "GET /_template/old?flat_settings=true")["old"] == {
        "order": 2,
        "index_patterns": ["x-*", "y-*"],
        "settings": {"index.number_of_replicas": "9"},
        "mappings": keyword("old"),
        "aliases": {},
    }


@pytest.mark.parametrize(
    ("kind", "key", "names"),
    [
        ("_index_template", "index_templates", {"logs", "metrics"}),
        (
            "_component_template",
            "component_templates",
            {
                "logs@mappings",
                "logs@settings",
                "metrics@mappings",
                "metrics@settings",
                "data-streams@mappings",
                "ecs@mappings",
                "elastic-connectors-mappings",
            },
        ),
    ],
)
def test_a_node_ships_templates_that_stay(
    face: ElasticsearchFace, kind: str, key: str, names: set[str]
) -> None:
    call(face, f"DELETE /{kind}/*")
    assert {each["name"] for each in call(face, f"GET /{kind}")[key]} == names


@pytest.mark.parametrize("path", ["_index_template/t", "_component_template/z", "_template/old"])
def test_a_template_exists_until_it_is_deleted(composed: ElasticsearchFace, path: str) -> None:
    call(composed, "PUT /_component_template/z", {"template": {}})
    assert composed.handle(request_of(f"HEAD /{path}")).status == 200
    assert call(composed, f"DELETE /{path}") == {"acknowledged": True}
    assert composed.handle(request_of(f"HEAD /{path}")).status == 404
    refused(composed, f"DELETE /{path}", status=404)


INVALID = "invalid_index_template_exception: index_template [{}] invalid, cause "


@pytest.mark.parametrize(
    ("line", "body", "error"),
    [
        (
            "PUT /_index_template/u",
            {"index_patterns": ["x-y*"], "priority": 5},
            (
                "illegal_argument_exception: index template [u] has index patterns [x-y*] matching "
                "patterns from existing templates [t] with patterns (t => [x-*]) that have "
                "the same "
                "priority [5], multiple index templates may not match during index "
                "creation, please use a different priority"
            ),
        ),
        (
            "PUT /_index_template/u",
            {"index_patterns": ["u"], "composed_of": ["one", "none"]},
            INVALID.format("u") + "[index template [u] specifies component templates [none] that "
            "do not exist]",
        ),
        (
            "PUT /_index_template/t?create",
            {"index_patterns": ["t"]},
            "illegal_argument_exception: index template [t] already exists",
        ),
        (
            "PUT /_component_template/one?create",
            {"template": {}},
            "illegal_argument_exception: component template [one] already exists",
        ),
        (
            "PUT /_index_template/u",
            {"index_patterns": ["u"], "foo": 1},
            "x_content_parse_exception: [1:27] [index_template] unknown field [foo]",
        ),
        (
            "PUT /_index_template/u",
            {"index_patterns": ["u"], "template": {"settings": {"index.foo": 1}}},
            (
                "illegal_argument_exception: unknown setting [index.foo] please check that any "
                "required plugins are installed, or check the breaking changes documentation for "
                "removed settings"
            ),
        ),
        (
            "PUT /_index_template/u",
            {
                "index_patterns": ["u"],
                "template": {"mappings": {"properties": {"a": {"type": "z"}}}},
            },
            (
                "mapper_parsing_exception: Failed to parse mapping: No handler for type [z] "
                "declared on field [a]"
            ),
        ),
        (
            "DELETE /_component_template/one,two",
            None,
            (
                "illegal_argument_exception: component templates [one, two] cannot be "
                "removed as they are still in use by index templates [t]"
            ),
        ),
        (
            "PUT /_index_template/Upper",
            {"index_patterns": ["u"]},
            INVALID.format("Upper") + "[Validation Failed: 1: name must be lower cased;]",
        ),
        (
            "PUT /_index_template/u",
            {},
            (
                "action_request_validation_exception: Validation Failed: 1: index patterns are "
                "missing;"
            ),
        ),
    ],
)
def test_a_template_that_cannot_be_is_refused(
    composed: ElasticsearchFace, line: str, body: Any, error: str
) -> None:
    before = call(composed, "GET /_index_template")
    assert refused(composed, line, body) == error
    assert call(composed, "GET /_index_template") == before


def test_an_order_that_is_no_number_is_refused(face: ElasticsearchFace) -> None:
    error = refused(face, "PUT /_template/t", {"index_patterns": ["x"], "order": "high"})
    assert error == "illegal_argument_exception: Malformed [order] value, should be an integer"


def test_what_an_index_would_be_is_simulated(composed: ElasticsearchFace) -> None:
    answer = call(composed, "POST /_index_template/_simulate_index/x-1")
    assert answer["template"]["settings"]["index"]["refresh_interval"] == "2s"
    assert answer["template"]["mappings"]["properties"]["a"] == {"type": "text"}
    assert answer["overlapping"] == []
    body = {"index_patterns": ["x-*"], "priority": 9, "template": {"mappings": keyword("new")}}
    answer = call(composed, "POST /_index_template/_simulate_index/x-1", body)
    assert answer["template"]["mappings"] == keyword("new")
    assert answer["overlapping"] == [{"name": "t", "index_patterns": ["x-*"]}]
    assert call(composed, "POST /_index_template/_simulate", body)["overlapping"] == [
        {"name": "t", "index_patterns": ["x-*"]}
    ]
    assert (
        "a"
        in call(composed, "POST /_index_template/_simulate/t")["template"]["mappings"]["properties"]
    )


def test_a_node_warns_of_legacy_templates(face: ElasticsearchFace) -> None:
    answer = face.handle(request_of("PUT /_template/old", {"index_patterns": ["old"]}))
    assert "Legacy index templates are deprecated" in str(answer.headers["Warning"])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a*", "*b", True),
        ("a*", "b*", False),
        ("a", "a", True),
        ("*x*", "axb", True),
        ("a*c", "ab*d", False),
    ],
)
def test_patterns_overlap_where_a_name_fits_both(one: str, other: str, expected: bool) -> None:
    from mockkibana.elasticsearch.indices.templates import overlap

    assert overlap([one], [other]) is expected
