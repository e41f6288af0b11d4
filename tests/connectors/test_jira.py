"""The Jira connector, from the documented requests to what is in the project afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from mockkibana.app import create_app
from mockkibana.seeds import demo_seed, parse_seed
from mockkibana.settings import Settings
from mockkibana.world import World

XSRF = {"kbn-xsrf": "true"}
API = "https://coolsite.example.com"
CONFIG = {"apiUrl": API, "projectKey": "CK"}
SECRETS = {"email": "elastic@example.com", "apiToken": "changeme"}
NOW = "2024-05-01T12:34:56.789+00:00"
DEMO = "b3aad810-edbe-11ec-82d1-11348ecbf4a6"
ISSUE = "/rest/api/2/issue"


@pytest.fixture
def run(create: Any, execute: Any) -> Any:
    """Run a sub-action of a connector to the project CK and return the answer."""
    connector_id = create(".jira", CONFIG, secrets=SECRETS)["id"]

    def run(name: str, **params: Any) -> Any:
        return execute(connector_id, {"subAction": name, "subActionParams": params}).json

    return run


@pytest.fixture
def push(run: Any) -> Any:
    """Push an incident that is taken and return the data."""

    def push(*comments: Any, summary: str = "s", **incident: Any) -> Any:
        params = {"incident": {"summary": summary, **incident}}
        if comments:
            params["comments"] = list(comments)
        answer = run("pushToService", **params)
        assert answer["status"] == "ok", answer
        return answer["data"]

    return push


@pytest.fixture
def issue(client: FlaskClient) -> Any:
    """Ask Jira for the fields of an issue."""
    return lambda name="CK-1": client.get(f"/_mock/jira{ISSUE}/{name}").json["fields"]


@pytest.fixture
def seeded(world: World) -> Any:
    """Add a block to the Jira site."""
    return lambda **block: world.seed(parse_seed({"version": 1, "jira": block}))


def comment(text: str = "c", id_: str = "1") -> dict[str, str]:
    return {"comment": text, "commentId": id_}


# The documented requests


@pytest.fixture
def demo() -> Any:
    """The world that a user starts with, with an issue of the documentation's id."""
    jira = {"issues": [{"id": "71778", "key": "CK-7", "summary": "Old"}]}
    older = Settings(kibana_version="8.19.0")  # of its documentation
    world = World(older, seeds=[demo_seed(), parse_seed({"version": 1, "jira": jira})])
    yield create_app(world).test_client()
    assert world.bugs == []
    world.close()


SPACES = pytest.mark.parametrize("space", ["", "/s/default"])


def documented(client: FlaskClient, space: str, text: str) -> Any:
    """Send a body as the documentation prints it."""
    return client.post(
        f"{space}/api/actions/connector/{DEMO}/_execute",
        data=text,
        headers=XSRF,
        content_type="application/json",
    )


@SPACES
@pytest.mark.kibana_version("8.19.0")
def test_the_documented_issue_types_come_byte_for_byte(demo, space):
    body = """{
  "params": {
    "subAction": "issueTypes"
  }
}"""
    printed = """{
  "status":"ok",
  "data":[
    {"id":"10024","name":"Improvement"},{"id":"10006","name":"Task"},
    {"id":"10007","name":"Sub-task"},{"id":"10025","name":"New Feature"},
    {"id":"10023","name":"Bug"},{"id":"10000","name":"Epic"}
  ],
  "connector_id":"b3aad810-edbe-11ec-82d1-11348ecbf4a6"
}"""
    answer = documented(demo, space, body)
    assert answer.status_code == 200
    assert answer.data == json.dumps(json.loads(printed), separators=(",", ":")).encode()
    assert "x-mock-warning" not in answer.headers


@SPACES
@pytest.mark.kibana_version("8.19.0")
def test_the_documented_fields_are_answered(demo, space):
    params = '{"params":{"subAction":"fieldsByIssueType","subActionParams":{"id":"10024"}}}'
    by_type = documented(demo, space, params).json["data"]
    common = documented(demo, space, '{"params":{"subAction":"getFields"}}').json["data"]
    for data in (by_type, common):
        assert data["summary"] == {
            "required": True,
            "allowedValues": [],
            "defaultValue": {},
            "schema": {"type": "string", "system": "summary"},
            "name": "Summary",
        }


