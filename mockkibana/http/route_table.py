"""A segment table from method and path to handler, for the two faces that are not Flask's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import unquote

from mockkibana.http.messages import Answer

_WILDCARD = "{}"
_HERE = ""  # the key under which a node keeps its handlers; no segment of a path is empty

Handler = Callable[..., Answer]
T = TypeVar("T")


class NoRoute(LookupError):
    """No pattern fits the path."""


class WrongMethod(LookupError):
    """The path is known, the method is not; `allowed` are the methods that are."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(allowed)
        self.allowed = allowed


class Match(NamedTuple, Generic[T]):
    """What takes a request: its handler, and the decoded placeholders of its pattern."""

    handler: T
    names: dict[str, str]
    pattern: str


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

    def match(self, method: str, path: str) -> Match[T]:
        """Return the handler, the decoded placeholders and the pattern.

        Raises `NoRoute` or `WrongMethod`. The path is split before it is decoded, so `%2F` stays
        inside its segment. Empty segments are ignored, as Elasticsearch does.
        """
        leaf = _leaf(self._root, [segment for segment in path.split("/") if segment], 0, ())
        if leaf is None:
            raise NoRoute(path)
        handlers, values = leaf
        if method not in handlers:
            raise WrongMethod(tuple(sorted(handlers)))
        handler, names, pattern = handlers[method]
        return Match(handler, dict(zip(names, map(unquote, values), strict=True)), pattern)

    def patterns(self) -> list[tuple[str, str]]:
        """Return every (method, pattern), in the order they were added."""
        return list(self._patterns)


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
