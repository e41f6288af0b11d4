"""Issue types, priorities, statuses and resolutions are shown as Jira shows them."""

from __future__ import annotations

import pytest

from mockkibana.jira.projects import metadata
from mockkibana.jira.viewer import Viewer

URL = "http://jira.example.com"
READER = Viewer(url=URL)
AVATAR = f"{URL}/rest/api/2/universal_avatar/view/type/issuetype/avatar"


def test_the_issue_types_are_those_of_kibanas_documentation(site):
    types = site.catalogue.create_meta_types("CK", READER)
    assert [(row["id"], row["name"]) for row in types] == [
        ("10024", "Improvement"),
        ("10006", "Task"),
        ("10007", "Sub-task"),
        ("10025", "New Feature"),
        ("10023", "Bug"),
        ("10000", "Epic"),
    ]
    assert [row["name"] for row in types if row["subtask"]] == ["Sub-task"]
    assert {row["name"]: row["hierarchyLevel"] for row in types if row["hierarchyLevel"]} == {
        "Sub-task": -1,
        "Epic": 1,
    }
    assert site.catalogue.issue_types(READER) == types


def test_an_issue_type(site):
    assert site.catalogue.issue_types(READER)[1] == {
        "self": f"{URL}/rest/api/2/issuetype/10006",
        "id": "10006",
        "description": "A small, distinct piece of work.",
        "iconUrl": f"{AVATAR}/10318?size=medium",
        "name": "Task",
        "subtask": False,
        "avatarId": 10318,
        "hierarchyLevel": 0,
    }


def test_the_priorities(site):
    priorities = site.catalogue.priorities(READER)
    assert [(row["id"], row["name"], row["statusColor"]) for row in priorities] == [
        ("1", "Highest", "#d04437"),
        ("2", "High", "#f15C75"),
        ("3", "Medium", "#f79232"),
        ("4", "Low", "#707070"),
        ("5", "Lowest", "#999999"),
    ]
    assert metadata.show_priority("3", URL) == {
        "self": f"{URL}/rest/api/2/priority/3",
        "iconUrl": f"{URL}/images/icons/priorities/medium.svg",
        "name": "Medium",
        "id": "3",
    }


def test_the_statuses_with_their_categories(site):
    assert [
        (row["id"], row["name"], row["statusCategory"]["id"], row["statusCategory"]["key"])
        for row in site.catalogue.statuses(READER)
    ] == [
        ("10000", "To Do", 2, "new"),
        ("3", "In Progress", 4, "indeterminate"),
        ("10001", "Done", 3, "done"),
    ]
    assert site.catalogue.statuses(READER)[0] == {
        "self": f"{URL}/rest/api/2/status/10000",
        "description": "",
        "iconUrl": f"{URL}/",
        "name": "To Do",
        "id": "10000",
        "statusCategory": {
            "self": f"{URL}/rest/api/2/statuscategory/2",
            "id": 2,
            "key": "new",
            "colorName": "blue-gray",
            "name": "To Do",
        },
    }


def test_the_status_categories(site):
    assert [
        (row["id"], row["key"], row["colorName"])
        for row in site.catalogue.status_categories(READER)
    ] == [
        (1, "undefined", "medium-gray"),
        (2, "new", "blue-gray"),
        (4, "indeterminate", "yellow"),
        (3, "done", "green"),
    ]


def test_the_resolutions(site):
    assert [(row["id"], row["name"]) for row in site.catalogue.resolutions(READER)] == [
        ("10000", "Done"),
        ("10001", "Won't Do"),
        ("10002", "Duplicate"),
        ("10003", "Cannot Reproduce"),
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param({"id": "2"}, "High", id="an id"),
        pytest.param({"id": 2}, "High", id="an id as a number"),
        pytest.param({"name": "High"}, "High", id="a name"),
        pytest.param({"id": "2", "name": "Low"}, "High", id="the id goes first"),
        pytest.param({"name": "high"}, None, id="a name in another case"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_finding_a_row(wanted, found):
    row = metadata.find(metadata.shipped()["priorities"], **wanted)
    assert (row and row["name"]) == found


def test_the_server_says_that_it_is_a_server(site):
    info = site.server_info(READER)
    assert info["baseUrl"] == URL
    assert (info["version"], info["versionNumbers"]) == ("8.20.30", [8, 20, 30])
    assert info["deploymentType"] == "Server"
    assert info["serverTime"] == "2023-11-14T22:13:20.000+0000"
