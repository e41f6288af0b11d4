"""One client's socket: what comes in becomes requests, what goes out is sent or given up."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from mockkibana.clock import monotonic
from mockkibana.server.parsing import Parser
from mockkibana.server.request import HeaderNames, Request

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_RECEIVE = 65_536
_SEND = 1_048_576
_LINGER = 10.0
_QUIET = 1.0
_NO_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Gone(Exception):
    """The client does not take the answer, or the server is stopping."""


@dataclass(frozen=True, slots=True)
class AccessLine:
    """A line of the access log, an answered request: `size` in bytes of its body, and `seconds`.

    A request that could not be parsed has an empty method and target; a wire fault that sent no
    status has status 0. `hint` is what the app left in its environment under `mockkibana.hint`.
    """

    method: str
    target: str
    status: int
    size: int
    seconds: float
    client: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Hosting:
    """What every connection of a server shares.

    `environ` is the base of every environment, `keep_alive` the header lines of an answer after
    which the connection stays; `on_idle` is called when a connection begins to wait.
    """

    app: WSGIApplication
    environ: dict[str, Any]
    keep_alive: str
    names: HeaderNames
    idle_timeout: float
    date: Callable[[], str]
    access_log: Callable[[AccessLine], None] | None
    stopped: threading.Event
    on_idle: Callable[[], None]


class Connection:
    """A connection, driven by the one thread that calls `next_request` and answers.

    Other threads only read `idle`, `waits` (the client is let wait for its answer) and `deadline`
    (on the monotonic clock; whoever finds it passed calls `abort`), so that no receive or send
    needs a time-out of its own.
    """

    __slots__ = ("_parser", "_request", "_socket", "client", "deadline", "hosting", "idle", "waits")

    def __init__(
        self, hosting: Hosting, connected: socket.socket, address: tuple[Any, ...]
    ) -> None:
        self.hosting = hosting
        self.client = str(address[0])
        self.deadline = monotonic() + hosting.idle_timeout
        self.idle = True
        self.waits = False
        self._socket = connected
        self._request: Request | None = None
        base = {
            **hosting.environ,
            "REMOTE_ADDR": self.client,
            "REMOTE_PORT": str(address[1]),
            "mockkibana.client_left": self.has_left,
        }
        self._parser = Parser(base, hosting.names, self._receive_body)

    def next_request(self) -> Request | None:
        """Wait for a request; None when the client has left, or took too long with its head."""
        requests = self._parser.requests
        if not requests:
            self.deadline = monotonic() + self.hosting.idle_timeout
            self.idle = True
            self.hosting.on_idle()
            while not requests:
                if self._parser.dead:
                    return None
                self._receive()
            self.idle = False
            self.deadline = inf
        self._request = requests.popleft()
        return self._request

    def _receive(self) -> None:
        try:
            data = self._socket.recv(_RECEIVE)
        except OSError:
            data = b""
        self._parser.feed(data)

    def _receive_body(self) -> bool:
        request = self._request
        if self._parser.dead or request is None:
            return False
        if request.expects_continue:
            request.expects_continue = False
            if not request.received:
                with suppress(Gone):  # the receive finds out too
                    self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.deadline = monotonic() + self.hosting.idle_timeout
        self._receive()
        self.deadline = inf
        return True

    def receive_waiting(self, request: Request, limit: int) -> None:
        """Parse what has arrived of a request's body, up to `limit` bytes, without waiting."""
        self._socket.setblocking(False)
        try:
            while limit > 0 and not (request.complete or self._parser.dead):
                data = self._socket.recv(min(limit, _RECEIVE))
                limit -= len(data)
                self._parser.feed(data)
        except OSError:
            pass  # nothing more is here, or never will be: the next send or receive finds out
        finally:
            self._socket.setblocking(True)

    def has_left(self) -> bool:
        """Tell whether the client sends no more, which Node takes for having left.

        For an app that lets its client wait, which takes nobody's place from now on; in the thread
        of the request alone.
        """
        self._wait()
        self._socket.setblocking(False)
        try:
            return not self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            self._socket.setblocking(True)

    def send(self, data: bytes) -> None:
        """Send bytes; a client may take a whole idle time-out for every MiB. Raises `Gone`."""
        self.waits = False
        idle_timeout = self.hosting.idle_timeout
        try:
            if len(data) <= _SEND:
                self.deadline = monotonic() + idle_timeout
                self._socket.sendall(data)
            else:
                view = memoryview(data)
                for start in range(0, len(data), _SEND):
                    self.deadline = monotonic() + idle_timeout
                    self._socket.sendall(view[start : start + _SEND])
        except OSError as error:
            raise Gone from error
        self.deadline = inf

    def _wait(self) -> None:
        if not self.waits:
            self.waits = True
            self.hosting.on_idle()

    def hold(self) -> None:
        """Do nothing until the client closes (its sending half is enough) or the server stops."""
        self._wait()
        with suppress(OSError):
            while self._socket.recv(_RECEIVE):
                pass

    def reset(self) -> None:
        """Close with a TCP RST."""
        with suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._socket.close()

    def linger(self) -> None:
        """End the answer, and swallow what the client still sends.

        Closing a socket with unread bytes resets it, and a client that is busy sending would lose
        the answer that is on its way.
        """
        self.idle = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            end = monotonic() + _LINGER
            self._socket.settimeout(_QUIET)
            while self._socket.recv(_RECEIVE) and monotonic() < end:
                pass

    def abort(self) -> None:
        """End every receive and send at once; any thread may call it."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket, and let go of all that came over it."""
        self._socket.close()
        self._parser.close()
        self._request = None
