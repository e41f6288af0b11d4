"""Events: what webhooks are told of the changes that requests make."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from mockkibana.jira.errors import JiraError
from mockkibana.jira.jql import jql
from mockkibana.jira.jql.search import find
from mockkibana.jira.people.users import show
from mockkibana.jira.records.webhooks import TABLE
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.jira.webhook_sender import Notice
from mockkibana.json import Json
from mockkibana.store import Document

Send = Callable[[list[Notice]], None]
_SHORT = ["summary", "issuetype", "project", "assignee", "priority", "status"]


class Events:
    """Tells webhooks of events, one viewer's; costs next to nothing where there is no webhook."""

    def __init__(self, site: Site, viewer: Viewer, send: Send | None) -> None:
        self._site = site
        # What a webhook gets is what the administrator sees, in version 2.
        self._viewer = Viewer(None, viewer.url, "2", viewer.flavour)
        self._user = viewer.user
        self._send = send

    def __bool__(self) -> bool:
        return self._send is not None and len(self._site.store.table(TABLE)) > 0

    def listening(self, event: str, issue_id: str) -> list[Document]:
        """Return the webhooks that want to know of an event of an issue, which must be there."""
        if not self:
            return []
        return [
            row
            for row in self._site.store.table(TABLE).rows().values()
            if row["enabled"] and event in row["events"] and self._fits(row["jql"], issue_id)
        ]

    def _fits(self, text: str, issue_id: str) -> bool:
        if not text.strip():
            return True
        condition = text.partition("ORDER BY")[0]
        try:
            query = jql.parse(f"id = {issue_id} AND ({condition})", self._viewer.texts)
            return bool(find(self._site, query, self._viewer))
        except JiraError:
            return False  # a filter that is none by now fits nothing

    def issue(self, issue_id: str, *, whole: bool = True) -> Document:
        """Return an issue as webhooks show it."""
        fields = None if whole else _SHORT
        return self._site.get_issue(issue_id, self._viewer, fields=fields)

    def tell(self, event: str, issue_id: str, **about: Json) -> None:
        """Tell of an event of an issue that is there."""
        if listeners := self.listening(event, issue_id):
            whole = event.startswith("jira:")
            self.send(listeners, event, self.issue(issue_id, whole=whole), **about)

    def edited(self, event_type: str, issue_id: str, last_history: str | None) -> None:
        """Tell of an issue whose fields have changed; `last_history` is what was its last."""
        if not self:
            return
        histories = self._site.changelog(issue_id, self._viewer)
        about: Document = {"issue_event_type_name": event_type}
        if histories and histories[-1]["id"] != last_history:
            latest = histories[-1]
            about["changelog"] = {"id": latest["id"], "items": latest["items"]}
        self.tell("jira:issue_updated", issue_id, **about)

    def last_history(self, id_or_key: str, viewer: Viewer) -> str | None:
        """Return the id of an issue's last history, where somebody listens."""
        if not self:
            return None
        found: str | None = self._site.seen_issue(id_or_key, viewer)["last_history"]
        return found

    def send(self, listeners: list[Document], event: str, issue: Document, **about: Json) -> None:
        """Send an event of an issue, which may be gone by now, to webhooks."""
        assert self._send is not None  # noqa: S101 - nobody listens otherwise
        user = show(
            self._site.people.users.caller(self._user), self._viewer.url, self._viewer.flavour
        )
        body = {
            "timestamp": self._site.clock.milliseconds(),
            "webhookEvent": event,
            **about,
            "user": user,
            "issue": issue,
        }
        self._send(
            [
                Notice(
                    row["name"], _filled(row["url"], issue), None if row["excludeBody"] else body
                )
                for row in listeners
            ]
        )


def _filled(url: str, issue: Document) -> str:
    """Return a URL with the issue's values in the place of Jira's variables."""
    key = issue["key"]
    project = issue["fields"].get("project", {})
    values = {
        "issue.key": key,
        "issue.id": issue["id"],
        "project.key": key.rpartition("-")[0],
        "project.id": project.get("id", ""),
    }
    for name, value in values.items():
        url = url.replace(f"${{{name}}}", quote(value)).replace(f"{{{name}}}", quote(value))
    return url
