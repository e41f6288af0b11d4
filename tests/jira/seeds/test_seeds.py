"""A site is made of a seed, and a site that is written down makes the same site again."""

from __future__ import annotations

import pytest

from mockkibana.jira.errors import BadSeed
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

URL = "http://jira.example.com"
READER = Viewer(url=URL)
ANN = "ann@example.com"
EVERYTHING = {
    "auto_create_projects": False,
    "users": [ANN, {"name": "bob", "displayName": "Bob", "accountId": "b0b", "active": False}],
    "projects": [
        "ES",
        {
            "key": "CK",
            "id": "10500",
            "name": "Kibana",
            "lead": "bob",
            "assigneeType": "PROJECT_LEAD",
            "issue_types": ["Task", "Sub-task", "Epic", {"name": "Incident"}],
            "components": ["api", {"name": "web", "id": "7"}],
            "versions": ["1.0", {"name": "2.0", "released": True}],
            "users": [ANN],
            "required": ["customfield_10011", "parent"],
            "fields": [
                {"name": "Severity", "allowedValues": ["S1", "S2"], "required": True},
                {"id": "priority", "required": True, "defaultValue": {"name": "High"}},
                {"id": "customfield_10150", "name": "Owner", "schema": "user"},
                {"id": "customfield_10151", "name": "Notes", "schema": {"type": "any"}},
            ],
            "allow_unknown_fields": True,
        },
    ],
    "issues": [
        {
            "key": "CK-7",
            "id": 10900,
            "summary": "Disk full",
            "status": "Done",
            "labels": ["a"],
            "components": ["web"],
            "fixVersions": ["2.0"],
            "assignee": ANN,
            "description": "text",
            "created": "2022-05-01T12:00:00+02:00",
            "customfield_10100": "S2",
            "customfield_10150": "bob",
            "foo": {"bar": 1},
            "comments": ["first", {"body": "second", "author": ANN, "id": "20000"}],
            "changelog": [{"items": [{"field": "status"}]}],
        },
        {"project": "CK", "fields": {"summary": "part", "parent": {"key": "CK-7"}}},
        {"key": "ES-1", "summary": "x", "priority": "Low", "reporter": None},
    ],
}


def test_a_counter_that_is_null_counts_for_none(seeded, store):
    before = seeded({"users": [ANN]}).dump()
    assert seeded({"counters": dict.fromkeys(before["counters"])}).dump() == before


def test_a_site_survives_being_written_down(seeded, store, restored):
    site = seeded(EVERYTHING)
    site.create_issue(
        {
            "fields": {
                "project": {"key": "ES"},
                "issuetype": {"name": "Task"},
                "summary": "new",
                "assignee": {"name": "admin"},
            },
            "update": {"comment": [{"add": {"body": "x"}}]},
        },
        Viewer("new@example.com"),
    )
    site.add_comment("CK-7", {"body": "third"}, Viewer(ANN, URL))
    site.edit_issue("CK-8", {"fields": {"summary": "two"}})
    site.delete_comment("CK-7", "20000")
    assert restored(site).digest() == store.digest()


def test_a_site_that_nobody_has_used_is_written_down_as_nothing(store, clock, restored):
    site = Site(store, Installation(clock=clock))
    assert site.dump() == {}
    assert restored(site).digest() == store.digest() == Store().digest()


def test_what_a_seed_tells_is_there(seeded):
    site = seeded(EVERYTHING)
    issue = site.get_issue("CK-7", READER)
    fields = issue["fields"]
    assert issue["id"] == "10900"
    assert fields["project"]["name"] == "Kibana"
    assert (fields["status"]["name"], fields["resolution"]["name"]) == ("Done", "Done")
    assert fields["created"] == fields["statuscategorychangedate"]
    assert fields["created"] == "2022-05-01T10:00:00.000+0000"
    assert fields["customfield_10100"]["value"] == "S2"
    assert fields["customfield_10150"]["displayName"] == "Bob"
    assert fields["foo"] == {"bar": 1}
    assert fields["components"][0]["name"] == "web"
    assert fields["creator"]["name"] == "bob"
    assert [comment["body"] for comment in site.comments("CK-7", READER)] == ["first", "second"]
    assert fields["updated"] == site.comments("CK-7", READER)[-1]["updated"]
    assert site.changelog("CK-7", READER)[0]["items"] == [{"field": "status"}]


def test_what_a_seed_leaves_out_is_filled_in(seeded):
    site = seeded({"issues": [{"project": "CK", "summary": "x"}]})
    shown = site.get_issue("CK-1", READER)["fields"]
    assert shown["issuetype"]["name"] == "Task"
    assert (shown["status"]["name"], shown["priority"]["name"]) == ("To Do", "Medium")
    assert shown["creator"]["name"] == shown["reporter"]["name"] == "admin"
    assert shown["created"] == shown["updated"]


