"""The bridge to the library `responses`, which intercepts what `requests` sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.client import BadStatusLine, RemoteDisconnected
from http.client import responses as reasons
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ReadTimeout
from responses import BaseResponse, RequestsMock
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import ProtocolError

from mockkibana.clock import monotonic
from mockkibana.http.breakages import Breakage, Dribble, Empty, Garbage, Partial, Reset
from mockkibana.http.wire_faults import WireFault
from mockkibana.testing.wsgi import App, call

_PORTS = {"http": 80, "https": 443}


@contextmanager
def answering(
    app: App, mounts: dict[str, str], allow: Iterable[str], responses_mock: RequestsMock | None
) -> Iterator[None]:
    """Answer the requests to `mounts`, by the mock of `responses` given, or else by a new one.

    A new one refuses all other hosts but those in `allow`; one that is given decides for itself.
    """
    intercepted = Intercepted(app, mounts)
    if responses_mock is None:
        with RequestsMock(assert_all_requests_are_fired=False) as mock:
            mock.add(intercepted)
            mock.add(OtherHosts(intercepted, (allow,) if isinstance(allow, str) else allow))
            yield
        return
    responses_mock.add(intercepted)
    try:
        yield
    finally:
        responses_mock.remove(intercepted)


class Intercepted(BaseResponse):
    """Answers every request to one of `mounts`: base URLs, and the path in the app that each is."""

    def __init__(self, app: App, mounts: dict[str, str]) -> None:
        super().__init__("ANY", next(iter(mounts)))
        self._app = app
        longest_first = sorted(mounts.items(), key=lambda mount: -len(mount[0]))
        self._mounts = [
            (spelling, mount) for base, mount in longest_first for spelling in _spellings(base)
        ]
        self.bases = tuple(mounts)

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        """Tell whether the request goes to one of the mounts."""
        return self.find(str(request.url)) is not None, f"is not below {' or '.join(self.bases)}"

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


class OtherHosts(BaseResponse):
    """Takes every request to another host: sends it on where that is allowed, or refuses it."""

    def __init__(self, intercepted: Intercepted, allow: Iterable[str]) -> None:
        super().__init__("ANY", "http://elsewhere.invalid", passthrough=True)
        self._intercepted = intercepted
        self._allow = frozenset(allow)

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        """Take what is not intercepted. Raises `requests.ConnectionError` if it is not allowed."""
        url = str(request.url)
        if self._intercepted.find(url) is not None:
            return False, "is intercepted"
        if not self._allows(url):
            host = urlsplit(url).netloc.rpartition("@")[2]
            raise NoConnection(
                f"mockkibana intercepts {', '.join(self._intercepted.bases)} and refuses all other "
                f"hosts: {request.method} {url} was not sent. To let it through, name its host: "
                f'intercept(..., allow=("{host}",)). To answer it with the library responses, '
                "give its mock: intercept(..., responses_mock=...).",
                request=request,
            )
        return True, ""

    def _allows(self, url: str) -> bool:
        parts = urlsplit(url)
        if {parts.hostname, parts.netloc.rpartition("@")[2]} & self._allow:
            return True
        return any("://" in allowed and url.startswith(allowed) for allowed in self._allow)


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
