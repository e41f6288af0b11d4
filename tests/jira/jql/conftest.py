"""A site whose issues differ in every field, and what searches of it find."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mockkibana.clock import Clock
from mockkibana.jira.jql import jql, search
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

NOW = "2024-05-10T12:00:00Z"
ANN, BOB = "ann@example.com", "bob@example.com"

Keys = Callable[..., list[str]]


def _status(from_: str, to: str) -> dict[str, str]:
    ids = {"To Do": "10000", "In Progress": "3", "Done": "10001"}
    return {
        "field": "status",
        "fieldtype": "jira",
        "fieldId": "status",
        "from": ids[from_],
        "fromString": from_,
        "to": ids[to],
        "toString": to,
    }


def _account(site: Site, email: str) -> str:
    account_id: str = site.user(email)["accountId"]
    return account_id


OPTIONS = [{"id": "1", "value": "Berlin"}, {"id": "2", "value": "New York"}]
BLOCK = {
    "users": [ANN, BOB, {"name": "eve", "emailAddress": "eve@example.com"}],
    "projects": [
        {
            "key": "CK",
            "name": "Check",
            "lead": ANN,
            "components": [{"id": "101", "name": "Disk"}, {"id": "102", "name": "Net"}],
            "versions": [
                {"id": "201", "name": "1.0", "released": True},
                {"id": "202", "name": "1.1", "released": True},
                {"id": "203", "name": "2.0"},
                {"id": "204", "name": "3.0"},
                {"id": "205", "name": "0.9", "released": True, "archived": True},
            ],
            "fields": [
                {"id": "customfield_10001", "name": "Site", "allowedValues": OPTIONS},
                {"id": "customfield_10002", "name": "Points", "schema": "number"},
                {"id": "customfield_10003", "name": "Note"},
                {"id": "customfield_10004", "name": "Day", "schema": "date"},
                {
                    "id": "customfield_10005",
                    "name": "Tags",
                    "schema": {"type": "array", "items": "string"},
                },
                {"id": "customfield_10006", "name": "Tester", "schema": "user"},
                {"id": "customfield_10007", "name": "Odd", "schema": {"type": "any"}},
                {"id": "customfield_10008", "name": "Moment", "schema": "datetime"},
            ],
        },
        {
            "key": "ES",
            "name": "Elastic Stack",
            "lead": BOB,
            "versions": [{"id": "301", "name": "1.0"}],
        },
    ],
    "issues": [
        {
            "key": "CK-1",
            "summary": "disk full on host-1",
            "description": "The disk of host-1 is full",
            "issuetype": "Bug",
            "priority": "High",
            "status": "Done",
            "assignee": ANN,
            "reporter": BOB,
            "creator": ANN,
            "labels": ["ops", "Disk"],
            "components": ["Disk"],
            "fixVersions": ["1.0"],
            "versions": ["1.1"],
            "duedate": "2024-05-10",
            "created": "2024-05-01T09:00:00Z",
            "updated": "2024-05-04T10:00:00Z",
            "resolutiondate": "2024-05-04T09:00:00Z",
            "customfield_10001": "Berlin",
            "customfield_10002": 3,
            "customfield_10003": "a small note",
            "customfield_10004": "2024-05-03",
            "customfield_10005": ["Red", "blue"],
            "customfield_10006": ANN,
            "customfield_10008": "2024-05-03T10:00:00.000+0000",
            "comments": [
                {"body": "Looking into it", "author": BOB, "created": "2024-05-02T10:00:00Z"},
                {"body": "Cleaned the logs", "author": ANN, "created": "2024-05-03T10:00:00Z"},
            ],
            "changelog": [
                {
                    "author": ANN,
                    "created": "2024-05-02T09:00:00Z",
                    "items": [_status("To Do", "In Progress")],
                },
                {
                    "author": BOB,
                    "created": "2024-05-04T09:00:00Z",
                    "items": [_status("In Progress", "Done")],
                },
            ],
        },
        {
            "key": "CK-2",
            "summary": "Network down",
            "issuetype": "Epic",
            "priority": "Low",
            "status": "In Progress",
            "assignee": BOB,
            "reporter": ANN,
            "labels": ["ops"],
            "components": ["Net", "Disk"],
            "fixVersions": ["2.0"],
            "created": "2024-05-05T09:00:00Z",
            "updated": "2024-05-06T09:00:00Z",
            "duedate": "2024-06-01",
            "environment": "Lab",
            "customfield_10001": "New York",
            "customfield_10002": 8.5,
            "changelog": [
                {
                    "author": BOB,
                    "created": "2024-05-06T09:00:00Z",
                    "items": [_status("To Do", "In Progress")],
                },
            ],
        },
        {
            "key": "CK-3",
            "summary": "Write it down",
            "issuetype": "Task",
            "parent": "CK-2",
            "created": "2024-05-07T09:00:00Z",
            "reporter": ANN,
        },
        {
            "key": "ES-1",
            "summary": "Slow search",
            "issuetype": "Task",
            "priority": None,
            "status": "Done",
            "resolution": "Duplicate",
            "created": "2024-05-08T09:00:00Z",
            "reporter": None,
            "fixVersions": ["1.0"],
        },
    ],
}


@pytest.fixture(scope="session")
def site() -> Site:
    """Return the site; nobody may write to it."""
    store = Store()
    site = Site(store, Installation(clock=Clock(frozen_at=NOW)))
    with store.transaction() as transaction:
        site.restore(BLOCK, transaction)
    return site


@pytest.fixture(scope="session")
def keys(site: Site) -> Keys:
    """Return a search: the keys that a query finds, as one text, for a user."""

    def found(text: str, user: str = ANN) -> list[str]:
        issues = search.find(site, jql.parse(text), Viewer(user))
        return [issue["key"] for issue in issues]

    return found


@pytest.fixture(scope="session")
def problems(site: Site) -> Callable[[str], list[str]]:
    """Return a search that must be refused: what is wrong with a query."""

    def found(text: str) -> list[str]:
        with pytest.raises(search.BadSearch) as caught:
            search.find(site, jql.parse(text), Viewer(ANN))
        return caught.value.error_messages

    return found
