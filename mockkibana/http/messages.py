"""Requests and answers as plain values: what faces are asked, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mockkibana.json import Json

Headers = Mapping[str, str | list[str]]
"""Values by name; a name with a list of them is sent as one line each."""


@dataclass(slots=True)
class Request:
    """What a face is asked: `path` is raw (percent-encoded), `query` decoded, names to values.

    `user` is who sends it, where that is known: told by a caller in this process, or found out.
    `route` is the pattern that took it, which the face finds out, and `warnings` the codes of what
    a real server would have refused.
    `trusted` tells that the sender may do everything, whoever it is: a test's own handle.
    `headers` have lower-case names. `body` is the bytes that arrived, or the JSON value itself when
    the caller is in this process. `url` is the base under which the caller sees the face.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # credentials, secrets
    body: Json = field(default=b"", repr=False)
    url: str = ""
    user: str | None = None
    route: str | None = None
    warnings: list[str] = field(default_factory=list)
    trusted: bool = False
    raw_query: str = ""

    @property
    def uri(self) -> str:
        """Path and query as they arrived."""
        return f"{self.path}?{self.raw_query}" if self.raw_query else self.path


@dataclass(frozen=True, slots=True)
class Answer:
    """What a face answers: `body` is a JSON value, `Encoded`, text, bytes, or None (empty)."""

    status: int
    body: Json = None
    headers: Headers = field(default_factory=dict)
