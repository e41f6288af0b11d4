"""The clock of a handle's world: read it, stop it, move it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mockkibana.clock import iso, parse_time

if TYPE_CHECKING:
    from mockkibana.control.plane import ControlPlane


class ClockControl:
    """The clock of a world. A time is a datetime or a text in ISO 8601; without an offset, UTC."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def now(self) -> datetime:
        """Return the world's time, aware and in UTC."""
        return parse_time(self._plane.clock()["now"])

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return bool(self._plane.clock()["frozen"])

    def freeze(self, time: datetime | str | None = None) -> None:
        """Stand still, at a time or at the present one."""
        self._plane.put_clock({"freeze": True if time is None else _written(time)})

    def set(self, time: datetime | str) -> None:
        """Move to a time; a clock that is not frozen runs on from there."""
        self._plane.put_clock({"set": _written(time)})

    def advance(self, duration: float | timedelta | str) -> None:
        """Move ahead by seconds, a timedelta, or a text such as `21h`."""
        if isinstance(duration, timedelta):
            duration = duration.total_seconds()
        self._plane.put_clock({"advance": duration})

    def resume(self) -> None:
        """Run on from where the clock stands."""
        self._plane.put_clock({"resume": True})


def _written(time: datetime | str) -> str:
    if isinstance(time, str):
        return time
    return time.isoformat() if time.tzinfo else iso(time)
