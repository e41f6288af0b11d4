"""A table of the store: TinyDB's interface, on copies, and the shared rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from threading import get_ident
from typing import Any, cast

from tinydb import table
from tinydb.queries import QueryLike
from tinydb.storages import Storage

from mockkibana.store.state import Document, Documents, State, copied_in, copied_out
from mockkibana.store.storage import LogStorage
from mockkibana.store.transaction import Transaction

Fields = Mapping[str, Any] | Callable[[MutableMapping[str, Any]], None]


class Table(table.Table):
    """One table of a store, with string ids; it holds nothing itself, so it may be kept.

    `row` and `rows` share what is stored, which must not be mutated. All other methods copy in and
    out. They differ from TinyDB's in this: an operation by id costs the same whatever the size, a
    call that raises changes nothing, a call that finds nothing to change writes nothing, and
    documents go in as JSON (a tuple becomes a list, as in a file of TinyDB's).
    """

    document_id_class = str  # type: ignore[assignment]  # TinyDB declares it by its value, int

    def __init__(
        self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False
    ) -> None:
        # A cached result would outlive changes that do not pass through this table.
        super().__init__(storage, name, cache_size=cache_size)
        self._rows = cast("LogStorage", storage)
        if persist_empty:
            with self._rows.transaction() as transaction:
                transaction.put(name, {})

    def row(self, id: str) -> Document | None:  # noqa: A002
        """Return the document with the id, shared, or None."""
        storage = self._rows
        with storage.applying:  # in few steps: nothing is asked more often
            if storage.open is not None and storage.owner == get_ident():
                return storage.open.get(self._name, id)
            documents = storage.state.tables.get(self._name)
            return None if documents is None else documents.get(id)

    def rows(self) -> Documents:
        """Return the documents, shared, by id in the order of their first insertion."""
        with self._rows.applying:
            return dict(self._rows.current().documents(self._name))

    @property
    def version(self) -> int | None:
        """Another number whenever the rows are others; None in a transaction of this thread."""
        with self._rows.applying:
            return self._version()

    def snapshot(self) -> tuple[int | None, Documents]:
        """Return the version, and the rows that it has."""
        with self._rows.applying:
            return self._version(), dict(self._rows.current().documents(self._name))

    def _version(self) -> int | None:
        current = self._rows.current()
        return current.versions.get(self._name, 0) if isinstance(current, State) else None

    def insert(self, document: Mapping[str, Any]) -> str:  # type: ignore[override]
        """Insert a document and return its id; raises ValueError when it is taken."""
        return self.insert_multiple([document])[0]

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[str]:  # type: ignore[override]
        """Insert documents, all or none, and return their ids."""
        with self._rows.transaction() as transaction:
            new: Documents = {}
            for document in documents:
                if not isinstance(document, Mapping):
                    raise ValueError(f"A document is a mapping, not {type(document).__name__}")
                id_ = self._id_for(document, transaction, new)
                new[id_] = copied_in(document)
            transaction.put(self.name, new)
            return list(new)

    def update(  # type: ignore[override]
        self, fields: Fields, cond: QueryLike | None = None, doc_ids: Iterable[Any] | None = None
    ) -> list[str]:
        """Update the documents that match, or have the ids, or all; return their ids."""
        with self._rows.transaction() as transaction:
            ids = self._matching(transaction, cond, doc_ids)
            for id_ in ids:
                self._edit(transaction, id_, fields)
            return ids

    def update_multiple(  # type: ignore[override]
        self, updates: Iterable[tuple[Fields, QueryLike]]
    ) -> list[str]:
        """Make each update on the documents that match its condition by then."""
        steps = list(updates)
        with self._rows.transaction() as transaction:
            ids = []
            for id_ in list(transaction.documents(self.name)):
                for fields, cond in steps:
                    if cond(transaction.get(self.name, id_) or {}):
                        self._edit(transaction, id_, fields)
                        ids.append(id_)
            return ids

    def upsert(  # type: ignore[override]
        self, document: Mapping[str, Any], cond: QueryLike | None = None
    ) -> list[str]:
        """Update what the document's own id or `cond` finds; insert the document otherwise."""
        ids = [document.doc_id] if isinstance(document, self.document_class) else None
        if ids is None and cond is None:
            raise ValueError("Without a condition, pass a tinydb.table.Document with a doc_id")
        with self._rows.transaction():
            return self.update(document, cond, ids) or [self.insert(document)]

    def remove(  # type: ignore[override]
        self, cond: QueryLike | None = None, doc_ids: Iterable[Any] | None = None
    ) -> list[str]:
        """Remove the documents that match, or have the ids; return their ids."""
        if cond is None and doc_ids is None:
            raise RuntimeError("Pass a condition or doc_ids; truncate() removes all documents")
        with self._rows.transaction() as transaction:
            ids = self._matching(transaction, cond, doc_ids)
            if ids:
                transaction.remove(self.name, ids)
            return ids

    def truncate(self) -> None:
        """Remove all documents; ids begin at 1 again."""
        with self._rows.transaction() as transaction:
            transaction.drop(self.name)
            transaction.put(self.name, {})

    def get(
        self,
        cond: QueryLike | None = None,
        doc_id: Any = None,
        doc_ids: Iterable[Any] | None = None,
    ) -> Any:
        """Return the document with the id, or those with the ids, or the first that matches."""
        if doc_id is not None:
            document = self.row(str(doc_id))
            return None if document is None else self._copied_out(str(doc_id), document)
        if doc_ids is not None:
            wanted = {str(id_) for id_ in doc_ids}
            return [
                self._copied_out(id_, document)
                for id_, document in self.rows().items()
                if id_ in wanted
            ]
        if cond is None:
            raise RuntimeError("Pass a condition, a doc_id or doc_ids")
        return next(self._found(cond), None)

    def search(self, cond: QueryLike) -> list[table.Document]:
        """Return the documents that match."""
        return list(self._found(cond))

    def count(self, cond: QueryLike) -> int:
        """Return how many documents match."""
        return sum(1 for document in self.rows().values() if cond(document))

    def __len__(self) -> int:
        with self._rows.applying:
            return len(self._rows.current().documents(self._name))

    def __iter__(self) -> Iterator[table.Document]:
        return self._found(lambda _: True)

    def _found(self, cond: Callable[[Mapping[str, Any]], bool]) -> Iterator[table.Document]:
        rows = self.rows().items()
        return (self._copied_out(id_, document) for id_, document in rows if cond(document))

    def _copied_out(self, id_: str, document: Mapping[str, Any]) -> table.Document:
        return self.document_class(copied_out(document), cast("int", id_))

    def _matching(
        self, transaction: Transaction, cond: QueryLike | None, ids: Iterable[Any] | None
    ) -> list[str]:
        if ids is not None:
            wanted = map(str, ids)
            return [id_ for id_ in wanted if transaction.get(self.name, id_) is not None]
        documents = transaction.documents(self.name)
        return [id_ for id_, document in documents.items() if cond is None or cond(document)]

    def _id_for(self, document: Mapping[str, Any], transaction: Transaction, new: Documents) -> str:
        if isinstance(document, self.document_class):
            id_ = str(document.doc_id)
            if id_ in new or transaction.get(self.name, id_) is not None:
                raise ValueError(f"Document with ID {id_} already exists")
            transaction.reserve(self.name, id_)
            return id_
        return transaction.next_id(self.name)

    def _edit(self, transaction: Transaction, id_: str, fields: Fields) -> None:
        """Set fields of a document, or let them, a function, edit a copy of it."""
        document = transaction.get(self.name, id_) or {}
        if callable(fields):
            edited = copied_out(document)
            fields(edited)
            document = copied_in(edited)
        else:
            document = document | copied_in(fields)
        transaction.put(self.name, {id_: document})
