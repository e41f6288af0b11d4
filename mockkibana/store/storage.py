"""The storage of a store: documents in memory, and a log that survives a crash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock, RLock, get_ident, local
from typing import Any

from tinydb.storages import Storage

from mockkibana.store.errors import Superseded
from mockkibana.store.logfile import LogFile
from mockkibana.store.state import Change, Document, Documents, State, copied_in, encode
from mockkibana.store.transaction import Transaction
from mockkibana.store.watch import Watch


class LogStorage(Storage):
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
        #: What is committed, and the lock under which it is read and changed; for tables.
        self.state = State()
        self.applying = Lock()
        #: The open transaction, and the thread that it belongs to.
        self.open: Transaction | None = None
        self.owner: int | None = None
        self._writing = RLock()
        self._log = None if path is None else LogFile(Path(path), self.state, fsync=fsync)
        #: Whether there was no data at the start.
        self.is_new = not self.state.tables
        self._watches: list[Watch] = []
        self._era = 0
        self._begun = _Begun()
        #: Grows with every transaction that changes something.
        self.version = 0

    @property
    def read_only(self) -> str | None:
        """Why the store takes no more writes; None while it does."""
        return None if self._log is None else self._log.read_only

    def current(self) -> State | Transaction:
        """Return what this thread reads, to be read while it holds `applying`."""
        if self.open is not None and self.owner == get_ident():
            return self.open
        return self.state

    def read(self) -> dict[str, Documents]:
        """Return the tables with their documents, shared."""
        with self.applying:
            current = self.current()
            return {name: dict(current.documents(name)) for name in current.names()}

    def write(self, data: Mapping[str, Mapping[Any, Mapping[str, Any]]]) -> None:
        """Make `data` the whole content, in one transaction, on copies of the documents."""
        self.replace(
            {
                name: {str(id_): copied_in(document) for id_, document in documents.items()}
                for name, documents in data.items()
            }
        )

    def watch(self, table: str) -> Watch:
        """Begin to follow a table, for as long as the store lives."""
        watch = Watch(self.state, table, self.applying)
        with self.applying:
            self._watches.append(watch)
        return watch

    def names(self) -> list[str]:
        """Return the names of the tables, empty ones too, in the order in which they came."""
        with self.applying:
            return self.current().names()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Collect changes, and make them at the end of the block, unless it raises.

        One thread at a time. A block inside of a block joins it: its changes are made with the
        outer ones, and an exception that leaves it undoes its own. A block without changes writes
        nothing.

        Raises `WriteFailed` and `ReadOnly`; nothing is changed then.
        """
        with self._writing:
            if self.open is not None:
                with _inner(self.open):
                    yield self.open
                return
            if self._begun.era not in (None, self._era):
                raise Superseded
            transaction = Transaction(self.state)
            self.open, self.owner = transaction, get_ident()
            try:
                yield transaction
            finally:
                self.open = self.owner = None
            if changes := transaction.changes:
                self._commit(changes)

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Refuse what this thread writes in the block after another has begun a new era.

        The transactions that it begins then raise `Superseded`.
        """
        outer, self._begun.era = self._begun.era, self._era
        try:
            yield
        finally:
            self._begun.era = outer

    def renew(self) -> None:
        """Begin a new era, in which this thread goes on."""
        with self._writing:
            self._era += 1
            if self._begun.era is not None:
                self._begun.era = self._era

    def replace(self, tables: Mapping[str, Mapping[str, Document]]) -> None:
        """Make `tables`, documents by table and id, the whole content, in one transaction."""
        with self.transaction() as transaction:
            transaction.clear()
            for table, documents in tables.items():
                transaction.put(table, documents)

    def digest(self) -> str:
        """Return a hash of the whole content and its order."""
        with self.applying:
            tables = [(name, dict(rows)) for name, rows in self.state.tables.items()]
        content = sha256()
        for table in tables:
            content.update(encode(table))
        return content.hexdigest()

    def close(self) -> None:
        """Close the file; reads go on, writes raise `ReadOnly`. Nothing happens without one."""
        with self._writing:
            if self._log is not None:
                self._log.close()

    def _commit(self, changes: list[Change]) -> None:
        if self._log is not None:
            self._log.append(changes)
        with self.applying:
            self.state.apply(changes)
            self.version += 1
            for watch in self._watches:
                watch.note(changes)
        if self._log is not None:
            self._log.compact_if_heavy(self.state)


class _Begun(local):
    """The era in which what a thread does has begun; None for what may always write."""

    era: int | None = None


@contextmanager
def _inner(transaction: Transaction) -> Iterator[None]:
    outer = transaction.begin()
    try:
        yield
    except BaseException:
        transaction.rollback(outer)
        raise
    transaction.end(outer)
