"""Jira's HTTP face routes, reads bodies, and answers errors and pages as Jira does."""

from __future__ import annotations

import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockkibana.clock import Clock
from mockkibana.http.messages import Answer, Request
from mockkibana.jira.face.face import JiraFace
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json, dumps
from mockkibana.seeds import demo_seed
from mockkibana.settings.installation import Installation
from mockkibana.store import Store
from mockkibana.world import World

URL = "http://jira.example.com/base"
JSON = "application/json;charset=UTF-8"
HIDDEN = "Issue does not exist or you do not have permission to see it."
BAD_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."


@dataclass
class Jira:
    """A face with its state, asked in the words of the tests."""

    face: JiraFace
    store: Store

    def ask(
        self, method: str, target: str, body: Json = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        path, _, raw_query = target.partition("?")
        answer = self.face.handle(
            Request(
                method=method,
                path=path if path.startswith("/") else f"/rest/api/2/{path}",
                query=dict(parse_qsl(raw_query, keep_blank_values=True)),
                headers=headers or {},
                body=body,
                url=URL,
                raw_query=raw_query,
            )
        )
        assert answer.headers["Content-Type"] == JSON or answer.body == "XSRF check failed"
        return answer

    def make(self, summary: str = "disk full", **fields: Json) -> str:
        made = self.ask("POST", "issue", new(summary, **fields))
        assert made.status == 201, made.body
        key: str = made.body["key"]
        return key


def new(summary: Json = "disk full", **fields: Json) -> Json:
    return {
        "fields": {"project": {"key": "CK"}, "summary": summary, "issuetype": {"name": "Task"}}
        | fields
    }


@pytest.fixture
def jira() -> Iterator[Jira]:
    store, clock = Store(), Clock()
    site = Site(store, Installation(clock=clock))
    site.create_project("CK", "Check")
    yield Jira(JiraFace(site), store)
    store.close()


def refusal(status: int, *messages: str, **errors: str) -> tuple[int, Json]:
    return status, {"errorMessages": list(messages), "errors": errors}


def told(answer: Answer) -> tuple[int, Json]:
    return answer.status, answer.body


def document(*lines: str) -> Json:
    return {
        "type": "doc",
        "version": 1,
        "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in lines
        ],
    }


@pytest.mark.parametrize("number", ["1e400", "-1E+999", "9" * 5000], ids=lambda text: text[:7])
@pytest.mark.parametrize("name", ["summary", "customfield_1"])
def test_a_number_that_no_double_holds_is_no_json(jira: Jira, name: str, number: str) -> None:
    before = jira.store.digest()
    for method, target in (("POST", "issue"), ("POST", "search"), ("PUT", "issue/CK-1")):
        text = f'{{"fields": {{"{name}": {number}}}, "startAt": {number}}}'
        assert told(jira.ask(method, target, text.encode())) == refusal(
            400, "There was an error parsing JSON. Check that your request body is valid."
        )
    assert jira.store.digest() == before


def test_digits_in_a_text_are_no_number(jira: Jira) -> None:
    summary = "1e400 " + "9" * 200
    body = dumps(new(summary)).encode()
    key = jira.ask("POST", "issue", body, {"content-type": "application/json"}).body["key"]
    assert jira.ask("GET", f"issue/{key}").body["fields"]["summary"] == summary


def test_a_position_beyond_all_issues_is_no_number_of_jiras(jira: Jira) -> None:
    for body in ({"startAt": 10**400}, {"maxResults": -(10**18)}):
        assert jira.ask("POST", "search", body).status == 400


# --- issues


@pytest.mark.parametrize("version", ["2", "3", "latest"])
def test_a_new_issue_is_answered_with_its_place_only(jira: Jira, version: str) -> None:
    answer = jira.ask("POST", f"/rest/api/{version}/issue", new())
    issue_id = answer.body["id"]
    assert told(answer) == (
        201,
        {"id": issue_id, "key": "CK-1", "self": f"{URL}/rest/api/2/issue/{issue_id}"},
    )
    for name in (issue_id, "CK-1", "ck-1"):
        read = jira.ask("GET", f"/rest/api/{version}/issue/{name}")
        assert (read.status, read.body["key"], read.body["fields"]["summary"]) == (
            200,
            "CK-1",
            "disk full",
        )


