"""The real clients of Jira, over a socket."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from atlassian import Jira
from jira import JIRA, JIRAError

from mockkibana.seeds import demo_seed
from mockkibana.world import World

sys.path.insert(0, str(Path(__file__).parent))

from jira_site import JiraSite, serve_jira


@pytest.fixture(scope="module")
def server() -> Iterator[JiraSite]:
    with serve_jira() as site:
        yield site


@pytest.fixture(scope="module")
def pycontribs(server: JiraSite) -> Iterator[JIRA]:
    client = JIRA(server.url, basic_auth=("admin", "secret"), max_retries=0)
    yield client
    client.close()


@pytest.fixture(scope="module", params=[False, True], ids=["server", "cloud"])
def atlassian(server: JiraSite, request: pytest.FixtureRequest) -> Iterator[Jira]:
    with Jira(server.url, username="admin", password="secret", cloud=request.param) as client:
        yield client


def make(client: JIRA, summary: str, **fields: Any) -> Any:
    return client.create_issue(
        fields={"project": {"key": "CK"}, "summary": summary, "issuetype": {"name": "Task"}}
        | fields
    )


# --- pycontribs


def test_pycontribs_logs_in_and_reads_the_server(server: JiraSite) -> None:
    client = JIRA(server.url, basic_auth=("admin", "secret"), validate=True, max_retries=0)
    assert client.server_info()["baseUrl"] == server.url
    assert client.myself()["name"] == "admin"
    assert client.current_user() == "admin"
    client.close()


def test_pycontribs_accepts_a_token(server: JiraSite) -> None:
    client = JIRA(server.url, token_auth="token", max_retries=0)
    assert [project.key for project in client.projects()] == ["CK"]
    client.close()


def test_pycontribs_creates_and_reads_an_issue(pycontribs: JIRA) -> None:
    issue = make(pycontribs, "disk full", description="a\nb", labels=["x"])
    read = pycontribs.issue(issue.key)
    assert (read.id, read.fields.summary) == (issue.id, "disk full")
    assert read.fields.description == "a\nb"
    assert read.fields.labels == ["x"]
    assert read.fields.status.name == "To Do"
    assert read.fields.project.key == "CK"
    assert read.fields.comment.comments == []


def test_pycontribs_creates_with_project_and_type_names(pycontribs: JIRA) -> None:
    issue = pycontribs.create_issue(project="CK", issuetype="Bug", summary="short")
    assert issue.fields.issuetype.name == "Bug"


def test_pycontribs_creates_many_issues_at_once(pycontribs: JIRA) -> None:
    fields = {"project": {"key": "CK"}, "issuetype": {"name": "Task"}}
    results = pycontribs.create_issues([fields | {"summary": "one of many"}, fields])
    assert [result["status"] for result in results] == ["Success", "Error"]
    assert "summary" in results[1]["error"]


def test_pycontribs_updates_an_issue(pycontribs: JIRA) -> None:
    issue = make(pycontribs, "before", labels=["a"])
    issue.update(summary="after", labels=[{"add": "b"}])
    assert issue.fields.summary == "after"
    assert issue.fields.labels == ["a", "b"]
    issue.update(fields={"description": "told"}, notify=False)
    assert pycontribs.issue(issue.key).fields.description == "told"


def test_pycontribs_comments(pycontribs: JIRA) -> None:
    issue = make(pycontribs, "talk")
    first = pycontribs.add_comment(issue, "first")
    pycontribs.add_comment(issue.key, "second")
    assert [comment.body for comment in pycontribs.comments(issue)] == ["first", "second"]
    first.update(body="changed")
    assert pycontribs.comment(issue.key, first.id).body == "changed"
    first.delete()
    assert [comment.body for comment in pycontribs.comments(issue)] == ["second"]


def test_pycontribs_moves_an_issue_through_its_workflow(pycontribs: JIRA) -> None:
    issue = make(pycontribs, "work")
    names = [transition["name"] for transition in pycontribs.transitions(issue)]
    assert names == ["To Do", "In Progress", "Done"]
    pycontribs.transition_issue(issue, "Done", comment="finished")
    read = pycontribs.issue(issue.key, expand="changelog")
    assert read.fields.status.name == "Done"
    assert read.fields.resolution.name == "Done"
    assert [comment.body for comment in read.fields.comment.comments] == ["finished"]
    items = [item for history in read.changelog.histories for item in history.items]
    assert "status" in [item.field for item in items]


def test_pycontribs_reads_a_comment_as_html(pycontribs: JIRA) -> None:
    issue = make(pycontribs, "told")
    pycontribs.add_comment(issue, "a & b")
    (comment,) = pycontribs.comments(issue, expand="renderedBody")
    assert (comment.body, comment.renderedBody) == ("a & b", "<p>a &amp; b</p>")


def test_pycontribs_reads_the_keys_of_a_project(pycontribs: JIRA) -> None:
    assert pycontribs.project("CK", expand="projectKeys").projectKeys == ["CK"]


def test_pycontribs_assigns(pycontribs: JIRA) -> None:
    issue = make(pycontribs, "whose")
    pycontribs.assign_issue(issue, "admin")
    assert pycontribs.issue(issue.key).fields.assignee.name == "admin"
    pycontribs.assign_issue(issue, None)
    assert pycontribs.issue(issue.key).fields.assignee is None
    pycontribs.assign_issue(issue, "admin")
    pycontribs.assign_issue(issue, -1)  # the project's default, which is nobody
    assert pycontribs.issue(issue.key).fields.assignee is None


def test_pycontribs_searches(pycontribs: JIRA) -> None:
    made = [make(pycontribs, f"needle {number}").key for number in range(3)]
    found = pycontribs.search_issues('project = CK and summary ~ "needle"')
    assert [issue.key for issue in found] == made[::-1]
    assert found.total == 3
    ordered = pycontribs.search_issues("summary ~ needle order by key", maxResults=2, startAt=1)
    assert [issue.key for issue in ordered] == made[1:]
    every = pycontribs.search_issues("project = CK", maxResults=False, fields=["summary"])
    assert len(every) == every.total
    assert not hasattr(every[0].fields, "status")


def test_pycontribs_reads_metadata(pycontribs: JIRA) -> None:
    assert [priority.name for priority in pycontribs.priorities()] == [
        "Highest",
        "High",
        "Medium",
        "Low",
        "Lowest",
    ]
    assert "Task" in [kind.name for kind in pycontribs.issue_types()]
    assert pycontribs.issue_type("10006").name == "Task"
    assert [status.name for status in pycontribs.statuses()] == ["To Do", "In Progress", "Done"]
    assert pycontribs.resolutions()[0].name == "Done"
    assert pycontribs.project("CK").id == pycontribs.projects()[0].id
    assert "summary" in [field["id"] for field in pycontribs.fields()]
    assert "summary" in pycontribs.editmeta(make(pycontribs, "meta").key)["fields"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pycontribs_reads_both_generations_of_createmeta(pycontribs: JIRA) -> None:
    old = pycontribs.createmeta(projectKeys="CK", expand="projects.issuetypes.fields")
    assert old["projects"][0]["issuetypes"][0]["fields"]["summary"]["required"] is True
    types = pycontribs.project_issue_types("CK")
    assert [kind.name for kind in types][:2] == ["Improvement", "Task"]
    fields = pycontribs.project_issue_fields("CK", types[0].id)
    assert "summary" in [field.fieldId for field in fields]


def test_pycontribs_deletes(pycontribs: JIRA) -> None:
    issue = make(pycontribs, "gone")
    issue.delete()
    with pytest.raises(JIRAError) as caught:
        pycontribs.issue(issue.key)
    assert caught.value.status_code == 404
    assert caught.value.text == "Issue does not exist or you do not have permission to see it."


@pytest.mark.parametrize(
    ("jql", "text"),
    [
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'."),
        ("invalid query", "Error in JQL Query: Expecting operator but got 'query'."),
        ('summary ~ "f(): no"', "Unable to parse the text 'f(): no' for field 'summary'."),
    ],
)
def test_pycontribs_sees_why_a_search_failed(pycontribs: JIRA, jql: str, text: str) -> None:
    with pytest.raises(JIRAError) as caught:
        pycontribs.search_issues(jql)
    assert caught.value.status_code == 400
    assert caught.value.text.startswith(text)


def test_pycontribs_sees_which_field_was_refused(pycontribs: JIRA) -> None:
    with pytest.raises(JIRAError) as caught:
        make(pycontribs, "")
    assert caught.value.status_code == 400
    assert caught.value.text == "You must specify a summary of the issue."


def test_pycontribs_sees_what_a_transitions_screen_lacks(pycontribs: JIRA) -> None:
    issue = make(pycontribs, "work")
    with pytest.raises(JIRAError) as caught:
        pycontribs.transition_issue(issue, "In Progress", resolution={"name": "Done"})
    assert caught.value.text == (
        "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown."
    )
    assert pycontribs.issue(issue.key).fields.status.name == "To Do"


def test_pycontribs_comments_for_a_role(pycontribs: JIRA) -> None:
    issue = make(pycontribs, "secret")
    role = {"type": "role", "value": "Administrators"}
    assert pycontribs.add_comment(issue, "x", visibility=role).visibility.value == "Administrators"
    with pytest.raises(JIRAError) as caught:
        pycontribs.add_comment(issue, "x", visibility={"type": "role", "value": "Nobodies"})
    assert caught.value.text == "Role with id: Nobodies does not exist."


def test_pycontribs_names_a_project_as_it_is_written(pycontribs: JIRA) -> None:
    with pytest.raises(JIRAError) as caught:
        pycontribs.project("ck")
    assert (caught.value.status_code, caught.value.text) == (
        404,
        "No project could be found with key 'ck'.",
    )


# --- atlassian-python-api


def make_dict(client: Jira, summary: str) -> Any:
    return client.issue_create(
        {"project": {"key": "CK"}, "summary": summary, "issuetype": {"name": "Task"}}
    )


def test_atlassian_creates_reads_and_updates(atlassian: Jira) -> None:
    key = make_dict(atlassian, "before")["key"]
    assert atlassian.issue_exists(key)
    atlassian.update_issue_field(key, {"summary": "after"})
    assert atlassian.issue_field_value(key, "summary") == "after"
    atlassian.issue_update(key, {"description": "told"})
    assert atlassian.issue(key)["fields"]["description"] == "told"


def test_atlassian_comments(atlassian: Jira) -> None:
    key = make_dict(atlassian, "talk")["key"]
    atlassian.issue_add_comment(key, "said")
    assert [c["body"] for c in atlassian.issue_get_comments(key)["comments"]] == ["said"]


def test_atlassian_moves_an_issue_through_its_workflow(atlassian: Jira) -> None:
    key = make_dict(atlassian, "work")["key"]
    atlassian.set_issue_status(key, "In Progress")
    assert atlassian.get_issue_status(key) == "In Progress"


def test_atlassian_searches(atlassian: Jira, request: pytest.FixtureRequest) -> None:
    word = f"word{request.node.callspec.id}"
    keys = [make_dict(atlassian, f"{word} {number}")["key"] for number in range(3)]
    found = atlassian.jql(f"summary ~ {word}", limit=2)["issues"]
    assert [issue["key"] for issue in found] == keys[:0:-1]
    assert atlassian.jql_get_list_of_tickets(f"summary ~ {word}", limit=2, fields="summary")


def test_atlassian_reads_metadata(atlassian: Jira) -> None:
    assert len(atlassian.get_all_priorities()) == 5
    projects = atlassian.projects()
    assert "CK" in [project["key"] for project in projects]
    assert atlassian.project("CK")["key"] == "CK"
    assert "summary" in [field["id"] for field in atlassian.get_all_fields()]
    assert "Task" in [kind["name"] for kind in atlassian.get_issue_types()]
    assert atlassian.get_server_info()["versionNumbers"]


def test_atlassian_deletes(atlassian: Jira) -> None:
    key = make_dict(atlassian, "gone")["key"]
    atlassian.delete_issue(key)
    assert not atlassian.issue_exists(key)


def test_atlassian_sees_why_a_request_failed(atlassian: Jira) -> None:
    with pytest.raises(Exception, match="You must specify a summary of the issue"):
        make_dict(atlassian, "")


# --- a tool that pushes through Kibana, and a client that looks at Jira


PUSH = "/api/actions/connector/b3aad810-edbe-11ec-82d1-11348ecbf4a6/_execute"


@pytest.fixture
def kibana(serve: Callable[[World], str]) -> Iterator[str]:
    """The URL of a Kibana that users start with."""
    world = World(seeds=[demo_seed()])
    yield serve(world)
    assert world.bugs == []
    world.close()


def push(session: requests.Session, url: str, *comments: str, **incident: Any) -> Any:
    """Push an incident as a tool does, and return the data."""
    rows = [{"comment": text, "commentId": str(at)} for at, text in enumerate(comments)]
    params = {"incident": incident, "comments": rows}
    answer = session.post(
        url + PUSH,
        json={"params": {"subAction": "pushToService", "subActionParams": params}},
        headers={"kbn-xsrf": "true"},
        timeout=30,
    ).json()
    assert answer["status"] == "ok", answer
    return answer["data"]


def test_pycontribs_finds_what_was_pushed_through_kibana(kibana: str) -> None:
    client = JIRA(f"{kibana}/_mock/jira", basic_auth=("admin", "secret"), max_retries=0)
    with requests.Session() as session:
        above = push(session, kibana, summary="The parent", issueType="10006")
        made = push(
            session,
            kibana,
            "first",
            "second",
            summary="disk full\non host-1",
            description="told",
            issueType="10007",
            priority="Highest",
            labels=["a", "b"],
            parent=above["title"],
            otherFields={"duedate": "2026-01-02"},
        )
        issue = client.issue(made["title"])
        assert made["url"] == issue.permalink()
        assert (issue.id, issue.key) == (made["id"], "CK-2")
        assert issue.self.startswith(f"{kibana}/_mock/jira/rest/api/2/issue/")
        fields = issue.fields
        assert (fields.summary, fields.description) == ("disk full, on host-1", "told")
        assert (fields.issuetype.name, fields.priority.name) == ("Sub-task", "Highest")
        assert (fields.labels, fields.duedate) == (["a", "b"], "2026-01-02")
        assert (fields.parent.key, fields.status.name) == ("CK-1", "To Do")
        assert fields.reporter.emailAddress == "elastic@example.com"
        assert [comment.body for comment in client.comments(issue)] == ["first", "second"]
        assert fields.created == made["pushedDate"].replace("Z", "+0000")
        found = client.search_issues('project = CK and summary ~ "host-1"')
        assert [row.key for row in found] == ["CK-2"]
        changed = push(session, kibana, "third", summary="disk empty", externalId=issue.id)
    issue = client.issue("CK-2")
    assert changed["title"] == "CK-2"
    assert issue.fields.summary == "disk empty"
    assert (issue.fields.description, issue.fields.labels) == ("told", ["a", "b"])
    bodies = [comment.body for comment in client.comments(issue)]
    assert bodies == ["first", "second", "third"]
    client.close()


def test_pushes_of_many_threads_make_every_key_once(kibana: str) -> None:
    def many(thread: int) -> list[str]:
        with requests.Session() as session:
            return [
                push(session, kibana, "c", summary=f"{thread} {number}", issueType="10006")["title"]
                for number in range(50)
            ]

    with ThreadPoolExecutor(8) as threads:
        keys = [key for keys in threads.map(many, range(8)) for key in keys]
    assert sorted(keys) == sorted(f"CK-{number}" for number in range(1, 401))
    client = JIRA(f"{kibana}/_mock/jira", basic_auth=("admin", "secret"), max_retries=0)
    found = client.search_issues("project = CK order by key", maxResults=False)
    assert [issue.key for issue in found] == [f"CK-{number}" for number in range(1, 401)]
    assert len({issue.id for issue in found}) == 400
    found = client.search_issues("project = CK", maxResults=False, fields="comment")
    assert {len(issue.fields.comment.comments) for issue in found} == {1}
    client.close()
