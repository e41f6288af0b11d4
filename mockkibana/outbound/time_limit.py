"""The time limit of a whole exchange over a real wire, however slowly its bytes drip."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import TIMEOUT_MAX, Condition, Thread, Timer
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class Limit:
    """The limit of one exchange; `is_over` tells whether it has passed."""

    def __init__(self) -> None:
        self.is_over = False
        self._changed = Condition()
        self._lines: list[socket.socket] = []

    def watch(self, line: socket.socket) -> None:
        """Shut a line down when the time is over, or at once if it is; it is closed at the end."""
        with self._changed:
            self._lines.append(line)
            if self.is_over:
                _shut(line)

    def within(self, connect: Callable[[], socket.socket]) -> socket.socket:
        """Connect; raises what that raises, and TimeoutError once the time is over.

        It happens in a thread that is left alone then: nothing ends the look-up of a name, and a
        host of many addresses has many attempts.
        """
        outcomes: list[socket.socket | Exception] = []

        def run() -> None:
            outcome: socket.socket | Exception
            try:
                outcome = connect()
            except Exception as error:  # noqa: BLE001 - raised by who waits
                outcome = error
            with self._changed:
                if self.is_over:
                    _close(outcome)
                outcomes.append(outcome)
                self._changed.notify_all()

        Thread(target=run, daemon=True).start()
        with self._changed:
            self._changed.wait_for(lambda: outcomes or self.is_over)
            if self.is_over:
                for outcome in outcomes:
                    _close(outcome)
                raise TimeoutError
        if isinstance(outcomes[0], Exception):
            raise outcomes[0]
        return outcomes[0]

    def end(self) -> None:
        """Shut down all lines of the exchange: whoever waits for a byte sees their end."""
        with self._changed:
            self.is_over = True
            self._changed.notify_all()
            for line in self._lines:
                _shut(line)

    def close(self) -> None:
        """Close what was watched."""
        with self._changed:
            for line in self._lines:
                line.close()
            self._lines.clear()


_current: ContextVar[Limit | None] = ContextVar("mockkibana_time_limit", default=None)


@contextmanager
def time_limit(seconds: float) -> Iterator[Limit]:
    """Limit what is sent and received in the block by a session with a `TimedAdapter`."""
    limit = Limit()
    timer = Timer(min(seconds, TIMEOUT_MAX), limit.end)
    timer.daemon = True
    timer.start()
    token = _current.set(limit)
    try:
        yield limit
    finally:
        _current.reset(token)
        timer.cancel()
        limit.close()


class TimedAdapter(HTTPAdapter):
    """Lets the limit of the moment watch every connection that it uses."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of connections that can be watched."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make the same for what goes by a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class _Watched(HTTPConnection):
    """A connection that tells the limit which line it uses."""

    line: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        limit = _current.get()
        connect = super()._new_conn
        made = connect() if limit is None else limit.within(connect)
        self.line = made.dup()  # TLS takes the socket itself
        self._watch()
        return made

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._watch()
        super().request(*args, **kwargs)

    def close(self) -> None:
        super().close()
        if self.line is not None:
            self.line.close()
            self.line = None

    def _watch(self) -> None:
        limit = _current.get()
        if limit is not None and self.line is not None:
            limit.watch(self.line.dup())  # which outlives the connection if its answer does


class _SecureWatched(_Watched, HTTPSConnection):
    """The same, with TLS."""

    def connect(self) -> None:
        super().connect()
        self.is_verified = True  # or nobody wants to know: urllib3 need not warn of that


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureWatched


_POOLS = {"http": _Pool, "https": _SecurePool}


def _close(outcome: socket.socket | Exception) -> None:
    if isinstance(outcome, socket.socket):
        outcome.close()


def _shut(line: socket.socket) -> None:
    with suppress(OSError):  # it may be closed
        line.shutdown(socket.SHUT_RDWR)
