"""A seed may say what hangs on issues, in the words of a person."""

from __future__ import annotations

import pytest

from mockkibana.jira.errors import BadSeed
from mockkibana.jira.jql import jql, search
from mockkibana.jira.viewer import Viewer

SEED = {
    "users": ["ann@example.com", "bob@example.com"],
    "groups": {"ops": ["bob@example.com"]},
    "projects": [
        {
            "key": "CK",
            "lead": "ann@example.com",
            "category": "Internal",
            "roles": {"Developers": ["ann@example.com", {"group": "ops"}]},
            "screens": {"In Progress": ["assignee"]},
            "properties": {"a": 1},
            "versions": [{"name": "1.0", "releaseDate": "2024-05-01"}],
            "components": [{"name": "Disk", "lead": "bob@example.com"}],
        }
    ],
    "issues": [
        {
            "key": "CK-1",
            "summary": "one",
            "timetracking": {"originalEstimate": "1d", "remainingEstimate": "4h"},
            "worklogs": [{"timeSpent": "4h", "author": "bob@example.com", "comment": "did it"}],
            "attachments": [{"filename": "a.txt", "content": "hello", "mimeType": "text/plain"}],
            "remoteLinks": ["https://example.com/1"],
            "watchers": ["bob@example.com"],
            "voters": ["bob@example.com"],
            "properties": {"tool": {"state": 1}},
        },
        {"key": "CK-2", "summary": "two"},
    ],
    "links": [{"type": "Blocks", "inward": "CK-1", "outward": "CK-2"}],
    "filters": [{"name": "Mine", "jql": "project = CK", "owner": "ann@example.com"}],
    "webhooks": [{"name": "x", "url": "http://127.0.0.1:1/", "events": ["jira:issue_created"]}],
}


def test_what_a_seed_says_is_there(seeded, restored):
    site = seeded(SEED)
    viewer = Viewer("ann@example.com")
    fields = site.get_issue("CK-1", viewer)["fields"]
    assert fields["timetracking"]["timeSpent"] == "4h"
    assert (fields["timeoriginalestimate"], fields["timeestimate"]) == (28800, 14400)
    assert fields["worklog"]["worklogs"][0]["comment"] == "did it"
    assert fields["attachment"][0]["size"] == 5
    assert site.attachments.content("10000", viewer) == b"hello"
    assert fields["issuelinks"][0]["outwardIssue"]["key"] == "CK-2"
    assert (fields["watches"]["watchCount"], fields["votes"]["votes"]) == (1, 1)
    assert site.issue_properties.get("CK-1", "tool", viewer) == {"state": 1}
    (link,) = site.remote_links.all("CK-1", viewer)
    assert link["object"] == {"title": "https://example.com/1", "url": "https://example.com/1"}
    project = site.project("CK", viewer)
    assert project["projectCategory"]["name"] == "Internal"
    found = search.find(site, jql.parse("filter = Mine and category = Internal"), viewer)
    assert len(found) == 2
    shown = site.transitions("CK-1", viewer, with_fields=True)["transitions"][1]
    assert (shown["hasScreen"], [*shown["fields"]]) == (True, ["assignee"])
    assert restored(site).digest() == site.store.digest()


@pytest.mark.parametrize(
    ("block", "path"),
    [
        ({"links": [{"type": "Tests", "inward": "CK-1", "outward": "CK-2"}]}, "links[0].type"),
        ({"links": [{"type": "Blocks", "inward": "CK-1", "outward": "CK-9"}]}, "links[0].outward"),
        ({"links": [{"type": "Blocks", "inward": "CK-1", "outward": "CK-1"}]}, "links[0]"),
        ({"filters": [{"jql": ""}]}, "filters[0].name"),
        ({"webhooks": [{"name": "x"}]}, "webhooks[0]"),
        ({"groups": {"ops": "ann"}}, "groups.ops.users"),
        (
            {"issues": [{"key": "CK-3", "summary": "x", "worklogs": [{}]}]},
            "issues[0].worklogs[0].timeSpent",
        ),
        (
            {"issues": [{"key": "CK-3", "summary": "x", "attachments": [{"base64": "!"}]}]},
            "issues[0].attachments[0].filename",
        ),
        (
            {
                "issues": [
                    {
                        "key": "CK-3",
                        "summary": "x",
                        "attachments": [{"filename": "a", "base64": "!"}],
                    }
                ]
            },
            "issues[0].attachments[0].base64",
        ),
        (
            {"issues": [{"key": "CK-3", "summary": "x", "remoteLinks": [{}]}]},
            "issues[0].remoteLinks[0].url",
        ),
        (
            {
                "issues": [
                    {"key": "CK-3", "summary": "x", "timetracking": {"originalEstimate": "x"}}
                ]
            },
            "issues[0].timetracking.originalEstimate",
        ),
        ({"projects": [{"key": "CK", "roles": {"Kings": []}}]}, "projects[0].roles.Kings"),
        ({"projects": [{"key": "CK", "category": 5}]}, "projects[0].category"),
        ({"projects": [{"key": "CK", "screens": {"Done": "x"}}]}, "projects[0].screens.Done"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_seed_that_cannot_be_used_says_where(seeded, store, block, path):
    site = seeded(SEED)
    before = store.digest()
    with pytest.raises(BadSeed) as problem, store.transaction() as transaction:
        site.restore(block, transaction)
    assert problem.value.path == f"jira.{path}"
    assert store.digest() == before
