"""The log of a world: Kibana's log lines, kept for tests and shown to whoever listens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from mockkibana.clock import Clock, iso

LEVELS = ("trace", "debug", "info", "warn", "error", "fatal")
KEPT = 10_000
KEPT_BYTES = 16 * 1024 * 1024
"""How many bytes the lines may have together; the oldest are forgotten beyond."""

_LINE_BYTES = 200  # of a line beside its text


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of Kibana's log: `level` is one of `LEVELS`, `logger` Kibana's logger name."""

    time: datetime
    level: str
    logger: str
    message: str

    def __str__(self) -> str:
        """Write the line as Kibana's console appender does."""
        stamp = iso(self.time).replace("Z", "+00:00")
        return f"[{stamp}][{self.level.upper():<5}][{self.logger}] {self.message}"


class Log:
    """The last 10,000 lines, of at most 16 MB; `listener` (if any) is called with each new one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: deque[LogLine] = deque()
        self._bytes = 0
        self._lock = Lock()
        self.listener: Callable[[LogLine], None] | None = None

    def write(self, level: str, logger: str, message: str) -> None:
        """Append a line at the world's time."""
        line = LogLine(self._clock.now(), level, logger, message)
        with self._lock:
            self._lines.append(line)
            self._bytes += _size(line)
            while len(self._lines) > KEPT or (self._bytes > KEPT_BYTES and len(self._lines) > 1):
                self._bytes -= _size(self._lines.popleft())
        if self.listener is not None:
            self.listener(line)

    @property
    def lines(self) -> list[LogLine]:
        """The kept lines, oldest first."""
        with self._lock:
            return list(self._lines)

    def clear(self) -> None:
        """Forget every line."""
        with self._lock:
            self._lines.clear()
            self._bytes = 0


def _size(line: LogLine) -> int:
    return _LINE_BYTES + len(line.logger) + line.message.__sizeof__()