@SPACES
def test_the_documented_issue_is_found_in_three_ways(demo, space):
    params = '{"params":{"subAction":"getIncident","subActionParams":{"externalId":"71778"}}}'
    incident = documented(demo, space, params).json["data"]
    assert (incident["id"], incident["key"], incident["summary"]) == ("71778", "CK-7", "Old")
    params = '{"params":{"subAction":"issue","subActionParams":{"id":"71778"}}}'
    expected = {"id": "71778", "key": "CK-7", "title": "Old"}
    assert documented(demo, space, params).json["data"] == expected
    params = '{"params":{"subAction":"issues","subActionParams":{"title":"Old"}}}'
    answer = documented(demo, space, params)
    assert answer.json == {"status": "ok", "data": [expected], "connector_id": DEMO}


@SPACES
def test_the_documented_push_goes_through_as_printed(demo, space):
    body = """{
  "params": {
    "subAction": "pushToService",
    "subActionParams": {
      "incident": {
        "description": "The details about the incident.",
        "labels": ["LABEL1"],
        "issueType": 10006,
        "priority": "Lowest",
        "summary": "A summary of the incident.",
        "title": "A title for the incident"
      },
      "comments": [
        {"comment": "A comment related to the incident.", "commentId": 1}
      ]
    }
  }
}"""
    answer = documented(demo, space, body)
    warning = "integer-issue-type, incident-title, integer-comment-id"
    assert answer.headers["x-mock-warning"] == warning
    data = answer.json["data"]
    assert (data["title"], data["url"]) == ("CK-8", "http://localhost/_mock/jira/browse/CK-8")
    assert data["comments"] == [{"commentId": "1", "pushedDate": data["comments"][0]["pushedDate"]}]
    fields = demo.get(f"/_mock/jira{ISSUE}/CK-8").json["fields"]
    assert fields["summary"] == "A summary of the incident."
    assert fields["description"] == "The details about the incident."
    assert fields["labels"] == ["LABEL1"]
    assert fields["issuetype"]["name"] == "Task"
    assert fields["priority"]["name"] == "Lowest"
    assert fields["reporter"]["emailAddress"] == "elastic@example.com"
    [said] = fields["comment"]["comments"]
    assert said["body"] == "A comment related to the incident."


@SPACES
def test_with_the_documented_external_id_a_push_is_an_update(demo, space):
    body = """{
  "params": {
    "subAction": "pushToService",
    "subActionParams": {"incident": {"externalId": "71778", "summary": "New"}}
  }
}"""
    assert documented(demo, space, body).json["data"]["title"] == "CK-7"
    assert demo.get(f"/_mock/jira{ISSUE}/71778").json["fields"]["summary"] == "New"


@SPACES
def test_a_sub_task_may_have_the_documented_parent(demo, space):
    body = """{
  "params": {
    "subAction": "pushToService",
    "subActionParams": {"incident": {"summary": "s", "issueType": 10007, "parent": "71778"}}
  }
}"""
    assert documented(demo, space, body).json["status"] == "ok"
    assert demo.get(f"/_mock/jira{ISSUE}/CK-8").json["fields"]["parent"]["key"] == "CK-7"


@pytest.mark.kibana_version("8.19.0")
def test_a_connector_of_a_space_is_run_there_and_nowhere_else(create, execute):
    made = create(".jira", CONFIG, secrets=SECRETS, space="/s/a")
    params = {"subAction": "issueTypes"}
    inside = execute(made["id"], params, space="/s/a")
    assert [row["id"] for row in inside.json["data"]][:2] == ["10024", "10006"]
    execute(made["id"], params, status=404)


# Metadata


def test_the_issue_types_are_the_projects_own(run, seeded):
    types = ["Task", {"id": "10500", "name": "Incident", "description": "Something broke."}]
    seeded(projects=[{"key": "CK", "issue_types": types}])
    assert run("issueTypes")["data"] == [
        {"id": "10006", "name": "Task"},
        {"id": "10500", "name": "Incident"},
    ]


def test_the_fields_of_a_type_have_five_keys(run):
    fields = run("fieldsByIssueType", id="10006")["data"]
    assert list(fields)[:3] == ["summary", "issuetype", "project"]
    keys = {"required", "allowedValues", "defaultValue", "schema", "name"}
    assert {tuple(sorted(field)) for field in fields.values()} == {tuple(sorted(keys))}
    priority = fields["priority"]
    assert [value["name"] for value in priority["allowedValues"]] == [
        "Highest",
        "High",
        "Medium",
        "Low",
        "Lowest",
    ]
    assert priority["defaultValue"]["name"] == "Medium"
    assert priority["allowedValues"][0]["self"] == f"{API}/rest/api/2/priority/1"


