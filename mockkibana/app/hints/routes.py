"""The nearest route to a request that none took."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from mockkibana.http.paths import is_below, split_space
from mockkibana.journal import Call
from mockkibana.journal.rendering import route_pattern
from mockkibana.settings import Settings

_BASE = "/api/"
_CLOSE = 0.7
_LONGEST = 200  # of a path that is compared with the known ones, which takes time by its square
_PREFIX = re.compile(r"(?:/s/|/)?(?P<space>[^/]+)(?P<rest>/(?:api|internal)/.*)")
_SPACE = re.compile(r"[a-z0-9_-]+")


def nearest_route(call: Call, routes: Iterable[tuple[str, str]], settings: Settings) -> str | None:
    """Return what a request that no route took was probably meant to be, or None."""
    path, space, base = call.target.partition("?")[0], "", ""
    if call.face == "kibana":
        base = settings.base_path
        if base and not settings.rewrite_base_path:
            if is_below(path, base):
                meant = _did_you_mean([f"{call.method} {path[len(base) :] or '/'}"])
                return f"{meant} A proxy takes `{base}` off, or --rewrite-base-path"
            base = ""
        # A base path that was taken off is not in the target.
        path, named = split_space(path)
        space = "" if named is None else f"/s/{named}"
    known = [(method, route_pattern(pattern)) for method, pattern in routes]
    if call.face != "kibana" and "/_" in path.removeprefix("/_mock"):
        # An API that is not there; it must not be taken for an index of that name.
        known = [row for row in known if not row[1].endswith("/{index}")]
    if methods := _methods(path, known):
        if call.method in methods:
            methods = [call.method]  # all that it lacks is the base path
        return _did_you_mean(f"{method} {base}{space}{path}" for method in methods)
    for other, rest in _other_prefixes(path):
        if methods := _methods(rest, known):
            method = call.method if call.method in methods else methods[0]
            return _did_you_mean([f"{method} {base}{other or space}{rest}"])
    if near := _closest(call.method, path, known):
        method, rest = near
        return _did_you_mean([f"{method} {base}{space}{rest}"])
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
