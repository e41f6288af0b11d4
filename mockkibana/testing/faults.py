"""The fault rules of a handle's world: add them, and assert that they fired."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Unpack

from mockkibana.control.errors import ControlError
from mockkibana.errors import MockKibanaWarning
from mockkibana.json import Json, Record

if TYPE_CHECKING:
    from mockkibana.control.plane import ControlPlane
    from mockkibana.records import FaultParts, FaultRecord


class FaultRule:
    """A rule that was added; as a context manager it is gone at the end of the block."""

    def __init__(self, plane: ControlPlane, id: str) -> None:
        self._plane = plane
        self._last: FaultRecord | None = None
        self.id = id

    def __repr__(self) -> str:
        last = self.last()
        return f"<FaultRule {self.id!r} {'(gone)' if last is None else last}>"

    def __enter__(self) -> FaultRule:
        return self

    def __exit__(self, *raised: object) -> None:
        self.remove()

    def show(self) -> FaultRecord:
        """Return the rule, with `matched`, `fired` and `consumed`."""
        return self._plane.fault(self.id)

    @property
    def fired(self) -> int:
        """How often it fired."""
        return int(self.show()["fired"])

    def assert_consumed(self) -> None:
        """Raise AssertionError unless it fired as often as it was to."""
        __tracebackhide__ = True
        _assert_consumed([self.show()])

    def remove(self) -> None:
        """Take the rule away."""
        self._last = self._plane.remove_fault(self.id)

    def last(self) -> FaultRecord | None:
        """Return the rule as it is, or was when the handle took it away; None if others did."""
        if self._last is None:
            with suppress(ControlError):
                return self.show()
        return self._last


class FaultRules:
    """The fault rules of a world, to add, list and take away."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._added: list[FaultRule] = []

    def add(
        self, rule: Mapping[str, Json] | str | None = None, **parts: Unpack[FaultParts]
    ) -> FaultRule:
        """Add a rule: a dict, or its parts `match`, `what`, `when`; a text names a domain fault.

        Other keywords are the arguments of a domain fault:
        `add("jira-requires-field", field="x")`.
        Raises `mockkibana.ControlError` for a rule that cannot be, and warns of one that can match
        nothing as things are.
        """
        body: Record = {**parts}
        if isinstance(rule, str):
            kept: Record = {key: body.pop(key) for key in ("id", "match", "when") if key in body}
            body = {"fault": rule, **kept, **({"with": body} if body else {})}
        else:
            body = {**(rule or {}), **body}
        record = self._plane.add_fault(body)
        for doubt in record.get("warnings", ()):
            text = f"the fault rule {record['id']} can match nothing: {doubt}"
            warnings.warn(MockKibanaWarning(text), stacklevel=2)
        added = FaultRule(self._plane, record["id"])
        self._added.append(added)
        return added

    def added(self) -> list[FaultRecord]:
        """Return the rules that were added here since the last reset, also those that are gone."""
        return [record for rule in self._added if (record := rule.last()) is not None]

    def forget(self) -> None:
        """Forget what was added: a reset has taken it away."""
        self._added.clear()

    def list(self) -> list[FaultRecord]:
        """Return the rules, each with `matched`, `fired` and `consumed`."""
        return self._plane.faults()

    def assert_consumed(self) -> None:
        """Raise AssertionError unless every rule fired as often as it was to."""
        __tracebackhide__ = True
        _assert_consumed(self.list())

    def clear(self) -> None:
        """Take every rule away."""
        for rule in self._added:
            with suppress(ControlError):
                rule.remove()
        self._plane.clear_faults()


def counted(rule: FaultRecord) -> str:
    """Return in words what a rule matched, and how often it fired."""
    return (
        f"the fault rule {rule['id']} matched {rule['matched']} and fired {rule['fired']} times, "
        f"expected {rule['expected']}"
    )


def _assert_consumed(rules: list[FaultRecord]) -> None:
    __tracebackhide__ = True
    if told := [counted(rule) for rule in rules if not rule["consumed"]]:
        raise AssertionError("; ".join(told))
