"""The handle makes Jira ask for fields, hide projects, and hold issues, in a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mockkibana import ControlError, MockKibana
from mockkibana.json import Json

CONFIG = {"apiUrl": "https://jira.example.com", "projectKey": "OPS"}
SECRETS = {"email": "elastic@example.com", "apiToken": "changeme"}

Run = Callable[..., Json]


@pytest.fixture
def kibana() -> Iterator[MockKibana]:
    with MockKibana() as kibana:
        yield kibana


@pytest.fixture
def run(kibana: MockKibana) -> Run:
    """Run a sub-action of a Jira connector, whose project is there."""
    kibana.jira.project("OPS")
    connector = kibana.connectors.create(".jira", config=CONFIG, secrets=SECRETS)

    def run(action: str, **params: Json) -> Json:
        body = {"subAction": action, "subActionParams": params}
        return kibana.connectors.run(connector["id"], body)

    return run


def push(run: Run, **incident: Json) -> Json:
    return run("pushToService", incident={"summary": "Disk full", **incident}, comments=[])


def test_an_epic_needs_a_name(kibana: MockKibana, run: Run) -> None:
    assert push(run, issueType="10000")["status"] == "ok"
    assert kibana.jira.field("Epic Name", required=True) == "customfield_10011"
    assert push(run, issueType="10000")["service_message"].endswith("Epic Name is required.")
    assert push(run, issueType="10006")["status"] == "ok"
    named = push(run, issueType="10000", otherFields={"customfield_10011": "E"})
    assert named["status"] == "ok"


def test_a_field_is_on_the_screens_of_projects_to_come(kibana: MockKibana) -> None:
    kibana.jira.field("Epic Name", required=True)
    kibana.jira.project("OPS")
    connector = kibana.connectors.create(".jira", config=CONFIG, secrets=SECRETS)
    incident = {"summary": "Disk full", "issueType": "10000"}
    body = {"subAction": "pushToService", "subActionParams": {"incident": incident}}
    told = kibana.connectors.run(connector["id"], body)["service_message"]
    assert told.endswith("Epic Name is required.")


def test_a_field_is_taken_off_a_screen(kibana: MockKibana, run: Run) -> None:
    kibana.jira.field("Priority", project="OPS", issue_types=["Bug"])
    told = push(run, issueType="10006", priority="High")["service_message"]
    assert "Field 'priority' cannot be set. It is not on the appropriate screen" in told
    assert push(run, issueType="10023", priority="High")["status"] == "ok"


def test_a_field_that_cannot_be_is_refused(kibana: MockKibana) -> None:
    for given, told in (
        ({"name": ""}, "expected the name of a field"),
        ({"name": "x", "type": "numbr"}, "type is 'numbr'; expected one of string, number, "),
        ({"name": "x", "options": "red"}, "options is 'red'; expected a list of texts"),
        ({"name": "x", "issue_types": "Bug"}, "issue_types is 'Bug'; expected a list of texts"),
        (
            {"name": "x", "issue_types": ["Bug", "Tusk"]},
            r"issue_types has 'Tusk', which no project has; did you mean \[Task\]\? Expected one",
        ),
    ):
        with pytest.raises(ValueError, match=told):
            kibana.jira.field(**given)
    for given, told in (
        ({"name": "x", "id": "foo"}, "there is no field 'foo'; a new one is customfield_ and"),
        ({"name": "status"}, "the field status is Jira's own and on no screen"),
    ):
        with pytest.raises(ControlError, match=told):
            kibana.jira.field(**given)


def test_a_field_of_jira_s_own_is_named_by_its_id_too(kibana: MockKibana, run: Run) -> None:
    assert kibana.jira.field("duedate", project="OPS", required=True) == "duedate"
    assert push(run, issueType="10006")["service_message"].endswith("Due date is required.")


def test_a_new_field_has_options(kibana: MockKibana, run: Run) -> None:
    field = kibana.jira.field("Team", project="OPS", options=["red", "blue"], required=True)
    assert field == "customfield_10100"
    shown = run("fieldsByIssueType", id="10006")["data"][field]
    assert [row["value"] for row in shown["allowedValues"]] == ["red", "blue"]
    assert push(run)["service_message"].endswith("Team is required.")
    assert push(run, otherFields={field: {"value": "red"}})["status"] == "ok"
    (issue,) = kibana.jira.issues("OPS", "Team = red")
    assert issue["fields"][field]["value"] == "red"
    assert kibana.jira.field("Points", type="number") == "customfield_10101"


def test_a_user_sees_no_issue_types(kibana: MockKibana, run: Run) -> None:
    kibana.jira.project("OPS", roles={"Users": [], "Developers": [], "Administrators": []})
    assert run("issueTypes")["data"] == []
    assert (
        "You cannot create issues in this project."
        in push(run, issueType="10006")["service_message"]
    )


def test_a_user_sees_no_project(kibana: MockKibana, run: Run) -> None:
    kibana.jira.project("OPS", users=["boss@example.com"])
    told = run("issueTypes")["service_message"]
    assert told.endswith("No project could be found with key 'OPS'.")


def test_issues_are_made_as_seeds_tell_them(kibana: MockKibana) -> None:
    kibana.jira.project("OPS", versions=["1.0"])
    issue = kibana.jira.issue(
        "OPS", summary="one", status="Done", comments=["why?"], worklogs=[{"timeSpent": "1h"}]
    )
    assert issue is not None
    assert (issue["key"], issue["fields"]["timespent"]) == ("OPS-1", 3600)
    assert kibana.jira.comments("OPS-1") == ["why?"]
    other = kibana.jira.issue("OPS-7", summary="seven", fixVersions=["1.0"])
    assert other is not None
    assert other["fields"]["fixVersions"][0]["name"] == "1.0"
    assert kibana.jira.issue("OPS-7") == other
    with pytest.raises(ControlError, match="expected a text"):
        kibana.jira.issue("OPS", labels=["a"])


@pytest.mark.parametrize("flavour", ["cloud", "server"])
def test_the_handle_sees_everything_in_every_flavour(flavour: str) -> None:
    settings = {"jira_flavour": flavour, "jira_users": ["ann@example.com:s3cret"]}
    with MockKibana(settings=settings) as kibana:
        kibana.jira.project("OPS")
        kibana.jira.issue("OPS", summary="one")
        assert len(kibana.jira.issues("OPS")) == 1
        assert "s3cret" not in str(kibana.settings)
