"""The server: a listening socket, the connections behind it, and the threads that serve them."""

from __future__ import annotations

import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from errno import EADDRNOTAVAIL
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from mockkibana.clock import Clock, monotonic
from mockkibana.server.connection import AccessLine, Connection, Hosting
from mockkibana.server.date import http_date
from mockkibana.server.exchange import Exchange
from mockkibana.server.request import HeaderNames

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from mockkibana.http.breakages import Breakage

_BACKLOG = 512
_SPARE_THREADS = 32
_RETRY = 1.0
_PATIENCE = 0.5


class Server:
    """Hosts a WSGI app, one thread a connection; it listens once constructed.

    `port` 0 takes a free one. At most `max_connections` are open: for one more the connection that
    has been idle longest is closed, and if all are at work the new one waits in the backlog. As
    many more may wait for an answer that is held back. A client may take `idle_timeout` seconds
    for its next whole head, and for every piece of a body.
    `access_log` is called once an answer is out; `date` makes the `Date` header.

    Raises `OSError` when the address is taken or not ours.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        max_connections: int = 512,
        idle_timeout: float = 120.0,
        access_log: Callable[[AccessLine], None] | None = None,
        date: Callable[[], str] | None = None,
    ) -> None:
        self._listener = _listen(host, port)
        self._wake_in, self._wake_out = socket.socketpair()
        for each in (self._listener, self._wake_in, self._wake_out):
            each.setblocking(False)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        self._max_connections = max_connections
        self._idle_timeout = idle_timeout
        self._stopped = threading.Event()
        self._hosting = Hosting(
            app=app,
            environ=_base_environ(host, self.port),
            names=HeaderNames(),
            idle_timeout=idle_timeout,
            date=date or http_date(Clock()),
            access_log=access_log,
            stopped=self._stopped,
            on_idle=self._offer_room,
            keep_alive=f"Connection: keep-alive\r\nKeep-Alive: timeout={int(idle_timeout)}\r\n",
        )
        # No locks: a signal handler may call stop() while this very thread is in the loop. Sets
        # and deques are changed and copied by single operations, which are atomic.
        self._connections: set[Connection] = set()
        self._threads: set[threading.Thread] = set()
        self._parked: deque[SimpleQueue[Connection | None]] = deque()
        self._full = self._stopping = self._closing = False
        self._name = f"mockkibana:{self.port}"
        self._thread: threading.Thread | None = None
        self._loop_thread = 0
        self._closed = threading.Event()

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Serve in a daemon thread. A server is started or run once."""
        self._thread = threading.Thread(target=self.run, name=self._name, daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Serve in this thread, until `stop` is called from a signal handler or another thread."""
        self._loop_thread = threading.get_ident()
        try:
            if not self._stopping:
                self._loop()
        finally:
            self._close()

    def stop(self) -> None:
        """Close every socket at once; a second call does nothing.

        Waits half a second at most for app calls that are under way, and not at all in the thread
        of `run` (there `run` waits before it returns) or when it is itself called by the app.
        """
        if self._stopping:
            return
        self._stopping = True
        self._stopped.set()
        self._wake()
        self._abort_all()
        is_worker = threading.current_thread() in self._threads
        if self._thread is None and not self._loop_thread:
            self._close()
        elif threading.get_ident() != self._loop_thread and not is_worker:
            self._closed.wait(2 * _PATIENCE)
            if self._thread is not None:
                self._thread.join(_PATIENCE)

    def _loop(self) -> None:
        due = monotonic() + self._idle_timeout
        with selectors.DefaultSelector() as everything, selectors.DefaultSelector() as wake_only:
            everything.register(self._listener, selectors.EVENT_READ)
            everything.register(self._wake_in, selectors.EVENT_READ)
            wake_only.register(self._wake_in, selectors.EVENT_READ)
            while not self._stopping:
                # The bounds hold even if somebody moves the clock.
                wait = min(max(due - monotonic(), 0.0), self._idle_timeout)
                if self._full:
                    ready = wake_only.select(min(wait, _RETRY))
                    self._full = False
                else:
                    ready = everything.select(wait)
                for key, _ in ready:
                    if key.fileobj is self._listener:
                        self._accept()
                    else:
                        self._wake_in.recv(4096)
                if monotonic() >= due:
                    due = self._expire()

    def _accept(self) -> None:
        if self._has_no_room():
            self._full = True  # said before the search: who turns idle after it wakes us
            if not self._evict():
                return
            self._full = False
        try:
            connected, address = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError:  # out of file descriptors
            self._full = not self._evict()
            return
        connection = Connection(self._hosting, connected, address)
        self._connections.add(connection)
        try:
            connected.setblocking(True)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._dispatch(connection)
        except (OSError, RuntimeError):  # the client has left already, or no thread can start
            self._connections.discard(connection)
            connection.close()
        if self._stopping:
            connection.abort()

    def _has_no_room(self) -> bool:
        most = self._max_connections
        if len(self._connections) < most:
            return False
        waiting = sum(connection.waits for connection in self._connections.copy())
        return len(self._connections) - min(waiting, most) >= most

    def _evict(self) -> bool:
        idle = [connection for connection in self._connections.copy() if connection.idle]
        if not idle:
            return False
        oldest = min(idle, key=lambda connection: connection.deadline)
        self._connections.discard(oldest)
        oldest.abort()
        return True

    def _expire(self) -> float:
        """Abort the connections whose deadline has passed; return the next time to look.

        A deadline set from now on lies at least one idle time-out ahead.
        """
        now = monotonic()
        due = now + self._idle_timeout
        for connection in self._connections.copy():
            if connection.deadline <= now:
                connection.abort()
            else:
                due = min(due, connection.deadline)
        return due

    def _dispatch(self, connection: Connection) -> None:
        try:
            inbox = self._parked.pop()
        except IndexError:
            thread = threading.Thread(
                target=self._work, args=(connection,), name=self._name, daemon=True
            )
            self._threads.add(thread)
            try:
                thread.start()
            except RuntimeError:
                self._threads.discard(thread)
                raise
        else:
            inbox.put(connection)

    def _work(self, connection: Connection | None) -> None:
        inbox: SimpleQueue[Connection | None] = SimpleQueue()
        try:
            while connection is not None:
                self._serve(connection)
                self._parked.append(inbox)
                self._dismiss(0 if self._closing else _SPARE_THREADS)
                connection = inbox.get()
        finally:
            self._threads.discard(threading.current_thread())

    def _dismiss(self, spare: int) -> None:
        """Let parked threads go, all but `spare`; whoever takes an inbox puts one thing in it."""
        while len(self._parked) > spare:
            with suppress(IndexError):
                self._parked.popleft().put(None)

    def _serve(self, connection: Connection) -> None:
        try:
            while request := connection.next_request():
                if not Exchange(connection, request, _inflict).run():
                    connection.linger()
                    break
        finally:
            connection.close()
            self._connections.discard(connection)
            self._offer_room()

    def _offer_room(self) -> None:
        if self._full:
            self._wake()

    def _wake(self) -> None:
        with suppress(OSError):  # full, so it will wake anyway; or closed
            self._wake_out.send(b"\0")

    def _abort_all(self) -> None:
        for connection in self._connections.copy():
            connection.abort()

    def _close(self) -> None:
        self._stopping = self._closing = True
        self._stopped.set()
        for each in (self._listener, self._wake_in, self._wake_out):
            each.close()
        self._abort_all()
        self._dismiss(0)
        end = monotonic() + _PATIENCE
        for thread in self._threads.copy():
            if thread is not threading.current_thread():
                thread.join(max(end - monotonic(), 0.0))
        self._closed.set()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except UnicodeError:  # a label that is empty or too long
        raise OSError(EADDRNOTAVAIL, "the host is no name") from None
    return socket.create_server(address, family=family, backlog=_BACKLOG)


def _base_environ(host: str, port: int) -> dict[str, Any]:
    return {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "SCRIPT_NAME": "",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_SOFTWARE": "mockkibana",
        "mockkibana.wire_faults": True,
    }


def _inflict(breakage: Breakage, exchange: Exchange) -> bool:
    from mockkibana.server.breakages import inflict  # few servers ever break a connection

    return inflict(breakage, exchange)
