"""The store of one world: a TinyDB whose tables hold everything that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tinydb import TinyDB

from mockkibana.store.state import Document
from mockkibana.store.storage import LogStorage
from mockkibana.store.table import Table


class Store(TinyDB):
    """JSON documents by table and id, in memory and, given a `path`, in a log file as well.

    Whoever tests has all of TinyDB here. The product names its tables, reads them by `Table.row`
    and `Table.rows`, and writes by `transaction`. See `LogStorage` for what is promised to threads
    and after a crash.

    Raises a `StoreError` when the file cannot be used.
    """

    table_class = Table
    default_storage_class = LogStorage  # type: ignore[assignment]  # TinyDB: of type JSONStorage

    def __init__(self, path: str | Path | None = None, *, fsync: bool = False) -> None:
        super().__init__(path, fsync=fsync)
        #: `with store.transaction() as transaction` collects changes, and makes them at its end.
        self.transaction = self.storage.transaction

    def __bool__(self) -> bool:
        return True  # not the length of a default table that nobody uses

    @property
    def storage(self) -> LogStorage:
        """What holds the documents."""
        return cast("LogStorage", self._storage)

    @property
    def is_new(self) -> bool:
        """Whether there was no data at the start."""
        return self.storage.is_new

    @property
    def read_only(self) -> str | None:
        """Why the store takes no more writes; None while it does."""
        return self.storage.read_only

    @property
    def version(self) -> int:
        """Grows with every transaction that changes something."""
        return self.storage.version

    def replace(self, tables: Mapping[str, Mapping[str, Document]]) -> None:
        """Make `tables`, documents by table and id, the whole content, in one transaction."""
        self.storage.replace(tables)

    def digest(self) -> str:
        """Return a hash of the whole content and its order."""
        return self.storage.digest()

    if TYPE_CHECKING:

        def table(self, name: str, **options: Any) -> Table:
            """Return a table, which need not exist yet."""

    def tables(self) -> set[str]:
        """Return the names of the tables."""
        return set(self.storage.names())

    def drop_table(self, name: str) -> None:
        """Remove a table."""
        with self.transaction() as transaction:
            if name in self.tables():
                transaction.drop(name)

    def drop_tables(self) -> None:
        """Remove all tables; with the next write the memory is freed, in the background."""
        self.replace({})
