"""Requests for new and changed issues are refused with all of their problems at once."""

from __future__ import annotations

import pytest

from mockkibana.jira.errors import JiraError
from mockkibana.jira.viewer import Viewer

URL = "http://jira.example.com"
READER = Viewer(url=URL)
ANN = "ann@example.com"
UNREADABLE = "There was an error parsing JSON. Check that your request body is valid."
WRONG_LEVEL = "Given parent issue does not belong to appropriate hierarchy"
NO_PARENT = "Issue type is a sub-task but parent issue key or id not specified."


def body(**fields):
    base = {"project": {"key": "CK"}, "issuetype": {"name": "Task"}, "summary": "x"}
    merged = base | fields
    return {"fields": {name: value for name, value in merged.items() if value is not ...}}


def refusal(call, *arguments):
    with pytest.raises(JiraError) as refused:
        call(*arguments)
    assert refused.value.status == 400
    return refused.value.body()


def unknown(name):
    return f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        pytest.param(
            {"project": ...}, {"project": "Specify a valid project ID or key"}, id="no project"
        ),
        pytest.param(
            {"project": None}, {"project": "Specify a valid project ID or key"}, id="null project"
        ),
        pytest.param(
            {"project": {}}, {"project": "Specify a valid project ID or key"}, id="an empty project"
        ),
        pytest.param(
            {"project": {"key": "NO"}},
            {"project": "Specify a valid project ID or key"},
            id="no such key",
        ),
        pytest.param(
            {"project": {"key": "ck"}},
            {"project": "Specify a valid project ID or key"},
            id="a key in small letters",
        ),
        pytest.param(
            {"project": {"id": "9"}},
            {"project": "Specify a valid project ID or key"},
            id="no such id",
        ),
        pytest.param({"issuetype": ...}, {"issuetype": "Specify an issue type"}, id="no type"),
        pytest.param({"issuetype": {}}, {"issuetype": "Specify an issue type"}, id="an empty type"),
        pytest.param(
            {"issuetype": {"id": "99"}},
            {"issuetype": "Specify a valid issue type"},
            id="no such type",
        ),
        pytest.param(
            {"issuetype": {"name": "Story"}},
            {"issuetype": "Specify a valid issue type"},
            id="no such type's name",
        ),
        pytest.param(
            {"summary": ...},
            {"summary": "You must specify a summary of the issue."},
            id="no summary",
        ),
        pytest.param(
            {"issuetype": {"id": "99"}, "priority": {"name": "Urgent"}},
            {
                "issuetype": "Specify a valid issue type",
                "priority": "Specify the Priority (name) in the string format",
            },
            id="two problems in one answer",
        ),
        pytest.param(
            {"foo": 1, "labels": ["a b"], "summary": ""},
            {
                "foo": unknown("foo"),
                "labels": "The label 'a b' contains spaces which is invalid.",
                "summary": "You must specify a summary of the issue.",
            },
            id="three problems in one answer",
        ),
        pytest.param({"issuetype": {"name": "Sub-task"}}, {"issuetype": NO_PARENT}, id="no parent"),
        pytest.param(
            {"issuetype": {"name": "Sub-task"}, "parent": {}},
            {"parent": "Could not find issue by id or key."},
            id="an empty parent",
        ),
        pytest.param(
            {"parent": {"key": "CK-99"}},
            {"parent": "Could not find issue by id or key."},
            id="no such parent",
        ),
    ],
)
def test_an_issue_that_cannot_be_created(site, store, fields, errors):
    before = store.digest()
    assert refusal(site.create_issue, body(**fields), Viewer(ANN)) == {
        "errorMessages": [],
        "errors": errors,
    }
    assert store.digest() == before


@pytest.mark.parametrize(
    ("request_body", "answer"),
    [
        pytest.param(None, {"errorMessages": [UNREADABLE], "errors": {}}, id="nothing"),
        pytest.param([], {"errorMessages": [UNREADABLE], "errors": {}}, id="a list"),
        pytest.param(
            {},
            {"errorMessages": [], "errors": {"project": "Specify a valid project ID or key"}},
            id="no fields",
        ),
        pytest.param(
            {"fields": ["x"]},
            {"errorMessages": [], "errors": {"fields": "data was not an object"}},
            id="fields that are a list",
        ),
        pytest.param(
            {"fields": {"labels": ["a"]}, "update": {"labels": [{"add": "b"}]}},
            {
                "errorMessages": ["Field 'labels' cannot appear in both 'fields' and 'update'"],
                "errors": {},
            },
            id="a field twice",
        ),
    ],
)
def test_a_body_that_says_too_little_or_too_much(site, request_body, answer):
    assert refusal(site.create_issue, request_body, Viewer(ANN)) == answer