def test_only_a_sub_task_needs_a_parent(run):
    for type_id, required in (("10006", False), ("10007", True)):
        assert run("fieldsByIssueType", id=type_id)["data"]["parent"]["required"] is required


def test_the_fields_in_common_are_the_first_types(run, seeded):
    seeded(
        projects=[
            {
                "key": "CK",
                "issue_types": ["Task", "Bug"],
                "fields": [
                    {"id": "customfield_1", "name": "Of both"},
                    {"id": "customfield_2", "name": "Of one", "issue_types": ["Bug"]},
                ],
            }
        ]
    )
    fields = run("getFields")["data"]
    assert "customfield_1" in fields
    assert "customfield_2" not in fields
    assert "customfield_2" in run("fieldsByIssueType", id="10023")["data"]


# Issues


def test_an_issue_is_found_by_id_and_by_key(run, push):
    data = push(summary="Disk full")
    expected = {"id": data["id"], "key": "CK-1", "title": "Disk full"}
    for name in (data["id"], "CK-1", "ck-1"):
        assert run("issue", id=name)["data"] == expected
        assert run("getIncident", externalId=name)["data"]["id"] == data["id"]


@time_machine.travel(NOW, tick=False)
def test_an_incident_is_the_issue_laid_flat(run, push):
    push(comment(), summary="title", description="desc", issueType="10006", priority="High")
    incident = run("getIncident", externalId="CK-1")["data"]
    assert list(incident)[:4] == ["id", "key", "created", "updated"]
    assert incident["created"] == "2024-05-01T12:34:56.789+0000"
    assert incident["summary"] == "title"
    assert incident["description"] == "desc"
    assert incident["issuetype"]["id"] == "10006"
    assert incident["priority"]["name"] == "High"
    assert incident["labels"] == []
    assert "fields" not in incident


def test_issues_are_found_by_words_of_their_summary_in_the_project(run, push, seeded):
    seeded(projects=[{"key": "ES"}], issues=[{"key": "ES-1", "summary": "disk full elsewhere"}])
    ids = [push(summary=text)["id"] for text in ("disk full", "all well", "another full disk")]
    assert run("issues", title="full disk")["data"] == [
        {"id": ids[2], "key": "CK-3", "title": "another full disk"},
        {"id": ids[0], "key": "CK-1", "title": "disk full"},
    ]
    assert run("issues", title="nothing like it")["data"] == []


def test_fifty_issues_are_found_at_most(run, seeded):
    issues = [{"key": f"CK-{number}", "summary": "many"} for number in range(1, 61)]
    seeded(projects=[{"key": "CK"}], issues=issues)
    assert len(run("issues", title="many")["data"]) == 50


@pytest.mark.parametrize(
    "title",
    [
        "[CPU] host-1: 90%",
        "it's foo-bar",
        r"a\b c",
        'say "hi" to (me) & you',
        "a|b && !c ~ d? {e}/f ^g *h +i",
        "日本語 ü",
        "https://example.com/a?b=c#d",
    ],
)
def test_a_title_of_special_characters_is_found_again(run, push, title):
    push(summary=title)
    push(summary="zzz")
    assert [row["title"] for row in run("issues", title=title)["data"]] == [title]


# Push: create


@time_machine.travel(NOW, tick=False)
def test_a_push_creates_an_issue_and_comments(push, issue):
    # Jira counts on by a millisecond where the clock stands still: the order of changes shows.
    data = push(comment("one", "456"), comment("two", "789"), summary="title")
    assert list(data) == ["title", "id", "pushedDate", "url", "comments"]
    assert data["title"] == "CK-1"
    assert data["id"].isdecimal()
    assert data["pushedDate"] == "2024-05-01T12:34:56.789Z"
    assert data["url"] == f"{API}/browse/CK-1"
    assert [list(row) for row in data["comments"]] == [["commentId", "pushedDate"]] * 2
    assert [row["commentId"] for row in data["comments"]] == ["456", "789"]
    assert data["comments"][0]["pushedDate"].startswith("2024-05-01T12:34:56.")
    assert [row["body"] for row in issue()["comment"]["comments"]] == ["one", "two"]