def test_a_body_may_be_bytes_or_a_value(jira: Jira) -> None:
    made = jira.ask("POST", "issue", dumps(new()).encode(), {"content-type": "application/json"})
    assert made.status == 201
    assert jira.ask("POST", "issue", new()).body["key"] == "CK-2"


def test_an_edit_answers_nothing_with_a_json_content_type(jira: Jira) -> None:
    key = jira.make()
    edited = jira.ask("PUT", f"issue/{key}", {"fields": {"summary": "after"}})
    assert told(edited) == (204, None)
    assert jira.ask("GET", f"issue/{key}").body["fields"]["summary"] == "after"


def test_an_edit_answers_the_issue_if_asked(jira: Jira) -> None:
    key = jira.make()
    edited = jira.ask("PUT", f"issue/{key}?returnIssue=true", {"fields": {"labels": ["a"]}})
    assert (edited.status, edited.body["fields"]["labels"]) == (200, ["a"])


def test_an_issue_is_deleted(jira: Jira) -> None:
    key = jira.make()
    assert told(jira.ask("DELETE", f"issue/{key}?deleteSubtasks=False")) == (204, None)
    assert told(jira.ask("GET", f"issue/{key}")) == refusal(404, HIDDEN)


def test_an_issue_with_subtasks_is_deleted_only_with_them(jira: Jira) -> None:
    key = jira.make()
    jira.make("part", issuetype={"name": "Sub-task"}, parent={"key": key})
    assert told(jira.ask("DELETE", f"issue/{key}")) == refusal(
        400,
        f"The issue '{key}' has subtasks.  You must specify the 'deleteSubtasks' parameter "
        "to delete this issue and all its subtasks.",
    )
    assert jira.ask("DELETE", f"issue/{key}?deleteSubtasks=True").status == 204
    assert jira.ask("GET", "search").body["total"] == 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fields=summary,status", {"summary", "status"}),
        ("fields=summary&fields=status", {"summary", "status"}),
        ("fields=summary%2Cstatus&fields=labels", {"summary", "status", "labels"}),
    ],
)
def test_fields_are_chosen_by_list_or_by_repetition(
    jira: Jira, query: str, expected: set[str]
) -> None:
    key = jira.make()
    assert jira.ask("GET", f"issue/{key}?{query}").body["fields"].keys() == expected
    found = jira.ask("GET", f"search?{query}").body["issues"][0]
    assert found["fields"].keys() == expected


def test_a_caller_in_this_process_passes_parameters_without_a_raw_query(jira: Jira) -> None:
    key = jira.make()
    path = f"/rest/api/2/issue/{key}"
    answer = jira.face.handle(Request("GET", path, query={"fields": "summary,labels"}, url=URL))
    assert answer.body["fields"].keys() == {"summary", "labels"}


def test_no_fields_at_all_can_be_asked_for(jira: Jira) -> None:
    key = jira.make()
    assert jira.ask("GET", f"issue/{key}?fields=*none").body.get("fields", {}) == {}


def test_many_issues_are_created_as_far_as_possible(jira: Jira) -> None:
    answer = jira.ask("POST", "issue/bulk", {"issueUpdates": [new("a"), new(""), 5, new("b")]})
    assert answer.status == 201
    assert [issue["key"] for issue in answer.body["issues"]] == ["CK-1", "CK-2"]
    assert answer.body["errors"][0] == {
        "status": 400,
        "elementErrors": {
            "errorMessages": [],
            "errors": {"summary": "You must specify a summary of the issue."},
        },
        "failedElementNumber": 1,
    }
    assert answer.body["errors"][1]["failedElementNumber"] == 2
    assert jira.ask("POST", "issue/bulk", {"issueUpdates": [new("")]}).status == 400


def test_an_issue_is_assigned(jira: Jira) -> None:
    key = jira.make()
    assert (
        jira.ask("PUT", f"/rest/api/latest/issue/{key}/assignee", {"name": "admin"}).status == 204
    )
    assert jira.ask("GET", f"issue/{key}").body["fields"]["assignee"]["name"] == "admin"
    for nobody in ({"name": None}, {"accountId": "-1"}, {}):
        assert jira.ask("PUT", f"issue/{key}/assignee", nobody).status == 204
        assert jira.ask("GET", f"issue/{key}").body["fields"]["assignee"] is None
    for named in ({"accountId": ""}, {"emailAddress": "admin@example.com"}):
        assert told(jira.ask("PUT", f"issue/{key}/assignee", named)) == refusal(
            400, assignee="expected Object containing a 'name' property"
        )


