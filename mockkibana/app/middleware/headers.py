"""Puts the headers that every answer of a Kibana carries on its answers, made by rules or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockkibana.app.middleware import WSGI, Environ, StartResponse
from mockkibana.kibana.inbound import INBOUND, Inbound
from mockkibana.kibana.routes.http import constant_headers
from mockkibana.settings import Settings


def add_headers(app: WSGI) -> WSGI:
    """Add Kibana's constant headers to what its face answers."""
    # The same world is asked again and again, and to hash its settings takes a while. One value, so
    # that threads see settings and headers that go together.
    latest: tuple[Settings | None, list[tuple[str, str]]] = (None, [])

    def middleware(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        nonlocal latest
        inbound: Inbound = environ[INBOUND]
        if inbound.face != "kibana":
            return app(environ, start_response)
        settings, constant = latest
        if settings is not inbound.settings:
            constant = constant_headers(inbound.settings)
            latest = inbound.settings, constant

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, headers + constant, exc_info)

        return app(environ, start)

    return middleware
