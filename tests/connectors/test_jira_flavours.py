"""A connector meets a strict Jira as in life: what the other flavour serves is not there."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana import MockKibana

GONE = (
    "[Action][Jira]: Unable to get issues. Error: Request failed with status code 410. Reason: The "
    "requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full "
    "migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
UNKNOWN = (
    "[Action][Jira]: Unable to get issues. Error: Request failed with status code 404. Reason: "
    "unknown: errorResponse.errors was null"
)


def connector(kibana: MockKibana, token: str = "changeme") -> str:
    made: str = kibana.connectors.create(
        ".jira",
        config={"apiUrl": "https://jira.example.com", "projectKey": "OPS"},
        secrets={"email": "ann@example.com", "apiToken": token},
    )["id"]
    return made


def run(kibana: MockKibana, connector_id: str, action: str, **params: Any) -> Any:
    return kibana.connectors.run(connector_id, {"subAction": action, "subActionParams": params})


@pytest.mark.parametrize(
    ("version", "flavour", "told"),
    [
        ("8.17.0", "hybrid", None),
        ("8.17.0", "server", None),
        ("8.17.0", "cloud", GONE),
        ("9.2.0", "hybrid", None),
        ("9.2.0", "cloud", None),
        ("9.2.0", "server", UNKNOWN),
    ],
)
def test_only_the_search_of_some_versions_fails(
    version: str, flavour: str, told: str | None
) -> None:
    with MockKibana(settings={"kibana_version": version, "jira_flavour": flavour}) as kibana:
        made = connector(kibana)
        types = run(kibana, made, "issueTypes")["data"]
        assert types[0].keys() == {"id", "name"}
        fields = run(kibana, made, "fieldsByIssueType", id=types[0]["id"])["data"]
        assert "summary" in fields
        pushed = run(kibana, made, "pushToService", incident={"summary": "x"}, comments=[])
        assert pushed["data"]["title"] == "OPS-1"
        assert run(kibana, made, "issues", title="x").get("service_message") == told


@pytest.mark.parametrize("flavour", ["hybrid", "cloud", "server"])
def test_a_connector_with_another_token_is_refused(flavour: str) -> None:
    settings = {"jira_flavour": flavour, "jira_users": ["ann@example.com:t0ken"]}
    with MockKibana(settings=settings) as kibana:
        assert run(kibana, connector(kibana, "t0ken"), "issueTypes")["status"] == "ok"
        refused = run(kibana, connector(kibana, "other"), "issueTypes")
        assert "Request failed with status code 401." in refused["service_message"]
        assert "t0ken" not in str(kibana.journal.calls())
