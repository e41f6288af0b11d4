"""The changelog tells of edits and transitions."""

from __future__ import annotations

import pytest

from mockkibana.jira.viewer import Viewer

URL = "http://jira.example.com"
READER = Viewer(url=URL)
ANN = "ann@example.com"


@pytest.fixture
def site(seeded):
    return seeded(
        {
            "users": [ANN],
            "projects": [
                {
                    "key": "CK",
                    "components": ["api"],
                    "versions": ["1.0"],
                    "fields": [
                        {"id": "customfield_1", "name": "Size", "schema": "number"},
                        {"id": "customfield_2", "name": "Severity", "allowedValues": ["S1"]},
                    ],
                }
            ],
            "issues": [
                {"key": "CK-1", "summary": "Top", "issuetype": "Epic"},
                {"key": "CK-2", "summary": "one", "labels": ["a", "b"], "description": "old"},
            ],
        }
    )


@pytest.mark.parametrize(
    ("fields", "item"),
    [
        pytest.param(
            {"summary": "two"}, ("summary", "jira", None, "one", None, "two"), id="summary"
        ),
        pytest.param(
            {"description": None},
            ("description", "jira", None, "old", None, None),
            id="description",
        ),
        pytest.param({"labels": ["b", "c"]}, ("labels", "jira", "", "a b", "", "b c"), id="labels"),
        pytest.param(
            {"priority": {"name": "High"}},
            ("priority", "jira", "3", "Medium", "2", "High"),
            id="priority",
        ),
        pytest.param(
            {"issuetype": {"name": "Bug"}},
            ("issuetype", "jira", "10006", "Task", "10023", "Bug"),
            id="issue type",
        ),
        pytest.param(
            {"parent": {"key": "CK-1"}},
            ("Parent", "jira", None, None, "10000", "CK-1"),
            id="parent",
        ),
        pytest.param(
            {"components": [{"name": "api"}]},
            ("Component", "jira", None, None, "10000", "api"),
            id="component",
        ),
        pytest.param(
            {"fixVersions": [{"name": "1.0"}]},
            ("Fix Version", "jira", None, None, "10000", "1.0"),
            id="version",
        ),
        pytest.param(
            {"customfield_1": 5}, ("Size", "custom", None, None, None, "5"), id="a number"
        ),
        pytest.param(
            {"customfield_2": {"value": "S1"}},
            ("Severity", "custom", None, None, "10000", "S1"),
            id="an option",
        ),
    ],
)
def test_an_edit_is_told(site, fields, item):
    site.edit_issue("CK-2", {"fields": fields}, Viewer(ANN))
    (history,) = site.changelog("CK-2", READER)
    assert history["id"] == "10000"
    assert history["author"] == site.user("ann", READER)
    assert history["created"] == site.get_issue("CK-2", READER)["fields"]["updated"]
    names = ("field", "fieldtype", "from", "fromString", "to", "toString")
    (told,) = history["items"]
    assert tuple(told[name] for name in names) == item
    assert told["fieldId"] == next(iter(fields))


def test_a_person_is_told_by_account_id_and_name(site):
    site.assign_issue("CK-2", {"name": "ann"}, Viewer(ANN))
    (told,) = site.changelog("CK-2", READER)[0]["items"]
    account_id = site.user("ann", READER)["accountId"]
    assert (told["field"], told["to"], told["toString"]) == ("assignee", account_id, "Ann")


def test_a_transition_is_told_with_its_resolution(site):
    site.transition("CK-2", {"transition": {"id": "31"}}, Viewer(ANN))
    status, resolution = site.changelog("CK-2", READER)[0]["items"]
    assert status == {
        "field": "status",
        "fieldtype": "jira",
        "fieldId": "status",
        "from": "10000",
        "fromString": "To Do",
        "to": "10001",
        "toString": "Done",
    }
    assert (resolution["field"], resolution["toString"]) == ("resolution", "Done")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"summary": "one"}, id="the same summary"),
        pytest.param({"project": {"key": "CK"}, "issuetype": {"id": "10006"}}, id="the same type"),
    ],
)
def test_an_edit_that_changes_nothing_is_not_told_but_moves_the_time(site, fields):
    before = site.get_issue("CK-2", READER)["fields"]["updated"]
    site.edit_issue("CK-2", {"fields": fields}, Viewer(ANN))
    assert site.changelog("CK-2", READER) == []
    assert site.get_issue("CK-2", READER)["fields"]["updated"] > before


def test_histories_are_oldest_first_and_expand_an_issue(site):
    for summary in ("two", "three"):
        site.edit_issue("CK-2", {"fields": {"summary": summary}}, Viewer(ANN))
    log = site.get_issue("CK-2", READER, expand=["changelog"])["changelog"]
    assert [row["items"][0]["toString"] for row in log["histories"]] == ["two", "three"]
    assert (log["startAt"], log["maxResults"], log["total"]) == (0, 2, 2)
