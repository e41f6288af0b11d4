"""Indices are created, changed and deleted, or refused without a trace."""

from __future__ import annotations

import pytest
from document_writes import delete_document, index_document

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.json import Json
from mockkibana.store import Store


def test_a_new_index_is_empty_and_has_the_defaults(cluster: Cluster) -> None:
    answer = cluster.create_index("x")
    assert answer == {"acknowledged": True, "shards_acknowledged": True, "index": "x"}
    shown = cluster.get_index("x")["x"]
    assert shown["aliases"] == {}
    assert shown["mappings"] == {}
    assert shown["settings"]["index"]["creation_date"] == "1700000000000"
    assert len(shown["settings"]["index"]["uuid"]) == 22
    assert cluster.count(cluster.resolve("x")[0]) == 0


def test_an_index_is_created_once(cluster: Cluster) -> None:
    cluster.create_index("x")
    uuid = cluster.resolve("x")[0].uuid
    with pytest.raises(ElasticsearchError) as caught:
        cluster.create_index("x")
    assert caught.value.item() == {
        "type": "resource_already_exists_exception",
        "reason": f"index [x/{uuid}] already exists",
        "index_uuid": uuid,
        "index": "x",
    }


def test_an_index_cannot_have_the_name_of_an_alias(cluster: Cluster) -> None:
    cluster.create_index("x", aliases={"a": {}})
    with pytest.raises(ElasticsearchError) as caught:
        cluster.create_index("a")
    assert caught.value.reason == "Invalid index name [a], already exists as alias"
    with pytest.raises(ElasticsearchError) as caught:
        cluster.create_index("y", aliases={"x": {}})
    assert caught.value.reason == (
        "Invalid alias name [x]: an index or data stream exists with the same name as the alias"
    )


@pytest.mark.parametrize(
    "body",
    [
        {"settings": {"foo": 1}},
        {"mappings": {"properties": {"a": {"type": "foo"}}}},
        {"aliases": {"a b": {}}},
        {"mappings": {"properties": {f"f{n}": {"type": "long"} for n in range(1001)}}},
    ],
    ids=["settings", "mappings", "aliases", "fields"],
)
def test_a_refused_creation_changes_nothing(cluster: Cluster, store: Store, body: Json) -> None:
    before = store.digest()
    with pytest.raises(ElasticsearchError):
        cluster.create_index("x", **body)
    assert store.digest() == before


def test_a_mapping_has_at_most_a_thousand_fields_unless_settings_say_otherwise(
    cluster: Cluster,
) -> None:
    properties = {f"f{n}": {"type": "long"} for n in range(11)}
    with pytest.raises(ElasticsearchError) as caught:
        cluster.create_index(
            "x",
            settings={"index.mapping.total_fields.limit": 10},
            mappings={"properties": properties},
        )
    assert caught.value.reason == "Limit of total fields [10] has been exceeded"
    cluster.create_index("x", mappings={"properties": properties})


def test_a_mapping_can_be_extended_but_not_changed(cluster: Cluster) -> None:
    cluster.create_index("x", mappings={"properties": {"a": {"type": "long"}}})
    answer = cluster.put_mapping("x", {"properties": {"b": {"type": "alias", "path": "a"}}})
    assert answer == {"acknowledged": True}
    assert set(cluster.get_index("x")["x"]["mappings"]["properties"]) == {"a", "b"}
    with pytest.raises(ElasticsearchError) as caught:
        cluster.put_mapping("x", {"properties": {"c": {"type": "long"}, "a": {"type": "keyword"}}})
    assert caught.value.reason == "mapper [a] cannot be changed from type [long] to [keyword]"
    assert set(cluster.get_index("x")["x"]["mappings"]["properties"]) == {"a", "b"}


def test_mappings_of_several_indices_change_together_or_not_at_all(cluster: Cluster) -> None:
    cluster.create_index("a")
    cluster.create_index("b", mappings={"properties": {"n": {"type": "keyword"}}})
    with pytest.raises(ElasticsearchError):
        cluster.put_mapping("*", {"properties": {"n": {"type": "long"}}})
    assert cluster.get_index("a")["a"]["mappings"] == {}


def test_a_write_block_refuses_writes(cluster: Cluster) -> None:
    cluster.create_index("x")
    cluster.put_settings("x", {"index.blocks.write": True})
    with pytest.raises(ElasticsearchError) as caught:
        index_document(cluster, "x", {})
    assert (caught.value.status, caught.value.item()) == (
        403,
        {
            "type": "cluster_block_exception",
            "reason": "index [x] blocked by: [FORBIDDEN/8/index write (api)];",
        },
    )
    cluster.put_settings("x", {"blocks": {"write": None}})
    assert index_document(cluster, "x", {}).result == "created"


def test_a_deleted_index_leaves_nothing_behind(cluster: Cluster, store: Store) -> None:
    cluster.create_index("x", aliases={"a": {}})
    index_document(cluster, "x", {"n": 1}, id="1")
    delete_document(cluster, "x", "1")
    index_document(cluster, "x", {"n": 1}, id="2")
    assert cluster.delete_index("x") == {"acknowledged": True}
    assert sum(len(store.table(table)) for table in store.tables()) == 0
    assert not cluster.exists("x")
    assert not cluster.exists("a")
    cluster.create_index("x")
    assert index_document(cluster, "x", {"n": "text"}, id="1").version == 1


@pytest.mark.parametrize(
    ("expression", "status", "reason"),
    [
        ("_all", 400, "Wildcard expressions or all indices are not allowed"),
        ("x*", 400, "Wildcard expressions or all indices are not allowed"),
        ("x,*", 400, "Wildcard expressions or all indices are not allowed"),
        (
            "a",
            400,
            (
                "The provided expression [a] matches an alias, specify the corresponding concrete "
                "indices instead."
            ),
        ),
        ("x,nope", 404, "no such index [nope]"),
    ],
)
def test_indices_are_deleted_by_their_names_only(
    cluster: Cluster, expression: str, status: int, reason: str
) -> None:
    cluster.create_index("x", aliases={"a": {}})
    with pytest.raises(ElasticsearchError) as caught:
        cluster.delete_index(expression)
    assert (caught.value.status, caught.value.reason) == (status, reason)
    assert cluster.exists("x")


def test_missing_indices_can_be_passed_over_when_deleting(cluster: Cluster) -> None:
    cluster.create_index("x")
    cluster.delete_index("x,nope", ignore_unavailable=True)
    assert not cluster.exists("x")
    cluster.delete_index("nope", ignore_unavailable=True)
