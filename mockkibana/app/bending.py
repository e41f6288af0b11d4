"""What the fault rules make of a call: the facts that they see, and answers that are cut off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from mockkibana.faults import CallFacts, Effect
from mockkibana.http.body import Garbled, TooLarge, read_body
from mockkibana.http.paths import split_space
from mockkibana.http.wire_faults import Breakage, Partial
from mockkibana.kibana.caller import DEFAULT_SPACE, Caller
from mockkibana.world import World

Environ = dict[str, Any]
WSGI = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_CONNECTOR = re.compile(r"/api/actions/(?:connector|action)/([^/]+)")


def effect_on(world: World, face: str, environ: Environ) -> Effect | None:
    """Return what the rules of a world do to a call, or None."""
    path: str = environ["mockkibana.path"]
    space = None
    if face == "kibana":
        path, space = split_space(path)
        space = space or DEFAULT_SPACE
    else:
        path = path.removeprefix(f"/_mock/{face}") or "/"
    found = _CONNECTOR.match(path) if face == "kibana" else None
    connector_id = unquote(found[1]) if found else None
    caller = Caller(space or DEFAULT_SPACE)
    query = environ.get("QUERY_STRING")
    return world.faults.on_call(
        CallFacts(
            method=environ["REQUEST_METHOD"],
            path=f"{path}?{query}" if query else path,
            space=space,
            connector_id=connector_id,
            connector_type_id=connector_id and world.connectors.type_of(caller, connector_id),
            body=_body(world, face, environ),
            face=face,
        )
    )


def _body(world: World, face: str, environ: Environ) -> bytes | None:
    limits = {
        "kibana": lambda: world.settings.max_payload,
        "elasticsearch": lambda: world.elasticsearch_face.max_body,
        "jira": lambda: world.jira_face.max_body,
    }
    try:
        return read_body(environ, limits[face]())
    except (TooLarge, Garbled):
        return None  # the face refuses it in its own words


def cut(breakage: Breakage, app: WSGI, environ: Environ) -> Breakage:
    """Return a breakage that the server can do: of a cut answer, the answer that there would be."""
    if not isinstance(breakage, Partial) or breakage.body:
        return breakage
    begun: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:  # noqa: ARG001
        begun[:] = status, headers

    body = b"".join(app(environ, start))
    status, headers = begun
    return Partial(status, tuple(headers), body, len(body) // 2)
