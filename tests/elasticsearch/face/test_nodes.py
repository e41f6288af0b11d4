"""The one node tells of itself, of the cluster, and of where shards are."""

from __future__ import annotations

import pytest
from face_requests import call

from mockkibana.elasticsearch.cluster import nodes
from mockkibana.elasticsearch.face.face import ElasticsearchFace


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("_nodes", {"version", "roles", "http"}),
        ("_nodes/http", {"http"}),
        (f"_nodes/{nodes.NAME}/os", {"os"}),
        ("_nodes/_local", {"version"}),
        ("_nodes/stats", {"indices", "jvm"}),
        ("_nodes/stats/jvm", {"jvm"}),
        ("_nodes/usage", {"rest_actions"}),
    ],
)
def test_the_node_is_told_of(face: ElasticsearchFace, path: str, keys: set[str]) -> None:
    answer = call(face, f"GET /{path}")
    assert answer["_nodes"] == {"total": 1, "successful": 1, "failed": 0}
    assert keys <= answer["nodes"][nodes.ID].keys()
    assert ("jvm" in answer["nodes"][nodes.ID]) == (
        path.split("/")[-1] not in ("http", "os", "usage")
    )


def test_a_node_that_is_not_there_is_not_told_of(face: ElasticsearchFace) -> None:
    assert call(face, "GET /_nodes/other/http")["nodes"] == {}


def test_the_cluster_counts_what_is_there(face: ElasticsearchFace) -> None:
    assert call(face, "GET /_cluster/stats")["indices"]["count"] == 0
    call(face, "PUT /i/_doc/1", {}, 201)
    told = call(face, "GET /_cluster/stats")
    assert (told["status"], told["indices"]["docs"]["count"]) == ("yellow", 1)
    assert call(face, "GET /_nodes/stats")["nodes"][nodes.ID]["indices"]["docs"]["count"] == 1


def test_health_is_reported_by_indicators(face: ElasticsearchFace) -> None:
    assert call(face, "GET /_health_report")["status"] == "green"
    call(face, "PUT /i")
    report = call(face, "GET /_health_report")
    assert report["indicators"]["shards_availability"]["status"] == "yellow"
    assert list(call(face, "GET /_health_report/disk")["indicators"]) == ["disk"]


def test_shards_are_on_the_node_or_nowhere(face: ElasticsearchFace) -> None:
    call(face, "PUT /i", {"settings": {"number_of_shards": 2}})
    stores = call(face, "GET /_shard_stores")["indices"]["i"]["shards"]
    assert list(stores) == ["0", "1"]
    assert len(call(face, "GET /i/_search_shards")["shards"]) == 2
    told = call(face, "POST /_cluster/allocation/explain")
    assert (told["index"], told["current_state"]) == ("i", "unassigned")
    body = {"index": "i", "shard": 1, "primary": True}
    assert call(face, "POST /_cluster/allocation/explain", body)["current_state"] == "started"
    assert call(face, "GET /_resolve/cluster/i*")["(local)"]["matching_indices"] is True


def test_scripts_are_tried_out(face: ElasticsearchFace) -> None:
    script = {"source": "(double) params.a / 4", "params": {"a": 1}}
    assert call(face, "POST /_scripts/painless/_execute", {"script": script}) == {"result": "0.25"}
