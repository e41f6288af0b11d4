"""One request and its answer: the WSGI call, and how the answer is framed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from mockkibana.clock import monotonic
from mockkibana.http.wire_faults import BrokenBody, WireFault
from mockkibana.server.connection import AccessLine, Connection, Gone
from mockkibana.server.request import Request

if TYPE_CHECKING:
    from _typeshed import OptExcInfo

    from mockkibana.http.breakages import Breakage

_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
_CRASH = (
    b'{"statusCode":500,"error":"Internal Server Error","message":"An internal server error '
    b'occurred. Check Kibana server logs for details."}'
)
_JSON = [("content-type", "application/json; charset=utf-8")]
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding"})
_DRAIN = 65_536
_ONE_SEND = 65_536

_logger = logging.getLogger("mockkibana.server")


class Exchange:
    """Answers one request; `begun` is whether the head of the answer is out.

    Where the app asks for a breakage, `inflict` does it, and tells whether the connection can take
    another request.
    """

    __slots__ = (
        "_chunked",
        "_headers",
        "_inflict",
        "_keep",
        "_left",
        "_silent",
        "_size",
        "_status",
        "begun",
        "connection",
        "request",
    )

    def __init__(
        self,
        connection: Connection,
        request: Request,
        inflict: Callable[[Breakage, Exchange], bool],
    ) -> None:
        self.connection = connection
        self.request = request
        self._inflict = inflict
        self.begun = False
        self._status: str | None = None
        self._headers: list[tuple[str, str]] = []
        self._chunked = self._silent = self._keep = False
        self._left: int | None = None
        self._size = 0

    def run(self) -> bool:
        """Answer; return whether the connection can take another request."""
        log = self.connection.hosting.access_log
        start = monotonic() if log else 0.0
        keep = self._answer()
        request = self.request
        if log:
            status = int(self._status[:3]) if self._status else 0
            seconds = monotonic() - start
            client = self.connection.client
            hint = request.environ.get("mockkibana.hint")
            made = (request.method, request.target, status, self._size, seconds, client, hint)
            log(AccessLine(*made))
        request.retire()
        return keep

    def _answer(self) -> bool:
        request = self.request
        try:
            try:
                self._call()
            except Gone:
                return False
            except Exception as error:
                if request.malformed or isinstance(error, BrokenBody):
                    self._refuse()  # whatever the app made of it
                else:
                    _logger.exception("%s %s failed", request.method, request.target)
                    self._crash()
            if self._keep and not request.complete:
                self._drain()
        except Gone:
            return False
        return self._keep

    def _call(self) -> None:
        request = self.request
        environ = request.environ
        if request.malformed:
            raise BrokenBody
        if request.method == "CONNECT":
            return  # Node closes without an answer
        if "HTTP_EXPECT" in environ and request.refuses_expectation():
            self.restart("417 Expectation Failed", [])
            self.begin(b"", whole=True)
            return
        environ["wsgi.errors"] = sys.stderr
        try:
            result = self.connection.hosting.app(environ, self.start_response)
            try:
                self._send_all(result)
            finally:
                if close := getattr(result, "close", None):
                    close()
        except WireFault as raised:
            self._keep = self._inflict(raised.breakage, self)

    def _send_all(self, result: Iterable[bytes]) -> None:
        if isinstance(result, (list, tuple)) and not self.begun:
            self.begin(b"".join(result), whole=True)
        else:
            for data in result:
                self.write(data)
        self.finish()

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /
    ) -> Callable[[bytes], None]:
        """Take the head of the answer, as PEP 3333 says; return `write`."""
        if exc_info is not None and exc_info[1] is not None:
            if self.begun:
                raise exc_info[1].with_traceback(exc_info[2])
        elif self._status is not None:
            raise AssertionError("start_response was called twice without exc_info")
        self.restart(status, headers)
        return self.write

    def restart(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Replace the head of the answer; without effect once it is out."""
        self._status = status
        self._headers = headers

    def write(self, data: bytes) -> None:
        """Send a piece of the body, with the head before the first. Raises `Gone`."""
        if not data:
            return
        if not self.begun:
            self.begin(data)
        elif not self._silent and (framed := self._framed(data)):
            self.connection.send(framed)

    def finish(self) -> bool:
        """End the body; return whether the connection can take another request."""
        if not self.begun:
            self.begin(b"", whole=True)
        elif self._chunked:
            self.connection.send(b"0\r\n\r\n")
        if self._left:
            self._keep = False  # the app promised more: only the end of the connection tells
        return self._keep

    def begin(self, data: bytes = b"", *, whole: bool = False) -> None:
        """Send the head with the first of the body, or the whole of it."""
        request, status, headers = self.request, self._status, self._headers
        if status is None:
            raise AssertionError("the app did not call start_response")
        given = {name.lower(): value for name, value in headers}
        if not _HOP_BY_HOP.isdisjoint(given):
            headers = [pair for pair in headers if pair[0].lower() not in _HOP_BY_HOP]
        keep = request.keep_alive and given.get("connection", "").lower() != "close"
        keep = keep and self._next_is_in_sight(whole)
        if request.malformed:
            raise BrokenBody
        bodyless = status.startswith(("204", "1"))
        self._silent = bodyless or request.method == "HEAD" or status.startswith("304")
        framing = ""
        if bodyless:
            if "content-length" in given:
                headers = [pair for pair in headers if pair[0].lower() != "content-length"]
        elif "content-length" in given:
            self._left = None if self._silent else int(given["content-length"])
        elif whole and not (self._silent and not data):
            framing = f"Content-Length: {len(data)}\r\n"
        elif not self._silent:
            if request.environ["SERVER_PROTOCOL"] == "HTTP/1.1":
                self._chunked = True
                framing = "Transfer-Encoding: chunked\r\n"
            else:
                keep = False
        self._keep = keep
        head = self._head(status, headers, "date" not in given, framing)
        self._send_begin(head, b"" if self._silent else self._framed(data))

    def _head(
        self, status: str, headers: list[tuple[str, str]], dated: bool, framing: str
    ) -> bytes:
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
        head = f"HTTP/1.1 {status}\r\n{lines}"
        breaks = len(headers) + 1
        if head.count("\n") != breaks or head.count("\r") != breaks:
            raise ValueError("a line break in a response header")
        if not status[:3].isdecimal():
            raise ValueError(f"no status code in {status!r}")
        hosting = self.connection.hosting
        date = f"Date: {hosting.date()}\r\n" if dated else ""
        fate = hosting.keep_alive if self._keep else "Connection: close\r\n"
        return f"{head}{date}{fate}{framing}\r\n".encode("latin-1")

    def _send_begin(self, head: bytes, data: bytes) -> None:
        self.request.expects_continue = False
        self.begun = True
        if len(data) <= _ONE_SEND:
            self.connection.send(head + data)
        else:
            self.connection.send(head)
            self.connection.send(data)

    def _framed(self, data: bytes) -> bytes:
        if self._chunked:
            self._size += len(data)
            return b"%x\r\n%b\r\n" % (len(data), data) if data else b""
        if self._left is not None:
            data = data[: self._left]
            self._left -= len(data)
        self._size += len(data)
        return data

    def _next_is_in_sight(self, whole: bool) -> bool:
        """Whether the request's body has ended, or ends so soon that it can be read past."""
        request = self.request
        if request.complete:
            return True
        if request.expects_continue:
            return False  # nobody knows whether the client will send it
        remaining = request.remaining()
        if remaining is None and whole:
            request.abandon()
            self.connection.receive_waiting(request, _DRAIN)
        return request.complete or (remaining is not None and remaining <= _DRAIN)

    def _drain(self) -> None:
        request = self.request
        request.abandon()
        while not request.complete:
            if not request.receive():
                self._keep = False
                return

    def _refuse(self) -> None:
        self._keep = False
        if not self.begun:
            self._status = "400"
            self.begun = True
            self.connection.send(_BAD_REQUEST)

    def _crash(self) -> None:
        if not self.begun:
            self.request.keep_alive = False
            self.restart("500 Internal Server Error", _JSON)
            self.begin(_CRASH, whole=True)
        self._keep = False
