"""Webhooks: where events are told, and which."""

from __future__ import annotations

import re

from mockkibana.json import Json
from mockkibana.store import Document

TABLE = "jira:webhooks"
ISSUE_SECTION = "issue-related-events-section"
EVENTS = (
    *("jira:issue_created", "jira:issue_updated", "jira:issue_deleted"),
    *("comment_created", "comment_updated", "comment_deleted"),
)
"""The events that the site tells."""
# Those that a tool may ask for, and that never come.
_SILENT = re.compile(
    r"(?:jira:)?(?:worklog|issuelink|attachment|sprint|board|user|version|project|option)_?\w*"
)
_URL = re.compile(r"https?://[^\s/]+\S*")


class BadWebhook(ValueError):
    """A webhook cannot be so; the text says why."""


def read(body: dict[str, Json], before: Document) -> Document:
    """Return the record of what a body says, without an id. Raises `BadWebhook`."""
    name = body.get("name", before.get("name"))
    url = body.get("url", before.get("url"))
    events = body.get("events", before.get("events", []))
    # Guess: the sentences.
    if not isinstance(name, str) or not name.strip():
        raise BadWebhook("The webhook's name is missing.")
    if not isinstance(url, str) or not _URL.fullmatch(url):
        raise BadWebhook("The webhook's url is missing or invalid.")
    if not isinstance(events, list) or not all(isinstance(event, str) for event in events):
        raise BadWebhook("The webhook's events must be an array of strings.")
    for event in events:
        if event not in EVENTS and not _SILENT.fullmatch(event):
            raise BadWebhook(f"There is no event '{event}'.")
    filters = body.get("filters", {})
    query = filters.get(ISSUE_SECTION) if isinstance(filters, dict) else None
    query = body.get("jqlFilter", body.get("jql", query or before.get("jql", "")))
    if not isinstance(query, str):
        raise BadWebhook("The webhook's filter must be a string.")
    flags = {}
    for key, default in (("excludeBody", False), ("enabled", True)):
        value = body.get(key, before.get(key, default))
        if not isinstance(value, bool):
            raise BadWebhook(f"The webhook's {key} must be true or false.")
        flags[key] = value
    return {"name": name, "url": url, "events": events, "jql": query, **flags}
