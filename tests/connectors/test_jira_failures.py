"""What Kibana answers when Jira refuses, each refusal caused by the state of the project."""

from __future__ import annotations

from typing import Any

import pytest

CONFIG = {"apiUrl": "https://jira.example.com", "projectKey": "CK"}
SECRETS = {"email": "elastic@example.com", "apiToken": "changeme"}
THROWN = "an error occurred while running the action"
GONE = "Issue does not exist or you do not have permission to see it."
STATUS = "Request failed with status code {}"
REASONS = (
    "User 'nobody' does not exist. Error parsing date string: soon "
    "Field 'labels_' cannot be set. It is not on the appropriate screen, or unknown."
)


@pytest.fixture
def jira(create: Any) -> str:
    """The id of a connector to the project CK."""
    return str(create(".jira", CONFIG, secrets=SECRETS)["id"])


@pytest.fixture
def seeded(world: Any, seed: Any) -> Any:
    """Add a block to the Jira site."""
    return lambda **block: world.seed(seed(jira=block))


@pytest.fixture
def push(execute: Any, jira: str) -> Any:
    """Push an incident and return the answer."""

    def push(*comments: str, **incident: Any) -> Any:
        rows = [{"comment": text, "commentId": str(at)} for at, text in enumerate(comments)]
        inner = {"incident": {"summary": "s", **incident}, "comments": rows}
        return execute(jira, {"subAction": "pushToService", "subActionParams": inner}).json

    return push


@pytest.fixture
def fails(world: Any, execute: Any, jira: str) -> Any:
    """See a run fail with a text, and nothing change."""

    def fails(text: str, name: str, connector_id: str = jira, **params: Any) -> None:
        before = world.store.digest()
        answer = execute(connector_id, {"subAction": name, "subActionParams": params})
        assert answer.json == {
            "status": "error",
            "message": THROWN,
            "errorSource": "framework",
            "connector_id": connector_id,
            "retry": True,
            "service_message": f"[Action][Jira]: Unable to {text}",
        }
        assert "x-mock-warning" not in answer.headers
        assert world.store.digest() == before

    return fails


@pytest.fixture
def refuses(fails: Any, push: Any) -> Any:
    """See an incident refused for a reason; a first push has made the project and its people."""

    def refuses(reason: str, **incident: Any) -> None:
        text = f"create incident. Error: {STATUS.format(400)}. Reason: {reason}"
        fails(text, "pushToService", incident={"summary": "s", "issueType": "10006", **incident})

    assert push()["status"] == "ok"
    return refuses


# The issue is not there


@pytest.mark.parametrize("name", ["1", "NOPE-1", "CK-2", "", "?"])
@pytest.mark.kibana_version("8.19.0")
def test_an_issue_that_is_not_there(fails, push, name):
    push()
    status = 404 if name not in ("", "?") else 405
    reason = GONE if status == 404 else "unknown: errorResponse.errors was null"
    error = STATUS.format(status)
    fails(
        f"get incident with id {name}. Error: {error} Reason: {reason}",
        "getIncident",
        externalId=name,
    )
    fails(f"get issue with id {name}. Error: {error}. Reason: {reason}", "issue", id=name)
    fails(
        f"update incident with id {name}. Error: {error}. Reason: {reason}",
        "pushToService",
        incident={"summary": "s", "externalId": name},
    )


def test_an_issue_that_is_deleted_between_two_pushes(client, fails, push):
    assert push()["data"]["title"] == "CK-1"
    assert client.delete("/_mock/jira/rest/api/2/issue/CK-1").status_code == 204
    text = f"update incident with id CK-1. Error: {STATUS.format(404)}. Reason: {GONE}"
    fails(text, "pushToService", incident={"summary": "s", "externalId": "CK-1"})
    assert push()["data"]["title"] == "CK-2"


