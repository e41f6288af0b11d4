"""Comments on issues."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.jira.errors import JiraError, not_found, refused
from mockkibana.jira.issues import records
from mockkibana.jira.issues.records import COMMENTS, ISSUES
from mockkibana.jira.issues.values import NOT_RICH, BadValue, rich_text
from mockkibana.jira.projects.counters import Counters
from mockkibana.jira.projects.users import Users
from mockkibana.json import Json
from mockkibana.store import Store, Transaction

Document = dict[str, Json]


class Comments:
    """The comments of all issues; `seen` finds an issue, or raises what Jira answers."""

    def __init__(
        self,
        store: Store,
        counters: Counters,
        users: Users,
        seen: Callable[[str, str | None], Document],
    ) -> None:
        self._store = store
        self._counters = counters
        self._users = users
        self._seen = seen

    def get(self, id_or_key: str, comment_id: str, user: str | None) -> Document:
        """Return the record of a comment. Raises `JiraError` (404)."""
        issue = self._seen(id_or_key, user)
        comment = self._store.get(COMMENTS.table, comment_id)
        if comment is None or comment["issue"] != issue["id"]:
            raise not_found(f"Can not find a comment for the id: {comment_id}.")
        return comment

    def add(self, id_or_key: str, body: Json, user: str | None, version: str) -> Document:
        """Add a comment and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            issue = self._seen(id_or_key, user)
            author = self._users.register(transaction, user)
            time = self._counters.time(transaction)
            issue, comment = self.write(transaction, issue, body, author, time, version)
            self._touch(transaction, issue, time)
        return comment

    def write(
        self,
        transaction: Transaction,
        issue: Document,
        body: Json,
        author: Document,
        time: str,
        version: str,
    ) -> tuple[Document, Document]:
        """Put a new comment into the store; return what the issue becomes, and the comment."""
        text = _text(body, version)
        id_ = self._counters.take(transaction, "comment")
        visibility = body.get("visibility") or None
        comment = records.comment(id_, issue["id"], author["accountId"], text, time, visibility)
        return COMMENTS.add(transaction, issue, comment), comment

    def edit(
        self, id_or_key: str, comment_id: str, body: Json, user: str | None, version: str
    ) -> Document:
        """Give a comment another text and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            comment = self.get(id_or_key, comment_id, user)
            issue = self._seen(id_or_key, user)
            text = _text(body, version)
            author = self._users.register(transaction, user)
            time = self._counters.time(transaction)
            comment = {
                **comment,
                "body": text,
                "updateAuthor": author["accountId"],
                "updated": time,
                "visibility": body.get("visibility", comment["visibility"]) or None,
            }
            transaction.put(COMMENTS.table, {comment_id: comment})
            self._touch(transaction, issue, time)
        return comment

    def delete(self, id_or_key: str, comment_id: str, user: str | None) -> None:
        """Remove a comment. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            comment = self.get(id_or_key, comment_id, user)
            issue = COMMENTS.remove(transaction, self._seen(id_or_key, user), comment)
            transaction.remove(COMMENTS.table, [comment_id])
            self._touch(transaction, issue, self._counters.time(transaction))

    def _touch(self, transaction: Transaction, issue: Document, time: str) -> None:
        fields = {**issue["fields"], "updated": time}
        transaction.put(ISSUES, {issue["id"]: {**issue, "fields": fields}})


def _text(body: Json, version: str) -> str:
    if not isinstance(body, dict):
        raise JiraError(
            400,
            messages=["There was an error parsing JSON. Check that your request body is valid."],
        )
    value = body.get("body")
    if value is None or value == "":
        raise refused("comment", "Comment body can not be empty!")
    try:
        text = rich_text(value, version)
    except BadValue as problem:
        told = str(problem)
        raise refused(
            "comment", "Comment body is not valid!" if told == NOT_RICH else told
        ) from None
    if not text.strip():
        raise refused("comment", "Comment body can not be empty!")
    return text
