"""A request that has arrived: where it belongs, and what is known of it on its way in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockkibana.http.body import Garbled, TooLarge, read_body
from mockkibana.kibana.caller import DEFAULT_SPACE
from mockkibana.settings import Settings

if TYPE_CHECKING:
    from mockkibana.journal import Call

INBOUND = "mockkibana.inbound"
"""The key under which a WSGI environment holds the request's `Inbound`."""


@dataclass(slots=True)
class Inbound:
    """What the middleware tells those behind it of a request.

    `world` is the one that is asked, with its `settings` of this moment, of the `worlds` of this
    process; `access` says what the listener asks of those who control them (None: nobody said).
    `prefix` leads to the world (`/_mock/worlds/a`, or nothing), and `path` is the raw path below
    that. `face` is `kibana`, `elasticsearch` or `jira`, and empty for what is the mock's own;
    `face_path` is the raw path as the face sees it, below its mount or the prefix of the `space`.
    A path by which nothing can be routed has its status in `unroutable`. A face `is_alone` where it
    has a port of its own, whose root its mount is.

    Fault rules and the journal pass over a request that is not `watched`. `trusted` tells that the
    sender may do everything, whoever it is: a test's own handle. `call` is the journal's record.
    """

    world: Any
    settings: Settings
    worlds: Any
    access: Any
    prefix: str
    path: str
    face: str
    face_path: str
    space: str = DEFAULT_SPACE
    unroutable: int | None = None
    is_alone: bool = False
    watched: bool = False
    trusted: bool = False
    call: Call | None = None
    _read: bytes | TooLarge | Garbled | None = None

    def read_body(self, environ: dict[str, Any], limit: int) -> bytes:
        """Return the body as `mockkibana.http.body` reads it; the journal notes it.

        It is read once: a second call returns, or raises, the same.
        """
        if self._read is None:
            try:
                self._read = read_body(environ, limit)
            except (TooLarge, Garbled) as error:
                self._read = error
            else:
                if self.call is not None:
                    self.call.body = self._read
        if isinstance(self._read, bytes):
            return self._read
        raise self._read
