"""What is answered where no view answers: no route, or a bug of ours."""

from __future__ import annotations

import traceback
from typing import Any
from urllib.parse import quote

from flask import Response, request
from werkzeug.exceptions import HTTPException

from mockkibana.app.mounts import MOCK, told
from mockkibana.http.paths import decoded_segment, is_below
from mockkibana.http.wire_faults import BrokenBody
from mockkibana.json import encode
from mockkibana.kibana.errors import KibanaError, internal_error
from mockkibana.kibana.inbound import INBOUND, Inbound
from mockkibana.kibana.routes.http import JSON_TYPE, redirect, refusal, require_user
from mockkibana.store import StoreError
from mockkibana.world import World

_UNESCAPED = "!'()*"  # what JavaScript's encodeURIComponent leaves, beside what `quote` does


def unrouted(error: HTTPException) -> Response:
    """Answer what no route took: Kibana knows no 405, and cuts a trailing slash off a GET."""
    # Flask keeps the error in the request, and its frames hold that: garbage with a whole body.
    error.__traceback__ = error.__context__ = None
    environ = request.environ
    inbound: Inbound = environ[INBOUND]
    if inbound.unroutable is not None:
        return refusal(KibanaError(inbound.unroutable))
    path = inbound.path
    if is_below(path, MOCK):
        message = f"There is nothing at {request.method} {path}. See {MOCK}/ for what there is."
        return Response(encode({"error": message}), 404, content_type=JSON_TYPE)
    if request.method in ("GET", "HEAD"):
        return _caught_all(environ, path, error)
    return refusal(_refused(error))


def _caught_all(environ: dict[str, Any], path: str, error: HTTPException) -> Response:
    """Answer as Kibana's own catch-all route, which is behind hapi's routing and for known users.

    Only GET gets there.
    """
    try:
        require_user(environ)
    except KibanaError as unknown:
        return refusal(unknown)
    if path.endswith("/") and len(path) > 1:
        base = environ.get("SCRIPT_NAME", "")
        whole = decoded_segment(environ["PATH_INFO"].encode("latin-1").decode())
        rest = whole[1:-1][len(base) if whole.startswith(base) else 0 :]
        if rest and not rest.startswith("/"):
            # Slashes become %2F, so the redirect leads nowhere: so it does in Kibana since 8.13.
            query = environ.get("QUERY_STRING")
            location = f"{base}/{quote(rest, safe=_UNESCAPED)}" + (f"?{query}" if query else "")
            return redirect(location)
    return refusal(_refused(error))


def _refused(error: HTTPException) -> KibanaError:
    return KibanaError(error.code if error.code in (400, 413) else 404)


def unwritten(error: StoreError) -> Response:
    """Answer a write for which the database has no room: nothing is lost, and it is no bug."""
    inbound: Inbound = request.environ[INBOUND]
    inbound.world.log.write("error", "store", str(error))
    if inbound.face == "kibana":
        return refusal(KibanaError(503, str(error)))
    return told(503, str(error))


def bug(error: Exception) -> Response:
    """Answer an exception that nobody expected as Kibana does, and keep it for whoever tests us."""
    if isinstance(error, BrokenBody):
        return Response(status=400)  # the server says so in its own way
    world: World = request.environ[INBOUND].world
    text = "".join(traceback.format_exception(error))
    world.bugs.append(text)
    world.log.write("error", "http", text)
    return refusal(internal_error())
