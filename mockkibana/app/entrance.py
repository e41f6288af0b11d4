"""The entrance: finds the world and the path of a request, bends it by rule, and notes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mockkibana.app.mounts import respond_with
from mockkibana.http.paths import BadEscape, decoded, is_below, raw_path, split_space
from mockkibana.http.wire_faults import WireFault
from mockkibana.json import encode
from mockkibana.kibana.caller import DEFAULT_SPACE
from mockkibana.kibana.errors import KibanaError
from mockkibana.kibana.routes.http import JSON_TYPE, constant_headers, refusal
from mockkibana.world import World
from mockkibana.world.worlds import NoWorld, Worlds

if TYPE_CHECKING:
    from mockkibana.app.hints.lookups import Routes
    from mockkibana.control.guard import ControlAccess
    from mockkibana.journal import Call

Environ = dict[str, Any]
Start = Callable[..., Any]
WSGI = Callable[[Environ, Start], Iterable[bytes]]
Headers = list[tuple[str, str]]

MOCK = "/_mock"
FACES = {"elasticsearch": f"{MOCK}/elasticsearch", "jira": f"{MOCK}/jira"}
_WORLDS = f"{MOCK}/worlds/"
# Marks what a test's handle asks on its own account: no rule bends it, and nobody notes it, unless
# it says `seen`.
_HANDLE = "HTTP_X_MOCK_HANDLE"
_HINTED = (400, 404, 405)
_REFUSED = (401, 403)
_ERRORS = b'{"errors":true'  # how Elasticsearch's answer to a bulk request begins
_HEADERS = ("HTTP_", "CONTE")  # how the names of headers begin: CONTENT_TYPE, CONTENT_LENGTH
_constant_headers = lru_cache(maxsize=64)(constant_headers)


class Entrance:
    """The outermost WSGI application of a process; `access` guards the control plane."""

    def __init__(
        self, worlds: Worlds, app: WSGI, access: ControlAccess | None, routes: Routes
    ) -> None:
        self._worlds = worlds
        self._app = app
        self._access = access
        self._routes = routes

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Answer a request."""
        path = raw_path(environ)
        world, prefix = self._worlds.default, ""
        if path.startswith(_WORLDS):
            name, _, rest = path[len(_WORLDS) :].partition("/")
            try:
                world = self._worlds.get(name)
            except NoWorld as error:
                return _told(error.status, str(error), start_response)
            prefix, path = _WORLDS + name, f"/{rest}"
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
        environ["mockkibana.world"] = world
        environ["mockkibana.worlds"] = self._worlds
        # A call in this process may say who makes it; none from a socket can.
        environ.setdefault("mockkibana.control", self._access)
        environ["mockkibana.prefix"] = prefix
        environ["mockkibana.path"] = path
        environ["mockkibana.call"] = None
        if is_below(path, MOCK):
            environ["PATH_INFO"] = path
            for face, mount in FACES.items():
                if is_below(path, mount):
                    return self._pass(world, face, environ, start_response, self._app)
            return self._app(environ, start_response)
        return self._pass(world, "kibana", environ, start_response, self._kibana)

    def _pass(
        self, world: World, face: str, environ: Environ, start_response: Start, app: WSGI
    ) -> Iterable[bytes]:
        passage = Passage(world, face, environ, start_response)
        try:
            return passage.through(app)
        finally:
            passage.end(self._routes)

    def _kibana(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        path, space = split_space(environ["mockkibana.path"])
        environ["mockkibana.space"] = space or DEFAULT_SPACE
        if (call := environ["mockkibana.call"]) is not None:
            call.space = space or DEFAULT_SPACE
        if space is not None:
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/s/{space}"
        try:
            path = decoded(path)
        except BadEscape:
            return refusal(KibanaError(400))(environ, start_response)
        # Werkzeug would merge the slashes, and ours is neither below a space nor spelled otherwise.
        if path.startswith("//") or is_below(path, MOCK):
            return refusal(KibanaError(404))(environ, start_response)
        environ["PATH_INFO"] = path.encode().decode("latin-1")
        return self._app(environ, start_response)


class Passage:
    """One request on its way through a face, and its answer on the way back."""

    __slots__ = ("_call", "_constant", "_environ", "_face", "_start", "_world")

    def __init__(self, world: World, face: str, environ: Environ, start_response: Start) -> None:
        self._world = world
        self._face = face
        self._environ = environ
        self._start = start_response
        self._constant = _constant_headers(world.settings) if face == "kibana" else []
        self._call: Call | None = None

    def through(self, app: WSGI) -> Iterable[bytes]:
        """Answer with an application, unless a rule has it otherwise; note both in the journal."""
        world, environ = self._world, self._environ
        if _HANDLE in environ:
            # It may do everything, as whoever may use the control plane may.
            if world.is_secured:
                from mockkibana.control import guard  # few worlds have security

                environ["mockkibana.trusted"] = guard.refusal(environ) is None
            if environ[_HANDLE] != "seen":
                return self._answered(app)
        journal = world.journal
        if journal.enabled:
            self._call = environ["mockkibana.call"] = journal.begin(
                environ["REQUEST_METHOD"],
                _target(environ),
                # Slices: this is the dearest part of a journal, and `startswith` is twice as dear.
                {name: environ[name] for name in environ if name[:5] in _HEADERS},
                self._face,
            )
        return self._bent(app) if world.faults.active else self._answered(app)

    def end(self, routes: Routes) -> None:
        """Put the call into the journal; one that failed gets a hint."""
        call = self._call
        if call is None:
            return
        if call.status in _HINTED or _is_refused(call):
            from mockkibana.app.hints.lookups import Lookups, hint

            call.hint = call.hint or hint(call, self._face, Lookups(self._world, routes))
        self._world.journal.end(call)

    def _answered(self, app: WSGI) -> list[bytes]:
        chunks = app(self._environ, self._begin)
        body = b"".join(chunks)
        if close := getattr(chunks, "close", None):
            close()
        if self._call is not None:
            self._call.response = body
        return [body]

    def _begin(self, status: str, headers: Headers, exc_info: Any = None) -> Any:
        headers = headers + self._constant
        if self._call is not None:
            self._call.status = int(status[:3])
            self._call.response_headers = headers
        return self._start(status, headers, exc_info)

    def _bent(self, app: WSGI) -> list[bytes]:
        from mockkibana.app.bending import cut, effect_on

        effect = effect_on(self._world, self._face, self._environ)
        if effect is None:
            return self._answered(app)
        if self._call is not None:
            self._call.faults.extend(effect.rule_ids)
        if effect.delay:
            self._world.stopped.wait(effect.delay)
        if effect.answer is not None:
            return self._answered(respond_with(effect.answer))
        if effect.wire is None:
            return self._answered(app)
        if self._environ.get("mockkibana.wire_faults"):
            raise WireFault(cut(effect.wire, app, self._environ), effect.rule_id)
        # Another server cannot do that to a connection: it says which rule asked for it.
        text = f"The fault rule {effect.rule_id} needs mockkibana's own server."
        return list(_told(502, text, self._begin))


def _is_refused(call: Call) -> bool:
    """Tell whether somebody may not do all of what a call asked for."""
    return (
        call.status in _REFUSED
        or any(run.status == "error" for run in call.runs)
        or (isinstance(call.response, bytes) and call.response.startswith(_ERRORS))
    )


def _target(environ: Environ) -> str:
    query = environ.get("QUERY_STRING")
    path: str = environ["mockkibana.path"]
    return f"{path}?{query}" if query else path


def _told(status: int, message: str, start_response: Start) -> Iterable[bytes]:
    body = encode({"error": message})
    reason = {404: "Not Found", 429: "Too Many Requests", 502: "Bad Gateway"}[status]
    start_response(
        f"{status} {reason}",
        [("content-type", JSON_TYPE), ("content-length", str(len(body)))],
    )
    return [body]
