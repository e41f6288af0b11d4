"""The segments of a cluster, kept as long as the documents of an index stay the same."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from mockkibana.budget import Budget
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.store import Store

if TYPE_CHECKING:
    from mockkibana.elasticsearch.search.segment import Segment

_MOST = 16  # indices whose segments are kept


class _Kept(NamedTuple):
    version: int  # of the table of the documents
    segment: Segment


class Segments:
    """Makes a segment of the documents of an index when one is searched; safe for threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, _Kept] = {}  # the one that was made last at the end
        self._keeping = Lock()

    def of(self, index: Index, budget: Budget) -> Segment:
        """Return the documents of an index as they are now, in the order of their last writes.

        That order is Lucene's. `budget` is that of the search.
        """
        table = self._store.table(index.documents_table)
        known = self._kept.get(index.uuid)
        if known is not None and known.version == table.version and known.segment.index is index:
            return known.segment.within(budget)
        # Imported here, as many processes search nothing.
        from mockkibana.elasticsearch.search.segment import Segment

        version, rows = table.snapshot()
        ordered = sorted(rows.items(), key=lambda item: int(item[1]["_seq_no"]))
        segment = Segment(index, ordered, budget)
        if version is not None:
            with self._keeping:
                self._kept.pop(index.uuid, None)
                self._kept[index.uuid] = _Kept(version, segment)
                if len(self._kept) > _MOST:
                    del self._kept[next(iter(self._kept))]
        return segment

    def forget(self) -> None:
        """Let go of all segments."""
        with self._keeping:
            self._kept.clear()
