"""Fields belong to projects and issue types, and their metadata says what they take."""

from __future__ import annotations

import pytest

from mockkibana.jira.errors import JiraError
from mockkibana.jira.viewer import Viewer

URL = "http://jira.example.com"
READER = Viewer(url=URL)
ORDER = [
    "summary",
    "issuetype",
    "project",
    "reporter",
    "description",
    "priority",
    "labels",
    "assignee",
    "components",
    "fixVersions",
    "versions",
    "duedate",
    "environment",
    "attachment",
    "issuelinks",
    "parent",
    "customfield_10011",
]


def meta(site, type_id="10006", project="CK"):
    return {
        row["fieldId"]: row for row in site.catalogue.create_meta_fields(project, type_id, READER)
    }


@pytest.mark.parametrize(
    ("type_id", "required"),
    [
        pytest.param("10006", ["summary", "issuetype", "project", "reporter"], id="task"),
        pytest.param(
            "10007", ["summary", "issuetype", "project", "reporter", "parent"], id="sub-task"
        ),
        pytest.param("10000", ["summary", "issuetype", "project", "reporter"], id="epic"),
    ],
)
def test_every_issue_type_has_the_same_fields_in_jiras_order(site, type_id, required):
    shown = meta(site, type_id)
    assert list(shown) == ORDER
    assert [name for name, row in shown.items() if row["required"]] == required


@pytest.mark.parametrize(
    ("name", "row"),
    [
        pytest.param(
            "summary",
            {
                "required": True,
                "schema": {"type": "string", "system": "summary"},
                "name": "Summary",
                "key": "summary",
                "fieldId": "summary",
                "hasDefaultValue": False,
                "operations": ["set"],
            },
            id="summary",
        ),
        pytest.param(
            "reporter",
            {
                "required": True,
                "schema": {"type": "user", "system": "reporter"},
                "name": "Reporter",
                "key": "reporter",
                "fieldId": "reporter",
                "autoCompleteUrl": f"{URL}/rest/api/2/user/search?query=",
                "hasDefaultValue": True,
                "operations": ["set"],
            },
            id="reporter",
        ),
        pytest.param(
            "labels",
            {
                "required": False,
                "schema": {"type": "array", "items": "string", "system": "labels"},
                "name": "Labels",
                "key": "labels",
                "fieldId": "labels",
                "autoCompleteUrl": f"{URL}/rest/api/1.0/labels/suggest?query=",
                "hasDefaultValue": False,
                "operations": ["add", "set", "remove"],
            },
            id="labels",
        ),
        pytest.param(
            "components",
            {
                "required": False,
                "schema": {"type": "array", "items": "component", "system": "components"},
                "name": "Components",
                "key": "components",
                "fieldId": "components",
                "hasDefaultValue": False,
                "operations": ["add", "set", "remove"],
                "allowedValues": [],
            },
            id="components",
        ),
        pytest.param(
            "customfield_10011",
            {
                "required": False,
                "schema": {
                    "type": "string",
                    "custom": "com.pyxis.greenhopper.jira:gh-epic-label",
                    "customId": 10011,
                },
                "name": "Epic Name",
                "key": "customfield_10011",
                "fieldId": "customfield_10011",
                "hasDefaultValue": False,
                "operations": ["set"],
            },
            id="epic name",
        ),
    ],
)
def test_the_metadata_of_a_field(site, name, row):
    assert meta(site)[name] == row
    assert list(meta(site)[name]) == list(row)


def test_an_assignee_is_completed_within_the_project(site):
    url = meta(site)["assignee"]["autoCompleteUrl"]
    assert url == f"{URL}/rest/api/2/user/assignable/search?project=CK&query="


def test_the_priority_has_its_values_and_its_default(site):
    priority = meta(site)["priority"]
    names = [value["name"] for value in priority["allowedValues"]]
    assert names == ["Highest", "High", "Medium", "Low", "Lowest"]
    assert list(priority["allowedValues"][0]) == ["self", "iconUrl", "name", "id"]
    assert priority["defaultValue"] == priority["allowedValues"][2]


