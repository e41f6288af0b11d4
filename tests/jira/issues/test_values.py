"""A field takes the values of its type, and refuses the others in Jira's words."""

from __future__ import annotations

from time import perf_counter

import pytest

from mockkibana.jira.errors import JiraError
from mockkibana.jira.viewer import Viewer

NO_NAME = "expected Object containing a 'name' property"
PRIORITY = "Specify the Priority ({}) in the string format"
LABELS = "Specify the value for labels in an array of strings"
ANN = "ann@example.com"
URL = "http://jira.example.com"
READER = Viewer(url=URL)
DOCUMENT = {
    "type": "doc",
    "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "one"}]}],
}
FIELDS = [
    {"id": "customfield_1", "name": "Text"},
    {"id": "customfield_2", "name": "Number", "schema": "number"},
    {"id": "customfield_3", "name": "Option", "allowedValues": ["S1", "S2"]},
    {
        "id": "customfield_4",
        "name": "Options",
        "schema": {"type": "array", "items": "option"},
        "allowedValues": ["A", "B"],
    },
    {"id": "customfield_5", "name": "Day", "schema": "date"},
    {"id": "customfield_6", "name": "Time", "schema": "datetime"},
    {"id": "customfield_7", "name": "Person", "schema": "user"},
    {"id": "customfield_8", "name": "Tags", "schema": {"type": "array", "items": "string"}},
    {"id": "customfield_9", "name": "Anything", "schema": "any"},
    {
        "id": "customfield_10",
        "name": "Notes",
        "schema": {
            "type": "string",
            "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textarea",
        },
    },
]


@pytest.fixture
def site(seeded):
    return seeded(
        {
            "users": ["ann@example.com"],
            "projects": [
                {
                    "key": "CK",
                    "fields": FIELDS,
                    "components": ["api", "web"],
                    "versions": ["1.0", {"name": "2.0", "released": True}],
                }
            ],
        }
    )


def body(**fields):
    base = {"project": {"key": "CK"}, "issuetype": {"name": "Task"}, "summary": "x"}
    return {"fields": base | fields}


def refused(site, version="2", **fields):
    with pytest.raises(JiraError) as refusal:
        site.create_issue(body(**fields), Viewer(version=version))
    assert (refusal.value.status, refusal.value.error_messages) == (400, [])
    return refusal.value.errors


