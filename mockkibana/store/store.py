"""The store of one world: its documents, and the same as a TinyDB."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mockkibana.store.documents import DocumentStore

if TYPE_CHECKING:
    from mockkibana.store.table import Database, Table


class Store(DocumentStore):
    """The documents of one world, shared; `table` hands out copies."""

    @cached_property
    def tinydb(self) -> Database:
        """The store as a TinyDB, which hands out copies."""
        # Only users of this handle pay for the import.
        from mockkibana.store.table import Database

        return Database(self)

    def table(self, name: str) -> Table:
        """Return the table as TinyDB has it: all of its methods, on copies of the documents."""
        return self.tinydb.table(name)
