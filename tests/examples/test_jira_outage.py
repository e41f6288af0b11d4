"""Jira is down for a while: the script says so, and files the incident when Jira is back."""

from __future__ import annotations

import pytest
from soar import Failed, escalate

from mockkibana import MockKibana


@pytest.mark.mock_kibana(seed="seed.yaml")
def test_an_outage_is_told_and_leaves_nothing_behind(mock_kibana: MockKibana) -> None:
    outage = mock_kibana.faults.add("jira-down")
    with pytest.raises(Failed, match=r"connect ECONNREFUSED jira\.example\.com:443"):
        escalate(mock_kibana.url, "tickets", "audit", "Disk full")
    assert mock_kibana.jira.issues("OPS") == []
    assert mock_kibana.elasticsearch.documents("audit") == []

    outage.remove()
    assert escalate(mock_kibana.url, "tickets", "audit", "Disk full") == "OPS-1"


@pytest.mark.mock_kibana(seed="seed.yaml")
def test_a_connection_that_breaks_is_told_in_kibanas_words(mock_kibana: MockKibana) -> None:
    mock_kibana.faults.add(match={"backend": "jira"}, what={"wire": "reset"})
    with pytest.raises(Failed, match="read ECONNRESET"):
        escalate(mock_kibana.url, "tickets", "audit", "Disk full")
