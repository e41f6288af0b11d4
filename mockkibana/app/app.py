"""`create_app`: one WSGI application for all that a mocked installation answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.exceptions import HTTPException

from mockkibana.app.errors import bug, unrouted, unwritten
from mockkibana.app.middleware.faults import apply_faults
from mockkibana.app.middleware.guard import guard_control
from mockkibana.app.middleware.headers import add_headers
from mockkibana.app.middleware.journal import keep_journal
from mockkibana.app.middleware.worlds import find_world
from mockkibana.app.routing import RoutedFlask, patterns
from mockkibana.kibana.errors import KibanaError
from mockkibana.kibana.routes.http import refusal
from mockkibana.store import StoreError
from mockkibana.world import World
from mockkibana.world.worlds import Worlds

if TYPE_CHECKING:
    from mockkibana.control.guard import ControlAccess


def create_app(worlds: Worlds | World, access: ControlAccess | None = None) -> Flask:
    """Return the application of some worlds: Kibana, the faces behind it, and the mock's own.

    A single world will do. `access` says who may use the control plane.
    """
    if isinstance(worlds, World):
        worlds = Worlds(worlds)
    app = RoutedFlask(worlds.default.settings.release)
    app.register_error_handler(KibanaError, refusal)
    app.register_error_handler(HTTPException, unrouted)
    app.register_error_handler(StoreError, unwritten)
    app.register_error_handler(Exception, bug)
    # A request passes these from the first to the last, then Flask; its answer comes back up.
    for middleware in reversed((
        partial(find_world, worlds=worlds, access=access),  # the world, the face, the space
        guard_control,  # 403 for who may not control the mock
        partial(keep_journal, patterns=patterns),  # sees all that follows
        add_headers,  # Kibana's, on answers of rules too
        apply_faults,  # may answer in the place of what follows
    )):  # fmt: skip
        app.wsgi_app = middleware(app.wsgi_app)  # type: ignore[assignment, method-assign]
    return app
