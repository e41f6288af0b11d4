"""The state and the settings of the cluster, and the index templates of Kibana."""

from __future__ import annotations

from typing import Any

import pytest
from face_requests import request_of

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.settings import Settings


def test_the_state_tells_of_the_indices(cluster: Cluster, face: ElasticsearchFace) -> None:
    cluster.create_index("x", aliases={"a": {}})
    cluster.put_settings("x", {"index.blocks.write": True})
    state = face.handle(request_of("GET /_cluster/state")).body
    assert list(state["metadata"]["indices"]) == ["x"]
    assert state["metadata"]["indices"]["x"]["aliases"] == ["a"]
    block = {"description": "index write (api)", "retryable": False, "levels": ["write"]}
    assert state["blocks"] == {"indices": {"x": {"8": block}}}
    assert state["master_node"] in state["nodes"]


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/metadata", ["metadata"]),
        ("/nodes,version", ["nodes", "version", "state_uuid"]),
        ("/metadata/none*", ["metadata"]),
        ("/customs", []),
    ],
    ids=str,
)
def test_the_state_can_be_asked_for_in_parts(
    face: ElasticsearchFace, path: str, keys: list[str]
) -> None:
    state = face.handle(request_of(f"GET /_cluster/state{path}")).body
    assert state.keys() == {"cluster_name", "cluster_uuid", *keys}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"persistent": {"*": None}, "transient": {"*": None}}, 200),
        ({"persistent": {"cluster": {"routing": None}}}, 200),
        ({"persistent": {"foo.bar": False}}, 400),
        ({"persistent": []}, 400),
        ({"transient": {"action.destructive_requires_name": "maybe"}}, 400),
        ({"persistent": {}}, 400),
        ({"foo": {}}, 400),
    ],
    ids=str,
)
def test_settings_of_the_cluster_are_put_back_or_refused(
    face: ElasticsearchFace, body: Any, status: int
) -> None:
    answer = face.handle(request_of("PUT /_cluster/settings", body))
    assert answer.status == status
    if status == 200:
        assert answer.body == {"acknowledged": True, "persistent": {}, "transient": {}}


class TestWithAlertHistory:
    """Kibana has put its index template."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(preconfigured_alert_history_es_index=True)

    @pytest.mark.parametrize("name", ["", "/kibana-*", "/kibana-alert-history-template"])
    def test_the_index_template_is_shown(self, face: ElasticsearchFace, name: str) -> None:
        listed = face.handle(request_of(f"GET /_index_template{name}")).body["index_templates"]
        found = {each["name"]: each["index_template"] for each in listed}
        shipped = [] if name else ["logs", "metrics"]
        assert [*found] == [*shipped, "kibana-alert-history-template"]
        assert found["kibana-alert-history-template"]["index_patterns"] == [
            "kibana-alert-history-*"
        ]
