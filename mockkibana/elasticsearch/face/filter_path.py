"""The parameter `filter_path`: the parts of an answer that it leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mockkibana.json import Json
from mockkibana.wildcards import wildcard

_Pattern = tuple[str, ...]


def filter_path(value: Json, text: str) -> Json:
    """Return the parts of an answer that `filter_path` names; `{}` when there are none.

    `text` is a comma list of dotted patterns: `*` is any part of one name, `**` any number of
    names, a leading `-` excludes.
    """
    patterns = [pattern.strip() for pattern in text.split(",") if pattern.strip()]
    included = [_split(pattern) for pattern in patterns if not pattern.startswith("-")]
    excluded = [_split(pattern[1:]) for pattern in patterns if pattern.startswith("-")]
    if included:
        value = _include(value, included)
    if excluded:
        value = _exclude(value, excluded)
    return value


def _split(pattern: str) -> _Pattern:
    parts = re.split(r"(?<!\\)\.", pattern)
    return tuple(part.replace("\\.", ".") for part in parts)


def _advance(patterns: Iterable[_Pattern], name: str) -> list[_Pattern]:
    """Return what is left of the patterns behind `name`; an empty one has matched."""
    left = []
    for pattern in patterns:
        head, rest = pattern[0], pattern[1:]
        if head == "**":
            left.append(pattern)
            left.extend(_advance([rest], name) if rest else [()])
        elif wildcard(head)(name):
            left.append(rest)
    return left


def _include(value: Json, patterns: list[_Pattern]) -> Json:
    if isinstance(value, list):
        parts = [_include(item, patterns) for item in value if isinstance(item, (dict, list))]
        return [part for part in parts if part]
    kept = {}
    for name, item in value.items():
        left = _advance(patterns, name)
        if () in left:
            kept[name] = item
        elif left and isinstance(item, (dict, list)) and (part := _include(item, left)):
            kept[name] = part
    return kept


def _exclude(value: Json, patterns: list[_Pattern]) -> Json:
    if isinstance(value, list):
        parts = [
            _exclude(item, patterns) if isinstance(item, (dict, list)) else item for item in value
        ]
        return [part for part in parts if part not in ({}, [])]
    kept = {}
    for name, item in value.items():
        left = _advance(patterns, name)
        if () in left:
            continue
        if left and isinstance(item, (dict, list)):
            item = _exclude(item, left)
            if not item:
                continue
        kept[name] = item
    return kept
