"""Fault rules: what goes wrong with the calls of a world, and with the requests of its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockkibana.faults.errors import BadRule, NoRule
from mockkibana.faults.faults import Faults

if TYPE_CHECKING:
    from mockkibana.faults.facts import CallFacts, Effect, OutboundFacts

__all__ = ["BadRule", "CallFacts", "Effect", "Faults", "NoRule", "OutboundFacts"]


def __getattr__(name: str) -> object:
    """Import facts and effects on first use: a world without rules needs none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mockkibana.faults import facts

    return getattr(facts, name)