@pytest.mark.parametrize(
    ("issue_type", "parent_type", "errors"),
    [
        pytest.param("Sub-task", "Task", None, id="a sub-task of a task"),
        pytest.param("Task", "Epic", None, id="a task of an epic"),
        pytest.param("Task", "Task", {"pid": WRONG_LEVEL}, id="a task of a task"),
        pytest.param("Epic", "Epic", {"pid": WRONG_LEVEL}, id="an epic of an epic"),
        pytest.param("Epic", "Task", {"pid": WRONG_LEVEL}, id="an epic of a task"),
        pytest.param("Sub-task", "Epic", {"pid": WRONG_LEVEL}, id="a sub-task of an epic"),
    ],
)
@pytest.mark.parametrize("by", ["key", "id"])
def test_a_parent_stands_one_level_above(site, issue_type, parent_type, errors, by):
    parent = site.create_issue(body(issuetype={"name": parent_type}), Viewer(ANN))
    wanted = body(issuetype={"name": issue_type}, parent={by: parent[by]})
    if errors is None:
        child = site.create_issue(wanted, Viewer(ANN))
        shown = site.get_issue(child["key"], READER)["fields"]["parent"]
        assert (shown["id"], shown["key"]) == (parent["id"], parent["key"])
        assert list(shown["fields"]) == ["summary", "status", "priority", "issuetype"]
    else:
        assert refusal(site.create_issue, wanted, Viewer(ANN))["errors"] == errors


def test_a_sub_task_of_a_sub_task(site):
    task = site.create_issue(body(), Viewer(ANN))
    sub_task = body(issuetype={"name": "Sub-task"}, parent={"key": task["key"]})
    parent = site.create_issue(sub_task, Viewer(ANN))
    wanted = body(issuetype={"name": "Sub-task"}, parent={"key": parent["key"]})
    assert refusal(site.create_issue, wanted, Viewer(ANN))["errors"] == {"pid": WRONG_LEVEL}


def test_a_sub_task_in_another_project_than_its_parent(site):
    site.create_project("ES")
    parent = site.create_issue(body(project={"key": "ES"}), Viewer(ANN))
    wanted = body(issuetype={"name": "Sub-task"}, parent={"key": parent["key"]})
    assert refusal(site.create_issue, wanted, Viewer(ANN))["errors"] == {
        "parent": "A sub-task must be in the same project as its parent."
    }


EPIC_NAME = {"projects": [{"key": "CK", "required": ["customfield_10011"]}]}


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        pytest.param(
            {"issuetype": {"id": "10000"}},
            {"customfield_10011": "Epic Name is required."},
            id="an epic without it",
        ),
        pytest.param(
            {"issuetype": {"id": "10000"}, "customfield_10011": ""},
            {"customfield_10011": "Epic Name is required."},
            id="an epic with an empty one",
        ),
        pytest.param({"issuetype": {"id": "10000"}, "customfield_10011": "E"}, None, id="an epic"),
        pytest.param({}, None, id="a task"),
    ],
)
def test_an_epic_name_is_asked_of_epics_where_a_project_requires_it(seeded, fields, errors):
    site = seeded(EPIC_NAME)
    if errors is None:
        assert site.create_issue(body(**fields), Viewer(ANN))["key"] == "CK-1"
    else:
        assert refusal(site.create_issue, body(**fields), Viewer(ANN))["errors"] == errors


def test_fields_that_a_project_requires(seeded):
    required = ["description", "components", "parent"]
    site = seeded({"projects": [{"key": "CK", "required": required, "components": ["api"]}]})
    assert refusal(site.create_issue, body(), Viewer(ANN))["errors"] == {
        "description": "Description is required.",
        "components": "Components is required.",
        "parent": "Parent is required.",
    }


def test_a_required_field_may_have_a_default(seeded):
    field = {
        "id": "customfield_1",
        "name": "Severity",
        "required": True,
        "allowedValues": ["S1", "S2"],
        "defaultValue": {"value": "S2"},
    }
    site = seeded({"projects": [{"key": "CK", "fields": [field]}]})
    issue = site.create_issue(body(), Viewer(ANN))
    assert site.get_issue(issue["key"], READER)["fields"]["customfield_1"]["value"] == "S2"


def test_a_project_may_take_fields_that_nobody_has_described(seeded):
    site = seeded({"projects": [{"key": "CK", "allow_unknown_fields": True}]})
    issue = site.create_issue(body(foo="bar", customfield_77={"a": [1]}), Viewer(ANN))
    shown = site.get_issue(issue["key"], READER)["fields"]
    assert (shown["foo"], shown["customfield_77"]) == ("bar", {"a": [1]})
    answer = refusal(site.create_issue, body(status="x", created="y"), Viewer(ANN))
    assert answer["errors"] == {"status": unknown("status"), "created": unknown("created")}


def test_who_does_not_work_in_a_project_cannot_create_issues_there(seeded):
    site = seeded({"projects": [{"key": "CK", "users": [ANN]}]})
    assert site.create_issue(body(), Viewer(ANN))["key"] == "CK-1"
    assert site.create_issue(body())["key"] == "CK-2"
    assert refusal(site.create_issue, body(), Viewer("bob@example.com")) == {
        "errorMessages": ["You cannot create issues in this project."],
        "errors": {},
    }
    answer = refusal(site.create_issue, body(assignee={"name": "bob"}), Viewer(ANN))
    assert answer["errors"] == {"assignee": "User 'bob' does not exist."}


