"""Hints: what a request that was refused with 400 to 415 was probably meant to be."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from mockkibana.app.hints.bodies import missing_params, missing_xsrf, wrong_type
from mockkibana.app.hints.connectors import nearest_connector, nearest_type
from mockkibana.app.hints.fields import missing_fields
from mockkibana.app.hints.routes import nearest_route
from mockkibana.journal import Call
from mockkibana.world import World

_XSRF = "kbn-xsrf header"
_INTERNAL = "exists but is not available with the current configuration"
_ORIGIN = (
    "since 9.0 internal routes are for Kibana's own pages: add the header "
    "`x-elastic-internal-origin` (any value will do)"
)
_UNREGISTERED = re.compile(r'Action type \\"([^"\\]*)\\" is not registered')

Patterns: TypeAlias = Callable[[], list[tuple[str, str]]]
"""Gives methods and patterns: `("GET", "/api/actions/connector/{id}")`."""


def explain(call: Call, world: World, patterns: Patterns) -> str | None:
    """Return the nearest valid thing to what was asked for, or None if there is nothing to say.

    To be asked right after a failed call, as connectors come and go.
    """
    if call.status is None or call.status < 400 or (call.faults and call.route is None):
        return None  # no failure, or one that a fault rule made
    if call.status in (404, 405):
        if call.route is None:
            return nearest_route(call, patterns(), world.settings)
        if call.connector_id is not None and not call.runs and call.status == 404:
            return nearest_connector(call.connector_id, call.space or "default", world)
        return None
    told = call.response.decode("utf-8", "replace") if isinstance(call.response, bytes) else ""
    if call.face != "kibana":
        return wrong_type(call) or missing_fields(told)
    if found := _UNREGISTERED.search(told):
        return nearest_type(found[1], world)
    if _INTERNAL in told:
        return _ORIGIN
    if call.status == 500:
        return _logged(world)
    # One refusal hides the next, so all that a request lacks is told at once.
    lacking = [missing_xsrf(call)] if _XSRF in told else []
    lacking += [text for text in (wrong_type(call), missing_params(call)) if text]
    return "; ".join(lacking) or None


def _logged(world: World) -> str | None:
    """Return what Kibana's log says of a 500 that tells nothing, as after a hook of a type."""
    last = world.log.lines[-1:]
    is_told = last and last[0].logger == "http" and last[0].message.startswith("Error: ")
    return f"Kibana's log says: {last[0].message}" if is_told else None
