"""A script tested with the fixture: it talks to a real server, on a port of its own."""

from __future__ import annotations

import pytest
from soar import Failed, escalate, run_connector

from mockkibana import MockKibana


@pytest.mark.mock_kibana(seed="seed.yaml")
def test_an_incident_is_filed_and_written_up(mock_kibana: MockKibana) -> None:
    key = escalate(mock_kibana.url, "tickets", "audit", "Disk full on host-1")

    (issue,) = mock_kibana.jira.issues("OPS")
    assert issue["key"] == key
    assert issue["fields"]["summary"] == "Disk full on host-1"
    assert issue["fields"]["priority"]["name"] == "High"
    assert mock_kibana.elasticsearch.documents("audit") == [
        {"incident": key, "summary": "Disk full on host-1"}
    ]
    mock_kibana.journal.assert_called_once(connector="tickets", status="ok")


def test_what_kibana_refuses_is_told(mock_kibana: MockKibana) -> None:
    log = mock_kibana.connectors.create(".server-log", name="Log")
    with pytest.raises(Failed, match="expected string, received number"):
        run_connector(mock_kibana.url, log["id"], {"message": 1})
    assert mock_kibana.log.lines(level="info") == []
