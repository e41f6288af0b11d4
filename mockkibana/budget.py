"""The time that a request may work: a scan asks every so often whether it is over.

It is the processor's: that a machine is busy with others is no fault of a request's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from time import thread_time
from typing import TypeVar

WORK = 5.0
"""How many seconds of its thread a request may scan what is stored."""

_LONGEST = 1_000  # items of a run, where each is quick
_QUICK = 0.02  # seconds

T = TypeVar("T")


class OverBudget(Exception):
    """A request has worked for too long; its face says so in its own words."""


class Budget:
    """What one request may work: `WORK` seconds from when its thread first asks."""

    def __init__(self) -> None:
        self._end: float | None = None  # the clock is asked for by those who scan alone

    def check(self) -> None:
        """Raise `OverBudget` if the time is over."""
        now = thread_time()
        if self._end is None:
            self._end = now + WORK
        if now > self._end:
            raise OverBudget

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """Yield items, and check after every 1,000, or after fewer where they take long.

        Raises `OverBudget`.
        """
        return chain.from_iterable(self._runs(items))

    def _runs(self, items: Iterable[T]) -> Iterator[Sequence[T]]:
        items, size = iter(items), 1
        while run := list(islice(items, size)):
            self.check()
            begun = thread_time()
            yield run
            quick = thread_time() - begun < _QUICK
            size = min(size * 4, _LONGEST) if quick else max(size // 4, 1)