def test_a_project_that_the_connectors_user_does_not_see(seeded, fails):
    users = ["someone@example.com"]
    seeded(
        users=["elastic@example.com"],
        projects=[{"key": "CK", "users": users}],
        issues=[{"key": "CK-1", "summary": "s"}],
    )
    none = f"{STATUS.format(404)}. Reason: No project could be found with key 'CK'."
    fails(f"get issue types. Error: {none}", "issueTypes")
    fails(f"get issue types. Error: {none}", "getFields")
    fails(f"get fields. Error: {none}", "fieldsByIssueType", id="10006")
    fails(f"get issue types. Error: {none}", "pushToService", incident={"summary": "s"})
    fails(
        f"get issue with id CK-1. Error: {STATUS.format(404)}. Reason: {GONE}", "issue", id="CK-1"
    )
    fails(
        f"create incident. Error: {STATUS.format(400)}. "
        "Reason: You cannot create issues in this project.",
        "pushToService",
        incident={"summary": "s", "issueType": "10006"},
    )


# The project is not there


def test_a_project_that_is_not_there_and_is_not_made(seeded, fails):
    seeded(users=["elastic@example.com"], auto_create_projects=False)
    none = f"{STATUS.format(404)}. Reason: No project could be found with key 'CK'."
    fails(f"get issue types. Error: {none}", "issueTypes")
    fails(f"get fields. Error: {none}", "fieldsByIssueType", id="10006")
    fails(
        f"create incident. Error: {STATUS.format(400)}. Reason: Specify a valid project ID or key",
        "pushToService",
        incident={"summary": "s", "issueType": "10006"},
    )
    fails(
        f"get issues. Error: {STATUS.format(400)}. "
        "Reason: The value 'CK' does not exist for the field 'project'.",
        "issues",
        title="t",
    )


@pytest.mark.parametrize("key", ["C K", "1", "CK-1", "ü"])
def test_a_key_that_jira_could_not_have_makes_no_project(create, execute, fails, key):
    connector_id = create(".jira", {**CONFIG, "projectKey": key}, secrets=SECRETS)["id"]
    execute(connector_id, {"subAction": "issue", "subActionParams": {"id": "x"}})
    fails(
        f"create incident. Error: {STATUS.format(400)}. Reason: Specify a valid project ID or key",
        "pushToService",
        connector_id,
        incident={"summary": "s", "issueType": "10006"},
    )


def test_an_issue_type_that_is_not_there(fails, push):
    push()
    fails(
        f"get fields. Error: {STATUS.format(404)}. "
        "Reason: The issue type with id '99' does not exist",
        "fieldsByIssueType",
        id="99",
    )


# The incident does not fit


def test_every_wrong_field_is_told_in_one_sentence(refuses):
    refuses(
        "Specify a valid issue type Specify the Priority (name) in the string format",
        issueType="99",
        priority="Nope",
    )


@pytest.mark.parametrize(
    ("incident", "reason"),
    [
        ({"issueType": "Task"}, "Specify a valid issue type"),
        ({"priority": "Nope"}, "Specify the Priority (name) in the string format"),
        ({"summary": ""}, "You must specify a summary of the issue."),
        ({"summary": " \n "}, "You must specify a summary of the issue."),
        ({"summary": "x" * 256}, "Summary can't exceed 255 characters."),
        (
            {"issueType": "10007"},
            "Issue type is a sub-task but parent issue key or id not specified.",
        ),
        ({"issueType": "10007", "parent": "CK-99"}, "Could not find issue by id or key."),
        ({"parent": "CK-1"}, "Given parent issue does not belong to appropriate hierarchy"),
        (
            {"otherFields": {"foo": "bar"}},
            "Field 'foo' cannot be set. It is not on the appropriate screen, or unknown.",
        ),
        (
            {"otherFields": {"assignee": {"name": "nobody"}, "duedate": "soon", "labels_": 1}},
            REASONS,
        ),
        ({"otherFields": {"project": {"key": "NOPE"}}}, "Specify a valid project ID or key"),
        ({"otherFields": {"issuetype": None}}, "Specify an issue type"),
    ],
    ids=str,
)
def test_an_incident_that_jira_refuses(refuses, incident, reason):
    refuses(reason, **incident)


