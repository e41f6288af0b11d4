"""The comments on issues: added, edited and deleted."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.jira.errors import NO_JSON, bad_request, not_found, refused
from mockkibana.jira.issues.values import NOT_RICH, BadValue, rich_text
from mockkibana.jira.projects.visibility import Visibility
from mockkibana.jira.records import records
from mockkibana.jira.records.records import COMMENTS
from mockkibana.jira.records.trail import Trail
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json
from mockkibana.store import Document, Store, Transaction


class Comments:
    """The comments of all issues; `seen` finds an issue, or raises what Jira answers.

    Every change is one transaction, and is an update of the issue too.
    """

    def __init__(
        self,
        store: Store,
        trail: Trail,
        visibility: Visibility,
        seen: Callable[[str, Viewer], Document],
    ) -> None:
        self._store = store
        self._trail = trail
        self._visibility = visibility
        self._seen = seen

    def get(self, id_or_key: str, comment_id: str, viewer: Viewer) -> Document:
        """Return the record of a comment. Raises `JiraError` (404)."""
        issue = self._seen(id_or_key, viewer)
        comment = self._store.table(COMMENTS.table).row(comment_id)
        hidden = comment and not self._visibility.admits(comment["visibility"], issue, viewer)
        if comment is None or comment["issue"] != issue["id"] or hidden:
            raise not_found(f"Can not find a comment for the id: {comment_id}.")
        return comment

    def of(self, issue: Document, viewer: Viewer) -> list[Document]:
        """Return the records of an issue's comments that the viewer sees, oldest first."""
        members = COMMENTS.members(self._store, issue)
        if viewer.user is None:
            return members
        admits = self._visibility.admits
        return [row for row in members if admits(row["visibility"], issue, viewer)]

    def add(self, id_or_key: str, body: Json, viewer: Viewer) -> Document:
        """Add a comment and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            issue = self._seen(id_or_key, viewer)
            author, time, id_ = self._trail.begin(transaction, viewer, "comment")
            comment = self._new(id_, issue, body, author, time, viewer)
            issue = records.watched(COMMENTS.add(transaction, issue, comment), author)
            self._trail.mark(transaction, issue, author, time)
        return comment

    def write(
        self, transaction: Transaction, issue: Document, body: Json, author: str, viewer: Viewer
    ) -> Document:
        """Put a comment into the store that comes with an edit of the issue.

        `author` is an account id. Returns what the issue becomes, and does not store it.
        """
        id_ = self._trail.take(transaction, "comment")
        time = issue["fields"]["updated"]
        comment = self._new(id_, issue, body, author, time, viewer)
        return records.watched(COMMENTS.add(transaction, issue, comment), author)

    def edit(self, id_or_key: str, comment_id: str, body: Json, viewer: Viewer) -> Document:
        """Give a comment another text and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            comment = self.get(id_or_key, comment_id, viewer)
            issue = self._seen(id_or_key, viewer)
            text = _text(body, viewer)
            author, time = self._trail.begin(transaction, viewer)
            comment = {
                **comment,
                "body": text,
                "updateAuthor": author,
                "updated": time,
                "visibility": self._visibility.read({**comment, **body}),
            }
            transaction.put(COMMENTS.table, {comment_id: comment})
            self._trail.mark(transaction, issue, author, time)
        return comment

    def delete(self, id_or_key: str, comment_id: str, viewer: Viewer) -> Document:
        """Remove a comment and return what it was. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            comment = self.get(id_or_key, comment_id, viewer)
            issue = COMMENTS.remove(transaction, self._seen(id_or_key, viewer), comment)
            transaction.remove(COMMENTS.table, [comment_id])
            author, time = self._trail.begin(transaction, viewer)
            self._trail.mark(transaction, issue, author, time)
        return comment

    def _new(
        self,
        id: str,  # noqa: A002
        issue: Document,
        body: Json,
        author: str,
        time: str,
        viewer: Viewer,
    ) -> Document:
        text = _text(body, viewer)
        visibility = self._visibility.read(body)
        return records.comment(id, issue["id"], author, text, time, visibility)


def _text(body: Json, viewer: Viewer) -> str:
    if not isinstance(body, dict):
        raise bad_request(NO_JSON)
    value = body.get("body")
    try:
        text = "" if value is None or value == "" else rich_text(value, viewer.version)
    except BadValue as problem:
        told = str(problem)
        raise refused(
            "comment", "Comment body is not valid!" if told == NOT_RICH else told
        ) from None
    if not text.strip():
        raise refused("comment", "Comment body can not be empty!")
    return text