NOT_A_STRING = "Operation value must be a string"
NOT_RICH = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
NO_OPTION = "Could not find valid 'id' or 'value' in the Parent Option object."
TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        pytest.param("summary", "", "You must specify a summary of the issue.", id="no summary"),
        pytest.param("summary", "  ", "You must specify a summary of the issue.", id="blank"),
        pytest.param("summary", 5, NOT_A_STRING, id="a summary that is a number"),
        pytest.param("summary", None, NOT_A_STRING, id="a summary that is null"),
        pytest.param(
            "summary",
            "one\ntwo",
            "The summary is invalid because it contains newline characters.",
            id="a summary of two lines",
        ),
        pytest.param(
            "summary", "x" * 256, "Summary can't exceed 255 characters.", id="a long summary"
        ),
        pytest.param("description", DOCUMENT, NOT_A_STRING, id="a document in version 2"),
        pytest.param("description", ["x"], NOT_A_STRING, id="a description that is a list"),
        pytest.param("description", "x" * 32_768, TOO_LONG, id="a long description"),
        pytest.param("environment", 1, NOT_A_STRING, id="an environment that is a number"),
        pytest.param("priority", "High", PRIORITY.format("id or name"), id="a priority as a text"),
        pytest.param("priority", None, PRIORITY.format("id or name"), id="a priority that is null"),
        pytest.param("priority", {"name": "Urgent"}, PRIORITY.format("name"), id="no priority"),
        pytest.param("priority", {"id": "9"}, PRIORITY.format("id"), id="no priority id"),
        pytest.param(
            "priority", {"id": 2}, PRIORITY.format("id or name"), id="a priority's id as a number"
        ),
        pytest.param("labels", "a", LABELS, id="labels that are a text"),
        pytest.param("labels", {"add": "a"}, LABELS, id="labels, an object"),
        pytest.param("labels", ["a", 5], LABELS, id="a label, a number"),
        pytest.param("customfield_8", "a", "data was not an array", id="one tag"),
        pytest.param("customfield_8", [5], "string expected at index 0", id="a tag, a number"),
        pytest.param(
            "labels",
            ["ok", "Test Application"],
            "The label 'Test Application' contains spaces which is invalid.",
            id="a label with a space",
        ),
        pytest.param(
            "labels",
            ["a\tb"],
            "The label 'a\tb' contains spaces which is invalid.",
            id="a label with a tab",
        ),
        pytest.param(
            "labels",
            ["x" * 256],
            f"The label '{'x' * 256}' exceeds the maximum length for a single label of "
            "255 characters.",
            id="a long label",
        ),
        pytest.param("assignee", {"name": "bob"}, "User 'bob' does not exist.", id="no user"),
        pytest.param("assignee", "ann", "data was not an object", id="an assignee as a text"),
        pytest.param("assignee", {}, NO_NAME, id="an assignee without anything"),
        pytest.param("assignee", {"accountId": ""}, NO_NAME, id="an empty account id"),
        pytest.param("assignee", {"emailAddress": ANN}, NO_NAME, id="an assignee's address alone"),
        pytest.param("reporter", {"displayName": "Ann"}, NO_NAME, id="a reporter's name shown"),
        pytest.param("customfield_7", {"id": ""}, NO_NAME, id="a person with an empty id"),
        pytest.param(
            "reporter", {"name": "bob"}, "The reporter specified is not a user.", id="no reporter"
        ),
        pytest.param("assignee", {"name": 5}, NOT_A_STRING, id="a name that is a number"),
        pytest.param("components", "api", "data was not an array", id="components as a text"),
        pytest.param("components", ["api"], "expected Object", id="a component as a text"),
        pytest.param(
            "components", [{"name": "db"}], "Component name 'db' is not valid", id="no component"
        ),
        pytest.param(
            "components", [{"id": "1"}], "Component id '1' is not valid", id="no component id"
        ),
        pytest.param(
            "fixVersions", [{"name": "3"}], "Version name '3' is not valid", id="no version"
        ),
        pytest.param("duedate", "soon", "Error parsing date string: soon", id="no date"),
        pytest.param("duedate", "20240501", "Error parsing date string: 20240501", id="short date"),
        pytest.param("duedate", 5, NOT_A_STRING, id="a date that is a number"),
        pytest.param("customfield_1", 5, NOT_A_STRING, id="a text that is a number"),
        pytest.param("customfield_2", "5", "Operation value must be a number", id="no number"),
        pytest.param("customfield_2", True, "Operation value must be a number", id="true"),
        pytest.param("customfield_3", "S1", NO_OPTION, id="an option as a text"),
        pytest.param("customfield_3", {"name": "S1"}, NO_OPTION, id="an option's name"),
        pytest.param(
            "customfield_3", {"value": "S9"}, "Option value 'S9' is not valid", id="no option"
        ),
        pytest.param("customfield_3", {"id": "1"}, "Option id '1' is not valid", id="no option id"),
        pytest.param("customfield_4", {"value": "A"}, "data was not an array", id="one option"),
        pytest.param("customfield_5", "1.2.2024", "Error parsing date string: 1.2.2024", id="day"),
        pytest.param("customfield_6", "noon", "Error parsing time: noon", id="no time"),
        pytest.param(
            "customfield_7",
            {"name": "bob"},
            "User 'bob' was not found in the system.",
            id="nobody in a field for people",
        ),
        pytest.param(
            "customfield_99",
            "x",
            "Field 'customfield_99' cannot be set. It is not on the appropriate screen, "
            "or unknown.",
            id="a field that is not there",
        ),
        pytest.param(
            "status",
            {"name": "Done"},
            "Field 'status' cannot be set. It is not on the appropriate screen, or unknown.",
            id="the status",
        ),
        pytest.param(
            "attachment",
            [],
            "Field 'attachment' cannot be set. It is not on the appropriate screen, or unknown.",
            id="attachments",
        ),
        pytest.param("parent", "CK-1", "data was not an object", id="a parent as a text"),
        pytest.param("issuetype", "Task", "data was not an object", id="a type as a text"),
        pytest.param("project", "CK", "data was not an object", id="a project as a text"),
    ],
)
def test_a_value_that_a_field_cannot_have(site, store, field, value, message):
    before = store.digest()
    assert refused(site, **{field: value}) == {field: message}
    assert store.digest() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("description", "one", id="a text in version 3"),
        pytest.param("description", {"type": "doc", "content": []}, id="no version"),
        pytest.param("environment", {"type": "paragraph"}, id="no document"),
        pytest.param("customfield_10", "one", id="a text area of the project's own"),
    ],
)
def test_version_3_takes_documents_only(site, field, value):
    assert refused(site, "3", **{field: value}) == {field: NOT_RICH}


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        pytest.param("summary", "x" * 255, "x" * 255, id="a summary of 255 characters"),
        pytest.param("description", "one\n\ntwo", "one\n\ntwo", id="a description"),
        pytest.param("description", "", None, id="an empty description is none"),
        pytest.param("description", None, None, id="no description"),
        pytest.param("labels", ["b", "a", "b"], ["b", "a"], id="a label twice"),
        pytest.param("labels", [], [], id="no labels"),
        pytest.param("labels", None, [], id="null labels"),
        pytest.param("duedate", "2024-05-01", "2024-05-01", id="a date"),
        pytest.param("duedate", "", None, id="no date"),
        pytest.param("assignee", None, None, id="no assignee"),
        pytest.param("assignee", {"name": None}, None, id="an assignee whose name is null"),
        pytest.param("assignee", {"accountId": None}, None, id="an assignee whose id is null"),
        pytest.param("assignee", {"name": "-1"}, None, id="the project's default assignee"),
        pytest.param("customfield_1", "text", "text", id="a text"),
        pytest.param("customfield_2", 2.5, 2.5, id="a number"),
        pytest.param("customfield_5", "2024-02-29", "2024-02-29", id="a day"),
        pytest.param(
            "customfield_6",
            "2024-05-01T14:00:00.000+0200",
            "2024-05-01T12:00:00.000+0000",
            id="a time",
        ),
        pytest.param("customfield_8", ["a", "b"], ["a", "b"], id="tags"),
        pytest.param("customfield_9", {"a": [1, None]}, {"a": [1, None]}, id="anything"),
        pytest.param("customfield_9", None, None, id="nothing"),
    ],
)
def test_a_value_is_shown_as_it_was_set(site, field, value, shown):
    issue = site.create_issue(body(**{field: value}))
    assert site.get_issue(issue["key"], READER)["fields"][field] == shown


