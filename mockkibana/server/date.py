"""The `Date` header, formatted once a second."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate
from functools import lru_cache, partial

from mockkibana.clock import Clock

_text = lru_cache(maxsize=8)(partial(formatdate, usegmt=True))


def http_date(clock: Clock) -> Callable[[], str]:
    """Return a function that tells the time as HTTP does: `Mon, 23 Nov 2026 20:04:31 GMT`."""
    return lambda: _text(clock.milliseconds() // 1000)
