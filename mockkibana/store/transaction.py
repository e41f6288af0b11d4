"""A transaction: the changes that one `with store.transaction()` block collects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockkibana.store.state import Change, Document, Documents, State, all_are


class Transaction:
    """Changes that become visible, and durable, together or not at all.

    The documents become the store's: nobody may mutate them afterwards. They are plain JSON
    values; with a file, a TypeError is raised at the end of the block for what is none.
    """

    def __init__(self, committed: State) -> None:
        self._committed = committed
        self._changes: list[Change] = []
        # What the changes amount to, by table: a document, or None for a removed one.
        self._pending: dict[str, dict[str, Document | None]] = {}
        self._dropped: set[str] = set()
        self._cleared = False
        # The number of changes that an inner block must not touch.
        self._mark = 0

    def put(self, table: str, documents: Mapping[str, Document]) -> None:
        """Insert or replace documents by id; the table appears, even for no documents.

        Raises TypeError when an id is no text or a document no dict: no log could be read back.
        """
        plain = {*map(type, documents)} == {str} and {*map(type, documents.values())} == {dict}
        if not plain and not (all_are(str, documents) and all_are(dict, documents.values())):
            raise TypeError(f"The table {table} takes dicts by text ids")
        self._record(("put", table, dict(documents)))

    def remove(self, table: str, ids: Iterable[str]) -> None:
        """Remove documents by id; ids that are not there are passed over."""
        self._record(("remove", table, list(ids)))

    def drop(self, table: str) -> None:
        """Remove a table with all of its documents."""
        self._record(("drop", table))

    def clear(self) -> None:
        """Remove all tables."""
        self._record(("clear",))

    def get(self, table: str, id: str) -> Document | None:  # noqa: A002
        """Return the document as this transaction leaves it, or None."""
        pending = self._pending.get(table)
        if pending is not None and id in pending:
            return pending[id]
        if self._cleared or table in self._dropped:
            return None
        committed = self._committed.tables.get(table)
        return None if committed is None else committed.get(id)

    def documents(self, table: str) -> Documents:
        """Return the table as this transaction leaves it, perhaps the state's own: do not mutate.

        Costs a copy of the table, not of its documents, when the transaction has changed it.
        """
        committed = self._committed.documents(table)
        # Asked before the changes are looked through: there may be thousands, of other tables.
        if not (table in self._pending or table in self._dropped or self._cleared):
            return committed
        changes = [change for change in self._changes if len(change) == 1 or change[1] == table]
        state = State({table: dict(committed)})
        state.apply(changes)
        return state.documents(table)

    def names(self) -> list[str]:
        """Return the names of the tables as this transaction leaves them."""
        state = State({name: {} for name in self._committed.tables})
        state.apply(self._changes)
        return state.names()

    def next_id(self, table: str) -> str:
        """Return a number that is no document's id and was not returned before."""
        serial = self._serial(table) + 1
        while self.get(table, str(serial)) is not None:
            serial += 1
        self._committed.serials[table] = serial
        return str(serial)

    def reserve(self, table: str, id: str) -> None:  # noqa: A002
        """Keep `next_id` above the id, if that is a number."""
        if _is_number(id):
            self._committed.serials[table] = max(self._serial(table), int(id))

    @property
    def changes(self) -> list[Change]:
        """What was asked for so far, in order."""
        return self._changes

    def begin(self) -> int:
        """Begin an inner block and return what `rollback` or `end` of it needs."""
        outer, self._mark = self._mark, len(self._changes)
        return outer

    def end(self, outer: int) -> None:
        """End an inner block, whose changes become the outer one's."""
        self._mark = outer

    def rollback(self, outer: int) -> None:
        """Undo an inner block."""
        changes = self._changes[: self._mark]
        self._changes, self._pending = [], {}
        self._dropped, self._cleared = set(), False
        for change in changes:
            self._record(change)
        self._mark = outer

    def _serial(self, table: str) -> int:
        serial = self._committed.serials.get(table)
        if serial is None:
            serial = max(map(int, filter(_is_number, self.documents(table))), default=0)
        return serial

    def _record(self, change: Change) -> None:
        match change:
            case ("put", table, documents):
                self._pending.setdefault(table, {}).update(documents)
                if self._extends_last(table):
                    self._changes[-1][2].update(documents)
                    return
            case ("remove", table, ids):
                self._pending.setdefault(table, {}).update(dict.fromkeys(ids))
            case ("drop", table):
                self._pending.pop(table, None)
                self._dropped.add(table)
            case ("clear",):
                self._pending.clear()
                self._cleared = True
        self._changes.append(change)

    def _extends_last(self, table: str) -> bool:
        # An inner block must not grow an outer change, or it could not be undone.
        if len(self._changes) <= self._mark:
            return False
        last = self._changes[-1]
        return bool(last[0] == "put" and last[1] == table)


def _is_number(id_: str) -> bool:
    # Longer ones are no counters, and Python refuses to read very long ones.
    return len(id_) < 19 and id_.isdecimal()