def test_an_issue_changes_its_status(jira: Jira) -> None:
    key = jira.make()
    offered = jira.ask("GET", f"issue/{key}/transitions").body
    assert [(each["id"], each["name"]) for each in offered["transitions"]] == [
        ("11", "To Do"),
        ("21", "In Progress"),
        ("31", "Done"),
    ]
    one = jira.ask("GET", f"issue/{key}/transitions?transitionId=31").body["transitions"]
    assert [each["name"] for each in one] == ["Done"]
    assert told(jira.ask("POST", f"issue/{key}/transitions", {"transition": {"id": 31}})) == (
        204,
        None,
    )
    assert jira.ask("GET", f"issue/{key}").body["fields"]["status"]["name"] == "Done"
    assert jira.ask("GET", f"issue/{key}/changelog").body["total"] == 1


def test_comments_are_listed_read_edited_and_deleted(jira: Jira) -> None:
    key = jira.make()
    ids = []
    for body in ("a", "b", "c"):
        made = jira.ask("POST", f"issue/{key}/comment", {"body": body})
        assert (made.status, made.body["body"]) == (201, body)
        ids.append(made.body["id"])
    listed = jira.ask("GET", f"issue/{key}/comment").body
    assert {**listed, "comments": [each["id"] for each in listed["comments"]]} == {
        "startAt": 0,
        "maxResults": 1048576,
        "total": 3,
        "comments": ids,
    }
    paged = jira.ask("GET", f"issue/{key}/comment?startAt=1&maxResults=1&orderBy=-created").body
    assert [each["body"] for each in paged["comments"]] == ["b"]
    path = f"issue/{key}/comment/{ids[0]}"
    assert jira.ask("PUT", path, {"body": "z"}).body["body"] == "z"
    assert jira.ask("GET", path).body["body"] == "z"
    assert told(jira.ask("DELETE", path)) == (204, None)
    assert told(jira.ask("GET", path)) == refusal(
        404, f"Can not find a comment for the id: {ids[0]}."
    )


def test_browse_leads_to_the_issue(jira: Jira) -> None:
    key = jira.make()
    answer = jira.ask("GET", f"/browse/{key}")
    assert (answer.status, answer.headers["Location"]) == (302, f"{URL}/rest/api/2/issue/{key}")
    assert jira.ask("GET", "/browse/CK-99").status == 404


# --- rich text


def test_the_third_api_speaks_documents_and_the_second_text(jira: Jira) -> None:
    made = jira.ask("POST", "/rest/api/3/issue", new(description=document("a")))
    key = made.body["key"]
    assert jira.ask("GET", f"issue/{key}").body["fields"]["description"] == "a"
    read = jira.ask("GET", f"/rest/api/3/issue/{key}").body
    assert read["fields"]["description"] == document("a")
    said = jira.ask("POST", f"/rest/api/3/issue/{key}/comment", {"body": document("c")})
    assert (said.status, said.body["body"]) == (201, document("c"))
    assert jira.ask("GET", f"issue/{key}/comment/{said.body['id']}").body["body"] == "c"
    found = jira.ask("GET", "/rest/api/3/search?fields=description").body["issues"][0]
    assert found["fields"] == {"description": document("a")}


@pytest.mark.parametrize(
    ("version", "description", "error"),
    [
        (
            "3",
            "text",
            "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
        ),
        ("2", document("a"), "Operation value must be a string"),
    ],
)
def test_each_api_refuses_the_others_rich_text(
    jira: Jira, version: str, description: Json, error: str
) -> None:
    answer = jira.ask("POST", f"/rest/api/{version}/issue", new(description=description))
    assert told(answer) == refusal(400, description=error)


# --- searches


