"""Patterns with stars, as the names of indices and of privileges are matched by them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=256)
def wildcard(pattern: str) -> Callable[[str], bool]:
    """Return a test whether a name matches `pattern`, in which `*` stands for any characters.

    Takes linear time whatever the pattern: a regular expression with many stars would not.
    """
    first, *middle = pattern.split("*")
    if not middle:
        return pattern.__eq__
    last = middle.pop()
    shortest = len(first) + len(last)

    def matches(name: str) -> bool:
        if len(name) < shortest or not (name.startswith(first) and name.endswith(last)):
            return False
        start, end = len(first), len(name) - len(last)
        for part in middle:
            start = name.find(part, start, end)
            if start < 0:
                return False
            start += len(part)
        return True

    return matches
