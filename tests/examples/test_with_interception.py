"""A script tested with interception: no socket is opened, and no other host is reached."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from soar import escalate

import mockkibana
from mockkibana import MockKibana

SEED = Path(__file__).with_name("seed.yaml")
KIBANA = "https://kibana.example.com"


def test_an_incident_is_filed() -> None:
    with mockkibana.intercept(KIBANA, seed=SEED) as kibana:
        assert escalate(KIBANA, "tickets", "audit", "Disk full") == "OPS-1"
        assert len(kibana.elasticsearch.documents("audit")) == 1


@mockkibana.intercept(KIBANA, jira="https://jira.example.com", seed=SEED)
def test_jira_is_where_the_connector_says(mock_kibana: MockKibana) -> None:
    key = escalate(KIBANA, "tickets", "audit", "Disk full")
    issue = requests.get(f"https://jira.example.com/rest/api/2/issue/{key}", timeout=10).json()
    assert issue["fields"]["summary"] == "Disk full"
    mock_kibana.journal.assert_called_once(connector="audit")


@mockkibana.intercept(KIBANA)
def test_other_hosts_are_refused() -> None:
    with pytest.raises(requests.ConnectionError, match="refuses all other hosts"):
        requests.get("https://production.example.com", timeout=10)