def test_a_search_answers_a_page_with_the_total(jira: Jira) -> None:
    for number in range(3):
        jira.make(f"disk {number}")
    answer = jira.ask("GET", f"search?jql={quote('summary ~ disk')}&startAt=1&maxResults=1")
    issues = answer.body.pop("issues")
    assert told(answer) == (
        200,
        {"expand": "schema,names", "startAt": 1, "maxResults": 1, "total": 3},
    )
    assert [issue["key"] for issue in issues] == ["CK-2"]
    assert issues[0]["self"] == f"{URL}/rest/api/2/issue/{issues[0]['id']}"
    assert "status" in issues[0]["fields"]
    assert "comment" not in issues[0]["fields"]


def test_a_search_may_be_posted(jira: Jira) -> None:
    jira.make()
    body = {"jql": "project = CK", "fields": ["summary"], "maxResults": 5, "startAt": 0}
    answer = jira.ask("POST", "search", body)
    assert answer.body["maxResults"] == 5
    assert answer.body["issues"][0]["fields"] == {"summary": "disk full"}


@pytest.mark.parametrize(
    ("query", "shown", "size"),
    [
        ("", 50, 50),
        ("maxResults=0", 0, 0),
        ("maxResults=-1", 60, 1000),
        ("maxResults=9999", 60, 1000),
        ("startAt=55", 5, 50),
        ("startAt=99", 0, 50),
    ],
)
def test_a_page_has_its_limits(jira: Jira, query: str, shown: int, size: int) -> None:
    for _ in range(60):
        jira.make()
    body = jira.ask("GET", f"search?{query}").body
    assert (len(body["issues"]), body["maxResults"], body["total"]) == (shown, size, 60)


@pytest.mark.parametrize("path", ["search", "search/jql"])
def test_a_search_tells_names_and_schemas_once(jira: Jira, path: str) -> None:
    jira.make()
    query = "jql=project=CK&fields=summary,priority&expand=names,schema,changelog"
    body = jira.ask("GET", f"{path}?{query}").body
    assert body["names"] == {"summary": "Summary", "priority": "Priority"}
    assert body["schema"]["summary"] == {"type": "string", "system": "summary"}
    assert [*body["issues"][0]] == ["expand", "id", "self", "key", "fields", "changelog"]


def test_a_comment_shows_its_body_as_html_if_asked(jira: Jira) -> None:
    key = jira.make()
    place, expand = f"issue/{key}/comment", "expand=renderedBody"
    added = jira.ask("POST", f"{place}?{expand}", {"body": "a & b"}).body
    assert added["renderedBody"] == "<p>a &amp; b</p>"
    assert jira.ask("GET", f"{place}/{added['id']}?{expand}").body == added
    assert jira.ask("GET", f"{place}?{expand}").body["comments"] == [added]
    edited = jira.ask("PUT", f"{place}/{added['id']}?{expand}", {"body": "c\nd"}).body
    assert edited["renderedBody"] == "<p>c<br/>d</p>"
    assert "renderedBody" not in jira.ask("GET", place).body["comments"][0]


def test_projects_expand_what_they_announce(jira: Jira) -> None:
    for path in ("project", "project/search", "project/CK"):
        body = jira.ask("GET", f"{path}?expand=projectKeys,permissions").body
        shown = body["values"][0] if "values" in body else body[0] if path == "project" else body
        assert (shown["projectKeys"], shown["permissions"]) == (["CK"], {"canEdit": True})


@pytest.mark.parametrize("kind", ["UNASSIGNED", "PROJECT_LEAD"])
def test_a_project_may_be_made_with_its_default_assignee(jira: Jira, kind: str) -> None:
    body = {"key": "EX", "assigneeType": kind}
    assert jira.ask("POST", "project", body).status == 201
    assert jira.ask("GET", "project/EX").body["assigneeType"] == kind


def test_a_default_assignee_that_is_none_is_refused(jira: Jira) -> None:
    refused = jira.ask("POST", "project", {"key": "EX", "assigneeType": ["x"]})
    assert told(refused) == refusal(400, assigneeType="Invalid default assignee type.")


def test_a_search_expands_what_it_shows(jira: Jira) -> None:
    key = jira.make()
    jira.ask("PUT", f"issue/{key}", {"fields": {"summary": "after"}})
    issue = jira.ask("GET", "search?expand=changelog").body["issues"][0]
    assert issue["changelog"]["total"] == 1


