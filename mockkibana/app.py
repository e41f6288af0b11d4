"""`create_app`: one WSGI application for all that a mocked installation answers."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from mockkibana.control.views import control
from mockkibana.faces import Face, respond
from mockkibana.json import encode
from mockkibana.kibana.caller import DEFAULT_SPACE
from mockkibana.kibana.errors import KibanaError
from mockkibana.kibana.http import JSON_TYPE, base_url, constant_headers, redirect, refusal
from mockkibana.kibana.views import kibana
from mockkibana.paths import (
    BadEscape,
    decoded,
    decoded_segment,
    is_below,
    raw_path,
    split_space,
)
from mockkibana.wire import BrokenBody
from mockkibana.world import World

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_MOCK = "/_mock"
_UNESCAPED = "!'()*"  # what JavaScript's encodeURIComponent leaves, beside what `quote` does
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
_constant_headers = lru_cache(maxsize=64)(constant_headers)


class _Segment(BaseConverter):
    """One segment of a path, its last two escapes decoded."""

    def to_python(self, value: str) -> str:
        return decoded_segment(value)


class _Rest(BaseConverter):
    """The rest of a path, slashes and all."""

    regex = ".*?"
    part_isolating = False


def create_app(world: World) -> Flask:
    """Return the application of a world: Kibana, the faces behind it, and the mock's own pages."""
    app = Flask(__name__, static_folder=None)
    app.url_map.converters.update(segment=_Segment, rest=_Rest)
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.register_blueprint(kibana)
    app.register_blueprint(control)
    _mount(app, "/_mock/elasticsearch", lambda: world.elasticsearch_face)
    _mount(app, "/_mock/jira", lambda: world.jira_face)
    app.register_error_handler(KibanaError, refusal)
    app.register_error_handler(HTTPException, _unrouted)
    app.register_error_handler(Exception, _bug)
    app.wsgi_app = _entrance(world, app.wsgi_app)  # type: ignore[assignment,method-assign]
    return app


def _entrance(world: World, app: WSGI) -> WSGI:
    """Put the world into the environment and settle the path; add Kibana's headers going out."""

    def enter(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = raw_path(environ)
        environ["mockkibana.world"] = world
        environ["mockkibana.path"] = path
        if is_below(path, _MOCK):
            environ["PATH_INFO"] = path
            return app(environ, start_response)
        constant = _constant_headers(world.settings)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, headers + constant, exc_info)

        path, space = split_space(path)
        environ["mockkibana.space"] = space or DEFAULT_SPACE
        if space is not None:
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/s/{space}"
        try:
            path = decoded(path)
        except BadEscape:
            return refusal(KibanaError(400))(environ, start)
        # Werkzeug would merge the slashes, and ours is neither below a space nor spelled otherwise.
        if path.startswith("//") or is_below(path, _MOCK):
            return refusal(KibanaError(404))(environ, start)
        environ["PATH_INFO"] = path.encode().decode("latin-1")
        return app(environ, start)

    return enter


def _mount(app: Flask, prefix: str, face: Callable[[], Face]) -> None:
    def view(rest: str = "") -> Response:  # noqa: ARG001 - the face reads the raw path
        environ = request.environ
        return respond(face(), environ, prefix, base_url(environ))

    app.add_url_rule(prefix, prefix, view, methods=_METHODS)
    app.add_url_rule(f"{prefix}/<rest:rest>", prefix, view, methods=_METHODS)


def _unrouted(error: HTTPException) -> Response:
    """Answer what no route took: Kibana knows no 405, and cuts a trailing slash off a GET."""
    environ = request.environ
    path: str = environ["mockkibana.path"]
    if is_below(path, _MOCK):
        message = f"There is nothing at {request.method} {path}. See {_MOCK}/ for what there is."
        return Response(encode({"error": message}), 404, content_type=JSON_TYPE)
    if path.endswith("/") and len(path) > 1 and request.method in ("GET", "HEAD"):
        # Kibana's own catch-all route; it is behind hapi's routing, so only GET gets there.
        space = environ.get("SCRIPT_NAME", "")
        rest = decoded_segment(environ["PATH_INFO"].encode("latin-1").decode())[1:-1]
        if rest and not rest.startswith("/"):
            # Slashes become %2F, so the redirect leads nowhere: so it does in Kibana since 8.13.
            query = environ.get("QUERY_STRING")
            location = f"{space}/{quote(rest, safe=_UNESCAPED)}" + (f"?{query}" if query else "")
            return redirect(location)
    return refusal(KibanaError(error.code if error.code in (400, 413) else 404))


def _bug(error: Exception) -> Response:
    """Answer an exception that nobody expected as Kibana does, and keep it for whoever tests us."""
    if isinstance(error, BrokenBody):
        return Response(status=400)  # the server says so in its own way
    world: World = request.environ["mockkibana.world"]
    text = "".join(traceback.format_exception(error))
    world.bugs.append(text)
    world.log.write("error", "http", text)
    return refusal(
        KibanaError(500, "An internal server error occurred. Check Kibana server logs for details.")
    )
