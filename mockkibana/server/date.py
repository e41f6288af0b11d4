"""The `Date` header, formatted once a second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

from mockkibana.clock import Clock


def http_date(clock: Clock) -> Callable[[], str]:
    """Return a function that tells the time as HTTP does: `Mon, 23 Nov 2026 20:04:31 GMT`."""
    last: tuple[datetime | None, str] = (None, "")

    def date() -> str:
        nonlocal last
        second, text = last
        now = clock.now().replace(microsecond=0)
        if now != second:
            text = format_datetime(now, usegmt=True)
            last = (now, text)
        return text

    return date
