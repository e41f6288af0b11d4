"""`create_app`: one WSGI application for all that a mocked installation answers."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable
from copy import copy
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, Rule

from mockkibana.app.entrance import FACES, MOCK, WSGI, Entrance
from mockkibana.app.mounts import Face, respond
from mockkibana.control.views import control
from mockkibana.http.paths import decoded_segment, is_below
from mockkibana.http.wire_faults import BrokenBody
from mockkibana.json import encode
from mockkibana.kibana.errors import KibanaError
from mockkibana.kibana.routes.http import JSON_TYPE, base_url, redirect, refusal, require_user
from mockkibana.kibana.routes.views import kibana
from mockkibana.world import World
from mockkibana.world.worlds import Worlds

if TYPE_CHECKING:
    from mockkibana.control.guard import ControlAccess

# Routes that few processes are asked for: adding a rule takes time, and a start waits for it.
_RARE = re.compile(r"/internal/|/api/actions(/action(/.*)?|/list_action_types)?\Z", re.DOTALL)
_OF_SECURITY = re.compile(r"/api/(security/|features/?\Z)")
_PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")
_UNESCAPED = "!'()*"  # what JavaScript's encodeURIComponent leaves, beside what `quote` does


class _Segment(BaseConverter):
    """One segment of a path, its last two escapes decoded."""

    def to_python(self, value: str) -> str:
        return decoded_segment(value)


class _Rest(BaseConverter):
    """The rest of a path, slashes and all."""

    regex = "(?s:.*?)"
    part_isolating = False


def create_app(worlds: Worlds | World, access: ControlAccess | None = None) -> Flask:
    """Return the application of some worlds: Kibana, the faces behind it, and the mock's own.

    A single world will do. `access` says who may use the control plane. A request passes the
    entrance (world, path, faults, journal), then Flask's routes with Kibana's checks, then the
    world.
    """
    if isinstance(worlds, World):
        worlds = Worlds(worlds)
    routes = _main()
    app = copy(routes)
    app.config = copy(routes.config)
    app.wsgi_app = Entrance(  # type: ignore[method-assign]
        worlds, _with_rare(routes.wsgi_app), access, _patterns
    )
    return app


@cache
def _main() -> Flask:
    """Return the app of all routes but the `_RARE`; made once, as it belongs to no world."""
    app = _routes(kibana, control)
    _mount(app, FACES["elasticsearch"], lambda world: world.elasticsearch_face)
    _mount(app, FACES["jira"], lambda world: world.jira_face)
    return app


def _routes(*blueprints: Blueprint) -> Flask:
    """Return an app that answers as Kibana what no route takes, and whatever is refused."""
    app = Flask(__name__, static_folder=None)
    app.url_map.converters.update(segment=_Segment, rest=_Rest)
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    app.register_error_handler(KibanaError, refusal)
    app.register_error_handler(HTTPException, _unrouted)
    app.register_error_handler(Exception, _bug)
    return app


def rules(app: Flask) -> list[Rule]:
    """Return every rule that an application of `create_app` routes by, the rare ones too."""
    return [rule for one in (app, _rare(), _of_security()) for rule in one.url_map.iter_rules()]


def _with_rare(app: WSGI) -> WSGI:
    """Lead the `_RARE` paths, and those `_OF_SECURITY`, to apps of their own."""

    def choose(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path, chosen = environ["PATH_INFO"], app
        if _RARE.match(path):
            chosen = _rare().wsgi_app
        elif _OF_SECURITY.match(path):
            chosen = _of_security().wsgi_app
        return chosen(environ, start_response)

    return choose


@cache
def _rare() -> Flask:
    """Return the app of the `_RARE` paths, made for the first request; it belongs to no world."""
    from mockkibana.kibana.routes.internal import internal
    from mockkibana.kibana.routes.legacy import legacy

    return _routes(legacy, internal)


@cache
def _of_security() -> Flask:
    """Return the app of roles and features, which takes longer to import."""
    from mockkibana.kibana.routes.security import security

    return _routes(security)


def _mount(app: Flask, prefix: str, face: Callable[[World], Face]) -> None:
    def view(rest: str = "") -> Response:  # noqa: ARG001 - the face reads the raw path
        environ = request.environ
        return respond(face(environ["mockkibana.world"]), environ, prefix, base_url(environ))

    app.view_functions[prefix] = view
    for pattern in (prefix, f"{prefix}/<rest:rest>"):
        # Not `add_url_rule`, which wants to know the methods: a face refuses those it does not.
        app.url_map.add(Rule(pattern, endpoint=prefix))


def _patterns() -> list[tuple[str, str]]:
    """Return methods and patterns of Kibana's routes and of the faces, for hints."""
    from mockkibana.elasticsearch.face.face import TABLE
    from mockkibana.jira.face.face import TABLE as JIRA_TABLE

    kibanas = [
        (method, _PLACEHOLDER.sub(r"{\1}", rule.rule))
        for rule in _main().url_map.iter_rules()
        for method in rule.methods or ()
        if not is_below(rule.rule, MOCK)
    ]
    return [
        *kibanas,
        *((method, FACES["elasticsearch"] + pattern) for method, pattern in TABLE.patterns()),
        *((method, FACES["jira"] + pattern) for method, pattern in JIRA_TABLE.patterns()),
    ]


def _unrouted(error: HTTPException) -> Response:
    """Answer what no route took: Kibana knows no 405, and cuts a trailing slash off a GET."""
    environ = request.environ
    path: str = environ["mockkibana.path"]
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
        space = environ.get("SCRIPT_NAME", "")
        rest = decoded_segment(environ["PATH_INFO"].encode("latin-1").decode())[1:-1]
        if rest and not rest.startswith("/"):
            # Slashes become %2F, so the redirect leads nowhere: so it does in Kibana since 8.13.
            query = environ.get("QUERY_STRING")
            location = f"{space}/{quote(rest, safe=_UNESCAPED)}" + (f"?{query}" if query else "")
            return redirect(location)
    return refusal(_refused(error))


def _refused(error: HTTPException) -> KibanaError:
    return KibanaError(error.code if error.code in (400, 413) else 404)


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
