"""A request as the parser hands it over: its WSGI environment, and its body, read lazily."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from mockkibana.http.body import declared_length
from mockkibana.http.wire_faults import BrokenBody

MAX_HEAD = 16_384
"""Bytes a head may have: Node's default, and so Kibana's."""

# Of these Node keeps the first and drops the rest (nodejs.org/api/http.html, `message.headers`).
_FIRST_WINS = frozenset({
    "CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_AGE", "HTTP_AUTHORIZATION", "HTTP_ETAG", "HTTP_EXPIRES",
    "HTTP_FROM", "HTTP_HOST", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_LAST_MODIFIED", "HTTP_LOCATION", "HTTP_MAX_FORWARDS", "HTTP_PROXY_AUTHORIZATION",
    "HTTP_REFERER", "HTTP_RETRY_AFTER", "HTTP_SERVER", "HTTP_USER_AGENT",
})  # fmt: skip
_CONTINUE = re.compile(r"(?:^|\W)100-continue(?:$|\W)", re.IGNORECASE)
_AUTHORITY = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


class Request:
    """One request: `environ`, and a body that is also its `wsgi.input`.

    The parser fills `pieces`; a read that finds them empty calls `receive`, which takes the next
    bytes from the socket and returns False once there are none. So no more of a body is in memory
    than the app asked for, and one receive.
    """

    __slots__ = (
        "_at",
        "_data",
        "complete",
        "discard",
        "environ",
        "expects_continue",
        "keep_alive",
        "malformed",
        "method",
        "pieces",
        "receive",
        "received",
        "started",
        "target",
    )

    def __init__(self, environ: dict[str, Any], receive: Callable[[], bool]) -> None:
        self.environ = environ
        self.receive = receive
        self.method = self.target = ""
        self.pieces: list[bytes] = []
        self.received = 0
        self.complete = self.malformed = self.discard = False
        self.keep_alive = self.expects_continue = False
        self.started = 0.0
        self._data = b""
        self._at = 0

    def finish_head(self, method: str, target: str, version: str) -> None:
        """Complete the environment; a head that Node would refuse makes the request malformed."""
        environ = self.environ
        self.method, self.target = method, target
        environ["REQUEST_METHOD"] = method
        environ["SERVER_PROTOCOL"] = f"HTTP/{version}"
        environ["REQUEST_URI"] = environ["RAW_URI"] = target
        path = target
        if not path.startswith("/"):
            path = _AUTHORITY.sub("", path)
            if not path.startswith(("/", "*")):
                path = f"/{path}"
        if "#" in path:
            path = path.partition("#")[0]
        path, _, environ["QUERY_STRING"] = path.partition("?")
        environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1") if "%" in path else path
        environ["wsgi.input"] = self
        if version == "1.1":
            self.malformed = "HTTP_HOST" not in environ
            if expect := environ.get("HTTP_EXPECT"):
                self.expects_continue = _CONTINUE.search(expect) is not None
        elif version != "1.0":
            self.malformed = True

    def refuses_expectation(self) -> bool:
        """Whether it expects what nobody can give: Node answers 417 without asking the app."""
        environ = self.environ
        return environ["SERVER_PROTOCOL"] == "HTTP/1.1" and not _CONTINUE.search(
            environ["HTTP_EXPECT"]
        )

    def remaining(self) -> int | None:
        """Return how many bytes of the body have not arrived, None when it does not say."""
        if self.complete:
            return 0
        length = declared_length(self.environ)
        return None if length is None else length - self.received

    def abandon(self) -> None:
        """Forget the unread body: the rest of it is dropped as it comes."""
        self.discard = True
        self.pieces.clear()
        self._data = b""

    def retire(self) -> None:
        """Let go of everything: an app that kept the request reads an ended body."""
        self.abandon()
        self.environ = {}

    def _more(self) -> bool:
        while not self.pieces:
            if self.complete or self.discard:
                return False
            if not self.receive():
                raise BrokenBody("the request's body is malformed or incomplete")
        self._data = self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)
        self._at = 0
        self.pieces.clear()
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Return `size` bytes, fewer only at the end of the body; all of it without a size."""
        left = -1 if size is None or size < 0 else size
        parts = []
        while left and (self._at < len(self._data) or self._more()):
            part = self._data[self._at :] if left < 0 else self._data[self._at : self._at + left]
            self._at += len(part)
            if left > 0:
                left -= len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readline(self, size: int | None = -1) -> bytes:
        """Return the next line with its line feed, cut to `size` bytes."""
        left = -1 if size is None or size < 0 else size
        parts = []
        while left and (self._at < len(self._data) or self._more()):
            end = self._data.find(b"\n", self._at) + 1 or len(self._data)
            if left > 0:
                end = min(end, self._at + left)
                left -= end - self._at
            parts.append(self._data[self._at : end])
            self._at = end
            if parts[-1].endswith(b"\n"):
                break
        return b"".join(parts)

    def readlines(self, hint: int | None = -1) -> list[bytes]:
        """Return the remaining lines, or as many as make up `hint` bytes."""
        lines, size = [], 0
        for line in self:
            lines.append(line)
            size += len(line)
            if hint and 0 < hint <= size:
                break
        return lines

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")


class HeaderNames(dict[bytes, str]):
    """From a header's name on the wire to its key in a WSGI environment; remembers 1,024 names.

    A name with an underscore has no key (""): `X_User` would be taken for `X-User`.
    """

    def __missing__(self, name: bytes) -> str:
        key = "" if b"_" in name else name.decode("latin-1").upper().replace("-", "_")
        if key and key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        if len(self) < 1024:
            self[name] = key
        return key


def repeated(key: str, first: str, second: str) -> str:
    """Return the value of a header that came twice, as Node joins them."""
    if key in _FIRST_WINS:
        return first
    return f"{first}; {second}" if key == "HTTP_COOKIE" else f"{first}, {second}"
