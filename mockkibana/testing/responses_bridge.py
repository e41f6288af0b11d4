"""The bridge to the library `responses`, which intercepts what `requests` sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import BadStatusLine, RemoteDisconnected
from http.client import responses as reasons
from io import BytesIO
from threading import Lock
from typing import Any, cast
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ReadTimeout
from responses import BaseResponse, PassthroughResponse, RequestsMock
from responses.registries import FirstMatchRegistry
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import ProtocolError

from mockkibana.clock import monotonic
from mockkibana.http.breakages import Breakage, Dribble, Empty, Garbage, Partial, Reset
from mockkibana.http.wire_faults import WireFault
from mockkibana.testing.wsgi import App, call

_PORTS = {"http": 80, "https": 443}


# `requests` has one `send` for all threads and tasks; each looks for the interceptions it opened.
_opened: ContextVar[tuple[Intercepted, ...]] = ContextVar("mockkibana_interceptions", default=())
_lock = Lock()
_shared: list[RequestsMock] = []


@contextmanager
def answering(
    app: App, mounts: dict[str, str], allow: Iterable[str], responses_mock: RequestsMock | None
) -> Iterator[None]:
    """Answer the requests to `mounts`, by the mock of `responses` given, or else by our own.

    Our own refuses all other hosts but those in `allow`; one that is given decides for itself. Of
    interceptions that overlap, a thread or task sees those that it opened or that were open where
    it began, the innermost first; one that has none sees all, the latest first.
    """
    allowed = frozenset((allow,) if isinstance(allow, str) else allow)
    with _lock:
        mock = responses_mock or _mock_on_top()
        intercepted = Intercepted(app, mounts, allowed, mock)
        mock.add(intercepted)
    _opened.set((*_opened.get(), intercepted))
    try:
        yield
    finally:
        _opened.set(tuple(each for each in _opened.get() if each is not intercepted))
        with _lock:
            mock.remove(intercepted)
            if mock in _shared and not mock.registered():
                _shared.remove(mock)
                mock.stop()


def _mock_on_top() -> RequestsMock:
    """Return the mock that all interceptions share: a new one when another patch lies on top."""
    registry = _shared[-1].get_registry() if _shared else None
    if isinstance(registry, Interceptions) and registry.send is HTTPAdapter.send:
        return _shared[-1]
    mock = RequestsMock(assert_all_requests_are_fired=False, registry=Interceptions)
    mock.start()
    cast(Interceptions, mock.get_registry()).send = HTTPAdapter.send
    _shared.append(mock)
    return mock


class Intercepted(BaseResponse):
    """Answers every request to one of `mounts`: base URLs, and the path in the app that each is."""

    def __init__(
        self, app: App, mounts: dict[str, str], allow: frozenset[str], mock: RequestsMock
    ) -> None:
        super().__init__("ANY", next(iter(mounts)))
        self._app = app
        self._allow = allow
        self._mock = mock
        longest_first = sorted(mounts.items(), key=lambda mount: -len(mount[0]))
        self._mounts = [
            (spelling, mount) for base, mount in longest_first for spelling in _spellings(base)
        ]
        self.bases = tuple(mounts)

    def __eq__(self, other: object) -> bool:
        """Tell two apart that have one URL."""
        return self is other

    __hash__ = object.__hash__

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        """Tell whether this is what answers the request in this thread or task."""
        answers = _answers(str(request.url), _seen(self._mock.registered())) is self
        return answers, f"is not below {' or '.join(self.bases)}, or of another thread or task"

    def allows(self, url: str) -> bool:
        """Tell whether a URL is one that is reached for real."""
        parts = urlsplit(url)
        if {parts.hostname, parts.netloc.rpartition("@")[2]} & self._allow:
            return True
        return any("://" in allowed and url.startswith(allowed) for allowed in self._allow)

    @property
    def call_count(self) -> int:
        """At least 1: a Kibana that is not asked is no mistake of a test."""
        return max(1, super().call_count)

    def find(self, url: str) -> tuple[str, str] | None:
        """Return the address of a URL below a mount and its path in the app, or None."""
        for base, mount in self._mounts:
            if url.startswith(base) and url[len(base) : len(base) + 1] in ("", "/", "?", "#"):
                rest = url[len(base) :].partition("#")[0]
                if not rest.startswith("/"):
                    rest = f"/{rest}"
                # URLs in answers hold the mount already.
                return base, rest if rest.startswith("/_mock/") else mount + rest
        return None

    def get_response(self, request: PreparedRequest) -> HTTPResponse:
        """Answer as the app does; its wire faults are what `requests` makes of the real ones."""
        found = self.find(str(request.url))
        if found is None:
            raise LookupError(f"{request.url} is not below {' or '.join(self.bases)}")
        base, target = found
        begun = monotonic()
        try:
            reply = call(
                self._app,
                base,
                str(request.method),
                target,
                [(_text(name), _text(value)) for name, value in request.headers.items()],
                _body(request),
            )
        except WireFault as raised:
            breakage = raised.breakage
            if isinstance(breakage, Partial):
                return _cut(breakage, breakage.keep, request)
            if isinstance(breakage, Dribble):
                return _cut(breakage, len(breakage.body), request)
            raise _broken(breakage, request) from None
        patience = _patience(request)
        if patience is not None and monotonic() - begun > patience:
            raise _timed_out(request)
        return _response(request, reply.status, reply.reason, reply.headers, reply.body)


class Interceptions(FirstMatchRegistry):
    """What decides about every request while interceptions without a mock of their own are open."""

    send: object = None

    def add(self, response: BaseResponse) -> BaseResponse:
        """Add an interception. A request that looks at them now goes on with those before it."""
        self._responses = [*self._responses, response]
        return response

    def remove(self, response: BaseResponse) -> list[BaseResponse]:
        """Take an interception away, likewise."""
        self._responses = [each for each in self._responses if each is not response]
        return [response]

    def find(self, request: PreparedRequest) -> tuple[BaseResponse, list[str]]:
        """Return what answers a request, or sends it on where that is allowed.

        Raises `requests.ConnectionError` if it is not.
        """
        url = str(request.url)
        seen = _seen(self._responses)
        if (answers := _answers(url, seen)) is not None:
            return answers, []
        if any(each.allows(url) for each in seen):
            return PassthroughResponse("ANY", url), []
        bases = ", ".join(base for each in seen for base in each.bases)
        host = urlsplit(url).netloc.rpartition("@")[2]
        raise NoConnection(
            f"mockkibana intercepts {bases} and refuses all other "
            f"hosts: {request.method} {url} was not sent. To let it through, name its host: "
            f'intercept(..., allow=("{host}",)). To answer it with the library responses, '
            "give its mock: intercept(..., responses_mock=...).",
            request=request,
        )


def _seen(responses: Iterable[BaseResponse]) -> list[Intercepted]:
    """Return the interceptions among these that this thread or task sees, the innermost first."""
    intercepted = [each for each in responses if isinstance(each, Intercepted)]
    mine = [each for each in _opened.get() if each in intercepted]
    return (mine or intercepted)[::-1]


def _answers(url: str, seen: Iterable[Intercepted]) -> Intercepted | None:
    return next((each for each in seen if each.find(url) is not None), None)


def _spellings(base: str) -> set[str]:
    """Return the ways to write a base URL: with the port that its scheme implies, and without."""
    parts = urlsplit(base)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{base!r} cannot be intercepted; expected a URL such as http://kibana")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    path = parts.path.rstrip("/")
    implied = _PORTS[parts.scheme]
    hosts = {f"{host}:{parts.port or implied}"}
    if parts.port in (None, implied):
        hosts.add(host)
    return {f"{parts.scheme}://{each}{path}" for each in hosts}


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _body(request: PreparedRequest) -> bytes:
    body: Any = request.body
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b"".join(body)


def _patience(request: PreparedRequest) -> float | None:
    """Return how many seconds the caller waits for an answer; None for ever."""
    timeout = request.req_kwargs.get("timeout")  # type: ignore[attr-defined]
    if isinstance(timeout, tuple):
        timeout = timeout[1]
    # urllib3's own Timeout knows.
    patience: float | None = getattr(timeout, "read_timeout", timeout)
    return patience


class _Original:
    """What `requests` reads cookies from: it expects an `http.client.HTTPResponse`."""

    def __init__(self, msg: HTTPHeaderDict) -> None:
        self.msg = msg

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        pass


def _response(
    request: PreparedRequest,
    status: int,
    reason: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
) -> HTTPResponse:
    message = HTTPHeaderDict(headers)
    return HTTPResponse(
        body=BytesIO(body),
        headers=message,
        status=status,
        reason=reason or reasons.get(status),
        preload_content=False,
        request_method=request.method,
        original_response=_Original(message),  # type: ignore[arg-type]
    )


def _cut(breakage: Partial | Dribble, keep: int, request: PreparedRequest) -> HTTPResponse:
    """Return an answer that promises the whole body; who reads it sees that some is missing."""
    kept = [pair for pair in breakage.headers if pair[0].lower() != "content-length"]
    headers = [*kept, ("content-length", str(len(breakage.body)))]
    status, _, reason = breakage.status.partition(" ")
    return _response(request, int(status), reason, headers, breakage.body[:keep])


def _broken(breakage: Breakage, request: PreparedRequest) -> Exception:
    """Return what a caller of `requests` gets when a server does this to its connection."""
    match breakage:
        case Reset():
            cause: Exception = ConnectionResetError(104, "Connection reset by peer")
        case Empty():
            cause = RemoteDisconnected("Remote end closed connection without response")
        case Garbage(data):
            cause = BadStatusLine(data.partition(b"\r\n")[0].decode("latin-1"))
        case _:
            # Who has no time-out would wait for ever: nobody wants a test to.
            return _timed_out(request)
    return NoConnection(ProtocolError("Connection aborted.", cause), request=request)


def _timed_out(request: PreparedRequest) -> Exception:
    parts = urlsplit(str(request.url))
    pool = "HTTPSConnectionPool" if parts.scheme == "https" else "HTTPConnectionPool"
    port = parts.port or _PORTS[parts.scheme]
    return ReadTimeout(
        f"{pool}(host='{parts.hostname}', port={port}): "
        f"Read timed out. (read timeout={_patience(request)})",
        request=request,
    )
