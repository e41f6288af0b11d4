"""Hints: what a request that was refused was probably meant to be, or what its sender lacks."""

from __future__ import annotations

from mockkibana.app.hints.hints import Patterns, explain
from mockkibana.journal import Call
from mockkibana.world import World


def hint(call: Call, world: World, patterns: Patterns) -> str | None:
    """Return what a call that failed was probably meant to be, or what its sender lacks."""
    if call.status in (400, 404, 405):
        return explain(call, world, patterns)
    if call.face == "jira":
        return None
    from mockkibana.app.hints.refusals import explain_license, explain_refusal

    if world.is_secured and (text := explain_refusal(call, world)):
        return text
    return explain_license(call, world) if call.status == 403 else None
