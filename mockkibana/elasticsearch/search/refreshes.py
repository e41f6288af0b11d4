"""What searches see while they see only what was refreshed (`strict_refresh`)."""

from __future__ import annotations

from copy import copy
from threading import Lock
from typing import TYPE_CHECKING

from mockkibana.budget import Budget
from mockkibana.clock import Clock
from mockkibana.elasticsearch.indices.indices import INDICES, Index
from mockkibana.elasticsearch.json.time_values import milliseconds
from mockkibana.elasticsearch.search.segments import Segments
from mockkibana.store import Store

if TYPE_CHECKING:
    from mockkibana.elasticsearch.search.segment import Segment

_INTERVAL = "index.refresh_interval"
_MANY = 100  # indices, of which some may be gone


class Refreshes:
    """Keeps what indices held before the writes that no search is to see yet; safe for threads.

    Such writes are seen after a refresh, or once the refresh interval of the index has passed, by
    the clock of the world.
    """

    def __init__(self, store: Store, segments: Segments, clock: Clock) -> None:
        self._store = store
        self._segments = segments
        self._clock = clock
        self._held: dict[str, tuple[int, Segment]] = {}  # when it was written to, by uuid
        self._holding = Lock()

    def hold(self, index: Index) -> None:
        """Keep what searches see of an index that is about to be written to."""
        with self._holding:
            if self.seen(index) is None:
                segment = self._segments.of(index, Budget())
                self._held[index.uuid] = (self._clock.milliseconds(), segment)
            if len(self._held) > _MANY:
                uuids = {record["uuid"] for record in self._store.table(INDICES).rows().values()}
                self._held = {uuid: held for uuid, held in self._held.items() if uuid in uuids}

    def seen(self, index: Index) -> Segment | None:
        """Return what searches see of an index; None where that is all that there is."""
        held = self._held.get(index.uuid)
        if held is None:
            return None
        since, segment = held
        text = str(index.settings.get(_INTERVAL, "1s"))
        interval = milliseconds(text, _INTERVAL)
        if 0 <= interval <= self._clock.milliseconds() - since:
            self._held.pop(index.uuid, None)
            return None
        if segment.index is not index:  # which may have more fields by now
            segment = copy(segment)
            segment.index = index
        return segment

    def refresh(self, *uuids: str) -> None:
        """Let searches see everything that is in some indices."""
        with self._holding:
            for uuid in uuids:
                self._held.pop(uuid, None)

    def forget(self) -> None:
        """Let searches see everything."""
        with self._holding:
            self._held.clear()
