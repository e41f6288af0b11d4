"""The page that shows a person what there is, and the way to it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from mockkibana.kibana.http import base_url, redirect

control = Blueprint("control", __name__, template_folder="templates")


@control.get("/")
def home() -> Response:
    """Lead a browser to the page."""
    return redirect(f"{base_url(request.environ)}/_mock/")


@control.get("/_mock")
@control.get("/_mock/")
def page() -> Response:
    """Show the URLs, the connectors, and a command that runs each."""
    from mockkibana.control.examples import examples  # few processes are ever asked for it

    world = request.environ["mockkibana.world"]
    url = base_url(request.environ)
    text = render_template(
        "page.html",
        url=url,
        version=world.settings.kibana_version,
        contract=world.settings.contract,
        examples=examples(world, url),
    )
    # JSON can hold half a surrogate pair, UTF-8 cannot.
    return Response(text.encode("utf-8", "replace"))