@pytest.mark.parametrize(
    ("api_url", "url"),
    [
        ("https://a.example.com", "https://a.example.com/browse/CK-1"),
        ("https://a.example.com/", "https://a.example.com/browse/CK-1"),
        ("https://a.example.com//", "https://a.example.com//browse/CK-1"),
        ("https://a.example.com/jira/", "https://a.example.com/jira/browse/CK-1"),
    ],
)
def test_one_slash_at_the_end_of_the_url_is_cut(create, execute, api_url, url):
    connector_id = create(".jira", {**CONFIG, "apiUrl": api_url}, secrets=SECRETS)["id"]
    params = {"subAction": "pushToService", "subActionParams": {"incident": {"summary": "s"}}}
    assert execute(connector_id, params).json["data"]["url"] == url


@pytest.mark.parametrize(
    ("api_url", "error"),
    [
        ("not a url", "Invalid URL"),
        ("jira.example.com", "Invalid URL"),
        ("https://jira.example.com:99999", "Invalid URL"),
        ("https://:80", "Invalid URL"),
        ("ftp://jira.example.com", "Unsupported protocol ftp:"),
        ("jira.example.com:8080", "Unsupported protocol jira.example.com:"),
    ],
)
def test_a_url_that_axios_cannot_ask_fails_the_run(create, execute, api_url, error):
    connector_id = create(".jira", {**CONFIG, "apiUrl": api_url}, secrets=SECRETS)["id"]
    answer = execute(connector_id, {"subAction": "issueTypes", "subActionParams": {}}).json
    assert answer["service_message"] == (
        f"[Action][Jira]: Unable to get issue types. Error: {error}. "
        "Reason: unknown: errorResponse was null"
    )


@pytest.mark.parametrize("unset", [{}, {"issueType": None}, {"issueType": ""}], ids=str)
def test_without_a_type_an_issue_is_of_the_projects_first(push, issue, unset):
    push(**unset)
    assert issue()["issuetype"]["name"] == "Improvement"


def test_the_fields_of_an_incident_become_the_issues(push, issue):
    push(
        summary="s",
        description="d\nd",
        issueType="10023",
        priority="Lowest",
        labels=["a", "b"],
    )
    fields = issue()
    assert fields["description"] == "d\nd"
    assert fields["issuetype"]["name"] == "Bug"
    assert fields["priority"]["name"] == "Lowest"
    assert fields["labels"] == ["a", "b"]


@pytest.mark.parametrize("parent", ["key", "id"])
def test_a_sub_task_names_its_parent_by_key_or_by_id(push, issue, parent):
    above = push(issueType="10006")
    name = above["title"] if parent == "key" else above["id"]
    push(issueType="10007", parent=name)
    assert issue("CK-2")["parent"]["key"] == "CK-1"
    assert [row["key"] for row in issue("CK-1")["subtasks"]] == ["CK-2"]


def test_other_fields_are_sent_as_they_are_and_win(push, issue, seeded):
    fields = [{"id": "customfield_10500", "name": "Team"}]
    seeded(projects=[{"key": "CK", "fields": fields}, {"key": "ES"}])
    other = {"customfield_10500": "Search", "duedate": "2024-06-01"}
    push(issueType="10006", otherFields={**other, "issuetype": {"name": "Bug"}})
    assert {key: issue()[key] for key in other} == other
    assert issue()["issuetype"]["name"] == "Bug"
    assert push(otherFields={"project": {"key": "ES"}})["title"] == "ES-1"


@pytest.mark.parametrize(
    ("summary", "cleaned"),
    [
        ("title \n \n howdy \r test", "title, howdy, test"),
        ("\r\n a \r\n\r\n b\n", "a, b"),
        ("  plain  ", "plain"),
        ("\ufeffa\u2028b\u3000", "a\u2028b"),
        ("a\vb", "a\vb"),
        ("\x1ca", "\x1ca"),
    ],
)
def test_a_summary_becomes_one_line(push, issue, summary, cleaned):
    push(summary=summary)
    assert issue()["summary"] == cleaned


@pytest.mark.kibana_version("8.19.0")
def test_the_project_is_made_when_the_connector_first_names_it(client, create, execute):
    config = {**CONFIG, "projectKey": "NEW"}
    connector_id = create(".jira", config, secrets=SECRETS)["id"]
    assert client.get("/_mock/jira/rest/api/2/project/NEW").status_code == 404
    execute(connector_id, {"subAction": "issueTypes"})
    assert client.get("/_mock/jira/rest/api/2/project/NEW").json["key"] == "NEW"


# Push: update


