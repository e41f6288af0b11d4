"""The documents of a store: how they are read, and how they change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock, RLock, get_ident

from mockkibana.store.logfile import LogFile
from mockkibana.store.state import Change, Document, State, encode
from mockkibana.store.transaction import Transaction


class DocumentStore:
    """JSON documents by table and id, in memory and, given a `path`, in a log file as well.

    Safe for threads. A read never waits for a transaction that is still open or being written.
    It sees each transaction whole or not at all, and once a thread has seen some of a transaction
    it sees all of it; to read several tables at one moment, read inside of a transaction. In the
    thread of an open transaction, reads see what it has changed so far.

    Documents that are handed out are shared and must not be mutated.

    With `fsync` a transaction survives a power loss, without it any end of the process.

    Raises a `StoreError` when the file cannot be used.
    """

    def __init__(self, path: str | Path | None = None, *, fsync: bool = False) -> None:
        self._state = State()
        self._writing = RLock()
        self._applying = Lock()
        self._transaction: Transaction | None = None
        self._owner: int | None = None
        self._log = None if path is None else LogFile(Path(path), self._state, fsync=fsync)
        #: Whether there was no data at the start.
        self.is_new = not self._state.tables
        #: Grows with every transaction that changes something.
        self.version = 0

    @property
    def read_only(self) -> str | None:
        """Why the store takes no more writes; None while it does."""
        return None if self._log is None else self._log.read_only

    def get(self, table: str, id: str) -> Document | None:  # noqa: A002
        """Return one document, shared, or None."""
        with self._applying:
            if self._transaction is not None and self._owner == get_ident():
                return self._transaction.get(table, id)
            documents = self._state.tables.get(table)
            return None if documents is None else documents.get(id)

    def values(self, table: str) -> list[Document]:
        """Return the table's documents, shared, in the order of their first insertion."""
        with self._applying:
            return list(self._source().documents(table).values())

    def items(self, table: str) -> list[tuple[str, Document]]:
        """Return the table's ids and documents, shared, in the order of their first insertion."""
        with self._applying:
            return list(self._source().documents(table).items())

    def count(self, table: str) -> int:
        """Return the number of documents in the table."""
        with self._applying:
            return len(self._source().documents(table))

    def tables(self) -> list[str]:
        """Return the names of the tables, empty ones too."""
        with self._applying:
            return self._source().names()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Collect changes, and make them at the end of the block, unless it raises.

        One thread at a time. A block inside of a block joins it: its changes are made with the
        outer ones, and an exception that leaves it undoes its own. A block without changes writes
        nothing.

        Raises `WriteFailed` and `ReadOnly`; nothing is changed then.
        """
        with self._writing:
            if self._transaction is not None:
                with _inner(self._transaction):
                    yield self._transaction
                return
            transaction = Transaction(self._state)
            self._transaction, self._owner = transaction, get_ident()
            try:
                yield transaction
            finally:
                self._transaction = self._owner = None
            if changes := transaction.changes:
                self._commit(changes)

    def clear(self) -> None:
        """Remove everything; with the next write the memory is freed, in the background."""
        self.replace({})

    def replace(self, tables: Mapping[str, Mapping[str, Document]]) -> None:
        """Make `tables`, documents by table and id, the whole content, in one transaction."""
        with self.transaction() as transaction:
            transaction.clear()
            for table, documents in tables.items():
                transaction.put(table, documents)

    def digest(self) -> str:
        """Return a hash of the whole content and its order."""
        with self._applying:
            tables = [(name, dict(rows)) for name, rows in self._state.tables.items()]
        content = sha256()
        for table in tables:
            content.update(encode(table))
        return content.hexdigest()

    def close(self) -> None:
        """Close the file; reads go on, writes raise `ReadOnly`. Nothing happens without one."""
        with self._writing:
            if self._log is not None:
                self._log.close()

    def _source(self) -> State | Transaction:
        if self._transaction is not None and self._owner == get_ident():
            return self._transaction
        return self._state

    def _commit(self, changes: list[Change]) -> None:
        if self._log is not None:
            self._log.append(changes)
        with self._applying:
            self._state.apply(changes)
            self.version += 1
        if self._log is not None:
            self._log.compact_if_heavy(self._state)


@contextmanager
def _inner(transaction: Transaction) -> Iterator[None]:
    outer = transaction.begin()
    try:
        yield
    except BaseException:
        transaction.rollback(outer)
        raise
    transaction.end(outer)
