"""What hangs on issues, as Jira shows it: comments, work, files, links, watchers, votes."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote

from mockkibana.jira.issues import adf
from mockkibana.jira.links.link_types import show_type
from mockkibana.jira.records import records
from mockkibana.jira.viewer import Viewer
from mockkibana.jira.work.durations import pretty
from mockkibana.json import Json
from mockkibana.store import Document


class Shows(Protocol):
    """What shows the parts: people and rich text, to a viewer."""

    viewer: Viewer

    def user(self, account_id: str | None) -> Json:
        """Return a user, or None for nobody."""

    def rich(self, text: str | None) -> Json:
        """Return rich text."""


def comment(shows: Shows, comment: Document, *, rendered: bool = False) -> Document:
    """Return a comment; `rendered` adds its body as HTML."""
    place = f"{comment['issue']}/comment/{comment['id']}"
    shown = {
        "self": f"{shows.viewer.url}/rest/api/2/issue/{place}",
        "id": comment["id"],
        "author": shows.user(comment["author"]),
        "body": shows.rich(comment["body"]),
        "updateAuthor": shows.user(comment["updateAuthor"]),
        "created": comment["created"],
        "updated": comment["updated"],
    }
    if shows.viewer.flavour != "server":
        shown["jsdPublic"] = True
    if comment["visibility"] is not None:
        shown["visibility"] = comment["visibility"]
    if rendered:
        shown["renderedBody"] = adf.html(comment["body"])
    return shown


def worklog(shows: Shows, worklog: Document) -> Document:
    """Return work that was logged."""
    place = f"{worklog['issue']}/worklog/{worklog['id']}"
    shown = {
        "self": f"{shows.viewer.url}/rest/api/2/issue/{place}",
        "author": shows.user(worklog["author"]),
        "updateAuthor": shows.user(worklog["updateAuthor"]),
        "comment": shows.rich(worklog["comment"]) or "",
        "created": worklog["created"],
        "updated": worklog["updated"],
        "started": worklog["started"],
        "timeSpent": pretty(worklog["timeSpentSeconds"]),
        "timeSpentSeconds": worklog["timeSpentSeconds"],
        "id": worklog["id"],
        "issueId": worklog["issue"],
    }
    if not shown["comment"] and shows.viewer.version == "3":
        del shown["comment"]  # an empty document is none
    if worklog["visibility"] is not None:
        shown["visibility"] = worklog["visibility"]
    return shown


def attachment(shows: Shows, attachment: Document) -> Document:
    """Return a file: where it is on a Server, or on Cloud."""
    url, id_ = shows.viewer.url, attachment["id"]
    content = f"secure/attachment/{id_}/{quote(attachment['filename'], safe='', errors='replace')}"
    if shows.viewer.flavour == "cloud":
        content = f"rest/api/2/attachment/content/{id_}"
    return {
        "self": f"{url}/rest/api/2/attachment/{id_}",
        "id": id_,
        "filename": attachment["filename"],
        "author": shows.user(attachment["author"]),
        "created": attachment["created"],
        "size": attachment["size"],
        "mimeType": attachment["mimeType"],
        "content": f"{url}/{content}",
    }


def link(link: Document, kind: Document, url: str) -> Document:
    """Return a link of a type without the issues at its ends."""
    return {
        "id": link["id"],
        "self": f"{url}/rest/api/2/issueLink/{link['id']}",
        "type": show_type(kind, url),
    }


def watches(shows: Shows, issue: Document, me: str, *, people: bool = False) -> Document:
    """Return how many watch an issue, and with `people` who; `me` is the viewer."""
    watchers = records.watchers(issue)
    shown = {
        "self": f"{shows.viewer.url}/rest/api/2/issue/{issue['key']}/watchers",
        "watchCount": len(watchers),
        "isWatching": me in watchers,
    }
    return shown | {"watchers": list(map(shows.user, watchers))} if people else shown


def votes(shows: Shows, issue: Document, me: str, *, people: bool = False) -> Document:
    """Return how many have voted for an issue, and with `people` who; `me` is the viewer."""
    voters = records.voters(issue)
    shown = {
        "self": f"{shows.viewer.url}/rest/api/2/issue/{issue['key']}/votes",
        "votes": len(voters),
        "hasVoted": me in voters,
    }
    return shown | {"voters": list(map(shows.user, voters))} if people else shown
