"""The nearest route to a request that none took."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from mockkibana.http.paths import split_space
from mockkibana.journal import Call
from mockkibana.journal.rendering import route_pattern

_BASE = "/api/"
_CLOSE = 0.7
_LONGEST = 200  # of a path that is compared with the known ones, which takes time by its square
_PREFIX = re.compile(r"(?:/s/|/)?(?P<space>[^/]+)(?P<rest>/(?:api|internal)/.*)")
_SPACE = re.compile(r"[a-z0-9_-]+")


def nearest_route(call: Call, routes: Iterable[tuple[str, str]]) -> str | None:
    """Return what a request that no route took was probably meant to be, or None."""
    full = call.target.partition("?")[0]
    path, space = split_space(full) if call.face == "kibana" else (full, None)
    prefix = "" if space is None else f"/s/{space}"
    known = [(method, route_pattern(pattern)) for method, pattern in routes]
    if call.face != "kibana" and "/_" in path.removeprefix("/_mock"):
        # An API that is not there; it must not be taken for an index of that name.
        known = [row for row in known if not row[1].endswith("/{index}")]
    if methods := _methods(path, known):
        return _did_you_mean(f"{method} {full}" for method in methods)
    for other, rest in _other_prefixes(path):
        if methods := _methods(rest, known):
            method = call.method if call.method in methods else methods[0]
            return _did_you_mean([f"{method} {other or prefix}{rest}"])
    if near := _closest(call.method, path, known):
        method, rest = near
        return _did_you_mean([f"{method} {prefix}{rest}"])
    return None


def _did_you_mean(requests: Iterable[str]) -> str:
    return f"did you mean {' or '.join(f'`{request}`' for request in requests)}?"


def _methods(path: str, known: Iterable[tuple[str, str]]) -> list[str]:
    """Return the methods with which a path would be taken."""
    return list(dict.fromkeys(method for method, pattern in known if _fits(path, pattern)))


def _fits(path: str, pattern: str) -> bool:
    segments, parts = path.split("/"), pattern.split("/")
    return len(segments) == len(parts) and all(
        segment == part or (part.startswith("{") and segment != "")
        for segment, part in zip(segments, parts, strict=True)
    )


def _other_prefixes(path: str) -> Iterable[tuple[str, str]]:
    """Return other ways to read a path: the prefix of its space, and the rest."""
    if not path.startswith(_BASE):
        yield "", f"/api{path}"
    if path != "/" and path.endswith("/"):
        yield "", path.rstrip("/")
    if match := _PREFIX.fullmatch(path):
        space = match["space"].lower()
        yield (f"/s/{space}" if _SPACE.fullmatch(space) else ""), match["rest"]
    # The prefix of a space stands before /api, never within.
    if path.startswith("/api/s/"):
        rest, space_ = split_space(path.removeprefix("/api"))
        yield f"/s/{space_}", rest if rest.startswith(_BASE) else f"/api{rest}"


def _closest(method: str, path: str, known: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    if len(path) > _LONGEST:
        return None
    best, found = _CLOSE, None
    matcher = SequenceMatcher(None, b=path, autojunk=False)
    for other, pattern in known:
        candidate = _filled(pattern, path)
        matcher.set_seq1(candidate)
        bonus = 0.001 if other == method else 0.0
        # The first two are upper bounds, and much cheaper.
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) + bonus > best:
            ratio = matcher.ratio() + bonus
            if ratio > best:
                best, found = ratio, (other, candidate)
    return found


def _filled(pattern: str, path: str) -> str:
    """Return a pattern with the segments of a path in the places of its placeholders."""
    segments = path.split("/")
    return "/".join(
        segments[position] or part if part.startswith("{") and position < len(segments) else part
        for position, part in enumerate(pattern.split("/"))
    )
