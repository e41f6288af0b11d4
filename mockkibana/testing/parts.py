"""Parts of a handle that a test bends and looks at: clock, log, fault rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from mockkibana.clock import iso, parse_time
from mockkibana.json import Json
from mockkibana.testing.plane import Plane, Record


class ClockControl:
    """The clock of a world. A time is a datetime or a text in ISO 8601; without an offset, UTC."""

    def __init__(self, plane: Plane) -> None:
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


@dataclass(frozen=True, slots=True)
class Line:
    """One line of Kibana's log, as server log connectors write them."""

    time: datetime
    level: str
    logger: str
    message: str


class LogView:
    """The log of a world."""

    def __init__(self, plane: Plane) -> None:
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


class FaultRule:
    """A rule that was added; as a context manager it is gone at the end of the block."""

    def __init__(self, plane: Plane, id: str) -> None:  # noqa: A002
        self._plane = plane
        self.id = id

    def __enter__(self) -> FaultRule:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.remove()

    def show(self) -> Record:
        """Return the rule, with `matched`, `fired` and `consumed`."""
        shown: Record = self._plane.fault(self.id)
        return shown

    @property
    def fired(self) -> int:
        """How often it fired."""
        return int(self.show()["fired"])

    def assert_consumed(self) -> None:
        """Raise AssertionError unless it fired as often as it was to."""
        _assert_consumed([self.show()])

    def remove(self) -> None:
        """Take the rule away."""
        self._plane.remove_fault(self.id)


class FaultRules:
    """The fault rules of a world."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane

    def add(self, rule: Mapping[str, Json] | str | None = None, **parts: Json) -> FaultRule:
        """Add a rule: a dict, or its parts `match`, `what`, `when`; a text names a domain fault.

        The parts of a domain fault are what it is given: `add("jira-requires-field", field="x")`.
        Raises `mockkibana.control.errors.ControlError` for a rule that cannot be.
        """
        body: dict[str, Any]
        if isinstance(rule, str):
            kept: dict[str, Json] = {
                key: parts.pop(key) for key in ("id", "match", "when") if key in parts
            }
            body = {"fault": rule, **kept, **({"with": parts} if parts else {})}
        else:
            body = {**(rule or {}), **parts}
        return FaultRule(self._plane, self._plane.add_fault(body)["id"])

    def list(self) -> list[Record]:
        """Return the rules, each with `matched`, `fired` and `consumed`."""
        rules: list[Record] = self._plane.faults()
        return rules

    def assert_consumed(self) -> None:
        """Raise AssertionError unless every rule fired as often as it was to."""
        _assert_consumed(self.list())

    def clear(self) -> None:
        """Take every rule away."""
        self._plane.clear_faults()


def _assert_consumed(rules: list[Record]) -> None:
    told = [
        f"the fault rule {rule['id']} matched {rule['matched']} and fired {rule['fired']} times, "
        f"expected {rule['expected']}"
        for rule in rules
        if not rule["consumed"]
    ]
    if told:
        raise AssertionError("; ".join(told))


def _written(time: datetime | str) -> str:
    if isinstance(time, str):
        return time
    return time.isoformat() if time.tzinfo else iso(time)
