"""Aliases stand for one or several indices, one of which may be written."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.json import Json


@pytest.fixture
def indices(cluster: Cluster) -> Cluster:
    cluster.create_index("x", aliases={"a": {"routing": 1}})
    cluster.create_index("y")
    return cluster


def aliases(cluster: Cluster) -> Json:
    return {name: body["aliases"] for name, body in cluster.get_index("*").items()}


def test_aliases_are_added_and_removed_together(indices: Cluster) -> None:
    answer = indices.update_aliases(
        [
            {"add": {"indices": ["x", "y"], "alias": "b", "is_write_index": False}},
            {"remove": {"index": "x", "alias": "a"}},
        ]
    )
    assert answer == {"acknowledged": True, "errors": False}
    properties = {"is_write_index": False}
    assert aliases(indices) == {"x": {"b": properties}, "y": {"b": properties}}
    assert [index.name for index in indices.resolve("b")] == ["x", "y"]
    assert not indices.exists("a")


def test_routing_is_for_indexing_and_searching(indices: Cluster) -> None:
    assert aliases(indices)["x"] == {"a": {"index_routing": "1", "search_routing": "1"}}


def test_an_alias_that_is_not_there_cannot_be_removed(indices: Cluster) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        indices.update_aliases(
            [
                {"add": {"index": "y", "alias": "c"}},
                {"remove": {"index": "y", "alias": "a", "must_exist": True}},
            ]
        )
    assert (caught.value.status, caught.value.item()) == (
        404,
        {
            "type": "aliases_not_found_exception",
            "reason": "aliases [a] missing",
            "resource.type": "aliases",
            "resource.id": "a",
        },
    )
    assert not indices.exists("c")
    indices.update_aliases([{"remove": {"index": "y", "alias": "a", "must_exist": False}}])


def test_an_alias_has_one_write_index(indices: Cluster) -> None:
    add: Json = {"alias": "w", "is_write_index": True}
    indices.update_aliases([{"add": {"index": "y", **add}}])
    with pytest.raises(ElasticsearchError) as caught:
        indices.update_aliases([{"add": {"index": "x", **add}}])
    assert caught.value.reason == "alias [w] has more than one write index [x,y]"


def test_an_index_can_be_replaced_by_an_alias(indices: Cluster) -> None:
    indices.update_aliases(
        [{"remove_index": {"index": "x"}}, {"add": {"index": "y", "alias": "x"}}]
    )
    assert aliases(indices) == {"y": {"x": {}}}


@pytest.mark.parametrize(
    "action",
    [{"foo": {"index": "x", "alias": "b"}}, {"add": {"index": "x"}}, {"add": {"alias": "b"}}],
)
def test_an_action_that_is_none_is_refused(indices: Cluster, action: Json) -> None:
    with pytest.raises(ElasticsearchError):
        indices.update_aliases([action])
