"""Cloud and a Server refuse the same in words of their own; a hybrid has Cloud's."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from mockkibana.http.messages import Answer, Request
from mockkibana.jira.face.face import JiraFace
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

URL = "http://jira.example.com"
EDIT = "PUT issue/CK-1"
WORKFLOW = (
    "It seems that you have tried to perform a workflow operation (9) that is not valid for the "
    "current state of this issue (CK-1). The likely cause is that somebody has changed the issue "
    "recently, please look at the issue history for details."
)


def ask(flavour: str, request: str, body: Any = b"") -> Answer:
    """Ask a site of a flavour, which has the issue CK-1."""
    site = Site(Store(), Installation(Settings(jira_flavour=flavour)))
    site.create_project("CK")
    site.create_issue({"fields": fields()})
    method, _, target = request.partition(" ")
    path, _, query = target.partition("?")
    named = dict(parse_qsl(query))
    path = f"/rest/api/2/{path}"
    return JiraFace(site).ask(
        Request(method=method, path=path, query=named, raw_query=query, body=body, url=URL)
    )


def fields(**changes: Any) -> dict[str, Any]:
    made = {"project": {"key": "CK"}, "issuetype": {"name": "Task"}, "summary": "disk full"}
    return {name: value for name, value in (made | changes).items() if value is not ...}


def create(**changes: Any) -> tuple[str, Any]:
    return "POST issue", {"fields": fields(**changes)}


def edit(**changes: Any) -> tuple[str, Any]:
    return EDIT, {"fields": changes}


PRIORITY = "Specify the Priority (id or name) in the string format"
LABELS = "Specify the value for labels in an array of strings"


@pytest.mark.parametrize(
    ("asked", "cloud", "server"),
    [
        pytest.param(
            ("GET issue/CK-9",),
            "Issue does not exist or you do not have permission to see it.",
            "Issue Does Not Exist",
            id="an issue",
        ),
        pytest.param(
            ("GET user?{named}=bob",),
            "Specified user does not exist or you do not have required permissions",
            "The user named 'bob' does not exist",
            id="a user",
        ),
        pytest.param(
            ("GET user",),
            "The 'accountId' query parameter needs to be provided",
            "Either the 'username' or the 'key' query parameters need to be provided",
            id="a user without a name",
        ),
        pytest.param(
            create(project=...),
            "Specify a valid project ID or key",
            "project is required",
            id="no project",
        ),
        pytest.param(
            create(project={"key": "NOPE"}),
            "Specify a valid project ID or key",
            "valid project is required",
            id="another project",
        ),
        pytest.param(
            create(issuetype=...), "Specify an issue type", "issue type is required", id="no type"
        ),
        pytest.param(
            create(issuetype={"name": "Story"}),
            "Specify a valid issue type",
            "valid issue type is required",
            id="another type",
        ),
        pytest.param(
            edit(issuetype={"id": "9"}),
            "Specify a valid issue type",
            "valid issue type is required",
            id="an edit to another type",
        ),
        pytest.param(
            ("POST issue/CK-1/transitions", {"transition": {"id": "9"}}),
            "Transition id '9' is not valid for this issue.",
            WORKFLOW,
            id="a transition",
        ),
        pytest.param(
            create(summary="x" * 256),
            "Summary can't exceed 255 characters.",
            "Summary must be less than 255 characters.",
            id="a long summary",
        ),
        pytest.param(
            create(priority={"name": "Urgent"}),
            "Specify the Priority (name) in the string format",
            "Priority name 'Urgent' is not valid",
            id="a priority's name",
        ),
        pytest.param(
            create(priority={"id": "9"}),
            "Specify the Priority (id) in the string format",
            "The priority selected is invalid.",
            id="a priority's id",
        ),
        pytest.param(
            create(priority={}),
            PRIORITY,
            "Could not find valid 'id' or 'name' in priority object.",
            id="a priority without a name",
        ),
        pytest.param(
            edit(priority="High"), PRIORITY, "data was not an object", id="a priority as a text"
        ),
        pytest.param(create(labels="a"), LABELS, "data was not an array", id="labels as a text"),
        pytest.param(
            edit(labels=["a", 5]), LABELS, "string expected at index 1", id="a label as a number"
        ),
        pytest.param(
            ("POST filter", {"name": "x", "jql": "a"}),
            "Error in JQL Query: Expecting operator before the end of the query. ",
            "Error in the JQL Query: Expecting operator before the end of the query. ",
            id="no jql",
        ),
    ],
)
def test_a_flavour_refuses_in_words_of_its_own(asked, cloud, server):
    target, *rest = asked
    for flavour, text in (("cloud", cloud), ("hybrid", cloud), ("server", server)):
        named = "username" if flavour == "server" else "accountId"
        answer = ask(flavour, target.replace("{named}", named), *rest)
        assert answer.status in (400, 404)
        (told,) = [*answer.body["errorMessages"], *answer.body["errors"].values()]
        assert told.startswith(text) if "JQL" in text else told == text


@pytest.mark.parametrize("asked", [create(priority=None), edit(priority=None)], ids=["new", "edit"])
def test_only_a_server_takes_null_for_a_priority(asked):
    assert ask("server", *asked).status in (201, 204)
    for flavour in ("cloud", "hybrid"):
        refused = ask(flavour, *asked)
        assert (refused.status, refused.body["errors"]) == (400, {"priority": PRIORITY})


def test_null_is_a_servers_default_priority(seeded):
    site = seeded({"projects": ["CK"]})
    server = Viewer(flavour="server")
    key = site.create_issue({"fields": fields(priority=None)}, server)["key"]
    assert site.get_issue(key, server)["fields"]["priority"]["name"] == "Medium"


def test_who_may_not_create_issues_is_told_so(seeded):
    site = seeded({"projects": [{"key": "CK", "users": ["ann@example.com"]}]})
    for flavour, text in (
        ("cloud", "You cannot create issues in this project."),
        ("server", "You do not have permission to create issues in this project."),
    ):
        site.installation.settings = Settings(jira_flavour=flavour)
        request = Request(
            method="POST",
            path="/rest/api/2/issue",
            body={"fields": fields()},
            user="bob@example.com",
        )
        answer = JiraFace(site).ask(request)
        assert (answer.status, answer.body["errorMessages"]) == (400, [text])


def test_a_priority_may_not_be_null_in_a_list_of_changes():
    answer = ask("cloud", EDIT, {"update": {"priority": [{"set": None}]}})
    assert (answer.status, answer.body["errors"]) == (400, {"priority": PRIORITY})
