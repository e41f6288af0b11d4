"""Time stands still, so that what Kibana writes down can be compared."""

from __future__ import annotations

import pytest
from soar import escalate, run_connector

from mockkibana import MockKibana

SEED = {
    "version": 1,
    "connectors": [
        {
            "id": "audit",
            "connector_type_id": ".index",
            "config": {"index": "audit", "executionTimeField": "at"},
        },
    ],
}


@pytest.mark.mock_kibana(seed=SEED)
def test_documents_have_the_time_of_the_run(mock_kibana: MockKibana) -> None:
    mock_kibana.clock.freeze("2026-01-02T03:04:05.678Z")
    run_connector(mock_kibana.url, "audit", {"documents": [{"a": 1}]})
    mock_kibana.clock.advance("21h")
    run_connector(mock_kibana.url, "audit", {"documents": [{"a": 2}]})
    assert mock_kibana.elasticsearch.documents("audit") == [
        {"a": 1, "at": "2026-01-02T03:04:05.678Z"},
        {"a": 2, "at": "2026-01-03T00:04:05.678Z"},
    ]


@pytest.mark.mock_kibana(seed="seed.yaml")
def test_issues_have_the_time_of_the_world(mock_kibana: MockKibana) -> None:
    mock_kibana.clock.freeze("2026-01-02T03:04:05.678Z")
    escalate(mock_kibana.url, "tickets", "audit", "Disk full")
    (issue,) = mock_kibana.jira.issues("OPS")
    assert issue["fields"]["created"] == "2026-01-02T03:04:05.678+0000"
