"""Those who watch an issue, and those who vote for it."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.jira.errors import not_found
from mockkibana.jira.people.users import Users
from mockkibana.jira.records import records
from mockkibana.jira.records.records import ISSUES
from mockkibana.jira.viewer import Viewer
from mockkibana.store import Document, Store

Seen = Callable[[str, Viewer], Document]
_OWN_VOTE = "You cannot vote for an issue you have reported."
_RESOLVED = "Issue is resolved, you cannot vote for it."


class Watching:
    """Watchers and voters, who are part of an issue's record.

    Neither is an update of the issue, as in Jira.
    """

    def __init__(self, store: Store, users: Users, seen: Seen) -> None:
        self._store = store
        self._users = users
        self._seen = seen

    def watchers(self, id_or_key: str, viewer: Viewer) -> list[str]:
        """Return the account ids of those who watch. Raises `JiraError` 404."""
        return records.watchers(self._seen(id_or_key, viewer))

    def watch(self, id_or_key: str, user: str | None, viewer: Viewer) -> None:
        """Let a user watch: the viewer for None. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            issue = self._seen(id_or_key, viewer)
            me = self._users.register(transaction, viewer.user)
            account_id = me if user is None else self._account(user, viewer)
            self._put(issue, "watchers", [*records.watchers(issue), account_id])

    def unwatch(self, id_or_key: str, user: str | None, viewer: Viewer) -> None:
        """Let a user no longer watch: the viewer for None. Raises `JiraError`."""
        with self._store.transaction():
            issue = self._seen(id_or_key, viewer)
            account_id = self.me(viewer) if user is None else self._account(user, viewer)
            left = [watcher for watcher in records.watchers(issue) if watcher != account_id]
            self._put(issue, "watchers", left)

    def voters(self, id_or_key: str, viewer: Viewer) -> list[str]:
        """Return the account ids of those who have voted. Raises `JiraError` 404."""
        return records.voters(self._seen(id_or_key, viewer))

    def vote(self, id_or_key: str, viewer: Viewer) -> None:
        """Vote for an issue of somebody else's that is not resolved. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            issue = self._seen(id_or_key, viewer)
            me = self._users.register(transaction, viewer.user)
            if issue["fields"]["reporter"] == me:
                raise not_found(_OWN_VOTE)
            if issue["fields"]["resolution"] is not None:
                raise not_found(_RESOLVED)
            self._put(issue, "voters", [*records.voters(issue), me])

    def unvote(self, id_or_key: str, viewer: Viewer) -> None:
        """Take the viewer's vote back, if there is one. Raises `JiraError`."""
        with self._store.transaction():
            issue = self._seen(id_or_key, viewer)
            me = self.me(viewer)
            left = [voter for voter in records.voters(issue) if voter != me]
            self._put(issue, "voters", left)

    def me(self, viewer: Viewer) -> str:
        """Return the account id of the viewer."""
        account_id: str = self._users.caller(viewer.user)["accountId"]
        return account_id

    def _put(self, issue: Document, key: str, users: list[str]) -> None:
        changed = {**issue, key: list(dict.fromkeys(users))}
        if changed != issue:
            with self._store.transaction() as transaction:
                transaction.put(ISSUES, {issue["id"]: changed})

    def _account(self, user: str, viewer: Viewer) -> str:
        found = self._users.named(user, viewer.flavour)
        if found is None:
            raise not_found(viewer.texts.no_user.format(user))
        account_id: str = found["accountId"]
        return account_id