def test_a_search_by_token_answers_ids_and_no_total(jira: Jira) -> None:
    ids = [jira.ask("GET", f"issue/{jira.make()}").body["id"] for _ in range(5)]
    seen: list[str] = []
    target = "search/jql?jql=project%3DCK&maxResults=2"
    body = jira.ask("GET", target).body
    while True:
        assert all(issue.keys() == {"id"} for issue in body["issues"])
        seen += [issue["id"] for issue in body["issues"]]
        if body["isLast"]:
            break
        assert body.keys() == {"issues", "nextPageToken", "isLast"}
        body = jira.ask("GET", f"{target}&nextPageToken={quote(body['nextPageToken'])}").body
    assert body.keys() == {"issues", "isLast"}
    assert seen == ids[::-1]


def test_kibanas_search_by_token_answers_summary_and_key(jira: Jira) -> None:
    key = jira.make("foo-bar")
    text = quote('project="CK" and summary ~"foo\\\\-bar"', safe="")
    answer = jira.ask("GET", f"search/jql?jql={text}&fields=summary,key")
    (issue,) = answer.body["issues"]
    assert (issue["key"], issue["fields"]) == (key, {"summary": "foo-bar"})
    assert {"id", "self"} <= issue.keys()


def test_an_unbounded_search_by_token_is_refused(jira: Jira) -> None:
    expected = refusal(
        400,
        "Unbounded JQL queries are not allowed here. "
        "Please add a search restriction to your query.",
    )
    assert told(jira.ask("GET", "search/jql?jql=order%20by%20key")) == expected
    assert told(jira.ask("POST", "search/jql", {})) == expected
    assert told(jira.ask("POST", "search/approximate-count", {"jql": ""})) == expected


@pytest.mark.parametrize("token", ["x", "%00", "c3RhcnRBdD0t", "c3RhcnRBdD0", "8J%2BYgA=="])
def test_a_made_up_token_is_refused(jira: Jira, token: str) -> None:
    assert told(jira.ask("GET", f"search/jql?jql=project%3DCK&nextPageToken={token}")) == refusal(
        400, "The provided next page token is invalid or expired."
    )


def test_issues_are_counted(jira: Jira) -> None:
    jira.make()
    answer = jira.ask("POST", "/rest/api/3/search/approximate-count", {"jql": "project = CK"})
    assert told(answer) == (200, {"count": 1})


def test_errors_of_the_language_and_of_its_meaning_differ_in_shape(jira: Jira) -> None:
    syntax = jira.ask("GET", "search?jql=project%20%3D")
    assert told(syntax) == refusal(
        400,
        "Error in JQL Query: Expecting either a value, list or function before the end of the "
        "query.",
    )
    meaning = jira.ask("GET", "search?jql=foo%3D1%20or%20project%3DNOPE")
    assert told(meaning) == (
        400,
        {
            "errorMessages": [
                "Field 'foo' does not exist or you do not have permission to view it.",
                "The value 'NOPE' does not exist for the field 'project'.",
            ],
            "warningMessages": [],
        },
    )


@pytest.mark.parametrize(
    "body", [{"jql": 5}, {"fields": {}}, {"fields": [5]}, {"expand": 1}, [], 5]
)
def test_a_posted_search_of_wrong_types_is_refused(jira: Jira, body: Json) -> None:
    assert told(jira.ask("POST", "search", body)) == refusal(400, BAD_PAYLOAD)


@pytest.mark.parametrize("value", ["x", "1.5", "--5", "9" * 40, "٣"])
def test_a_number_that_is_none_is_refused(jira: Jira, value: str) -> None:
    expected = refusal(400, "The value of 'maxResults' is not a number.")
    assert told(jira.ask("GET", f"search?maxResults={value}")) == expected
    assert told(jira.ask("POST", "search", {"maxResults": value})) == expected


# --- what Jira says of itself


def test_createmeta_has_the_keys_of_cloud_and_of_server(jira: Jira) -> None:
    types = jira.ask("GET", "issue/createmeta/CK/issuetypes").body
    assert types["values"] == types["issueTypes"]
    assert (types["startAt"], types["maxResults"], types["isLast"]) == (0, 50, True)
    assert [each["name"] for each in types["values"]] == [
        "Improvement",
        "Task",
        "Sub-task",
        "New Feature",
        "Bug",
        "Epic",
    ]
    fields = jira.ask("GET", "issue/createmeta/CK/issuetypes/10006").body
    assert fields["values"] == fields["fields"]
    assert "summary" in [field["fieldId"] for field in fields["values"]]


