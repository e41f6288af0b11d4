"""A segment table from method and path to handler, for the two faces that are not Flask's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import unquote

from mockkibana.json import Json

Headers = Mapping[str, str | list[str]]
"""Values by name; a name with a list of them is sent as one line each."""

_WILDCARD = "{}"
_HERE = ""  # the key under which a node keeps its handlers; no segment of a path is empty


@dataclass(slots=True)
class Request:
    """What a face is asked: `path` is raw (percent-encoded), `query` decoded, names to values.

    `user` is who sends it, where that is known: told by a caller in this process, or found out.
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


Handler = Callable[..., Answer]
T = TypeVar("T")


class NoRoute(LookupError):
    """No pattern fits the path."""


class WrongMethod(LookupError):
    """The path is known, the method is not; `allowed` are the methods that are."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(allowed)
        self.allowed = allowed


class Table(Generic[T]):
    """Patterns such as `/{index}/_doc/{id}`, each with a handler: a function, or what holds one.

    A literal segment wins over a placeholder, whatever the method: where `/_bulk` is routed,
    `/{index}` is not asked for it.
    """

    def __init__(self) -> None:
        self._root: dict[str, Any] = {}
        self._patterns: list[tuple[str, str]] = []

    def add(self, methods: str, pattern: str, handler: T) -> None:
        """Route the methods (`"GET POST"`) of a pattern to a handler."""
        node, names = self._root, []
        for segment in pattern.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                segment = _WILDCARD
            node = node.setdefault(segment, {}) if segment else node
        handlers = node.setdefault(_HERE, {})
        for method in methods.split():
            handlers[method] = (handler, tuple(names), pattern)
            self._patterns.append((method, pattern))

    def match(self, method: str, path: str) -> tuple[T, dict[str, str]]:
        """Return the handler and the decoded placeholders.

        Raises `NoRoute` or `WrongMethod`. The path is split before it is decoded, so `%2F` stays
        inside its segment. Empty segments are ignored, as Elasticsearch does.
        """
        leaf = _leaf(self._root, _segments(path), 0, ())
        if leaf is None:
            raise NoRoute(path)
        handlers, values = leaf
        if method not in handlers:
            raise WrongMethod(tuple(sorted(handlers)))
        handler, names, _ = handlers[method]
        return handler, dict(zip(names, map(unquote, values), strict=True))

    def pattern(self, method: str, path: str) -> str | None:
        """Return the pattern that takes a request, None for none; HEAD is taken where GET is."""
        leaf = _leaf(self._root, _segments(path), 0, ())
        if leaf is None:
            return None
        found = leaf[0].get(method) or (leaf[0].get("GET") if method == "HEAD" else None)
        return found[2] if found else None

    def patterns(self) -> list[tuple[str, str]]:
        """Return every (method, pattern), in the order they were added."""
        return list(self._patterns)


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


def _leaf(
    node: dict[str, Any], segments: list[str], depth: int, values: tuple[str, ...]
) -> tuple[dict[str, tuple[Any, tuple[str, ...], str]], tuple[str, ...]] | None:
    if depth == len(segments):
        return (node[_HERE], values) if _HERE in node else None
    segment = segments[depth]
    literal = unquote(segment)
    if literal in node and literal not in (_WILDCARD, _HERE):
        leaf = _leaf(node[literal], segments, depth + 1, values)
        if leaf is not None:
            return leaf
    if _WILDCARD in node:
        return _leaf(node[_WILDCARD], segments, depth + 1, (*values, segment))
    return None
