"""Remote links: from issues to what is elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.jira.errors import BAD_PAYLOAD, JiraError, bad_request, not_found
from mockkibana.jira.records import records
from mockkibana.jira.records.records import REMOTE_LINKS
from mockkibana.jira.records.trail import Trail, item
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json
from mockkibana.store import Document, Store

Seen = Callable[[str, Viewer], Document]
_KEPT = ("globalId", "application", "relationship", "object")


class RemoteLinks:
    """The remote links of all issues; one with a `globalId` is there once an issue."""

    def __init__(self, store: Store, trail: Trail, seen: Seen) -> None:
        self._store = store
        self._trail = trail
        self._seen = seen

    def all(self, id_or_key: str, viewer: Viewer) -> list[Document]:
        """Return the records of an issue's remote links. Raises `JiraError` 404."""
        return REMOTE_LINKS.members(self._store, self._seen(id_or_key, viewer))

    def get(self, id_or_key: str, id: str, viewer: Viewer) -> Document:  # noqa: A002
        """Return one of them. Raises `JiraError` 404."""
        issue = self._seen(id_or_key, viewer)
        link = self._store.table(REMOTE_LINKS.table).row(id)
        if link is None or link["issue"] != issue["id"]:
            raise not_found(f"Cannot find remote issue link with id '{id}'.")
        return link

    def put(self, id_or_key: str, body: Json, viewer: Viewer) -> tuple[Document, bool]:
        """Add a link, or change the one of the body's `globalId`.

        Returns its record, and whether it is new. Raises `JiraError`.
        """
        content = _content(body)
        with self._store.transaction() as transaction:
            issue = self._seen(id_or_key, viewer)
            global_id = content.get("globalId")
            for known in REMOTE_LINKS.members(self._store, issue) if global_id else ():
                if known.get("globalId") == global_id:
                    return self._replace(id_or_key, known, content, viewer), False
            author, time, id_ = self._trail.begin(transaction, viewer, "remote_link")
            link = records.remote_link(id_, issue["id"], content)
            issue = REMOTE_LINKS.add(transaction, issue, link)
            told = f'This issue links to "{content["object"]["title"]}"'
            change = item("RemoteIssueLink", "remotelink", after=(id_, told))
            self._trail.mark(transaction, issue, author, time, [change])
        return link, True

    def edit(self, id_or_key: str, id: str, body: Json, viewer: Viewer) -> Document:  # noqa: A002
        """Put other content into a link and return its record. Raises `JiraError`."""
        content = _content(body)
        return self._replace(id_or_key, self.get(id_or_key, id, viewer), content, viewer)

    def _replace(
        self, id_or_key: str, link: Document, content: Document, viewer: Viewer
    ) -> Document:
        with self._store.transaction() as transaction:
            issue = self._seen(id_or_key, viewer)
            author, time = self._trail.begin(transaction, viewer)
            changed = {
                **records.remote_link(link["id"], link["issue"], content),
                "previous": link["previous"],
            }
            transaction.put(REMOTE_LINKS.table, {link["id"]: changed})
            self._trail.mark(transaction, issue, author, time)
        return changed

    def delete(self, id_or_key: str, id: str, viewer: Viewer) -> None:  # noqa: A002
        """Remove a link. Raises `JiraError` 404."""
        with self._store.transaction() as transaction:
            link = self.get(id_or_key, id, viewer)
            author, time = self._trail.begin(transaction, viewer)
            issue = REMOTE_LINKS.remove(transaction, self._seen(id_or_key, viewer), link)
            transaction.remove(REMOTE_LINKS.table, [id])
            told = f'This issue links to "{link["object"]["title"]}"'
            change = item("RemoteIssueLink", "remotelink", before=(id, told))
            self._trail.mark(transaction, issue, author, time, [change])

    def delete_global(self, id_or_key: str, global_id: str, viewer: Viewer) -> None:
        """Remove the link of a `globalId`. Raises `JiraError` 404."""
        for link in self.all(id_or_key, viewer):
            if link.get("globalId") == global_id:
                return self.delete(id_or_key, link["id"], viewer)
        raise not_found(f"No remote link with globalId '{global_id}' exists.")


def _content(body: Json) -> Document:
    if not isinstance(body, dict):
        raise bad_request(BAD_PAYLOAD)
    content = {key: body[key] for key in _KEPT if body.get(key) is not None}
    target, errors = content.get("object"), {}
    for name in ("title", "url"):
        value = target.get(name) if isinstance(target, dict) else None
        if not isinstance(value, str) or not value.strip():
            errors[name] = f"'{name}' is required."
    for name in ("globalId", "relationship"):
        if not isinstance(content.get(name, ""), str):
            errors[name] = "data was not a string"
    if errors:
        raise JiraError(400, errors=errors)
    return content


def show(link: Document, url: str) -> Document:
    """Return a remote link as Jira shows it; its `id` is a number."""
    content = {key: link[key] for key in _KEPT if key in link}
    shown = {
        "id": int(link["id"]),
        "self": f"{url}/rest/api/2/issue/{link['issue']}/remotelink/{link['id']}",
        **content,
    }
    shown.setdefault("application", {})
    return shown
