"""What third parties keep of their own: incidents, alerts, cases."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.json import Record
from mockkibana.store import Store

PARTIES = "outbox.of/"
"""How the names of the tables begin that hold the parties' own state."""

RESOURCES = "kibana.connectors/of/"
"""How those begin that hold what saving connectors has made: it goes where connectors go."""


class State:
    """What a party keeps of its own, in the store: records by id, plain JSON, never mutated."""

    __slots__ = ("_store", "_table")

    def __init__(self, store: Store, party: str, kind: str = PARTIES) -> None:
        self._store = store
        self._table = f"{kind}{party}"

    def get(self, id: str) -> Record | None:  # noqa: A002
        """Return a record, or None."""
        return self._store.table(self._table).row(id)

    def rows(self) -> dict[str, Record]:
        """Return all records, in the order in which they came."""
        return self._store.table(self._table).rows()

    def put(self, id: str, record: Record) -> None:  # noqa: A002
        """Keep a record, in the place of the one that has its id."""
        with self._store.transaction() as transaction:
            transaction.put(self._table, {id: record})

    def remove(self, id: str) -> None:  # noqa: A002
        """Forget a record; one that is not there is passed over."""
        with self._store.transaction() as transaction:
            transaction.remove(self._table, [id])

    def number(self, kind: str) -> int:
        """Return the next number of a kind of records, from 1 on; no one gets it twice."""
        table = f"{self._table}/numbers"
        with self._store.transaction() as transaction:
            last: int = (transaction.get(table, kind) or {"last": 0})["last"] + 1
            transaction.put(table, {kind: {"last": last}})
        return last

    def take(self, wanted: Callable[[Record], bool]) -> Record | None:
        """Forget the first record that is wanted and return it, or None; no one gets it twice."""
        with self._store.transaction() as transaction:
            for id_, record in transaction.documents(self._table).items():
                if wanted(record):
                    transaction.remove(self._table, [id_])
                    return record
        return None
