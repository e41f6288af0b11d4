"""Rows that a fault has bent for a while: what they were is kept beside them, in one transaction.

A file that is loaded has no faults, and neither has a snapshot: both get the rows as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockkibana.store.state import Document, Documents
from mockkibana.store.store import Store
from mockkibana.store.transaction import Transaction

BENT = "mock.bent"
"""The table of the bends that last."""

_NOTHING = object()


class Bend:
    """What one block has changed; it lasts until `forget`."""

    def __init__(self, *, makes_rows: bool = False) -> None:
        self._id: str | None = None
        self._makes_rows = makes_rows
        self._unless: list[list[str]] = []

    def unless(self, table: str, id: str) -> None:  # noqa: A002
        """Leave rows that were made where they are, once there is this one."""
        self._unless.append([table, id])

    def note(self, transaction: Transaction, committed: Mapping[str, Documents]) -> None:
        """Keep what the rows were that the transaction replaces."""
        rows = [
            [table, id_, committed.get(table, {}).get(id_), transaction.get(table, id_)]
            for table, id_ in dict.fromkeys(_put(transaction))
            if self._makes_rows or id_ in committed.get(table, {})
        ]
        if rows:
            self._id = transaction.next_id(BENT)
            transaction.put(BENT, {self._id: {"rows": rows, "unless": self._unless}})

    def forget(self, transaction: Transaction) -> None:
        """End it: the rows are what they were again."""
        if self._id is not None and transaction.get(BENT, self._id) is not None:
            transaction.remove(BENT, [self._id])
            if not transaction.documents(BENT):
                transaction.drop(BENT)


@contextmanager
def bending(store: Store, *, makes_rows: bool = False) -> Iterator[tuple[Transaction, Bend]]:
    """Note which rows a transaction bends. It must not be within another one.

    If it `makes_rows`, those that are new go again, all of them or, where somebody has used them
    since, none.
    """
    bend = Bend(makes_rows=makes_rows)
    with store.transaction() as transaction:
        yield transaction, bend
        bend.note(transaction, store.storage.state.tables)


def straightened(tables: dict[str, Documents]) -> dict[str, Documents]:
    """Return the content of a store as it is without its bends."""
    bends = tables.get(BENT)
    if bends is None:
        return tables
    straight = {name: dict(rows) for name, rows in tables.items() if name != BENT}
    for bend in reversed(bends.values()):
        if not _is_used(bend, straight):
            for table, id_, original, bent in bend["rows"]:
                current = straight.get(table, {}).get(id_)
                if current is not None and original is None:
                    del straight[table][id_]
                elif current is not None:
                    straight[table][id_] = _merged(current, bent, original)
    return {name: rows for name, rows in straight.items() if rows or not tables[name]}


def straighten(store: Store) -> None:
    """Put back what faults of an earlier process have bent."""
    tables = store.storage.read()
    if BENT in tables:
        with store.transaction() as transaction:
            put_straight(transaction, tables)
            transaction.drop(BENT)


def put_straight(transaction: Transaction, tables: dict[str, Documents]) -> None:
    """Replace in a transaction what is bent in `tables` by what it was."""
    straight = straightened(tables)
    for table, rows in straight.items():
        changed: Documents = {
            id_: row for id_, row in rows.items() if row is not tables[table][id_]
        }
        if changed:
            transaction.put(table, changed)
        if gone := tables[table].keys() - rows.keys():
            transaction.remove(table, gone)
    for table in tables.keys() - straight.keys() - {BENT}:
        transaction.drop(table)


def _is_used(bend: Document, tables: Mapping[str, Documents]) -> bool:
    """Tell whether somebody has changed what a bend has made, or written what depends on it."""
    made = [row for row in bend["rows"] if row[2] is None]
    return any(tables.get(table, {}).get(id_) != row for table, id_, _, row in made) or any(
        id_ in tables.get(table, {}) for table, id_ in bend.get("unless", ())
    )


def _put(transaction: Transaction) -> Iterable[tuple[str, str]]:
    for change in transaction.changes:
        if change[0] == "put":
            yield from ((change[1], id_) for id_ in change[2])


def _merged(current: Any, bent: Any, original: Any) -> Any:
    """Return a value without the bend; what was changed since then stays."""
    if current == bent:
        return original
    # What was emptied is one value, such as the secrets of a connector: new ones are new ones.
    if not (bent and all(isinstance(value, dict) for value in (current, bent, original))):
        return current
    merged: Document = {}
    for key, value in current.items():
        before = original.get(key, _NOTHING)
        if key not in bent or bent[key] == before:
            merged[key] = value
        elif value != bent[key]:
            merged[key] = _merged(value, bent[key], before)
        elif before is not _NOTHING:
            merged[key] = before
    removed = original.keys() - bent.keys() - current.keys()
    return {**merged, **{key: original[key] for key in original if key in removed}}
