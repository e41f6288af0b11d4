"""Properties: any JSON that tools keep with an issue or a project, by a key."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.jira.errors import bad_request, not_found
from mockkibana.jira.projects.projects import Projects
from mockkibana.jira.records import records
from mockkibana.jira.records.records import ISSUES
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json, dumps
from mockkibana.store import Document, Store, Transaction

Seen = Callable[[str, Viewer], Document]
LONGEST_KEY = 255
LONGEST_VALUE = 32_768


class Properties:
    """The properties of whatever `seen` finds, as `put` stores them."""

    def __init__(
        self, store: Store, seen: Seen, put: Callable[[Transaction, Document], None]
    ) -> None:
        self._store = store
        self._seen = seen
        self._put = put

    def all(self, id_or_key: str, viewer: Viewer) -> Document:
        """Return every value by its key. Raises `JiraError` 404."""
        return records.properties(self._seen(id_or_key, viewer))

    def keys(self, id_or_key: str, viewer: Viewer) -> list[str]:
        """Return the keys. Raises `JiraError` 404."""
        return list(self.all(id_or_key, viewer))

    def get(self, id_or_key: str, key: str, viewer: Viewer) -> Json:
        """Return a value. Raises `JiraError` 404."""
        found = records.properties(self._seen(id_or_key, viewer))
        if key not in found:
            raise not_found(f"The property with key '{key}' does not exist.")
        return found[key]

    def set(self, id_or_key: str, key: str, value: Json, viewer: Viewer) -> bool:
        """Keep a value; return whether the key is new. Raises `JiraError`."""
        if not key.strip() or len(key) > LONGEST_KEY:
            raise bad_request(f"The property key must be between 1 and {LONGEST_KEY} characters.")
        if len(dumps(value)) > LONGEST_VALUE:
            raise bad_request(f"The property value exceeds {LONGEST_VALUE} characters.")
        with self._store.transaction() as transaction:
            owner = self._seen(id_or_key, viewer)
            known = records.properties(owner)
            self._put(transaction, {**owner, "properties": {**known, key: value}})
        return key not in known

    def delete(self, id_or_key: str, key: str, viewer: Viewer) -> None:
        """Forget a value. Raises `JiraError` 404."""
        with self._store.transaction() as transaction:
            self.get(id_or_key, key, viewer)
            owner = self._seen(id_or_key, viewer)
            left = {name: value for name, value in records.properties(owner).items() if name != key}
            self._put(transaction, {**owner, "properties": left})


def of_issues(store: Store, seen: Seen) -> Properties:
    """Return the properties of issues."""
    return Properties(
        store, seen, lambda transaction, issue: transaction.put(ISSUES, {issue["id"]: issue})
    )


def of_projects(store: Store, projects: Projects) -> Properties:
    """Return the properties of projects."""
    return Properties(store, projects.seen, projects.put)
