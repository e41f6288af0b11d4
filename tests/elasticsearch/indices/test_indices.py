"""Indices are found by name, by alias and by expression."""

from __future__ import annotations

import pytest
from document_writes import index_document

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.json import Json


@pytest.fixture
def indices(cluster: Cluster) -> Cluster:
    cluster.create_index("logs-1", aliases={"logs": {}})
    cluster.create_index("logs-2", aliases={"logs": {"is_write_index": True}, "second": {}})
    cluster.create_index("other")
    cluster.create_index("secret", settings={"hidden": True})
    cluster.create_index(".dotted", settings={"hidden": True})
    return cluster


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("other", ["other"]),
        ("other,logs-1,other", ["other", "logs-1"]),
        ("logs", ["logs-1", "logs-2"]),
        ("logs-*", ["logs-1", "logs-2"]),
        ("*-2,other", ["logs-2", "other"]),
        ("*", ["logs-1", "logs-2", "other"]),
        ("_all", ["logs-1", "logs-2", "other"]),
        ("", ["logs-1", "logs-2", "other"]),
        ("*,-logs-*", ["other"]),
        ("*,-logs-1", ["logs-2", "other"]),
        ("sec*", ["logs-2"]),
        ("secret", ["secret"]),
        (".dot*", [".dotted"]),
        ("nope*", []),
    ],
)
def test_an_expression_means_indices(indices: Cluster, expression: str, names: list[str]) -> None:
    assert [index.name for index in indices.resolve(expression)] == names


def test_hidden_indices_are_found_when_asked_for(indices: Cluster) -> None:
    found = indices.resolve("*", expand_wildcards="open,hidden")
    assert {index.name for index in found} >= {"secret", ".dotted"}
    assert indices.resolve("*", expand_wildcards="none") == []


@pytest.mark.parametrize(
    ("expression", "options", "name"),
    [
        ("nope", {}, "nope"),
        ("other,nope", {}, "nope"),
        ("nope*", {"allow_no_indices": False}, "nope*"),
        ("nope", {"ignore_unavailable": True, "allow_no_indices": False}, "nope"),
    ],
)
def test_what_is_missing_is_an_error(
    indices: Cluster, expression: str, options: dict[str, bool], name: str
) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        indices.resolve(
            expression,
            ignore_unavailable=options.get("ignore_unavailable", False),
            allow_no_indices=options.get("allow_no_indices", True),
        )
    error = {
        "type": "index_not_found_exception",
        "reason": f"no such index [{name}]",
        "resource.type": "index_or_alias",
        "resource.id": name,
        "index_uuid": "_na_",
        "index": name,
    }
    body = {"error": {"root_cause": [error], **error}, "status": 404}
    assert caught.value.body() == body


def test_what_is_missing_can_be_passed_over(indices: Cluster) -> None:
    found = indices.resolve("nope,other", ignore_unavailable=True)
    assert [index.name for index in found] == ["other"]


def test_a_name_with_an_underscore_is_no_expression(indices: Cluster) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        indices.resolve("_foo")
    assert caught.value.reason == "Invalid index name [_foo], must not start with '_'."


@pytest.mark.parametrize(
    ("expression", "exists"),
    [("other", True), ("logs", True), ("nope", False), ("other,nope", False), ("nope*", True)],
)
def test_existence_is_asked_by_expression(indices: Cluster, expression: str, exists: bool) -> None:
    assert indices.exists(expression) is exists


def test_a_write_to_an_alias_goes_to_its_write_index(indices: Cluster) -> None:
    assert index_document(indices, "logs", {"a": 1}).index == "logs-2"
    assert index_document(indices, "second", {"a": 1}).index == "logs-2"


@pytest.mark.parametrize(
    "aliases",
    [[{}, {}], [{"is_write_index": False}, {}], [{"is_write_index": False}]],
    ids=["two", "two, one of them not to be written", "one not to be written"],
)
def test_a_write_to_an_alias_without_a_write_index_is_refused(
    cluster: Cluster, aliases: list[Json]
) -> None:
    for number, properties in enumerate(aliases):
        cluster.create_index(f"i{number}", aliases={"a": properties})
    with pytest.raises(ElasticsearchError) as caught:
        index_document(cluster, "a", {})
    assert caught.value.item() == {
        "type": "illegal_argument_exception",
        "reason": "no write index is defined for alias [a]. The write index may be explicitly "
        "disabled using is_write_index=false or the alias points to multiple indices without one "
        "being designated as a write index",
    }


def test_require_alias_wants_an_alias(indices: Cluster) -> None:
    assert index_document(indices, "logs", {}, require_alias=True).index == "logs-2"
    for name in ("other", "nope"):
        with pytest.raises(ElasticsearchError) as caught:
            index_document(indices, name, {}, require_alias=True)
        assert caught.value.status == 404
        assert caught.value.reason == (
            f"no such index [{name}] and [require_alias] request flag is [true] and [{name}] "
            "is not an alias"
        )
    assert not indices.exists("nope")


def test_a_document_is_not_read_through_an_alias_of_several_indices(indices: Cluster) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        indices.get_document("logs", "1")
    assert caught.value.reason == (
        "alias [logs] has more than one index associated with it [logs-1, logs-2], can't execute "
        "a single index op"
    )


def test_a_document_of_a_missing_index_is_an_error(cluster: Cluster) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        cluster.get_document("nope", "1")
    assert caught.value.extra["resource.type"] == "index_expression"
    assert caught.value.reason == "no such index [nope]"