@pytest.mark.parametrize(
    ("field", "value", "key", "shown"),
    [
        pytest.param("priority", {"name": "High"}, "id", "2", id="a priority by name"),
        pytest.param("priority", {"id": "5"}, "name", "Lowest", id="a priority by id"),
        pytest.param("assignee", {"name": "ann"}, "emailAddress", ANN, id="a user by name"),
        pytest.param("assignee", {"id": ANN}, "name", "ann", id="a user by address"),
        pytest.param("reporter", {"name": "ann"}, "name", "ann", id="a reporter"),
        pytest.param("reporter", None, "name", "admin", id="the default reporter"),
        pytest.param("customfield_3", {"value": "S2"}, "value", "S2", id="an option by text"),
        pytest.param("customfield_3", {"id": "10000"}, "value", "S1", id="an option by id"),
        pytest.param("customfield_7", {"name": "ann"}, "name", "ann", id="a person"),
    ],
)
def test_a_value_is_shown_as_the_object_that_it_names(site, field, value, key, shown):
    issue = site.create_issue(body(**{field: value}))
    value = site.get_issue(issue["key"], READER)["fields"][field]
    assert value[key] == shown
    assert value["self"].startswith(URL)


@pytest.mark.parametrize(
    ("field", "value", "names"),
    [
        pytest.param("components", [{"name": "web"}], ["web"], id="a component"),
        pytest.param("components", [{"id": "10000"}], ["api"], id="a component by id"),
        pytest.param("fixVersions", [{"name": "2.0"}], ["2.0"], id="a version"),
        pytest.param("versions", [{"name": "1.0"}], ["1.0"], id="an affected version"),
        pytest.param("customfield_4", [{"value": "B"}, {"value": "A"}], ["B", "A"], id="options"),
    ],
)
def test_a_list_is_shown_as_the_objects_that_it_names(site, field, value, names):
    issue = site.create_issue(body(**{field: value}))
    shown = site.get_issue(issue["key"], READER)["fields"][field]
    assert [row.get("name", row.get("value")) for row in shown] == names