def test_an_issue_with_a_parent_is_a_sub_task_unless_it_says_otherwise(seeded):
    site = seeded(
        {
            "projects": ["CK"],
            "issues": [
                {"summary": "epic", "issuetype": "Epic"},
                {"summary": "task", "parent": "CK-1"},
                {"summary": "part", "parent": "CK-2"},
            ],
        }
    )
    types = [row["fields"]["issuetype"] for row in site.issues()]
    assert types == ["10000", "10006", "10007"]
    assert [row["key"] for row in site.get_issue("CK-2", READER)["fields"]["subtasks"]] == ["CK-3"]


def test_a_parent_may_follow_its_child(seeded):
    site = seeded(
        {
            "issues": [
                {"key": "CK-2", "summary": "part", "issuetype": "Sub-task", "parent": "CK-1"},
                {"key": "CK-1", "summary": "whole"},
            ]
        }
    )
    assert site.get_issue("CK-2", READER)["fields"]["parent"]["key"] == "CK-1"


def test_numbers_go_on_behind_those_of_the_seed(seeded):
    site = seeded(EVERYTHING)
    body = {"project": {"key": "ES"}, "issuetype": {"name": "Task"}, "summary": "x"}
    assert site.create_issue({"fields": body}) == {"id": "10903", "key": "ES-2"}
    assert site.add_comment("ES-2", {"body": "x"}, READER)["id"] == "20001"
    assert site.create_project("EX")["id"] == 10501


def test_a_second_seed_adds_to_the_first(seeded, store, restored):
    seeded({"projects": [{"key": "CK", "name": "Kibana"}], "issues": [{"summary": "one"}]})
    site = seeded(
        {
            "projects": [{"key": "CK", "allow_unknown_fields": True}],
            "issues": [{"key": "CK-5", "summary": "two", "comments": [{"id": 9, "body": "x"}]}],
        }
    )
    assert site.project("CK", READER)["name"] == "Kibana"
    assert [issue["key"] for issue in site.issues()] == ["CK-1", "CK-5"]
    site.add_comment("CK-5", {"body": "y"}, READER)
    assert restored(site).digest() == store.digest()


def test_comments_are_kept_in_the_order_of_their_ids(seeded, store, restored):
    site = seeded(
        {
            "projects": ["CK"],
            "issues": [
                {"summary": "a", "comments": [{"id": 30, "body": "c"}, {"id": 10, "body": "a"}]},
                {"summary": "b", "comments": [{"id": 20, "body": "b"}]},
            ],
        }
    )
    assert [comment["id"] for comment in site.comments("CK-1", READER)] == ["10", "30"]
    assert [row["id"] for row in store.table("jira:comments").rows().values()] == ["10", "20", "30"]
    seeded({"issues": [{"summary": "c", "comments": [{"id": 15, "body": "d"}]}]})
    assert [row["id"] for row in store.table("jira:comments").rows().values()] == [
        "10",
        "15",
        "20",
        "30",
    ]
    assert restored(site).digest() == store.digest()


