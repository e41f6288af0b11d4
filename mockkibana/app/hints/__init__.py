"""Hints: what a request that was refused was probably meant to be, or what its sender lacks."""

from __future__ import annotations

from mockkibana.app.hints.fields import missing_fields
from mockkibana.app.hints.hints import Patterns, explain
from mockkibana.journal import Call
from mockkibana.world import World


def hint(call: Call, world: World, patterns: Patterns) -> str | None:
    """Return what a call that failed was probably meant to be, or what its sender lacks."""
    if call.status is not None and call.status >= 400 and call.status not in (401, 403):
        return explain(call, world, patterns)
    if call.face == "jira":
        return None
    from mockkibana.app.hints.refusals import explain_license, explain_refusal

    for run in call.runs:
        if run.service_message and (text := missing_fields(run.service_message)):
            return text
    if world.is_secured and (text := explain_refusal(call, world)):
        return text
    return explain_license(call, world) if call.status == 403 else None
