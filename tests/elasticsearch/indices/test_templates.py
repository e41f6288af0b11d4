"""The template of the alert history shapes the indices that match its pattern."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.indices.templates import best, kibanas
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

WITH_HISTORY = Settings(preconfigured_alert_history_es_index=True)


@pytest.fixture
def history() -> Cluster:
    return Cluster(Store(), Installation(WITH_HISTORY))


def test_an_alert_history_index_is_created_by_its_template(history: Cluster) -> None:
    history.create_all("kibana-alert-history-default", [{"rule": {"id": 1}, "x": 1}], refresh=True)
    index = history.get_index("kibana-alert-history-default")["kibana-alert-history-default"]
    assert index["settings"]["index"]["auto_expand_replicas"] == "0-1"
    assert index["settings"]["index"]["number_of_replicas"] == "0"
    assert index["mappings"]["dynamic"] == "false"
    assert "x" not in index["mappings"]["properties"]
    assert index["mappings"]["properties"]["rule"]["properties"]["params"] == {
        "type": "object",
        "enabled": False,
    }


def test_a_request_wins_over_the_template(history: Cluster) -> None:
    history.create_index(
        "kibana-alert-history-x",
        settings={"auto_expand_replicas": False, "number_of_replicas": 3},
        mappings={"dynamic": True, "properties": {"own": {"type": "long"}}},
    )
    index = history.resolve("kibana-alert-history-x")[0]
    assert index.copies == 4
    assert index.mapping.definition["dynamic"] == "true"
    assert {"own", "rule.id"} <= set(index.mapping.fields)


def test_other_indices_and_other_worlds_have_no_template(
    history: Cluster, cluster: Cluster
) -> None:
    history.create_index("other")
    assert history.get_index("other")["other"]["mappings"] == {}
    cluster.create_index("kibana-alert-history-default")
    assert cluster.resolve("kibana-alert-history-default")[0].copies == 2
    assert kibanas(Settings()) == {}


def test_the_highest_priority_wins() -> None:
    found = best(
        "logs-1",
        {
            "low": {"index_patterns": ["logs-*"], "template": {"n": 1}},
            "high": {"index_patterns": ["x", "logs*"], "template": {"n": 2}, "priority": 5},
            "other": {"index_patterns": ["other*"], "template": {"n": 3}, "priority": 9},
        },
    )
    assert found == "high"