def test_createmeta_is_paged(jira: Jira) -> None:
    body = jira.ask("GET", "issue/createmeta/CK/issuetypes?startAt=1&maxResults=2").body
    assert [each["name"] for each in body["values"]] == ["Task", "Sub-task"]
    assert (body["total"], body["isLast"]) == (6, False)


def test_the_older_createmeta_has_fields_by_id_if_asked(jira: Jira) -> None:
    plain = jira.ask("GET", "issue/createmeta?projectKeys=CK").body["projects"][0]
    assert "fields" not in plain["issuetypes"][0]
    query = "projectKeys=CK&issuetypeIds=10006&expand=projects.issuetypes.fields"
    (project,) = jira.ask("GET", f"issue/createmeta?{query}").body["projects"]
    (kind,) = project["issuetypes"]
    assert kind["fields"]["summary"]["required"] is True
    assert jira.ask("GET", "issue/createmeta?projectKeys=NOPE").body["projects"] == []


@pytest.mark.parametrize("catalog", ["issuetype", "priority", "status", "resolution"])
def test_each_entry_of_a_catalog_is_found_by_its_address(jira: Jira, catalog: str) -> None:
    entries = jira.ask("GET", catalog).body
    assert len(entries) >= 3
    for entry in entries:
        path = entry["self"].removeprefix(URL)
        read = jira.ask("GET", path)
        assert (read.status, read.body["name"]) == (200, entry["name"])
    assert jira.ask("GET", f"{catalog}/9876").status == 404


def test_priorities_have_a_page_of_their_own(jira: Jira) -> None:
    body = jira.ask("GET", "/rest/api/3/priority/search?maxResults=2").body
    assert [each["name"] for each in body["values"]] == ["Highest", "High"]


def test_projects_are_listed_searched_read_and_created(jira: Jira) -> None:
    made = jira.ask("POST", "project", {"key": "EX", "name": "Example"})
    number = made.body["id"]
    assert told(made) == (
        201,
        {"self": f"{URL}/rest/api/2/project/{number}", "id": number, "key": "EX"},
    )
    assert [project["key"] for project in jira.ask("GET", "project").body] == ["CK", "EX"]
    assert jira.ask("GET", f"project/{number}").body["key"] == "EX"
    for query in ("query=exam", "keys=EX", "startAt=1"):
        page = jira.ask("GET", f"project/search?{query}").body
        assert [project["key"] for project in page["values"]] == ["EX"]
    assert told(jira.ask("GET", "project/NOPE")) == refusal(
        404, "No project could be found with key 'NOPE'."
    )


def test_users_are_found(jira: Jira) -> None:
    me = jira.ask("GET", "myself").body
    assert me["self"].startswith(URL)
    assert jira.ask("GET", f"user?username={me['name']}").body["name"] == me["name"]
    assert me["name"] in [user["name"] for user in jira.ask("GET", "user/search?query=.").body]
    assert told(jira.ask("GET", "user?username=x")) == refusal(
        404, "Specified user does not exist or you do not have required permissions"
    )
    assert jira.ask("GET", "user").status == 400
    assert jira.ask("GET", "user/assignable/search?project=NOPE").status == 404
    assert jira.ask("GET", "user/assignable/search?project=CK").status == 200


def test_the_server_says_where_it_is(jira: Jira) -> None:
    body = jira.ask("GET", "serverInfo").body
    assert body["baseUrl"] == URL
    assert body["versionNumbers"]


# --- credentials


def basic(credentials: str) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(credentials.encode()).decode()}


def test_any_credentials_pass(jira: Jira) -> None:
    named = jira.ask("GET", "myself", headers=basic("admin:secret"))
    assert (named.status, named.headers["X-AUSERNAME"]) == (200, "admin")
    assert named.headers["X-Seraph-LoginReason"] == "OK"
    assert jira.ask("GET", "myself", headers={"authorization": "Bearer x"}).status == 200
    assert jira.ask("GET", "myself").headers["X-AUSERNAME"] == "anonymous"


