"""Records: the shapes of what the site stores about an issue, and how they hang together."""

from __future__ import annotations

from mockkibana.jira.records.linked_rows import LinkedRows
from mockkibana.json import Json
from mockkibana.store import Document

ISSUES = "jira:issues"
ISSUE_KEYS = "jira:issue_keys"
LINKS = "jira:links"
CONTENTS = "jira:contents"

COMMENTS = LinkedRows("jira:comments", ISSUES, last="last_comment", previous="previous")
HISTORIES = LinkedRows("jira:histories", ISSUES, last="last_history", previous="previous")
WORKLOGS = LinkedRows("jira:worklogs", ISSUES, last="last_worklog", previous="previous")
ATTACHMENTS = LinkedRows("jira:attachments", ISSUES, last="last_attachment", previous="previous")
REMOTE_LINKS = LinkedRows("jira:remote_links", ISSUES, last="last_remote_link", previous="previous")
CHILDREN = LinkedRows(ISSUES, ISSUES, last="last_child", previous="older_sibling")

# The fields of every issue, in the order in which the store keeps them; a project's own follow.
# `status`, `priority`, `resolution`, `issuetype` and `parent` are ids, people are account ids,
# times are Jira's texts in UTC, rich text is plain text, estimates and time spent are seconds.
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
    "timeoriginalestimate": None,
    "timeestimate": None,
    "timespent": None,
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
        "last_worklog": None,
        "last_attachment": None,
        "last_remote_link": None,
        "links": [],
        "watchers": [],
        "voters": [],
        "properties": {},
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


def worklog(
    id: str,  # noqa: A002
    issue_id: str,
    author: str,
    time: str,
    *,
    started: str,
    seconds: int,
    comment: str | None,
    visibility: Json = None,
) -> Document:
    """Return the record of work done; `author` is an account id."""
    return {
        "id": id,
        "issue": issue_id,
        "author": author,
        "updateAuthor": author,
        "comment": comment,
        "created": time,
        "updated": time,
        "started": started,
        "timeSpentSeconds": seconds,
        "visibility": visibility,
        "previous": None,
    }


def attachment(
    id: str,  # noqa: A002
    issue_id: str,
    author: str,
    time: str,
    *,
    filename: str,
    size: int,
    mime_type: str,
) -> Document:
    """Return the record of a file, whose content is in another table under the same id."""
    return {
        "id": id,
        "issue": issue_id,
        "author": author,
        "created": time,
        "filename": filename,
        "size": size,
        "mimeType": mime_type,
        "previous": None,
    }


def link(id: str, type_id: str, inward: str, outward: str) -> Document:  # noqa: A002
    """Return the record of a link: the issue `inward` blocks, say, the issue `outward`."""
    return {"id": id, "type": type_id, "inward": inward, "outward": outward}


def remote_link(id: str, issue_id: str, content: Document) -> Document:  # noqa: A002
    """Return the record of a link to something elsewhere."""
    return {"id": id, "issue": issue_id, **content, "previous": None}


# Issues that an earlier version stored lack what came later.


def links(issue: Document) -> list[str]:
    """Return the ids of an issue's links to others."""
    found: list[str] = issue.get("links", [])
    return found


def without_link(issue: Document, link_id: str) -> Document:
    """Return an issue without one of its links."""
    return {**issue, "links": [id_ for id_ in links(issue) if id_ != link_id]}


def watchers(issue: Document) -> list[str]:
    """Return the account ids of those who watch an issue."""
    found: list[str] = issue.get("watchers", [])
    return found


def watched(issue: Document, account_id: str) -> Document:
    """Return an issue as it is once that user watches it, as its authors do."""
    known = watchers(issue)
    return issue if account_id in known else {**issue, "watchers": [*known, account_id]}


def voters(issue: Document) -> list[str]:
    """Return the account ids of those who voted for an issue."""
    found: list[str] = issue.get("voters", [])
    return found


def properties(issue: Document) -> Document:
    """Return the properties of an issue: any JSON by a key."""
    found: Document = issue.get("properties", {})
    return found
