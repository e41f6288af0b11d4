"""Puts the headers that every answer of a Kibana carries on its answers, made by rules or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockkibana.app.middleware import WSGI, Environ, StartResponse
from mockkibana.kibana.inbound import INBOUND, Inbound
from mockkibana.kibana.routes.http import constant_headers


def add_headers(app: WSGI) -> WSGI:
    """Add Kibana's constant headers to what its face answers."""

    def middleware(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        inbound: Inbound = environ[INBOUND]
        if inbound.face != "kibana":
            return app(environ, start_response)
        constant = constant_headers(inbound.settings)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, headers + constant, exc_info)

        return app(environ, start)

    return middleware
