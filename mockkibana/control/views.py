"""The page that shows a person what there is, and the way to it; and the way to the API."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, request
from werkzeug.urls import iri_to_uri

from mockkibana.http.messages import Answer
from mockkibana.kibana.inbound import INBOUND, Inbound
from mockkibana.kibana.routes.http import base_url, redirect


def home() -> Response:
    """Lead a browser to the page."""
    environ = request.environ
    url = base_url(environ)
    try:
        iri_to_uri(url)  # which Werkzeug does with every location
    except ValueError:
        inbound: Inbound = environ[INBOUND]
        url = inbound.prefix + inbound.settings.base_path  # the `Host` is none
    return redirect(f"{url}/_mock/")


def page() -> Response:
    """Show the URLs, the connectors, and a command that runs each."""
    from mockkibana.control.examples import examples  # few processes are ever asked for it

    environ = request.environ
    inbound: Inbound = environ[INBOUND]
    world = inbound.world
    url = base_url(environ)
    text = render_template(
        "page.html",
        url=url,
        version=world.settings.kibana_version,
        contract=world.settings.contract,
        license=world.settings.license,
        secured=world.is_secured,
        examples=examples(world, url),
        worlds=inbound.worlds.names(),
        origin=_server_url(url, inbound),
    )
    # JSON can hold half a surrogate pair, UTF-8 cannot.
    return Response(text.encode("utf-8", "replace"))


def _server_url(url: str, inbound: Inbound) -> str:
    """Return the URL of the server, of which `url` is that of the request's world."""
    if not inbound.prefix:
        return url
    return url.removesuffix(inbound.settings.base_path).removesuffix(inbound.prefix)


def refuse(refused: Answer) -> Response:
    """Return as text what the guard answers."""
    headers: dict[str, Any] = dict(refused.headers)
    return Response(f"{refused.body}\n", refused.status, headers, mimetype="text/plain")


def api(rest: str) -> Response:
    """Answer a request for control."""
    if rest and not rest.startswith("/"):
        abort(404)  # a word that only begins like ours
    from mockkibana.control.api import respond  # few processes are ever asked for it

    return respond(request.environ)
