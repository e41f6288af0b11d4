"""Projects are created, shown and hidden, and a connector's first request makes its own."""

from __future__ import annotations

import pytest

from mockkibana.jira.errors import JiraError
from mockkibana.jira.viewer import Viewer

URL = "http://jira.example.com"
READER = Viewer(url=URL)
ANN = "ann@example.com"
MALFORMED = (
    "Project keys must start with an uppercase letter, followed by one or more uppercase "
    "alphanumeric characters."
)


def test_a_connectors_first_call_makes_its_project_and_its_user(site):
    (project,) = site.projects(READER)
    assert (project["id"], project["key"], project["name"]) == ("10000", "CK", "CK")
    assert site.project("CK", READER)["lead"] == site.user("ann", READER)


def test_a_project_that_nobody_leads_is_the_administrators(seeded):
    site = seeded({"projects": ["CK"]})
    assert site.project("CK", READER)["lead"] == site.user("admin", READER)


@pytest.mark.parametrize("key", ["CK", "10000"])
def test_a_connectors_further_calls_write_nothing(site, store, key):
    before = store.digest()
    site.ensure_project(key, ANN)
    assert store.digest() == before


@pytest.mark.parametrize(
    ("key", "made"),
    [
        pytest.param("ES", "ES", id="a key"),
        pytest.param("es", None, id="a key in small letters"),
        pytest.param("A", "A", id="one letter"),
        pytest.param("MY_PROJECT_2024", "MY_PROJECT_2024", id="a long one"),
        pytest.param("my project", None, id="a space"),
        pytest.param("A-B", None, id="a hyphen"),
        pytest.param("1A", None, id="a digit first"),
        pytest.param("", None, id="nothing"),
        pytest.param("Ä", None, id="another alphabet"),
    ],
)
def test_only_a_key_that_jira_could_have_makes_a_project(site, key, made):
    site.ensure_project(key, ANN)
    keys = [project["key"] for project in site.projects(READER)]
    assert keys == ["CK", *([made] if made else [])]


def test_a_site_may_be_told_to_make_no_projects(seeded):
    site = seeded({"auto_create_projects": False})
    site.ensure_project("CK", ANN)
    assert site.projects(READER) == []
    assert site.user("ann", READER)["name"] == "ann"


def test_a_project_alone_shows_more_than_in_a_list(site):
    (short,) = site.projects(READER)
    full = site.project("CK", READER)
    assert list(short) == [
        "self",
        "id",
        "key",
        "name",
        "projectTypeKey",
        "simplified",
        "avatarUrls",
    ]
    assert full.items() >= short.items()
    assert full["issueTypes"] == site.catalogue.create_meta_types("CK", READER)
    assert full["expand"] == "description,lead,issueTypes,url,projectKeys,permissions,insight"
    base = f"{URL}/rest/api/2/project/{full['id']}/role"
    roles = {"Administrators": "10002", "Developers": "10001", "Users": "10000"}
    assert (full["components"], full["versions"]) == ([], [])
    assert full["roles"] == {name: f"{base}/{id_}" for name, id_ in roles.items()}
    assert full["assigneeType"] == "UNASSIGNED"
    assert (full["style"], full["isPrivate"]) == ("classic", False)


def test_whatever_a_project_announces_is_there(site, create):
    create()
    announced = site.project("CK", READER)["expand"].split(",")
    for shown in (
        site.project("CK", READER, expand=announced),
        *site.projects(READER, expand=announced),
    ):
        assert shown.keys() >= set(announced)
        assert (shown["projectKeys"], shown["permissions"]) == (["CK"], {"canEdit": True})
        assert shown["lead"] == site.user("ann", READER)
        updated = site.get_issue("CK-1", READER)["fields"]["updated"]
        assert shown["insight"] == {"totalIssueCount": 1, "lastIssueUpdateTime": updated}


def test_a_project_shows_no_more_than_it_is_asked_for(site):
    (short,) = site.projects(READER)
    (shown,) = site.projects(READER, expand=["projectKeys", "nothing"])
    assert shown == {**short, "projectKeys": ["CK"]}
    assert "projectKeys" not in site.project("CK", READER)


@pytest.mark.parametrize(
    ("assignee_type", "name"),
    [("UNASSIGNED", None), ("PROJECT_LEAD", "ann")],
)
@pytest.mark.parametrize("automatic", ["-1", -1])
def test_minus_one_is_the_projects_default_assignee(seeded, assignee_type, name, automatic):
    site = seeded({"projects": [{"key": "CK", "lead": ANN, "assigneeType": assignee_type}]})
    assert site.project("CK", READER)["assigneeType"] == assignee_type
    fields = {"project": {"key": "CK"}, "issuetype": {"name": "Task"}, "summary": "s"}
    site.create_issue({"fields": fields})
    site.create_issue({"fields": {**fields, "assignee": {"name": automatic}}})
    site.create_issue({"fields": {**fields, "assignee": None}})
    site.assign_issue("CK-3", {"accountId": automatic})
    for key in ("CK-1", "CK-2", "CK-3"):
        assignee = site.get_issue(key, READER)["fields"]["assignee"]
        assert (assignee and assignee["name"]) == name


