"""The comments on issues: added, edited and deleted."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.jira.errors import BAD_PAYLOAD, NO_JSON, bad_request, not_found, refused
from mockkibana.jira.issues import records
from mockkibana.jira.issues.records import COMMENTS, ISSUES
from mockkibana.jira.issues.values import NOT_RICH, BadValue, rich_text
from mockkibana.jira.projects import metadata
from mockkibana.jira.projects.counters import Counters
from mockkibana.jira.projects.users import Users
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
        counters: Counters,
        users: Users,
        seen: Callable[[str, Viewer], Document],
    ) -> None:
        self._store = store
        self._counters = counters
        self._users = users
        self._seen = seen

    def get(self, id_or_key: str, comment_id: str, viewer: Viewer) -> Document:
        """Return the record of a comment. Raises `JiraError` (404)."""
        issue = self._seen(id_or_key, viewer)
        comment = self._store.table(COMMENTS.table).row(comment_id)
        if comment is None or comment["issue"] != issue["id"]:
            raise not_found(f"Can not find a comment for the id: {comment_id}.")
        return comment

    def add(self, id_or_key: str, body: Json, viewer: Viewer) -> Document:
        """Add a comment and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            issue = self._seen(id_or_key, viewer)
            author = self._users.register(transaction, viewer.user)
            time, id_ = self._counters.stamp(transaction, "comment")
            comment = _new(id_, issue, body, author, time, viewer)
            self._touch(transaction, COMMENTS.add(transaction, issue, comment), time)
        return comment

    def write(
        self, transaction: Transaction, issue: Document, body: Json, author: str, viewer: Viewer
    ) -> Document:
        """Put a comment into the store that comes with an edit of the issue.

        `author` is an account id. Returns what the issue becomes, and does not store it.
        """
        id_ = self._counters.take(transaction, "comment")
        time = issue["fields"]["updated"]
        return COMMENTS.add(transaction, issue, _new(id_, issue, body, author, time, viewer))

    def edit(self, id_or_key: str, comment_id: str, body: Json, viewer: Viewer) -> Document:
        """Give a comment another text and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            comment = self.get(id_or_key, comment_id, viewer)
            issue = self._seen(id_or_key, viewer)
            text = _text(body, viewer)
            author = self._users.register(transaction, viewer.user)
            time = self._counters.time(transaction)
            comment = {
                **comment,
                "body": text,
                "updateAuthor": author,
                "updated": time,
                "visibility": _visibility(body, comment["visibility"]),
            }
            transaction.put(COMMENTS.table, {comment_id: comment})
            self._touch(transaction, issue, time)
        return comment

    def delete(self, id_or_key: str, comment_id: str, viewer: Viewer) -> None:
        """Remove a comment. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            comment = self.get(id_or_key, comment_id, viewer)
            issue = COMMENTS.remove(transaction, self._seen(id_or_key, viewer), comment)
            transaction.remove(COMMENTS.table, [comment_id])
            self._touch(transaction, issue, self._counters.time(transaction))

    def _touch(self, transaction: Transaction, issue: Document, time: str) -> None:
        fields = {**issue["fields"], "updated": time}
        transaction.put(ISSUES, {issue["id"]: {**issue, "fields": fields}})


def _new(
    id: str,  # noqa: A002
    issue: Document,
    body: Json,
    author: str,
    time: str,
    viewer: Viewer,
) -> Document:
    text = _text(body, viewer)
    return records.comment(id, issue["id"], author, text, time, _visibility(body))


def _visibility(body: Json, before: Json = None) -> Json:
    """Return to whom a comment is shown, of `before` if the body does not say; None for all."""
    visibility = body.get("visibility", before)
    if not visibility:
        return None
    if not isinstance(visibility, dict):
        raise bad_request(BAD_PAYLOAD)
    level, name = visibility.get("type"), visibility.get("value", visibility.get("identifier"))
    if level not in ("role", "group") or not isinstance(name, str):
        raise bad_request(BAD_PAYLOAD)
    roles = metadata.shipped()["roles"]
    # Guess: every group is one, for the site keeps none; and everybody is in every role.
    if level == "role" and not any(name in role.values() for role in roles):
        raise refused("commentLevel", f"Role with id: {name} does not exist.")
    return visibility


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