def test_who_does_not_work_in_a_project_is_not_assigned_issues_there(seeded):
    site = seeded({"users": ["bob"], "projects": [{"key": "CK", "users": [ANN]}]})
    answer = refusal(site.create_issue, body(assignee={"name": "bob"}), Viewer(ANN))
    assert answer["errors"] == {"assignee": "User 'bob' cannot be assigned issues."}


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        pytest.param({"project": {"key": "CK"}}, None, id="its own project"),
        pytest.param(
            {"project": {"key": "ck"}},
            {"project": unknown("project")},
            id="its own project in small letters",
        ),
        pytest.param({"project": {"id": "10000"}}, None, id="its own project's id"),
        pytest.param(
            {"project": {"key": "ES"}}, {"project": unknown("project")}, id="another project"
        ),
        pytest.param({"project": "CK"}, {"project": unknown("project")}, id="no object"),
        pytest.param({"issuetype": {"id": "10023"}}, None, id="another type"),
        pytest.param(
            {"issuetype": {"id": "10007"}},
            {"issuetype": "The issue type selected is invalid."},
            id="from a task to a sub-task",
        ),
        pytest.param(
            {"issuetype": {"id": "99"}},
            {"issuetype": "Specify a valid issue type"},
            id="no such type",
        ),
        pytest.param(
            {"summary": "", "priority": {"name": "Urgent"}},
            {
                "summary": "You must specify a summary of the issue.",
                "priority": "Specify the Priority (name) in the string format",
            },
            id="two problems",
        ),
        pytest.param({"foo": 1}, {"foo": unknown("foo")}, id="an unknown field"),
        pytest.param({"reporter": None}, {"reporter": "Reporter is required."}, id="no reporter"),
        pytest.param(
            {"resolution": {"name": "Done"}},
            {"resolution": unknown("resolution")},
            id="the resolution",
        ),
        pytest.param({"parent": {"key": "CK-1"}}, {"pid": WRONG_LEVEL}, id="itself as its parent"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_an_edit(site, store, fields, errors):
    site.create_issue(body(), Viewer(ANN))
    before = store.digest()
    if errors is None:
        site.edit_issue("CK-1", {"fields": fields}, Viewer(ANN))
        assert store.digest() != before
    else:
        assert refusal(site.edit_issue, "CK-1", {"fields": fields}, Viewer(ANN))["errors"] == errors
        assert store.digest() == before


def test_an_edit_does_not_ask_for_required_fields_that_it_does_not_touch(seeded):
    site = seeded(
        {
            "projects": [{"key": "CK", "required": ["description"]}],
            "issues": [{"key": "CK-1", "summary": "x"}],
        }
    )
    site.edit_issue("CK-1", {"fields": {"labels": ["a"]}}, Viewer(ANN))
    answer = refusal(site.edit_issue, "CK-1", {"fields": {"description": None}}, Viewer(ANN))
    assert answer["errors"] == {"description": "Description is required."}


def test_an_issue_with_sub_tasks_keeps_its_level(site):
    site.create_issue(body(), Viewer(ANN))
    site.create_issue(body(issuetype={"name": "Sub-task"}, parent={"key": "CK-1"}), Viewer(ANN))
    answer = refusal(
        site.edit_issue, "CK-1", {"fields": {"issuetype": {"name": "Epic"}}}, Viewer(ANN)
    )
    assert answer["errors"] == {"pid": WRONG_LEVEL}


def test_a_sub_task_cannot_lose_its_parent(site):
    site.create_issue(body(), Viewer(ANN))
    site.create_issue(body(issuetype={"name": "Sub-task"}, parent={"key": "CK-1"}), Viewer(ANN))
    answer = refusal(site.edit_issue, "CK-2", {"fields": {"parent": None}}, Viewer(ANN))
    assert answer["errors"] == {"issuetype": NO_PARENT}


@pytest.mark.parametrize(
    ("field", "operations", "shown"),
    [
        pytest.param("issuetype", [{"set": {"name": "Bug"}}], "Bug", id="type"),
        pytest.param("summary", [{"set": "z"}], "z", id="summary"),
    ],
)
def test_a_single_value_may_be_set_by_an_operation(site, create, field, operations, shown):
    key = create()
    site.edit_issue(key, {"update": {field: operations}}, Viewer(ANN))
    value = site.get_issue(key, READER)["fields"][field]
    assert (value["name"] if field == "issuetype" else value) == shown


@pytest.mark.parametrize("operations", [{"add": {}}, [{"edit": {}}], ["x"], None])
def test_an_operation_on_comments_that_is_not_an_addition(site, create, operations):
    answer = refusal(site.edit_issue, create(), {"update": {"comment": operations}}, Viewer(ANN))
    assert answer["errors"] == {"comment": "Only the operation 'add' is supported for comments."}
