"""Linked rows: lists in the store that grow by writing two documents, however long they are."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.store import Document, Store, Transaction


@dataclass(frozen=True, slots=True)
class LinkedRows:
    """The documents of `table` that belong to a document of `owners`, in the order of their ids.

    The owner names the last one under `last`, each document the one before it under `previous`.
    """

    table: str
    owners: str
    last: str
    previous: str

    def members(self, store: Store, owner: Document) -> list[Document]:
        """Return the documents, oldest first."""
        found = self._walk(store, owner)
        if found is None:  # somebody removed a document meanwhile: look again while nobody can
            with store.transaction():
                current = store.table(self.owners).row(owner["id"])
                found = self._walk(store, current) if current else []
        return (found or [])[::-1]

    def _walk(self, store: Store, owner: Document) -> list[Document] | None:
        found: list[Document] = []
        id_ = owner.get(self.last)
        while id_ is not None:
            document = store.table(self.table).row(id_)
            if document is None:
                return None
            found.append(document)
            id_ = document[self.previous]
        return found

    def add(self, transaction: Transaction, owner: Document, member: Document) -> Document:
        """Put the member into the store and return what the owner becomes."""
        after, before = self._around(transaction, owner, member["id"])
        members = {member["id"]: {**member, self.previous: before}}
        if after is None:
            owner = {**owner, self.last: member["id"]}
        else:
            members[after["id"]] = {**after, self.previous: member["id"]}
        transaction.put(self.table, members)
        return owner

    def remove(self, transaction: Transaction, owner: Document, member: Document) -> Document:
        """Take the member out, without removing its document; return what the owner becomes."""
        after, _ = self._around(transaction, owner, member["id"])
        if after is None:
            return {**owner, self.last: member[self.previous]}
        transaction.put(self.table, {after["id"]: {**after, self.previous: member[self.previous]}})
        return owner

    def _around(
        self,
        transaction: Transaction,
        owner: Document,
        id: str,  # noqa: A002
    ) -> tuple[Document | None, str | None]:
        """Return the document that comes after an id, and the id of the one before it."""
        after, before = None, owner.get(self.last)
        while before is not None and int(before) >= int(id):
            if before != id:
                after = transaction.get(self.table, before)
            document = transaction.get(self.table, before)
            before = document[self.previous] if document else None
        return after, before
