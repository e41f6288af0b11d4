"""Fault rules: what bends the calls that a world answers and the requests that its runs send."""

from __future__ import annotations

from mockkibana.faults.faults import BadRule, CallFacts, Effect, Faults, NoRule, OutboundFacts

__all__ = ["BadRule", "CallFacts", "Effect", "Faults", "NoRule", "OutboundFacts"]
