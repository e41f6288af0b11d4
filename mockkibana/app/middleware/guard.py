"""Refuses who may not control the mock, and tells a test's own handle from other callers."""

from __future__ import annotations

from collections.abc import Iterable

from mockkibana.app.middleware import WSGI, Environ, StartResponse
from mockkibana.app.mounts import MOCK
from mockkibana.http.paths import is_below
from mockkibana.kibana.inbound import INBOUND, Inbound
from mockkibana.world import World

_API = f"{MOCK}/api"
_PAGE = (MOCK, f"{MOCK}/")
_ICON = "/favicon.ico"  # a browser asks for it, whatever it was sent to
HANDLE = "HTTP_X_MOCK_HANDLE"
"""Marks what a test's handle asks on its own account: no rule bends it, and nobody notes it, unless
it says `seen`."""


def guard_control(app: WSGI) -> WSGI:
    """Let through to the page and to the control plane only whom `mockkibana.control.guard` does.

    A handle of whoever may use them may do everything, where not everybody may.
    """

    def middleware(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        inbound: Inbound = environ[INBOUND]
        if inbound.face:
            handle = environ.get(HANDLE)
            inbound.watched = (handle is None or handle == "seen") and inbound.path != _ICON
            if handle is not None and _refuses_some(inbound.world):
                from mockkibana.control import guard  # few worlds have security

                inbound.trusted = guard.refusal(environ) is None
        elif is_below(inbound.path, _API) or _shows_page(inbound, environ):
            from mockkibana.control import api, guard, views  # few processes are asked for control

            if refused := guard.refusal(environ):
                refuse = api.refuse if is_below(inbound.path, _API) else views.refuse
                return refuse(refused)(environ, start_response)
        return app(environ, start_response)

    return middleware


def _refuses_some(world: World) -> bool:
    """Tell whether a face of the world has something that only a handle may do."""
    settings = world.settings
    strict = settings.jira_flavour != "hybrid" or bool(settings.jira_users)
    return world.is_secured or strict


def _shows_page(inbound: Inbound, environ: Environ) -> bool:
    return inbound.path in _PAGE and environ["REQUEST_METHOD"] in ("GET", "HEAD")
