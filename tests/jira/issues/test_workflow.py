"""Issues move through the workflow, and resolutions come and go with it."""

from __future__ import annotations

import pytest

from mockkibana.jira.errors import JiraError
from mockkibana.jira.issues.issue_input import unknown_field
from mockkibana.jira.viewer import Viewer

URL = "http://jira.example.com"
READER = Viewer(url=URL)
ANN = "ann@example.com"
NOT_VALID = "Transition id '999' is not valid for this issue."


@pytest.fixture
def key(create):
    return create()


def move(site, key, id_, **more):
    site.transition(key, {"transition": {"id": id_}, **more}, Viewer(ANN))
    return site.get_issue(key, READER)["fields"]


@pytest.mark.parametrize("status", ["11", "21", "31"])
def test_all_transitions_are_open_from_every_status(site, key, status):
    move(site, key, status)
    shown = site.transitions(key, READER)
    assert shown["expand"] == "transitions"
    assert [(row["id"], row["name"], row["to"]["name"]) for row in shown["transitions"]] == [
        ("11", "To Do", "To Do"),
        ("21", "In Progress", "In Progress"),
        ("31", "Done", "Done"),
    ]


def test_a_transition(site, key):
    assert site.transitions(key, READER)["transitions"][1] == {
        "id": "21",
        "name": "In Progress",
        "to": site.catalogue.statuses(READER)[1],
        "hasScreen": False,
        "isGlobal": True,
        "isInitial": False,
        "isConditional": False,
        "isAvailable": True,
        "looped": False,
    }


def test_the_fields_of_a_transition_are_shown_if_asked_for(site, key):
    rows = site.transitions(key, READER, with_fields=True)["transitions"]
    assert [list(row["fields"]) for row in rows] == [[], [], ["resolution"]]
    allowed = rows[2]["fields"]["resolution"]["allowedValues"]
    assert allowed == site.catalogue.resolutions(READER)


@pytest.mark.parametrize("id_", ["31", 31])
def test_done_resolves_an_issue_and_leaving_it_reopens_it(site, key, id_):
    before = site.get_issue(key, READER)["fields"]
    done = move(site, key, id_)
    assert done["status"]["name"] == "Done"
    assert (done["resolution"]["id"], done["resolution"]["name"]) == ("10000", "Done")
    assert done["resolutiondate"] == done["statuscategorychangedate"] == done["updated"]
    assert done["updated"] > before["updated"]
    again = move(site, key, "21")
    assert again["status"]["name"] == "In Progress"
    assert again["resolution"] is again["resolutiondate"] is None
    assert again["statuscategorychangedate"] == again["updated"] > done["updated"]


@pytest.mark.parametrize(
    ("resolution", "name"),
    [
        pytest.param({"name": "Won't Do"}, "Won't Do", id="a name"),
        pytest.param({"id": "10002"}, "Duplicate", id="an id"),
        pytest.param(None, "Done", id="null"),
    ],
)
def test_a_resolution_may_be_named(site, key, resolution, name):
    done = move(site, key, "31", fields={"resolution": resolution})
    assert done["resolution"]["name"] == name


def test_done_again_keeps_the_resolution_and_its_date(site, key):
    first = move(site, key, "31", fields={"resolution": {"name": "Duplicate"}})
    second = move(site, key, "31")
    for name in ("resolution", "resolutiondate", "statuscategorychangedate"):
        assert second[name] == first[name]
    third = move(site, key, "31", fields={"resolution": {"name": "Won't Do"}})
    assert third["resolution"]["name"] == "Won't Do"
    assert third["resolutiondate"] == first["resolutiondate"]


@pytest.mark.parametrize("id_", ["11", "21", "31"])
def test_a_transition_may_comment(site, key, id_):
    shown = move(site, key, id_, update={"comment": [{"add": {"body": "go"}}]})
    assert [comment["body"] for comment in shown["comment"]["comments"]] == ["go"]


def test_a_resolution_may_be_set_among_the_updates(site, key):
    done = move(site, key, "31", update={"resolution": [{"set": {"name": "Duplicate"}}]})
    assert done["resolution"]["name"] == "Duplicate"


