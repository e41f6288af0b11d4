"""The page that shows a person what there is, and the way to it; and the way to the API."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from mockkibana.kibana.routes.http import base_url, redirect

control = Blueprint("control", __name__, template_folder="templates")

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")


@control.get("/")
def home() -> Response:
    """Lead a browser to the page."""
    return redirect(f"{base_url(request.environ)}/_mock/")


@control.get("/_mock")
@control.get("/_mock/")
def page() -> Response:
    """Show the URLs, the connectors, and a command that runs each."""
    from mockkibana.control.examples import examples  # few processes are ever asked for it
    from mockkibana.control.guard import refusal

    environ = request.environ
    if refused := refusal(environ):
        headers = dict(refused.headers)
        return Response(f"{refused.body}\n", refused.status, headers, mimetype="text/plain")
    world = environ["mockkibana.world"]
    url = base_url(environ)
    worlds = environ.get("mockkibana.worlds")
    text = render_template(
        "page.html",
        url=url,
        version=world.settings.kibana_version,
        contract=world.settings.contract,
        license=world.settings.license,
        secured=world.is_secured,
        examples=examples(world, url),
        worlds=worlds.names() if worlds is not None else [],
        origin=url.removesuffix(environ.get("mockkibana.prefix", "")),
    )
    # JSON can hold half a surrogate pair, UTF-8 cannot.
    return Response(text.encode("utf-8", "replace"))


# One rule for all: adding a rule takes time, and a start waits for it.
@control.route("/_mock/api<rest:rest>", methods=_METHODS)
def api(rest: str) -> Response:
    """Answer a request for control."""
    if rest and not rest.startswith("/"):
        abort(404)  # a word that only begins like ours
    from mockkibana.control.api import respond  # few processes are ever asked for it

    return respond(request.environ)
