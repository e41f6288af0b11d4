"""Records: the shapes of what the site stores about an issue, and how they hang together."""

from __future__ import annotations

from mockkibana.jira.issues.linked_rows import LinkedRows
from mockkibana.json import Json
from mockkibana.store import Document

ISSUES = "jira:issues"
ISSUE_KEYS = "jira:issue_keys"

COMMENTS = LinkedRows("jira:comments", ISSUES, last="last_comment", previous="previous")
HISTORIES = LinkedRows("jira:histories", ISSUES, last="last_history", previous="previous")
CHILDREN = LinkedRows(ISSUES, ISSUES, last="last_child", previous="older_sibling")

# The fields of every issue, in the order in which the store keeps them; a project's own follow.
# `status`, `priority`, `resolution`, `issuetype` and `parent` are ids, people are account ids,
# times are Jira's texts in UTC, rich text is plain text.
NO_FIELDS: Document = {
    "summary": "",
    "issuetype": "",
    "status": "",
    "priority": None,
    "resolution": None,
    "resolutiondate": None,
    "statuscategorychangedate": "",
    "created": "",
    "updated": "",
    "creator": "",
    "reporter": None,
    "assignee": None,
    "parent": None,
    "description": None,
    "environment": None,
    "labels": [],
    "components": [],
    "fixVersions": [],
    "versions": [],
    "duedate": None,
}


def issue(id: str, project: Document, number: int, fields: Document) -> Document:  # noqa: A002
    """Return the record of an issue that nothing hangs on yet."""
    return {
        "id": id,
        "key": f"{project['key']}-{number}",
        "project": project["id"],
        "number": number,
        "fields": {**NO_FIELDS, **fields},
        "last_comment": None,
        "last_history": None,
        "last_child": None,
        "older_sibling": None,
    }


def comment(
    id: str,  # noqa: A002
    issue_id: str,
    author: str,
    body: str,
    time: str,
    visibility: Json = None,
) -> Document:
    """Return the record of a new comment; `author` is an account id."""
    return {
        "id": id,
        "issue": issue_id,
        "author": author,
        "body": body,
        "updateAuthor": author,
        "created": time,
        "updated": time,
        "visibility": visibility,
        "previous": None,
    }


def history(id: str, issue_id: str, author: str, time: str, items: list[Json]) -> Document:  # noqa: A002
    """Return the record of a change, `items` as Jira shows them."""
    return {
        "id": id,
        "issue": issue_id,
        "author": author,
        "created": time,
        "items": items,
        "previous": None,
    }
