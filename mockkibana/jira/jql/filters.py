"""Filters: queries that somebody keeps under a name."""

from __future__ import annotations

from mockkibana.jira.errors import BAD_PAYLOAD, JiraError, bad_request
from mockkibana.jira.jql import jql
from mockkibana.jira.people.users import show
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json
from mockkibana.store import Document

TABLE = "jira:filters"


class Filters:
    """The filters of the site, which everybody sees; only the owner changes one."""

    def __init__(self, site: Site) -> None:
        self._store = site.store
        self._counters = site.counters
        self._users = site.people.users

    def all(self) -> list[Document]:
        """Return the records."""
        return list(self._store.table(TABLE).rows().values())

    def get(self, id: str) -> Document:  # noqa: A002
        """Return the record. Raises `JiraError` 400, as Jira does."""
        found = self._store.table(TABLE).row(id)
        if found is None:
            raise bad_request(f"The selected filter with id '{id}' does not exist.")
        return found

    def mine(self, viewer: Viewer) -> list[Document]:
        """Return the records of the viewer's own."""
        me = self._users.caller(viewer.user)["accountId"]
        return [row for row in self.all() if row["owner"] == me]

    def favourites(self, viewer: Viewer) -> list[Document]:
        """Return the records of those that the viewer likes."""
        me = self._users.caller(viewer.user)["accountId"]
        return [row for row in self.all() if me in row["favourites"]]

    def create(self, body: dict[str, Json], viewer: Viewer) -> Document:
        """Keep a query and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            content = self._content(body, {}, viewer)
            me = self._users.register(transaction, viewer.user)
            id_ = self._counters.take(transaction, "filter")
            liked = [me] if body.get("favourite") else []
            row = {"id": id_, **content, "owner": me, "favourites": liked}
            transaction.put(TABLE, {id_: row})
        return row

    def edit(self, id: str, body: dict[str, Json], viewer: Viewer) -> Document:  # noqa: A002
        """Change a filter of the viewer's and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            before = self._own(id, viewer)
            row = {**before, **self._content({**before, **body}, before, viewer)}
            transaction.put(TABLE, {id: row})
        return row

    def like(self, id: str, viewer: Viewer, *, liked: bool) -> Document:  # noqa: A002
        """Make a filter one of the viewer's favourites, or no longer. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            row = self.get(id)
            me = self._users.register(transaction, viewer.user)
            others = [each for each in row["favourites"] if each != me]
            row = {**row, "favourites": [*others, me] if liked else others}
            transaction.put(TABLE, {id: row})
        return row

    def delete(self, id: str, viewer: Viewer) -> None:  # noqa: A002
        """Forget a filter of the viewer's. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            self._own(id, viewer)
            transaction.remove(TABLE, [id])

    def _own(self, id: str, viewer: Viewer) -> Document:  # noqa: A002
        row = self.get(id)
        me = self._users.caller(viewer.user)["accountId"]
        if viewer.user is not None and row["owner"] != me:
            raise bad_request(
                "The user does not have permission to edit this filter, as they do not own it."
            )
        return row

    def _content(self, body: dict[str, Json], before: Document, viewer: Viewer) -> Document:
        name, text = body.get("name"), body.get("jql") or ""
        description = body.get("description") or ""
        if not isinstance(text, str) or not isinstance(description, str):
            raise bad_request(BAD_PAYLOAD)
        if not isinstance(name, str) or not name.strip():
            raise JiraError(400, errors={"filterName": "The filter must have a name."})
        me = self._users.caller(viewer.user)["accountId"]
        for other in self.all():
            mine = other["owner"] == me and other["id"] != before.get("id")
            if mine and other["name"] == name:
                raise JiraError(400, errors={"filterName": "Filter with same name already exists."})
        jql.parse(text, viewer.texts)
        return {"name": name, "description": description, "jql": text}

    def show(self, row: Document, viewer: Viewer) -> Document:
        """Return a filter as Jira shows it."""
        url = viewer.url
        owner = self._users.get(row["owner"])
        me = self._users.caller(viewer.user)["accountId"]
        return {
            "self": f"{url}/rest/api/2/filter/{row['id']}",
            "id": row["id"],
            "name": row["name"],
            **({"description": row["description"]} if row["description"] else {}),
            "owner": show(owner, url, viewer.flavour) if owner else None,
            "jql": row["jql"],
            "viewUrl": f"{url}/issues/?filter={row['id']}",
            "searchUrl": f"{url}/rest/api/2/search?jql=filter%3D{row['id']}",
            "favourite": me in row["favourites"],
            "favouritedCount": len(row["favourites"]),
            "sharePermissions": [],
            "editable": viewer.user is None or row["owner"] == me,
            "subscriptions": {
                "size": 0,
                "items": [],
                "max-results": 1000,
                "start-index": 0,
                "end-index": 0,
            },
        }
