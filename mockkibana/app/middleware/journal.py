"""Keeps the journal: what was asked, what was answered, and a hint where that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mockkibana.app.middleware import WSGI, Environ, StartResponse
from mockkibana.app.middleware.guard import HANDLE
from mockkibana.kibana.inbound import INBOUND, Inbound

if TYPE_CHECKING:
    from mockkibana.journal import Call

_HINT_HEADER = "x-mock-hint"  # in which a handle is told the hint, percent-encoded
_HINTED = (400, 404, 405, 406, 415, 500)
_REFUSED = (401, 403)
_ERRORS = b'{"errors":true'  # how Elasticsearch's answer to a bulk request begins
_HEADERS = ("HTTP_", "CONTE")  # how the names of headers begin: CONTENT_TYPE, CONTENT_LENGTH


def keep_journal(app: WSGI, patterns: Callable[[], list[tuple[str, str]]]) -> WSGI:
    """Note every watched request; `patterns` are the methods and paths that hints may name."""

    def middleware(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        inbound: Inbound = environ[INBOUND]
        journal = inbound.world.journal
        is_handle = HANDLE in environ
        if not ((inbound.watched or is_handle) and journal.enabled):
            return app(environ, start_response)
        query = environ.get("QUERY_STRING")
        call: Call = journal.begin(
            environ["REQUEST_METHOD"],
            f"{inbound.path}?{query}" if query else inbound.path,
            # Slices: this is the dearest part of a journal, and `startswith` is twice as dear.
            {name: environ[name] for name in environ if name[:5] in _HEADERS},
            inbound.face,
            inbound.space if inbound.face == "kibana" else None,
        )
        inbound.call = call

        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            call.status = int(status[:3])
            call.response_headers = headers
            if is_handle:  # which is told the hint, and that takes the whole answer
                started[:] = status, headers, exc_info
                return None
            return start_response(status, headers, exc_info)

        try:
            chunks = app(environ, start)
            call.response = body = b"".join(chunks)
            if close := getattr(chunks, "close", None):
                close()
        finally:
            if call.status in _HINTED or _is_refused(call):
                from mockkibana.app.hints import hint

                call.hint = call.hint or hint(call, inbound.world, patterns)
                environ["mockkibana.hint"] = call.hint  # our server shows it
            if inbound.watched:
                journal.end(call)
        if is_handle:
            status, headers, exc_info = started
            told = [(_HINT_HEADER, quote(call.hint))] if call.hint else []
            start_response(status, [*headers, *told], exc_info)
        return [body]

    return middleware


def _is_refused(call: Call) -> bool:
    """Tell whether somebody may not do all of what a call asked for."""
    if call.status in _REFUSED:
        return True
    for run in call.runs:
        if run.status == "error":
            return True
    return isinstance(call.response, bytes) and call.response.startswith(_ERRORS)
