"""Kibana's log, as a handle shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mockkibana.clock import parse_time

if TYPE_CHECKING:
    from mockkibana.control.plane import ControlPlane


@dataclass(frozen=True, slots=True)
class Line:
    """One line of Kibana's log, as server log connectors write them."""

    time: datetime
    level: str
    logger: str
    message: str


class LogView:
    """The log of a world, read afresh at every call."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def lines(self, *, level: str | None = None, logger: str | None = None) -> list[Line]:
        """Return the lines, oldest first; those of a level, or of a logger, or all."""
        lines = (
            Line(parse_time(line["time"]), line["level"], line["logger"], line["message"])
            for line in self._plane.log()
        )
        return [
            line for line in lines if level in (None, line.level) and logger in (None, line.logger)
        ]

    @property
    def messages(self) -> list[str]:
        """The texts of all lines."""
        return [line["message"] for line in self._plane.log()]

    def clear(self) -> None:
        """Forget every line."""
        self._plane.clear_log()
