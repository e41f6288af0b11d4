"""The path of a request: space prefix, percent escapes, and who answers it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

_SPACE = re.compile(r"/s/([a-z0-9_\-]+)(?=/|$)")
_ABSOLUTE = re.compile(r"https?://[^/?]*", re.IGNORECASE)
_BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})")
_END = re.compile(r"[?#]")
_KEPT = re.compile(r"%2[Ff]|%25")


class BadEscape(ValueError):
    """The path has a percent escape that stands for no text."""


def raw_path(environ: Mapping[str, Any]) -> str:
    """Return the path as it arrived, without the query and without what a server mounted us on."""
    target: str = environ.get("REQUEST_URI") or environ.get("RAW_URI") or ""
    if not target:
        return quote(environ["PATH_INFO"].encode("latin-1"))
    if absolute := _ABSOLUTE.match(target):
        target = target[absolute.end() :] or "/"
    path = _END.split(target, maxsplit=1)[0]
    return path.removeprefix(environ.get("SCRIPT_NAME", ""))


def is_below(path: str, mount: str) -> bool:
    """Tell whether the path is the mount point or below it."""
    return path.startswith(mount) and path[len(mount) : len(mount) + 1] in ("", "/")


def split_space(path: str) -> tuple[str, str | None]:
    """Return the path without its prefix `/s/{space}`, and the space (None without a prefix)."""
    if path.startswith("/s/") and (prefix := _SPACE.match(path)):
        return path[prefix.end() :] or "/", prefix[1]
    return path, None


def decoded(path: str) -> str:
    """Decode all escapes but `%2F` and `%25`, which `decoded_segment` decodes after the split.

    Raises `BadEscape` for what JavaScript's `decodeURIComponent` refuses.
    """
    if "%" not in path:
        return path
    if _BROKEN.search(path):
        raise BadEscape(path)
    protected = _KEPT.sub(lambda escape: "%25" + escape[0][1:], path)
    try:
        return unquote_to_bytes(protected).decode()
    except UnicodeDecodeError:
        raise BadEscape(path) from None


def decoded_segment(segment: str) -> str:
    """Decode the two escapes that `decoded` keeps."""
    if "%" not in segment:
        return segment
    return segment.replace("%2F", "/").replace("%2f", "/").replace("%25", "%")
