"""From bytes to requests: llhttp's callbacks, and the limits that llhttp does not have."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import httptools

from mockkibana.server.request import MAX_HEAD, HeaderNames, Request, repeated

_REQUEST_LINE = len("  HTTP/1.1\r\n")
_HEADER_LINE = len(": \r\n")


def _receive_nothing() -> bool:
    return False


class Parser:
    """The requests of one connection, in order.

    `feed` appends to `requests` every request whose head is complete; the last one's body may
    still be growing. A message that is malformed, or too long in its head, is a request that is
    `malformed`, and the last.
    """

    __slots__ = (
        "_base",
        "_begun",
        "_body_fed",
        "_environ",
        "_head_fed",
        "_head_size",
        "_in_head",
        "_names",
        "_parser",
        "_receive",
        "_replaying",
        "_request",
        "_url",
        "dead",
        "requests",
    )

    def __init__(
        self, base: dict[str, Any], names: HeaderNames, receive: Callable[[], bool]
    ) -> None:
        self._base = base
        self._names = names
        self._receive = receive
        self.requests: deque[Request] = deque()
        self.dead = False
        self._parser: Any = httptools.HttpRequestParser(self)
        self._environ: dict[str, Any] = {}
        self._request = Request({}, receive)
        self._request.complete = True
        self._url = b""
        self._in_head = self._replaying = False
        self._begun = self._head_size = self._head_fed = self._body_fed = 0

    def close(self) -> None:
        """Let go of all that holds what holds this one.

        Garbage is seldom collected, and a body may be large.
        """
        self.dead = True
        self._parser = None
        self._base = {}
        self._receive = _receive_nothing
        self._request = Request({}, _receive_nothing)
        self.requests.clear()

    def feed(self, data: bytes) -> None:
        """Parse the next bytes of the connection, or its end; `dead`, it takes no more of them."""
        if not data:
            if not self.dead and (self._in_head or not self._request.complete):
                self._fail()  # a message is cut short
            self.dead = True
        while data and not self.dead:
            between = self._request.complete and not self._in_head
            before = self._request.received
            self._begun = 0
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                self._decline_upgrade()
                data = data[upgrade.args[0] :]
            except httptools.HttpParserError:
                self._fail()
            else:
                # Where in `data` a message starts is known only if all of it is one message's.
                if not self._begun or (between and self._begun == 1):
                    self._limit(len(data), before if not self._begun else 0)
                return

    def _limit(self, fed: int, before: int) -> None:
        if self._in_head:
            self._head_fed += fed
            if self._head_fed > MAX_HEAD:
                self._fail()
        elif not self._request.complete:
            # Chunk extensions and trailers are not part of the body, and llhttp takes any length.
            if self._begun:
                fed -= self._head_size
            self._body_fed = 0 if self._request.received > before else self._body_fed + fed
            if self._body_fed > MAX_HEAD:
                self._fail()

    def _fail(self) -> None:
        self.dead = True
        request = self._request
        if self._in_head or request.complete:
            request = Request(self._environ, self._receive)
            self.requests.append(request)
        request.malformed = True

    def _decline_upgrade(self) -> None:
        """Parse the body that llhttp skipped because the head asked for another protocol."""
        request = self._request
        if request.method == "CONNECT":
            self.dead = True
            return
        head = [b"POST / HTTP/1.1"]
        for name, key in (
            (b"content-length: ", "CONTENT_LENGTH"),
            (b"transfer-encoding: ", "HTTP_TRANSFER_ENCODING"),
            (b"connection: ", "HTTP_CONNECTION"),
        ):
            if key in request.environ:
                head.append(name + request.environ[key].encode("latin-1"))
        self._parser = httptools.HttpRequestParser(self)
        self._replaying = True
        request.complete = False
        try:
            self._parser.feed_data(b"\r\n".join(head) + b"\r\n\r\n")
        except httptools.HttpParserError:
            self._fail()
        self._replaying = False

    def on_message_begin(self) -> None:
        """Start a head."""
        if not self._replaying:
            self._environ = self._base.copy()
            self._url = b""
            self._in_head = True
            self._begun += 1
            self._head_size = self._head_fed = 0

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target."""
        if not self._replaying:
            self._url += url
            self._head_size += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers come here too, and are ignored."""
        if not self._in_head:
            return
        self._head_size += len(name) + len(value) + _HEADER_LINE
        key = self._names[name]
        if not key:
            return
        text = value.decode("latin-1").rstrip(" \t")
        environ = self._environ
        environ[key] = repeated(key, environ[key], text) if key in environ else text

    def on_headers_complete(self) -> None:
        """Queue the request: its body may follow."""
        if self._replaying:
            return
        parser = self._parser
        method: str = parser.get_method().decode("latin-1")
        self._in_head = False
        self._body_fed = 0
        self._request = request = Request(self._environ, self._receive)
        request.keep_alive = parser.should_keep_alive()
        request.finish_head(method, self._url.decode("latin-1"), parser.get_http_version())
        if self._head_size + len(method) + _REQUEST_LINE + len(b"\r\n") > MAX_HEAD:
            request.malformed = True
        self.requests.append(request)
        self._environ = {}  # it is the request's alone: an app puts much into it

    def on_body(self, data: bytes) -> None:
        """Take a piece of the body."""
        request = self._request
        request.received += len(data)
        if not request.discard:
            request.pieces.append(data)

    def on_message_complete(self) -> None:
        """End the body."""
        self._request.complete = True