def test_issue_type_and_project_allow_the_one_that_was_asked_about(site):
    shown = meta(site, "10023")
    assert [value["name"] for value in shown["issuetype"]["allowedValues"]] == ["Bug"]
    assert [value["key"] for value in shown["project"]["allowedValues"]] == ["CK"]
    assert shown["issuetype"]["operations"] == []


@pytest.mark.parametrize(
    ("project", "type_id", "message"),
    [
        pytest.param(
            "NO", "10006", "No project could be found with key 'NO'.", id="an unknown project"
        ),
        pytest.param(
            "99", "10006", "No project could be found with id '99'.", id="an unknown project's id"
        ),
        pytest.param("CK", "9", "The issue type with id '9' does not exist", id="an unknown type"),
    ],
)
def test_metadata_of_what_is_not_there(site, project, type_id, message):
    with pytest.raises(JiraError) as refusal:
        site.catalogue.create_meta_fields(project, type_id, READER)
    assert (refusal.value.status, refusal.value.error_messages) == (404, [message])


def test_the_old_metadata_has_projects_types_and_fields_in_one(site):
    shown = site.catalogue.create_meta(READER, keys=["CK"], type_ids=["10006"], with_fields=True)
    (project,) = shown["projects"]
    assert shown["expand"] == "projects"
    keys = ["expand", "self", "id", "key", "name", "avatarUrls", "issuetypes"]
    assert list(project) == keys
    (issue_type,) = project["issuetypes"]
    assert (issue_type["name"], issue_type["expand"]) == ("Task", "fields")
    assert issue_type["fields"] == meta(site)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        pytest.param({}, ["CK"], id="all"),
        pytest.param({"ids": ["10000"]}, ["CK"], id="an id"),
        pytest.param({"keys": ["NO"]}, [], id="an unknown project is no error"),
        pytest.param({"keys": ["ck"]}, [], id="a key in small letters is an unknown one"),
    ],
)
def test_the_old_metadata_leaves_out_what_is_not_asked_for(site, wanted, names):
    projects = site.catalogue.create_meta(READER, **wanted)["projects"]
    assert [project["key"] for project in projects] == names
    assert all("fields" not in row for project in projects for row in project["issuetypes"])


def test_the_list_of_fields_names_their_clauses(site):
    rows = {row["id"]: row for row in site.catalogue.fields()}
    assert rows["summary"] == {
        "id": "summary",
        "key": "summary",
        "name": "Summary",
        "custom": False,
        "orderable": True,
        "navigable": True,
        "searchable": True,
        "clauseNames": ["summary"],
        "schema": {"type": "string", "system": "summary"},
    }
    assert rows["customfield_10011"]["clauseNames"] == ["cf[10011]", "Epic Name"]
    assert rows["customfield_10011"]["custom"]
    assert rows["status"]["clauseNames"] == ["status"]
    assert all("clauseNames" in row for row in rows.values())


def test_every_field_of_an_issue_is_in_the_list_of_fields(site, create):
    shown = site.get_issue(create(), READER)["fields"]
    assert shown.keys() <= {row["id"] for row in site.catalogue.fields()}


def test_a_projects_own_field(seeded):
    site = seeded(
        {
            "projects": [
                {
                    "key": "CK",
                    "fields": [
                        {
                            "id": "customfield_10200",
                            "name": "Severity",
                            "required": True,
                            "allowedValues": ["S1", {"value": "S2", "id": "7"}],
                            "issue_types": ["Bug"],
                        }
                    ],
                }
            ]
        }
    )
    assert "customfield_10200" not in meta(site, "10006")
    field = meta(site, "10023")["customfield_10200"]
    assert field["schema"] == {
        "type": "option",
        "custom": "com.atlassian.jira.plugin.system.customfieldtypes:select",
        "customId": 10200,
    }
    assert field["allowedValues"] == [
        {"self": f"{URL}/rest/api/2/customFieldOption/10000", "value": "S1", "id": "10000"},
        {"self": f"{URL}/rest/api/2/customFieldOption/7", "value": "S2", "id": "7"},
    ]
    assert "customfield_10200" in {row["id"] for row in site.catalogue.fields()}
