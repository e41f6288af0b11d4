"""The fault rules of a handle's world: add them, and assert that they fired."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from mockkibana.errors import MockKibanaWarning
from mockkibana.json import Json, Record
from mockkibana.records import FaultParts, FaultRecord

if TYPE_CHECKING:
    from mockkibana.control.plane import ControlPlane


class FaultRule:
    """A rule that was added; as a context manager it is gone at the end of the block."""

    def __init__(self, plane: ControlPlane, id: str) -> None:
        self._plane = plane
        self.id = id

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
        self._plane.remove_fault(self.id)


class FaultRules:
    """The fault rules of a world, to add, list and take away."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

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
        added = self._plane.add_fault(body)
        for doubt in added.get("warnings", ()):
            text = f"the fault rule {added['id']} can match nothing: {doubt}"
            warnings.warn(MockKibanaWarning(text), stacklevel=2)
        return FaultRule(self._plane, added["id"])

    def list(self) -> list[FaultRecord]:
        """Return the rules, each with `matched`, `fired` and `consumed`."""
        return self._plane.faults()

    def assert_consumed(self) -> None:
        """Raise AssertionError unless every rule fired as often as it was to."""
        __tracebackhide__ = True
        _assert_consumed(self.list())

    def clear(self) -> None:
        """Take every rule away."""
        self._plane.clear_faults()


def _assert_consumed(rules: list[FaultRecord]) -> None:
    __tracebackhide__ = True
    told = [
        f"the fault rule {rule['id']} matched {rule['matched']} and fired {rule['fired']} times, "
        f"expected {rule['expected']}"
        for rule in rules
        if not rule["consumed"]
    ]
    if told:
        raise AssertionError("; ".join(told))
