"""The time that a request may work: a scan asks every so often whether it is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TypeVar

from mockkibana.clock import monotonic

WORK = 5.0
"""How many seconds a request may scan what is stored, on the clock of waits."""

_LONGEST = 1_000  # items of a run, where each is quick
_QUICK = 0.02  # seconds

T = TypeVar("T")


class OverBudget(Exception):
    """A request has worked for too long; its face says so in its own words."""


class Budget:
    """What one request may work: `WORK` seconds from when this is made."""

    def __init__(self) -> None:
        self._end = monotonic() + WORK

    def check(self) -> None:
        """Raise `OverBudget` if the time is over."""
        if monotonic() > self._end:
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
            begun = monotonic()
            yield run
            quick = monotonic() - begun < _QUICK
            size = min(size * 4, _LONGEST) if quick else max(size // 4, 1)
