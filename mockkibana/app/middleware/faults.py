"""Bends what is answered, as the fault rules of a world say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mockkibana.app.middleware import WSGI, Environ, StartResponse
from mockkibana.app.mounts import max_body, respond_with, told
from mockkibana.http.body import Garbled, TooLarge
from mockkibana.http.wire_faults import WireFault
from mockkibana.kibana.caller import Caller
from mockkibana.kibana.inbound import INBOUND, Inbound

if TYPE_CHECKING:
    from mockkibana.faults import Effect
    from mockkibana.http.breakages import Breakage, Headers

# What begins where nobody has worked on a request.
_NO_ANSWER = ("200 OK", (("content-type", "application/json"),), b"{}")
_CONNECTOR = re.compile(r"/api/actions/(?:connector|action)/([^/]+)")


def apply_faults(app: WSGI) -> WSGI:
    """Ask the fault rules about every watched request, and do what they say.

    Raises `WireFault` where the server can break the connection.
    """

    def middleware(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        inbound: Inbound = environ[INBOUND]
        faults = inbound.world.faults
        if not (inbound.watched and faults.active):
            return app(environ, start_response)
        effect = _effect_on(inbound, environ)
        return (_bent(app, effect, inbound, environ) if effect else app)(environ, start_response)

    return middleware


def _bent(app: WSGI, effect: Effect, inbound: Inbound, environ: Environ) -> WSGI:
    """Return what answers in the place of an app, after the delay of an effect."""
    from mockkibana.http.breakages import Partial

    if inbound.call is not None:
        inbound.call.faults.extend(effect.rule_ids)
    if effect.delay and not inbound.world.waits.wait(
        effect.delay, environ.get("mockkibana.client_left")
    ):
        return told(503, "The world was reset while a fault rule held this request back.")
    if effect.answer is not None:
        return respond_with(effect.answer)
    if effect.wire is None:
        return app
    if not environ.get("mockkibana.wire_faults"):
        # Another server cannot do that to a connection: it says which rule asked for it.
        return told(502, f"The fault rule {effect.rule_id} needs mockkibana's own server.")
    answer = _answer_of(app, environ) if effect.work_done else _NO_ANSWER
    breakage: Breakage = effect.wire
    if isinstance(breakage, Partial):
        status, headers, body = answer
        breakage = Partial(status, headers, body, len(body) // 2)
    raise WireFault(breakage, effect.rule_id)


def _effect_on(inbound: Inbound, environ: Environ) -> Effect | None:
    """Return what the rules of the world do to a request, or None."""
    # A world without rules needs none of them.
    from mockkibana.faults import CallFacts
    from mockkibana.faults.answers import kibana_errors

    world, path = inbound.world, inbound.face_path or "/"
    of_kibana = inbound.face == "kibana"
    found = _CONNECTOR.match(path) if of_kibana else None
    connector_id = unquote(found[1]) if found else None
    caller = Caller(inbound.space)
    query = environ.get("QUERY_STRING")
    effect: Effect | None = world.faults.on_call(
        CallFacts(
            method=environ["REQUEST_METHOD"],
            path=f"{path}?{query}" if query else path,
            space=inbound.space if of_kibana else None,
            connector_id=connector_id,
            connector_type_id=connector_id and world.connectors.type_of(caller, connector_id),
            body=_body(inbound, environ),
            errors=kibana_errors if of_kibana else lambda: world.parties[inbound.face].errors,
            face=inbound.face,
        )
    )
    return effect


def _body(inbound: Inbound, environ: Environ) -> bytes | None:
    try:
        return inbound.read_body(environ, max_body(inbound.world, inbound.face))
    except (TooLarge, Garbled):
        return None  # the face refuses it in its own words


def _answer_of(app: WSGI, environ: Environ) -> tuple[str, Headers, bytes]:
    """Let an app do its work, and return status, headers and body of its answer."""
    begun: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:  # noqa: ARG001
        begun[:] = status, headers

    body = b"".join(app(environ, start))
    status, headers = begun
    return status, tuple(headers), body
