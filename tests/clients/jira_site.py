"""A Jira on a socket, for the real clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.serving import WSGIRequestHandler, make_server

from mockkibana.clock import Clock
from mockkibana.ids import Ids
from mockkibana.jira.http import JiraFace
from mockkibana.jira.site import Site
from mockkibana.json import dumps
from mockkibana.routing import Request
from mockkibana.store import Store


@dataclass(frozen=True)
class JiraSite:
    """A running site: its address, and its state."""

    url: str
    site: Site
    store: Store


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, *_arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def serve_jira() -> Iterator[JiraSite]:
    """Serve a fresh site with the project CK on a free port of this machine."""
    store = Store()
    clock = Clock()
    site = Site(store, clock, Ids())
    site.create_project("CK", "Check")
    server = make_server("127.0.0.1", 0, _application(site, clock), True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield JiraSite(f"http://127.0.0.1:{server.server_port}", site, store)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        store.close()


def _application(site: Site, clock: Clock) -> Callable[..., list[bytes]]:
    face = JiraFace(site, clock)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        raw_query = environ["QUERY_STRING"]
        answer = face.handle(
            Request(
                method=environ["REQUEST_METHOD"],
                path=environ["REQUEST_URI"].partition("?")[0],
                query=dict(parse_qsl(raw_query, keep_blank_values=True)),
                headers={
                    name.removeprefix("HTTP_").replace("_", "-").lower(): value
                    for name, value in environ.items()
                    if name.startswith("HTTP_") or name == "CONTENT_TYPE"
                },
                body=environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
                url=f"http://{environ['HTTP_HOST']}",
                raw_query=raw_query,
            )
        )
        body = b"" if answer.body is None else dumps(answer.body).encode()
        headers = [*answer.headers.items(), ("Content-Length", str(len(body)))]
        start_response(f"{answer.status} status", headers)
        return [body]

    return application