def test_a_name_cannot_break_a_header(jira: Jira) -> None:
    answer = jira.ask("GET", "project", headers=basic("a\r\nb: ü:secret"))
    assert answer.headers["X-AUSERNAME"] == "a%0D%0Ab"


def test_only_who_logged_in_has_a_session(jira: Jira) -> None:
    session = jira.ask("GET", "/rest/auth/1/session", headers=basic("admin:secret"))
    assert (session.status, session.body["name"]) == (200, "admin")
    assert session.body["self"] == f"{URL}/rest/api/latest/user?username=admin"
    assert jira.ask("GET", "/rest/auth/1/session").status == 401
    assert told(jira.ask("DELETE", "/rest/auth/1/session")) == (204, None)


# --- what is no request


@pytest.mark.parametrize("path", ["/rest/api/2/nope", "/rest/api/4/issue/CK-1", "/", "/rest/x?a=b"])
def test_an_unknown_path_is_answered_as_jira_answers_it(jira: Jira, path: str) -> None:
    assert told(jira.ask("GET", path)) == (
        404,
        {"message": f"null for uri: {URL}{path}", "status-code": 404},
    )


def test_a_wrong_method_is_told_the_right_ones(jira: Jira) -> None:
    answer = jira.ask("PATCH", "issue/CK-1")
    assert (answer.status, answer.headers["Allow"]) == (405, "DELETE, GET, PUT")
    assert answer.body == {"message": "HTTP 405 Method Not Allowed", "status-code": 405}


def test_head_is_answered_like_get(jira: Jira) -> None:
    assert jira.ask("HEAD", "serverInfo").status == 200


@pytest.mark.parametrize("body", [b"", b"{", b"nope", b'{"a":NaN}', b"\xef\xbb\xbf{}"])
def test_a_body_that_is_no_json_is_refused(jira: Jira, body: bytes) -> None:
    assert told(jira.ask("POST", "issue", body)) == refusal(
        400, "There was an error parsing JSON. Check that your request body is valid."
    )


@pytest.mark.parametrize("body", [[], "text", 5, None, True])
def test_a_body_that_is_no_object_is_refused(jira: Jira, body: Json) -> None:
    assert told(jira.ask("POST", "issue", body)) == refusal(400, BAD_PAYLOAD)


def test_another_media_type_is_refused(jira: Jira) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert jira.ask("POST", "issue", b"a=b", form).status == 415
    assert jira.ask("POST", "issue", dumps(new()).encode()).status == 201


def test_limits_of_the_server_are_answered_in_json(jira: Jira) -> None:
    assert jira.face.too_large().status == 413
    assert jira.face.garbled().status == 400


# --- whatever is sent

NAMES = st.sampled_from(
    [
        *("fields", "update", "transition", "project", "summary", "issuetype", "description"),
        *("labels", "priority", "assignee", "parent", "key", "id", "name", "body", "jql"),
        *("maxResults", "startAt", "nextPageToken", "expand", "issueUpdates", "visibility"),
        *("add", "set", "remove", "edit", "comment", "resolution", "duedate", "components"),
        *("customfield_10011", "environment", "reporter", "type", "value", "accountId"),
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.sampled_from(["CK", "CK-1", "10006", "Task", "admin", "21", "", "\ud800", "2024-01-01"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
SEGMENTS = st.one_of(
    st.sampled_from(
        ["CK-1", "CK-2", "CK", "10000", "10006", "%2F", "%00", "%", "createmeta", "jql"]
    ),
    st.text(max_size=5).map(lambda text: quote(text.encode("utf-8", "replace"), safe="")),
)
QUERIES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "jql",
                "fields",
                "expand",
                "startAt",
                "maxResults",
                "nextPageToken",
                "username",
                "query",
                "accountId",
                "deleteSubtasks",
                "transitionId",
                "orderBy",
                "projectKeys",
            ]
        ),
        st.one_of(
            st.text(max_size=8),
            st.sampled_from(["*all", "-comment", "changelog", "1", "-1", "project=CK", "summary"]),
        ),
    ),
    max_size=3,
).map(lambda pairs: "&".join(f"{name}={quote(value, errors='replace')}" for name, value in pairs))
HEADERS = st.dictionaries(
    st.sampled_from(["authorization", "content-type", "accept"]),
    st.one_of(
        st.sampled_from(["Basic", "Basic YTpi", "Basic %%%", "Bearer x", "application/json"]),
        st.text(st.characters(max_codepoint=255), max_size=12),
    ),
)


