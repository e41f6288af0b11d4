"""Issues have numbers, times, people and sub-tasks, are found, edited and deleted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from mockkibana.jira.errors import JiraError
from mockkibana.jira.viewer import Viewer

URL = "http://jira.example.com"
READER = Viewer(url=URL)
ANN = "ann@example.com"
HIDDEN = "Issue does not exist or you do not have permission to see it."


def fields(site, key):
    return site.get_issue(key, READER)["fields"]


def sub_task(create, parent, **more):
    return create("part", issuetype={"name": "Sub-task"}, parent={"key": parent}, **more)


def subtasks(site, key):
    return [child["key"] for child in fields(site, key)["subtasks"]]


def test_ids_count_in_the_site_and_keys_in_the_project(site):
    site.create_project("ES", "Search")
    made = [
        site.create_issue(
            {
                "fields": {
                    "project": {"key": key},
                    "issuetype": {"name": "Task"},
                    "summary": "x",
                }
            },
            Viewer(ANN),
        )
        for key in ("CK", "ES", "CK", "ES")
    ]
    assert made == [
        {"id": "10000", "key": "CK-1"},
        {"id": "10001", "key": "ES-1"},
        {"id": "10002", "key": "CK-2"},
        {"id": "10003", "key": "ES-2"},
    ]


def test_a_number_is_not_used_again_after_a_deletion(site, create):
    create()
    site.delete_issue(create())
    assert create() == "CK-3"
    assert site.get_issue("CK-3", READER)["id"] == "10002"


def test_a_new_issue(site, create):
    create("Disk full", labels=["a"], description="text")
    shown = fields(site, "CK-1")
    assert shown["summary"] == "Disk full"
    assert shown["issuetype"]["name"] == "Task"
    assert shown["project"]["key"] == "CK"
    assert shown["status"]["name"] == "To Do"
    assert shown["priority"]["name"] == "Medium"
    assert shown["creator"] == shown["reporter"] == site.user("ann", READER)
    assert shown["created"] == shown["updated"] == shown["statuscategorychangedate"]
    assert shown["resolution"] is shown["resolutiondate"] is shown["assignee"] is None
    assert "parent" not in shown


def test_an_issue_that_nobody_has_credentials_for_is_the_administrators(site):
    issue = site.create_issue(
        {
            "fields": {
                "project": {"id": "10000"},
                "issuetype": {"id": 10006},
                "summary": "x",
            }
        }
    )
    assert fields(site, issue["key"])["reporter"]["name"] == "admin"


@pytest.mark.parametrize("name", ["CK-1", "ck-1", "10000"])
def test_an_issue_is_found_by_id_and_by_key_in_any_case(site, create, name):
    create()
    shown = site.get_issue(name, READER)
    assert (shown["id"], shown["key"]) == ("10000", "CK-1")
    assert shown["self"] == f"{URL}/rest/api/2/issue/10000"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        pytest.param("get_issue", (READER,), id="get"),
        pytest.param("edit_issue", ({"fields": {}}, Viewer(ANN)), id="edit"),
        pytest.param("assign_issue", (None, Viewer(ANN)), id="assign"),
        pytest.param("delete_issue", (), id="delete"),
        pytest.param("edit_meta", (READER,), id="edit metadata"),
        pytest.param("transitions", (READER,), id="transitions"),
        pytest.param("transition", ({"transition": {"id": "31"}}, Viewer(ANN)), id="transition"),
        pytest.param("changelog", (READER,), id="changelog"),
        pytest.param("comments", (READER,), id="comments"),
        pytest.param("comment", ("10000", READER), id="comment"),
        pytest.param("add_comment", ({"body": "x"}, Viewer(ANN, URL)), id="add a comment"),
        pytest.param(
            "edit_comment", ("10000", {"body": "x"}, Viewer(ANN, URL)), id="edit a comment"
        ),
        pytest.param("delete_comment", ("10000",), id="delete a comment"),
    ],
)
@pytest.mark.parametrize("key", ["CK-99", "NO-1", "99", "-", ""])
def test_an_issue_that_is_not_there(site, store, name, arguments, key):
    before = store.digest()
    with pytest.raises(JiraError) as refusal:
        getattr(site, name)(key, *arguments)
    assert refusal.value.status == 404
    assert refusal.value.body() == {"errorMessages": [HIDDEN], "errors": {}}
    assert store.digest() == before


def test_an_issue_of_a_project_that_the_user_does_not_see_is_not_there(seeded):
    site = seeded(
        {
            "projects": [{"key": "CK", "users": [ANN]}],
            "issues": [{"key": "CK-1", "summary": "x"}],
        }
    )
    assert site.get_issue("CK-1", Viewer(ANN, URL))["key"] == "CK-1"
    assert site.get_issue("CK-1", READER)["key"] == "CK-1"
    assert [issue["key"] for issue in site.issues(Viewer(ANN))] == ["CK-1"]
    assert site.issues(Viewer("bob")) == []
    with pytest.raises(JiraError, match="do not have permission"):
        site.get_issue("CK-1", Viewer("bob", URL))


def test_an_edit_changes_what_it_names_and_the_time(site, create):
    create("one", labels=["a"], description="text")
    before = fields(site, "CK-1")
    site.edit_issue("CK-1", {"fields": {"summary": "two", "labels": []}}, Viewer(ANN))
    after = fields(site, "CK-1")
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"summary", "labels", "updated"}
    assert after["updated"] > before["updated"]


def test_an_edit_with_a_comment(site, create):
    create()
    body = {"fields": {"summary": "two"}, "update": {"comment": [{"add": {"body": "why"}}]}}
    site.edit_issue("CK-1", body, Viewer(ANN))
    (comment,) = site.comments("CK-1", READER)
    assert (comment["body"], comment["author"]["name"]) == ("why", "ann")
    assert comment["created"] == fields(site, "CK-1")["updated"]


def test_an_issue_may_be_created_with_a_comment(site):
    body = {
        "fields": {"project": {"key": "CK"}, "issuetype": {"name": "Task"}, "summary": "x"},
        "update": {"comment": [{"add": {"body": "first"}}], "labels": [{"add": "a"}]},
    }
    key = site.create_issue(body, Viewer(ANN))["key"]
    assert [comment["body"] for comment in site.comments(key, READER)] == ["first"]
    assert fields(site, key)["labels"] == ["a"]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        pytest.param({"name": "ann"}, "ann", id="a name"),
        pytest.param({"name": "bob"}, "bob", id="the caller, who has never written before"),
        pytest.param({"name": "admin"}, "admin", id="the administrator"),
        pytest.param({"name": None}, None, id="nobody"),
        pytest.param(None, None, id="null"),
    ],
)
def test_assigning(site, create, body, name):
    create(assignee={"name": "ann"})
    site.assign_issue("CK-1", body, Viewer("bob@example.com"))
    assignee = fields(site, "CK-1")["assignee"]
    assert (assignee and assignee["name"]) == name


def test_sub_tasks_are_listed_by_their_parent_in_the_order_of_their_ids(site, create):
    create()
    create()
    for _ in range(3):
        sub_task(create, "CK-1")
    assert subtasks(site, "CK-1") == ["CK-3", "CK-4", "CK-5"]
    site.edit_issue("CK-4", {"fields": {"parent": {"key": "CK-2"}}}, Viewer(ANN))
    assert subtasks(site, "CK-1") == ["CK-3", "CK-5"]
    assert subtasks(site, "CK-2") == ["CK-4"]
    site.edit_issue("CK-4", {"fields": {"parent": {"id": "10000"}}}, Viewer(ANN))
    assert subtasks(site, "CK-1") == ["CK-3", "CK-4", "CK-5"]
    site.delete_issue("CK-5")
    assert subtasks(site, "CK-1") == ["CK-3", "CK-4"]


def test_an_issue_with_sub_tasks_is_deleted_with_them_or_not_at_all(site, store, create):
    create()
    sub_task(create, "CK-1")
    site.add_comment("CK-2", {"body": "x"}, Viewer(ANN, URL))
    before = store.digest()
    with pytest.raises(JiraError) as refusal:
        site.delete_issue("CK-1")
    assert refusal.value.status == 400
    (message,) = refusal.value.error_messages
    assert message == (
        "The issue 'CK-1' has subtasks.  You must specify the 'deleteSubtasks' parameter to "
        "delete this issue and all its subtasks."
    )
    assert store.digest() == before
    site.delete_issue("CK-1", delete_subtasks=True)
    assert site.issues() == []


def test_nothing_of_a_deleted_issue_is_left(site, store, create):
    create()
    site.edit_issue("CK-1", {"fields": {"summary": "two"}}, Viewer(ANN))
    site.add_comment("CK-1", {"body": "x"}, Viewer(ANN, URL))
    site.delete_issue("CK-1")
    tables = ("jira:issues", "jira:issue_keys", "jira:comments", "jira:histories")
    assert [len(store.table(table)) for table in tables] == [0, 0, 0, 0]


def test_the_issues_of_a_deleted_epic_stay_without_a_parent(site, create):
    create(issuetype={"name": "Epic"})
    for _ in range(3):
        create(parent={"key": "CK-1"})
    assert subtasks(site, "CK-1") == []
    assert fields(site, "CK-3")["parent"]["key"] == "CK-1"
    site.delete_issue("CK-1")
    assert "parent" not in fields(site, "CK-3")
    create(issuetype={"name": "Epic"})
    site.edit_issue("CK-3", {"fields": {"parent": {"key": "CK-5"}}}, Viewer(ANN))
    assert fields(site, "CK-3")["parent"]["key"] == "CK-5"


def test_a_parent_may_be_taken_away(site, create):
    create(issuetype={"name": "Epic"})
    create(parent={"key": "CK-1"})
    site.edit_issue("CK-2", {"fields": {"parent": None}}, Viewer(ANN))
    assert "parent" not in fields(site, "CK-2")


def test_times_move_on_while_the_clock_stands_still(site, create):
    create()
    times = []
    for number in range(3):
        site.edit_issue("CK-1", {"fields": {"summary": f"{number}"}}, Viewer(ANN))
        times.append(fields(site, "CK-1")["updated"])
        site.add_comment("CK-1", {"body": "x"}, Viewer(ANN, URL))
        times.append(fields(site, "CK-1")["updated"])
        site.transition("CK-1", {"transition": {"id": "21"}}, Viewer(ANN))
        times.append(fields(site, "CK-1")["updated"])
    assert times == sorted(set(times))


def test_threads_that_create_issues_get_a_key_each(site):
    body = {
        "fields": {"project": {"key": "CK"}, "issuetype": {"name": "Task"}, "summary": "x"},
        "update": {"comment": [{"add": {"body": "x"}}]},
    }

    def work(_worker):
        return [site.create_issue(body, Viewer(ANN))["key"] for _ in range(50)]

    with ThreadPoolExecutor(8) as pool:
        keys = [key for made in pool.map(work, range(8)) for key in made]
    assert sorted(keys, key=lambda key: int(key[3:])) == [f"CK-{n}" for n in range(1, 401)]
    assert len(site.issues()) == 400
    updated = {issue["fields"]["updated"] for issue in site.issues()}
    assert len(updated) == 400


def test_what_an_issue_costs_does_not_grow_with_the_number_of_issues(site, store, create):
    def written():
        with store.transaction() as transaction:
            create()
            return sum(len(change[2]) for change in transaction.changes)

    first = written()
    for _ in range(50):
        create()
    assert written() == first