@pytest.mark.parametrize(
    ("body", "messages", "errors"),
    [
        pytest.param({}, ["Missing 'transition' identifier"], {}, id="nothing"),
        pytest.param(
            {"transition": {"name": "Done"}}, ["Missing 'transition' identifier"], {}, id="a name"
        ),
        pytest.param({"transition": "31"}, ["Missing 'transition' identifier"], {}, id="no object"),
        pytest.param(
            {"transition": {"id": "999"}},
            [NOT_VALID],
            {},
            id="an unknown one",
        ),
        pytest.param(
            {"transition": {"id": "31"}, "fields": {"resolution": {"name": "Gone"}}},
            [],
            {"resolution": "Resolution name 'Gone' is not valid"},
            id="an unknown resolution",
        ),
        pytest.param(
            {"transition": {"id": "31"}, "fields": {"resolution": {"id": "9"}}},
            [],
            {"resolution": "Resolution id '9' is not valid"},
            id="an unknown resolution's id",
        ),
        pytest.param(
            {"transition": {"id": "31"}, "fields": {"resolution": {"id": ""}}},
            [],
            {"resolution": "Could not find valid 'id' or 'name' in resolution object."},
            id="a resolution without a name",
        ),
        pytest.param(
            {"transition": {"id": "31"}, "fields": {"resolution": "Done"}},
            [],
            {"resolution": "data was not an object"},
            id="a resolution as a text",
        ),
        pytest.param(
            {"transition": {"id": "31"}, "fields": {"summary": "", "assignee": None}},
            [],
            {"summary": unknown_field("summary"), "assignee": unknown_field("assignee")},
            id="fields that are not on its screen",
        ),
        pytest.param(
            {"transition": {"id": "21"}, "fields": {"resolution": {"name": "Done"}}},
            [],
            {"resolution": unknown_field("resolution")},
            id="a resolution of what is not done",
        ),
        pytest.param(
            {"transition": {"id": "31"}, "update": {"labels": [{"add": "a"}]}},
            [],
            {"labels": unknown_field("labels")},
            id="an update of what is not on its screen",
        ),
        pytest.param(
            {"transition": {"id": "31"}, "fields": {"comment": "go"}},
            [],
            {"comment": unknown_field("comment")},
            id="a comment among the fields",
        ),
    ],
)
def test_a_transition_that_is_refused(site, store, key, body, messages, errors):
    before = store.digest()
    with pytest.raises(JiraError) as refusal:
        site.transition(key, body, Viewer(ANN))
    assert refusal.value.status == 400
    assert refusal.value.body() == {"errorMessages": messages, "errors": errors}
    assert store.digest() == before


SCREENED = {
    "projects": [
        {
            "key": "CK",
            "fields": [{"id": "customfield_10100", "name": "Cause", "required": False}],
            "screens": {"Done": ["customfield_10100", "assignee"], "21": ["labels"]},
        }
    ],
    "users": [ANN],
    "issues": [{"key": "CK-1", "summary": "one"}],
}


def test_a_transition_takes_what_its_screen_has(seeded):
    site = seeded(SCREENED)
    shown = site.transitions("CK-1", READER, with_fields=True)["transitions"]
    assert [row["hasScreen"] for row in shown] == [False, True, True]
    assert [*shown[1]["fields"]] == ["labels"]
    assert [*shown[2]["fields"]] == ["resolution", "customfield_10100", "assignee"]
    assert shown[2]["fields"]["customfield_10100"]["name"] == "Cause"
    given = {
        "customfield_10100": "full",
        "assignee": {"name": "ann"},
        "resolution": {"id": "10001"},
    }
    fields = move(site, "CK-1", "31", fields=given)
    assert (fields["customfield_10100"], fields["assignee"]["name"]) == ("full", "ann")
    assert fields["resolution"]["name"] == "Won't Do"
    fields = move(site, "CK-1", "21", update={"labels": [{"add": "a"}]})
    assert fields["labels"] == ["a"]
    with pytest.raises(JiraError) as refusal:
        move(site, "CK-1", "21", fields=given)
    assert refusal.value.errors == {name: unknown_field(name) for name in given}
