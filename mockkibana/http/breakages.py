"""Breakages: what an app may ask of the server that no WSGI answer can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset the connection: the client sees a TCP RST."""


@dataclass(frozen=True, slots=True)
class Empty:
    """Close the connection in order, without a byte of an answer."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """Send `data`, which is no HTTP, and close."""

    data: bytes = b"\x00\xff\x13\x37 this is not HTTP\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Partial:
    """Send the head of an answer and the first `keep` bytes of its body, and close.

    `status` is a WSGI status (`"200 OK"`); the head promises the length of the whole `body`.
    """

    status: str
    headers: Headers
    body: bytes
    keep: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Answer nothing and keep the connection open, until the client or the server leaves."""


@dataclass(frozen=True, slots=True)
class Dribble:
    """Send the head of an answer, then its body, `size` bytes every `interval` seconds."""

    status: str
    headers: Headers
    body: bytes
    size: int = 1
    interval: float = 0.1


Breakage: TypeAlias = Reset | Empty | Garbage | Partial | Hold | Dribble
"""What is done to a connection, instead of an answer or in the middle of one."""