@pytest.mark.parametrize("by", ["id", "title"])
def test_an_update_goes_to_the_issue_by_id_or_by_key(push, issue, by):
    with time_machine.travel(NOW, tick=False) as clock:
        made = push(summary="before", description="old", labels=["a"], priority="High")
        clock.shift(60)
        data = push(comment("more"), summary="after", externalId=made[by], description="new")
    assert data["title"] == "CK-1"
    assert data["id"] == made["id"]
    assert data["pushedDate"] == "2024-05-01T12:35:56.789Z"
    assert data["url"] == f"{API}/browse/CK-1"
    assert [row["commentId"] for row in data["comments"]] == ["1"]
    fields = issue()
    assert (fields["summary"], fields["description"]) == ("after", "new")
    assert (fields["labels"], fields["priority"]["name"]) == (["a"], "High")
    assert fields["issuetype"]["name"] == "Improvement"
    assert [row["body"] for row in fields["comment"]["comments"]] == ["more"]


def test_null_and_empty_texts_leave_a_field_as_it_is_and_empty_labels_clear_it(push, issue):
    push(description="old", labels=["a"], priority="High", issueType="10006")
    nulls = dict.fromkeys(("description", "labels", "priority", "issueType", "parent"))
    push(externalId="CK-1", **nulls)
    push(externalId="CK-1", description="", priority="", issueType="")
    fields = issue()
    assert (fields["description"], fields["labels"]) == ("old", ["a"])
    assert (fields["priority"]["name"], fields["issuetype"]["name"]) == ("High", "Task")
    push(externalId="CK-1", labels=[])
    assert issue()["labels"] == []


def test_pushing_twice_makes_two_issues_and_updating_twice_repeats_the_comments(push, issue):
    assert [push()["title"], push()["title"]] == ["CK-1", "CK-2"]
    for _ in range(2):
        push(comment("same", "1"), externalId="CK-1")
    assert [row["body"] for row in issue()["comment"]["comments"]] == ["same", "same"]


# Comments


@pytest.mark.parametrize(
    ("comments", "answered"),
    [
        ({}, None),
        ({"comments": None}, None),
        ({"comments": []}, None),
        ({"comments": [comment("")]}, []),
        ({"comments": [comment("", "1"), comment("x", "2"), comment("", "3")]}, ["2"]),
    ],
    ids=str,
)
def test_empty_comments_are_skipped(run, issue, comments, answered):
    data = run("pushToService", incident={"summary": "s"}, **comments)["data"]
    if answered is None:
        assert "comments" not in data
    else:
        assert [row["commentId"] for row in data["comments"]] == answered
    assert len(issue()["comment"]["comments"]) == len(answered or [])


def test_a_push_is_no_transaction(run, issue, client):
    answer = run(
        "pushToService",
        incident={"summary": "s"},
        comments=[comment("good"), comment("  ", "2"), comment("never", "3")],
    )
    id_ = client.get(f"/_mock/jira{ISSUE}/CK-1").json["id"]
    assert answer["service_message"] == (
        f"[Action][Jira]: Unable to create comment at incident with id {id_}. "
        "Error: Request failed with status code 400. Reason: Comment body can not be empty!"
    )
    assert [row["body"] for row in issue()["comment"]["comments"]] == ["good"]


# The handshake, and the last guard


def test_the_handshake_fits_the_schema_and_fails(run):
    answer = run("handshake")
    assert answer == {
        "status": "error",
        "message": "an error occurred while running the action",
        "errorSource": "framework",
        "connector_id": answer["connector_id"],
        "retry": True,
        "service_message": "[Action][ExternalService] subAction handshake not implemented.",
    }


@pytest.mark.parametrize("key", ["apiUrl", "projectKey", "email", "apiToken"])
@pytest.mark.parametrize("name", ["issueTypes", "handshake"])
@pytest.mark.kibana_version("8.19.0")
def test_an_empty_value_of_a_stored_connector_fails_every_run(world, execute, seed, key, name):
    config = {name: "" if name == key else value for name, value in CONFIG.items()}
    secrets = {name: "" if name == key else value for name, value in SECRETS.items()}
    connector = {"id": "i", "connector_type_id": ".jira", "config": config, "secrets": secrets}
    world.seed(seed(connectors=[connector]))
    assert execute("i", {"subAction": name}).json == {
        "status": "error",
        "message": "an error occurred while running the action",
        "errorSource": "framework",
        "connector_id": "i",
        "retry": True,
        "service_message": "[Action]Jira: Wrong configuration.",
    }