def test_an_assignee_of_null_is_nobody_also_where_the_lead_is_the_default(seeded):
    site = seeded({"projects": [{"key": "CK", "lead": ANN, "assigneeType": "PROJECT_LEAD"}]})
    fields = {"project": {"key": "CK"}, "issuetype": {"name": "Task"}, "summary": "s"}
    site.create_issue({"fields": {**fields, "assignee": None}})
    assert site.get_issue("CK-1", READER)["fields"]["assignee"] is None


@pytest.mark.parametrize("name", ["CK", "10000"])
def test_a_project_is_found_by_key_and_id(site, name):
    assert site.project(name, READER)["key"] == "CK"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("VULN", "No project could be found with key 'VULN'."),
        ("ck", "No project could be found with key 'ck'."),
        ("99999", "No project could be found with id '99999'."),
    ],
)
@pytest.mark.parametrize("call", ["project", "create_meta_types", "project_statuses"])
def test_a_project_that_is_not_there(site, call, name, message):
    with pytest.raises(JiraError) as refusal:
        getattr(site if call == "project" else site.catalogue, call)(name, READER)
    assert refusal.value.status == 404
    assert refusal.value.body() == {"errorMessages": [message], "errors": {}}


def test_creating_a_project(site):
    assert site.create_project("EX", "Example", ANN) == {"id": 10001, "key": "EX"}
    project = site.project("EX", READER)
    assert (project["name"], project["lead"]["name"]) == ("Example", "ann")


@pytest.mark.parametrize(
    ("key", "name", "errors"),
    [
        pytest.param("CK", "x", {"projectKey": "Project 'CK' uses this project key."}, id="taken"),
        pytest.param("ck", "x", {"projectKey": MALFORMED}, id="small letters"),
        pytest.param("A", "x", {"projectKey": MALFORMED}, id="one letter"),
        pytest.param("", "x", {"projectKey": MALFORMED}, id="nothing"),
        pytest.param(
            "ABCDEFGHIJK",
            "x",
            {"projectKey": "The project key must not exceed 10 characters in length."},
            id="eleven letters",
        ),
        pytest.param(
            "a",
            "CK",
            {
                "projectKey": MALFORMED,
                "projectName": "A project with that name already exists.",
            },
            id="a taken name as well",
        ),
    ],
)
def test_a_project_that_cannot_be_created(site, store, key, name, errors):
    before = store.digest()
    with pytest.raises(JiraError) as refusal:
        site.create_project(key, name, "new@example.com")
    assert (refusal.value.status, refusal.value.errors) == (400, errors)
    assert store.digest() == before


def test_a_project_is_there_for_those_who_work_in_it(seeded):
    site = seeded({"projects": ["OPEN", {"key": "CK", "users": [ANN]}]})
    assert [row["key"] for row in site.projects(Viewer(ANN, URL))] == ["OPEN", "CK"]
    assert [row["key"] for row in site.projects(Viewer("ann", URL))] == ["OPEN", "CK"]
    assert [row["key"] for row in site.projects(Viewer("bob", URL))] == ["OPEN"]
    assert [row["key"] for row in site.catalogue.create_meta(Viewer("bob", URL))["projects"]] == [
        "OPEN"
    ]
    with pytest.raises(JiraError, match="No project could be found with key 'CK'"):
        site.catalogue.create_meta_types("CK", Viewer("bob", URL))


def test_the_statuses_of_a_project_are_told_for_each_issue_type(site):
    rows = site.catalogue.project_statuses("CK", READER)
    assert [row["name"] for row in rows] == [
        row["name"] for row in site.catalogue.create_meta_types("CK", READER)
    ]
    assert list(rows[0]) == ["self", "id", "name", "subtask", "statuses"]
    assert rows[0]["statuses"] == site.catalogue.statuses(READER)


def test_a_project_may_have_issue_types_of_its_own(seeded):
    types = ["Bug", {"name": "Incident"}, {"id": "10007", "name": "Part", "subtask": True}]
    site = seeded({"projects": ["ES", {"key": "CK", "issue_types": types}]})
    shown = site.catalogue.create_meta_types("CK", READER)
    assert [(row["id"], row["name"], row["hierarchyLevel"]) for row in shown] == [
        ("10023", "Bug", 0),
        ("10100", "Incident", 0),
        ("10007", "Part", -1),
    ]
    assert len(site.catalogue.create_meta_types("ES", READER)) == 6
    assert [row["name"] for row in site.catalogue.issue_types(READER)][-1] == "Incident"
    assert site.catalogue.create_meta_types("CK", READER) == shown
