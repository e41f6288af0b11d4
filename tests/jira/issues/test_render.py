"""Issues are shown with every field, in Jira's order, to each viewer."""

from __future__ import annotations

import pytest

from mockkibana.jira.viewer import Viewer

URL = "http://jira.example.com"
READER = Viewer(url=URL)
ANN = "ann@example.com"
ORDER = [
    "statuscategorychangedate",
    "issuetype",
    "timespent",
    "project",
    "fixVersions",
    "aggregatetimespent",
    "resolution",
    "resolutiondate",
    "workratio",
    "watches",
    "lastViewed",
    "created",
    "priority",
    "labels",
    "timeestimate",
    "aggregatetimeoriginalestimate",
    "versions",
    "issuelinks",
    "assignee",
    "updated",
    "status",
    "components",
    "timeoriginalestimate",
    "description",
    "timetracking",
    "security",
    "attachment",
    "aggregatetimeestimate",
    "summary",
    "creator",
    "subtasks",
    "reporter",
    "aggregateprogress",
    "environment",
    "duedate",
    "progress",
    "votes",
    "comment",
    "worklog",
    "customfield_10011",
]


def test_an_issue_has_every_field_in_jiras_order(site, create):
    shown = site.get_issue(create(), READER)
    assert list(shown) == ["expand", "id", "self", "key", "fields"]
    assert list(shown["fields"]) == ORDER


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("watches", {"self": f"{URL}/rest/api/2/issue/CK-1/watchers"}),
        ("votes", {"self": f"{URL}/rest/api/2/issue/CK-1/votes", "votes": 0, "hasVoted": False}),
        ("worklog", {"startAt": 0, "maxResults": 20, "total": 0, "worklogs": []}),
        ("progress", {"progress": 0, "total": 0}),
        ("workratio", -1),
        ("timetracking", {}),
        ("issuelinks", []),
        ("attachment", []),
        ("subtasks", []),
        ("timespent", None),
    ],
)
def test_what_a_fresh_issue_shows_of_things_that_nobody_did(site, create, name, value):
    shown = site.get_issue(create(), READER)["fields"][name]
    if isinstance(value, dict):
        assert shown == shown | value
    else:
        assert shown == value


def test_only_the_fields_that_are_asked_for_are_shown(site, create):
    shown = site.get_issue(create("Disk full"), READER, fields=["summary", "key", "nothing"])
    assert shown["fields"] == {"summary": "Disk full"}
    assert site.get_issue("CK-1", READER, fields=["*none"])["fields"] == {}
    assert "comment" not in site.get_issue("CK-1", READER, fields=["*navigable"])["fields"]


def test_many_issues_are_shown_at_once(site, create):
    for _ in range(3):
        create()
    shown = site.render(site.issues(), READER, ["summary"])
    assert [issue["key"] for issue in shown] == ["CK-1", "CK-2", "CK-3"]
    expand = shown[0]["expand"]
    assert expand == "operations,versionedRepresentations,editmeta,changelog,renderedFields"
    assert shown[0] == {**site.get_issue("CK-1", READER, fields=["summary"]), "expand": expand}


def test_every_self_is_under_the_callers_base(site, create):
    def selves(value):
        if isinstance(value, dict):
            if "self" in value:
                yield value["self"]
            for inner in value.values():
                yield from selves(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from selves(inner)

    create()
    site.add_comment("CK-1", {"body": "x"}, Viewer(ANN, URL))
    base = "http://127.0.0.1:5601/_mock/jira"
    found = list(selves(site.get_issue("CK-1", Viewer(url=base))))
    assert len(found) > 10
    assert all(self.startswith(f"{base}/rest/api/2/") for self in found)
