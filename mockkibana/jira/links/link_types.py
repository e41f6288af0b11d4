"""The types of links: four that every site has, and those that are made."""

from __future__ import annotations

from mockkibana.data import data
from mockkibana.jira.errors import BAD_PAYLOAD, JiraError, bad_request, not_found
from mockkibana.jira.projects.counters import Counters
from mockkibana.jira.records.records import ISSUES, LINKS, without_link
from mockkibana.json import Json
from mockkibana.store import Document, Store, Transaction

TABLE = "jira:link_types"
TEXTS = ("name", "inward", "outward")


def link_types(store: Store) -> list[Document]:
    """Return all types."""
    shipped: list[Document] = data("jira")["link_types"]
    made = store.table(TABLE).rows()
    return [*shipped, *made.values()] if made else shipped


def link_type(value: Json, store: Store) -> Document:
    """Return the type that `{"name": "Blocks"}` or `{"id": "10000"}` is. Raises `JiraError`."""
    if not isinstance(value, dict):
        raise bad_request(BAD_PAYLOAD)
    id_, name = value.get("id"), value.get("name")
    for row in link_types(store):
        if str(id_) == row["id"] if id_ is not None else name == row["name"]:
            return row
    told, wanted = ("name", name) if id_ is None else ("id", id_)
    raise not_found(f"No issue link type with {told} '{wanted}' found.")


def show_type(kind: Document, url: str) -> Document:
    """Return a type as Jira shows it."""
    return {**kind, "self": f"{url}/rest/api/2/issueLinkType/{kind['id']}"}


class LinkTypes:
    """Makes, changes and removes types; every change is one transaction."""

    def __init__(self, store: Store, counters: Counters) -> None:
        self._store = store
        self._counters = counters

    def create(self, body: dict[str, Json]) -> Document:
        """Make a type and return its record. Raises `JiraError`."""
        texts = self._read(body, {})
        with self._store.transaction() as transaction:
            id_ = self._counters.take(transaction, "link_type")
            row = {"id": id_, **texts}
            transaction.put(TABLE, {id_: row})
        return row

    def edit(self, id: str, body: dict[str, Json]) -> Document:  # noqa: A002
        """Change a type and return its record. Raises `JiraError`."""
        row = {"id": id, **self._read(body, self._made(id))}
        with self._store.transaction() as transaction:
            transaction.put(TABLE, {id: row})
        return row

    def delete(self, id: str) -> None:  # noqa: A002
        """Remove a type, and the links that are of it. Raises `JiraError`."""
        self._made(id)
        with self._store.transaction() as transaction:
            for link in list(transaction.documents(LINKS).values()):
                if link["type"] == id:
                    self._unlink(transaction, link)
            transaction.remove(TABLE, [id])

    def _unlink(self, transaction: Transaction, link: Document) -> None:
        for end in ("inward", "outward"):
            if (issue := transaction.get(ISSUES, link[end])) is not None:
                transaction.put(ISSUES, {issue["id"]: without_link(issue, link["id"])})
        transaction.remove(LINKS, [link["id"]])

    def _made(self, id: str) -> Document:  # noqa: A002
        found = link_type({"id": id}, self._store)
        if self._store.table(TABLE).row(id) is None:
            raise bad_request(f"This mock keeps its link type '{found['name']}' as it is.")
        return found

    def _read(self, body: dict[str, Json], before: Document) -> Document:
        texts = {key: body.get(key, before.get(key)) for key in TEXTS}
        for key, value in texts.items():
            if not isinstance(value, str) or not value.strip():
                raise JiraError(400, errors={key: f"The {key} of the link type must be specified."})
        others = (row for row in link_types(self._store) if row["id"] != before.get("id"))
        if any(row["name"] == texts["name"] for row in others):
            raise JiraError(
                400, errors={"name": f"A link type named '{texts['name']}' already exists."}
            )
        return texts
