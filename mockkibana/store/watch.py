"""A watch: what of a table was written since somebody last looked."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from mockkibana.store.state import Change, Document, State


class Watch:
    """Follows one table, for whoever keeps in memory what is derived from its documents.

    It holds ids alone, each once, so one that nobody takes from costs next to nothing. Whoever
    holds `applying` may change the state and calls `note`.
    """

    def __init__(self, state: State, table: str, applying: Lock) -> None:
        self._state = state
        self._table = table
        self._applying = applying
        # None says that any document may be another one.
        self._ids: set[str] | None = None

    def note(self, changes: Iterable[Change]) -> None:
        """Note what a transaction changes."""
        for change in changes:
            if change[0] == "clear":
                self._ids = None
            elif change[1] == self._table:
                if change[0] == "drop":
                    self._ids = None
                elif self._ids is not None:
                    self._ids.update(change[2])

    def take(self) -> tuple[bool, dict[str, Document | None]]:
        """Return what was written since the last time: documents by id, None for removed ones.

        If the first value is true, anything may have changed, and the second is the whole table.
        """
        with self._applying:
            rows = self._state.documents(self._table)
            ids, self._ids = self._ids, set()
            if ids is None:
                return True, dict(rows)
            return False, {id_: rows.get(id_) for id_ in ids}
