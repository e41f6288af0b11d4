"""The trail of a change: who made it, when, and what the history of the issue tells of it."""

from __future__ import annotations

from mockkibana.jira.people.users import Users
from mockkibana.jira.projects.counters import Counters
from mockkibana.jira.records import records
from mockkibana.jira.records.records import HISTORIES, ISSUES
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json
from mockkibana.store import Document, Transaction


class Trail:
    """Marks issues as changed."""

    def __init__(self, counters: Counters, users: Users) -> None:
        self._counters = counters
        self._users = users

    def begin(self, transaction: Transaction, viewer: Viewer, *kinds: str) -> tuple[str, ...]:
        """Return who changes something, the time of it, and a new id of each kind."""
        author = self._users.register(transaction, viewer.user)
        return author, *self._counters.stamp(transaction, *kinds)

    def take(self, transaction: Transaction, kind: str) -> str:
        """Return the next id of a kind."""
        return self._counters.take(transaction, kind)

    def mark(
        self,
        transaction: Transaction,
        issue: Document,
        author: str,
        time: str,
        items: list[Json] | None = None,
    ) -> Document:
        """Store an issue as updated, with what its history tells of that; return what it becomes.

        `items` are as Jira shows them.
        """
        issue = {**issue, "fields": {**issue["fields"], "updated": time}}
        if items:
            id_ = self._counters.take(transaction, "history")
            history = records.history(id_, issue["id"], author, time, items)
            issue = HISTORIES.add(transaction, issue, history)
        transaction.put(ISSUES, {issue["id"]: issue})
        return issue


def item(
    field: str,
    field_id: str,
    before: tuple[str | None, str | None] = (None, None),
    after: tuple[str | None, str | None] = (None, None),
) -> Document:
    """Return an item of a history: what a field of Jira's own was and is, each by id and text."""
    return {
        "field": field,
        "fieldtype": "jira",
        "fieldId": field_id,
        "from": before[0],
        "fromString": before[1],
        "to": after[0],
        "toString": after[1],
    }