@contextmanager
def busy_site() -> Iterator[Jira]:
    store, clock = Store(), Clock()
    site = Site(store, Installation(clock=clock))
    site.create_project("CK", "Check")
    jira = Jira(JiraFace(site), store)
    jira.make()
    jira.ask("POST", "issue/CK-1/comment", {"body": "a"})
    yield jira
    store.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[Jira]:
    """One site for all examples: what they leave behind is more to stumble over."""
    with busy_site() as jira:
        yield jira


@pytest.fixture(scope="module")
def shared_issue() -> Iterator[Jira]:
    """One site for all examples, in which CK-1 stays."""
    with busy_site() as jira:
        yield jira


@settings(
    deadline=None, max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_is_sent_is_answered_and_what_is_refused_changes_nothing(
    shared: Jira, data: st.DataObject
) -> None:
    method, pattern = data.draw(st.sampled_from(shared.face.table.patterns()))
    segments = [
        data.draw(st.sampled_from(["2", "3", "latest"]))
        if segment == "{version}"
        else data.draw(SEGMENTS)
        if segment.startswith("{")
        else segment
        for segment in pattern.split("/")
    ]
    body: Any = data.draw(
        st.one_of(
            VALUES,
            st.dictionaries(NAMES, VALUES, max_size=4),
            st.dictionaries(NAMES, VALUES).map(lambda fields: new(**fields)),
            st.binary(max_size=20),
        )
    )
    if data.draw(st.booleans()) and not isinstance(body, bytes):
        body = dumps(body).encode()
    before = shared.store.digest()
    target = f"{'/'.join(segments)}?{data.draw(QUERIES)}"
    answer = shared.ask(method, target, body, data.draw(HEADERS))
    assert answer.status < 500
    dumps(answer.body)
    if answer.status >= 400 or method in ("GET", "HEAD"):
        assert shared.store.digest() == before


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    version=st.sampled_from(["2", "3"]),
    fields=st.dictionaries(NAMES, VALUES, max_size=2),
    update=st.dictionaries(
        NAMES,
        st.lists(
            st.dictionaries(st.sampled_from(["add", "set", "remove"]), VALUES, max_size=1),
            max_size=2,
        ),
        max_size=1,
    ),
)
def test_almost_good_changes_are_made_whole_or_not_at_all(
    shared_issue: Jira, version: str, fields: dict[str, Json], update: Json
) -> None:
    base = f"/rest/api/{version}/issue"
    for method, target, body in (
        ("POST", base, {"fields": new()["fields"] | fields, "update": update}),
        ("PUT", f"{base}/CK-1", {"fields": fields, "update": update}),
        (
            "POST",
            f"{base}/CK-1/transitions",
            {"transition": {"id": "21"}, "fields": fields, "update": update},
        ),
    ):
        before = shared_issue.store.digest()
        answer = shared_issue.ask(method, target, body)
        assert answer.status < 500
        assert (answer.status < 300) is (shared_issue.store.digest() != before)
        shown = shared_issue.ask("GET", f"{base}/CK-1?expand=changelog,renderedFields")
        assert shown.status == 200
        dumps(shown.body)


def test_a_search_survives_resets_that_come_between_its_reads() -> None:
    world = World(seeds=[demo_seed()])
    over = threading.Event()
    failures: list[BaseException] = []

    def search() -> None:
        while not over.is_set():
            try:
                answer = world.jira_face.handle(
                    Request("GET", "/rest/api/2/search", {"jql": "ORDER BY created"})
                )
                assert answer.status == 200
            except BaseException as error:  # noqa: BLE001 - the main thread raises it
                failures.append(error)
                return

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that a reset does come between
    searching = threading.Thread(target=search)
    searching.start()
    body = {"fields": {"project": {"key": "OPS"}, "summary": "s", "issuetype": {"id": "10006"}}}
    for _ in range(60):
        world.jira.ensure_project("OPS", "elastic@example.com")  # a reset takes it away
        for _ in range(20):
            world.jira.create_issue(body, Viewer("admin"))
        world.reset()
    over.set()
    sys.setswitchinterval(interval)
    searching.join()
    assert failures == []
