"""Kibana's log, as a handle shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockkibana.clock import parse_time

if TYPE_CHECKING:
    from mockkibana.control.plane import ControlPlane
    from mockkibana.records import LineRecord


class Line(dict[str, Any]):
    """A line of Kibana's log, a dict whose items are attributes too; `line.time` is a datetime."""

    def __init__(self, record: LineRecord) -> None:
        super().__init__(record)
        self.time = parse_time(record["time"])
        self.level = record["level"]
        self.logger = record["logger"]
        self.message = record["message"]


class LogView:
    """The log of a world, read afresh at every call."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def lines(self, *, level: str | None = None, logger: str | None = None) -> list[Line]:
        """Return the lines, oldest first; those of a level, or of a logger, or all."""
        return [
            Line(line)
            for line in self._plane.log()
            if level in (None, line["level"]) and logger in (None, line["logger"])
        ]

    @property
    def messages(self) -> list[str]:
        """The texts of all lines."""
        return [line["message"] for line in self._plane.log()]

    def clear(self) -> None:
        """Forget every line."""
        self._plane.clear_log()