def test_an_option_of_a_list_that_is_null_is_shown_as_null(site):
    issue = site.create_issue(body(customfield_4=[{"value": "A"}, None]))
    first, second = site.get_issue(issue["key"], READER)["fields"]["customfield_4"]
    assert (first["value"], second) == ("A", None)


def test_a_user_is_assigned_by_account_id(site):
    account_id = site.user("ann", READER)["accountId"]
    issue = site.create_issue(body(assignee={"accountId": account_id}))
    assert site.get_issue(issue["key"], READER)["fields"]["assignee"]["name"] == "ann"


def test_rich_text_is_text_in_version_2_and_a_document_in_version_3(site):
    fields = {"description": DOCUMENT, "environment": DOCUMENT, "customfield_10": DOCUMENT}
    issue = site.create_issue(body(**fields), Viewer(version="3"))
    plain = site.get_issue(issue["key"], READER)["fields"]
    rich = site.get_issue(issue["key"], Viewer(url=URL, version="3"))["fields"]
    for name in fields:
        assert (plain[name], rich[name]) == ("one", DOCUMENT)
    empty = site.create_issue(body())
    assert (
        site.get_issue(empty["key"], Viewer(url=URL, version="3"))["fields"]["description"] is None
    )


@pytest.mark.parametrize(
    ("operations", "labels"),
    [
        pytest.param([{"add": "c"}], ["a", "b", "c"], id="add"),
        pytest.param([{"add": "a"}], ["a", "b"], id="add what is there"),
        pytest.param([{"remove": "a"}], ["b"], id="remove"),
        pytest.param([{"remove": "z"}], ["a", "b"], id="remove what is not there"),
        pytest.param([{"set": ["z"]}], ["z"], id="set"),
        pytest.param([{"add": "c"}, {"remove": "b"}], ["a", "c"], id="several"),
        pytest.param([], ["a", "b"], id="none"),
    ],
)
def test_operations_change_a_list(site, operations, labels):
    key = site.create_issue(body(labels=["a", "b"]))["key"]
    site.edit_issue(key, {"update": {"labels": operations}})
    assert site.get_issue(key, READER)["fields"]["labels"] == labels


@pytest.mark.parametrize(
    ("field", "operations", "message"),
    [
        pytest.param("labels", {"add": "a"}, "data was not an array", id="no list"),
        pytest.param("labels", ["a"], "data was not an object", id="no operation"),
        pytest.param(
            "labels",
            [{"add": "a b"}],
            "The label 'a b' contains spaces which is invalid.",
            id="a bad label",
        ),
        pytest.param(
            "labels",
            [{"append": "a"}],
            "Operation 'append' is not supported for field 'labels'.",
            id="a verb that is none",
        ),
        pytest.param(
            "summary",
            [{"add": "a"}],
            "Operation 'add' is not supported for field 'summary'.",
            id="adding to what is no list",
        ),
        pytest.param(
            "components",
            [{"add": {"name": "db"}}],
            "Component name 'db' is not valid",
            id="a component that is not there",
        ),
    ],
)
def test_an_operation_that_a_field_refuses(site, field, operations, message):
    key = site.create_issue(body())["key"]
    with pytest.raises(JiraError) as refusal:
        site.edit_issue(key, {"update": {field: operations}})
    assert refusal.value.errors == {field: message}


def test_thousands_of_labels_take_no_longer_each_than_a_few(site):
    labels = [f"l{number}" for number in range(20_000)]
    begun = perf_counter()
    key = site.create_issue(body(labels=[*labels, *labels]))["key"]
    site.edit_issue(key, {"update": {"labels": [{"add": f"m{label}"} for label in labels]}})
    site.edit_issue(key, {"update": {"labels": [{"remove": label} for label in labels]}})
    assert perf_counter() - begun < 10  # the square of their number took a minute
    stored = site.get_issue(key, READER)["fields"]["labels"]
    assert stored == [f"m{label}" for label in labels]


def test_elements_of_any_kind_are_kept_once(seeded):
    field = {"id": "customfield_1", "name": "Any", "schema": {"type": "array", "items": "any"}}
    site = seeded({"projects": [{"key": "CK", "fields": [field]}]})
    given = ["1", 1, {"a": 1}, {"a": 1}, "1", None, True]
    key = site.create_issue(body(customfield_1=given))["key"]
    stored = site.get_issue(key, READER)["fields"]["customfield_1"]
    assert [repr(element) for element in stored] == ["'1'", "1", "{'a': 1}", "None", "True"]
