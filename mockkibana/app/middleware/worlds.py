"""Finds what a request is about: its world, its face, its space, and the path to route by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mockkibana.app.middleware import WSGI, Environ, StartResponse
from mockkibana.app.middleware.guard import HANDLE
from mockkibana.app.mounts import MOCK, MOUNTS, face_of, told
from mockkibana.http.paths import BadEscape, decoded, is_below, raw_path, split_space
from mockkibana.kibana.caller import DEFAULT_SPACE
from mockkibana.kibana.inbound import INBOUND, Inbound
from mockkibana.world.worlds import NoWorld, Worlds

if TYPE_CHECKING:
    from mockkibana.control.guard import ControlAccess
    from mockkibana.settings import Settings
    from mockkibana.world import World

_WORLDS = f"{MOCK}/worlds/"


_ALONE = "mockkibana.alone"


def alone(app: WSGI, face: str) -> WSGI:
    """Return an app in which one face answers every path, as on a port of its own."""

    def rooted(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        environ[_ALONE] = face
        return app(environ, start_response)

    return rooted


def find_world(app: WSGI, worlds: Worlds, access: ControlAccess | None) -> WSGI:
    """Put the request's `Inbound` into its environment, and its `World` for outside readers.

    The prefixes of world, base path and space move into SCRIPT_NAME, so that redirects keep them.
    """

    def middleware(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = raw_path(environ)
        alone_face = environ.get(_ALONE)
        if alone_face is not None:
            path = MOUNTS[alone_face] + path
        # A call in this process may say who makes it; none from a socket can.
        sender = environ.get("mockkibana.control", access)
        world, prefix = worlds.default, ""
        found = True
        if world.settings.base_path:
            path, found = _below_base_path(path, environ, world.settings)
        if path.startswith(_WORLDS):
            name, _, rest = path[len(_WORLDS) :].partition("/")
            try:
                world = _named_world(name, worlds, environ, sender)
            except NoWorld as error:
                return told(error.status, str(error))(environ, start_response)
            prefix, path = _WORLDS + name, f"/{rest}"
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
            if world.settings.base_path:
                path, found = _below_base_path(path, environ, world.settings)
        if path.startswith(MOCK) and is_below(path, MOCK):
            face, face_path = face_of(path)
            space, unroutable = DEFAULT_SPACE, None
            environ["PATH_INFO"] = path
        else:
            face = "kibana"
            face_path, named = split_space(path) if path.startswith("/s/") else (path, None)
            space = named or DEFAULT_SPACE
            if named is not None or world.settings.base_path:
                below = world.settings.base_path + ("" if named is None else f"/s/{named}")
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + below
            unroutable = _route_by(face_path, environ) if found else 404
        environ["mockkibana.world"] = world
        environ[INBOUND] = Inbound(
            world=world,
            settings=world.settings,
            worlds=worlds,
            access=sender,
            prefix=prefix,
            path=path,
            face=face,
            face_path=face_path,
            space=space,
            unroutable=unroutable,
            is_alone=alone_face is not None,
        )
        with world.store.storage.begun():
            return app(environ, start_response)

    return middleware


def _named_world(
    name: str, worlds: Worlds, environ: Environ, access: ControlAccess | None
) -> World:
    """Return the world of a name; whom a foreign page sent makes none. Raises `NoWorld`."""
    if (world := worlds.find(name)) is not None:
        return world
    from mockkibana.control import guard  # few requests make a world

    if refused := guard.check_sender(environ, access, worlds.default.settings.public_url):
        raise NoWorld(403, str(refused.body))
    return worlds.get(name)


def _below_base_path(path: str, environ: Environ, settings: Settings) -> tuple[str, bool]:
    """Take Kibana's base path off a path, and tell whether Kibana is there (`http_server.ts`).

    What is the mock's own is there with and without it, and a test's handle needs none.
    """
    base = settings.base_path
    # Kibana looks at path and query in one, so the bare base path is not found with a query.
    if path.startswith(f"{base}/") or (path == base and not environ.get("QUERY_STRING")):
        rest = path[len(base) :] or "/"
        if settings.rewrite_base_path or is_below(rest, MOCK):
            return rest, True
    return path, not settings.rewrite_base_path or HANDLE in environ


def _route_by(path: str, environ: Environ) -> int | None:
    """Decode the path that Flask is to route by; return the status of one that it never sees."""
    if "%" in path:
        try:
            path = decoded(path)
        except BadEscape:
            return 400
    # Werkzeug would merge the slashes, and ours is neither below a space nor spelled otherwise.
    if path.startswith("//") or (path.startswith(MOCK) and is_below(path, MOCK)):
        return 404
    environ["PATH_INFO"] = path if path.isascii() else path.encode().decode("latin-1")
    return None
