"""A load client on raw sockets: sends the same bytes over and over, and counts the answers.

    python bench/load.py 127.0.0.1 5601 request.bin 8 5

prints how many requests a second were completed over 8 connections in 5 seconds. It runs in its
own process, costs little beside any server, and reconnects to a server that closes.
"""

from __future__ import annotations

import re
import selectors
import socket
import sys
from pathlib import Path

from mockkibana.clock import monotonic

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_SUCCESS = re.compile(rb"HTTP/1\.[01] 2")
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


class Client:
    """One connection with one request under way; `answers` and `failures` are what came back."""

    def __init__(self, address: tuple[str, int], request: bytes) -> None:
        self._address = address
        self._request = request
        self.answers = self.failures = 0
        self.connect()

    def connect(self) -> None:
        """Open a new connection and send the request on it."""
        self.socket = socket.create_connection(self._address)
        self._send()

    def _send(self) -> None:
        self._buffer = b""
        self._ends = False
        self._size: int | None = None
        self.socket.sendall(self._request)

    def receive(self) -> bool:
        """Take what has arrived; return False when the connection is of no more use."""
        try:
            data = self.socket.recv(65_536)
        except ConnectionError:
            data = b""
        self._buffer += data
        if data and not self._whole():
            return True
        self.answers += 1
        self.failures += not _SUCCESS.match(self._buffer)
        if self._ends or not data:
            return False
        self._send()
        return True

    def _whole(self) -> bool:
        if self._size is None:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self._buffer[: end + 2]
            self._ends = _CLOSE.search(head) is not None or head.startswith(b"HTTP/1.0")
            if length := _LENGTH.search(head):
                self._size = end + 4 + int(length[1])
            elif _CHUNKED.search(head):
                return self._buffer.endswith(b"\r\n0\r\n\r\n")
            else:
                return False  # the end of the connection is the end of the answer
        return len(self._buffer) >= self._size


def measure(host: str, port: int, request: bytes, connections: int, seconds: float) -> float:
    """Return the completed requests a second; exits when an answer is not a 2xx."""
    clients = [Client((host, port), request) for _ in range(connections)]
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
        start = monotonic()
        while (elapsed := monotonic() - start) < seconds:
            for key, _ in selector.select(seconds - elapsed):
                client = key.data
                if not client.receive():
                    selector.unregister(client.socket)
                    client.socket.close()
                    client.connect()
                    selector.register(client.socket, selectors.EVENT_READ, client)
    for client in clients:
        client.socket.close()
    if any(client.failures for client in clients):
        sys.exit("load: the server answered with an error")
    return sum(client.answers for client in clients) / elapsed


def main() -> None:
    """Read the command line: host, port, file with the request's bytes, connections, seconds."""
    if len(sys.argv) != 6:
        sys.exit("usage: load.py HOST PORT REQUEST_FILE CONNECTIONS SECONDS")
    host, port, path, connections, seconds = sys.argv[1:]
    request = Path(path).read_bytes()
    rate = measure(host, int(port), request, int(connections), float(seconds))
    print(f"{rate:.0f}")


if __name__ == "__main__":
    main()
