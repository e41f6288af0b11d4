"""The latencies of a world, which end together."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from mockkibana.clock import monotonic

_PATIENCE = 0.5  # seconds until a wait looks whether its client has left


class Waits:
    """What waits in a world because a rule says so; `stopped` tells whether it is closed."""

    def __init__(self) -> None:
        self.stopped = False
        self._over = Event()

    def wait(self, seconds: float, has_left: Callable[[], bool] | None = None) -> bool:
        """Wait for seconds of real time, and return whether what waited may go on.

        It may not once the world was put back or closed: it was about to act on what was there
        before. It goes on at once when its client has left, whose place another one needs.
        """
        over = self._over
        end = monotonic() + seconds
        # In steps: the operating system takes no wait of a million years.
        while (left := end - monotonic()) > 0 and not over.wait(min(left, _PATIENCE)):
            if has_left is not None and has_left():
                break
        return not over.is_set()

    def reset(self) -> None:
        """End those that wait now."""
        over, self._over = self._over, Event()
        over.set()

    def stop(self) -> None:
        """End all, and those that are yet to come."""
        self.stopped = True
        self._over.set()