@pytest.mark.parametrize(
    ("block", "path", "message"),
    [
        pytest.param([1], "jira", "expected an object, got [1]", id="a list"),
        pytest.param(
            {"project": []},
            "jira.project",
            "there is no such key; did you mean [projects]? Expected one of: auto_create_projects, "
            "counters, users, groups, categories, fields, projects, issues, link_types, links, "
            "filters, webhooks",
            id="an unknown key",
        ),
        pytest.param(
            {"projects": {"key": "CK"}},
            "jira.projects",
            "expected a list, got {'key': 'CK'}",
            id="an object for a list",
        ),
        pytest.param(
            {"projects": [{"name": "x"}]},
            "jira.projects[0].key",
            'expected a project key such as "CK", got None',
            id="no key",
        ),
        pytest.param(
            {"projects": ["CK", {"key": 5}]},
            "jira.projects[1].key",
            'expected a text such as "CK", got 5',
            id="a number for a key",
        ),
        pytest.param(
            {"projects": ["c k"]},
            "jira.projects[0].key",
            "expected a project key such as \"CK\", got 'c k'",
            id="no project key",
        ),
        pytest.param(
            {"projects": [{"key": "CK", "id": "x"}]},
            "jira.projects[0].id",
            "expected an id such as \"10000\", got 'x'",
            id="no id",
        ),
        pytest.param(
            {"projects": [{"key": "CK", "id": 1}, {"key": "ES", "id": 1}]},
            "jira.projects[1].id",
            "the project CK has this id already",
            id="an id twice",
        ),
        pytest.param(
            {"projects": [{"key": "CK", "issue_types": []}]},
            "jira.projects[0].issue_types",
            "expected at least one issue type",
            id="no issue types",
        ),
        pytest.param(
            {"projects": [{"key": "CK", "issue_types": ["Bug", "Bug"]}]},
            "jira.projects[0].issue_types[1].id",
            "the project has an issue type 10023 already",
            id="an issue type twice",
        ),
        pytest.param(
            {"fields": [{"id": "customfield_x"}]},
            "jira.fields[0]",
            "there is no field 'customfield_x'; a new one is customfield_ and digits",
            id="no id of a field",
        ),
        pytest.param(
            {"fields": [{"required": True}]},
            "jira.fields[0].name",
            "expected the name of a field",
            id="a field without a name",
        ),
        pytest.param(
            {"projects": [{"key": "CK", "fields": [{"name": "x", "issue_types": ["Tsk"]}]}]},
            "jira.projects[0].fields[0].issue_types",
            "the project has none of them; it has: Improvement, Task, Sub-task, New Feature, Bug, "
            "Epic",
            id="a field of no issues",
        ),
        pytest.param(
            {"projects": [{"key": "CK", "fields": [{"id": "status"}]}]},
            "jira.projects[0].fields[0]",
            "the field status is Jira's own and on no screen",
            id="a field of Jira's own",
        ),
        pytest.param(
            {"projects": [{"key": "CK", "fields": [{"id": "x", "required": "yes"}]}]},
            "jira.projects[0].fields[0].required",
            "expected true or false, got 'yes'",
            id="no boolean",
        ),
        pytest.param(
            {"projects": [{"key": "CK", "fields": [{"id": "x", "schema": {}}]}]},
            "jira.projects[0].fields[0].schema.type",
            'expected a text such as "string", got None',
            id="a schema without a type",
        ),
        pytest.param(
            {"users": [{"displayName": "Ann"}]},
            "jira.users[0]",
            'expected an "emailAddress" or a "name"',
            id="a user without a name",
        ),
        pytest.param(
            {"users": [{"email": "x"}]},
            "jira.users[0].email",
            "there is no such key; expected one of: accountId, key, name, emailAddress, "
            "displayName, active",
            id="an unknown key of a user",
        ),
        pytest.param(
            {"projects": [{"key": "CK", "assigneeType": "COMPONENT_LEAD"}]},
            "jira.projects[0].assigneeType",
            "there is no 'COMPONENT_LEAD'; expected one of: UNASSIGNED, PROJECT_LEAD",
            id="a default assignee that is none",
        ),
        pytest.param(
            {"issues": [{"summary": "x"}]},
            "jira.issues[0].project",
            'expected the key of a project such as "CK"',
            id="no project",
        ),
        pytest.param(
            {"issues": [{"key": "CK1", "summary": "x"}]},
            "jira.issues[0].key",
            "expected an issue key such as \"CK-1\", got 'CK1'",
            id="no issue key",
        ),
        pytest.param(
            {"projects": ["ES"], "issues": [{"key": "CK-1", "project": "ES", "summary": "x"}]},
            "jira.issues[0].key",
            "expected a key of the project ES, got 'CK'",
            id="a key of another project",
        ),
        pytest.param(
            {"issues": [{"project": "CK"}]},
            "jira.issues[0].summary",
            "expected a text",
            id="no summary",
        ),
        pytest.param(
            {"issues": [{"project": "CK", "summary": "x", "status": "Closed"}]},
            "jira.issues[0].status",
            "there is no 'Closed'; expected one of: To Do, In Progress, Done",
            id="an unknown status",
        ),
        pytest.param(
            {"issues": [{"project": "CK", "fields": {"summary": "x", "colour": "red"}}]},
            "jira.issues[0].fields.colour",
            "the project CK has no such field; expected one of: summary, issuetype, project, "
            "reporter, description, priority, labels, assignee, components, fixVersions, versions, "
            "duedate, environment, attachment, issuelinks, parent, Epic Name",
            id="an unknown field",
        ),
        pytest.param(
            {"issues": [{"project": "CK", "summary": "x", "created": "today"}]},
            "jira.issues[0].created",
            "expected a time such as \"2024-05-01T12:34:56.789+0000\", got 'today'",
            id="no time",
        ),
        pytest.param(
            {"issues": [{"key": "CK-1", "summary": "x"}, {"key": "CK-1", "summary": "x"}]},
            "jira.issues[1].key",
            "there is an issue CK-1 already",
            id="a key twice",
        ),
        pytest.param(
            {"issues": [{"project": "CK", "summary": "x", "parent": "CK-9"}]},
            "jira.issues[0].parent",
            "there is no issue 'CK-9' to be the parent",
            id="no parent",
        ),
        pytest.param(
            {"issues": [{"project": "CK", "summary": "x", "comments": [{"text": "x"}]}]},
            "jira.issues[0].comments[0].text",
            "there is no such key; expected one of: id, author, body, updateAuthor, created, "
            "updated, visibility",
            id="an unknown key of a comment",
        ),
        pytest.param(
            {"issues": [{"project": "CK", "summary": "x", "labels": "a"}]},
            "jira.issues[0].labels",
            "expected a list, got 'a'",
            id="labels as a text",
        ),
    ],
)
def test_a_seed_that_cannot_be_used_says_where_and_why(seeded, store, block, path, message):
    before = store.digest()
    with pytest.raises(BadSeed) as problem:
        seeded(block)
    assert (problem.value.path, problem.value.message) == (path, message)
    assert str(problem.value) == f"{path}: {message}"
    assert store.digest() == before