def test_a_field_that_the_project_requires(seeded, refuses):
    seeded(projects=[{"key": "CK", "required": ["customfield_10011"]}])
    refuses("Epic Name is required.", issueType="10000")


def test_with_the_required_field_in_other_fields_the_push_goes_through(seeded, push):
    seeded(projects=[{"key": "CK", "required": ["customfield_10011"]}])
    other = {"customfield_10011": "The epic"}
    assert push(issueType="10000", otherFields=other)["status"] == "ok"


def test_an_update_that_jira_refuses(fails, push):
    push()
    fails(
        f"update incident with id CK-1. Error: {STATUS.format(400)}. "
        "Reason: Specify the Priority (name) in the string format",
        "pushToService",
        incident={"summary": "s", "externalId": "CK-1", "priority": "Nope"},
    )


def test_an_update_does_not_move_an_issue_to_the_connectors_project(seeded, fails, push):
    seeded(projects=[{"key": "ES"}], issues=[{"key": "ES-1", "summary": "s"}])
    push()
    fails(
        f"update incident with id ES-1. Error: {STATUS.format(400)}. Reason: "
        "Field 'project' cannot be set. It is not on the appropriate screen, or unknown.",
        "pushToService",
        incident={"summary": "s", "externalId": "ES-1"},
    )


def test_a_refused_comment_leaves_the_issue_and_the_comments_before_it(client, push):
    answer = push("one", "two", " ", "never", description="d")
    issue = client.get("/_mock/jira/rest/api/2/issue/CK-1").json
    assert answer["service_message"] == (
        f"[Action][Jira]: Unable to create comment at incident with id {issue['id']}. "
        f"Error: {STATUS.format(400)}. Reason: Comment body can not be empty!"
    )
    assert issue["fields"]["description"] == "d"
    said = issue["fields"]["comment"]["comments"]
    assert [comment["body"] for comment in said] == ["one", "two"]


def test_a_failed_run_is_logged_with_its_reason(world, fails, push, jira):
    push()
    world.log.clear()
    reason = f"get issue with id 1. Error: {STATUS.format(404)}. Reason: {GONE}"
    fails(reason, "issue", id="1")
    text = f"[Action][Jira]: Unable to {reason}"
    label = f".jira:{jira}: My connector"
    assert [(line.level, line.logger, line.message) for line in world.log.lines] == [
        ("error", "plugins.actions.jira", text),
        (
            "warn",
            "plugins.actions.jira",
            f"action execution failure: {label}: {THROWN}: {text}; retry: true",
        ),
    ]


def test_a_failed_run_of_documented_params_still_says_how_it_was_read(execute, jira):
    incident = {"summary": "", "issueType": 10006, "title": "t"}
    params = {"subAction": "pushToService", "subActionParams": {"incident": incident}}
    answer = execute(jira, params)
    assert answer.json["service_message"].endswith("You must specify a summary of the issue.")
    assert answer.headers["x-mock-warning"] == "integer-issue-type, incident-title"


# What the releases differ in


@pytest.mark.kibana_version("8.19.9", "9.2.9", "9.3.0", "9.5.4")
def test_since_9_3_every_failure_is_worded_in_one_way_and_too_many_calls_are_the_users_fault(
    world, execute, jira, kibana_version
):
    is_new = kibana_version >= "9.3"
    wanted = {"subAction": "getIncident", "subActionParams": {"externalId": "CK-1"}}
    missing = execute(jira, wanted).json
    stop = "." if is_new else ""
    assert missing["service_message"] == (
        f"[Action][Jira]: Unable to get incident with id CK-1. Error: {STATUS.format(404)}{stop} "
        f"Reason: {GONE}"
    )
    assert missing["errorSource"] == "framework"
    world.faults.add({"match": {"backend": "jira"}, "what": {"status": 429}})
    types = execute(jira, {"subAction": "issueTypes", "subActionParams": {}}).json
    assert types["service_message"].startswith("[Action][Jira]: Unable to get issue types.")
    assert types["errorSource"] == ("user" if is_new else "framework")
