"""Whether something is as a test expects it, and how it differs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockkibana.json import Malformed, loads
from mockkibana.wildcards import wildcard


def differences(expected: object, found: object, place: str) -> Iterator[str]:
    """Yield what is not as expected, each as a sentence about a place; nothing for what is.

    In an expected text `*` stands for any characters. A regular expression is searched for, a
    function is asked. Of an object the keys are looked at that are expected, of a list all items;
    a text in their place is read as JSON.
    """
    if isinstance(found, str) and isinstance(expected, Mapping | list | tuple):
        found = _parsed(found)
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key, value in expected.items():
            if key in found:
                yield from differences(value, found[key], f"{place}.{key}")
            else:
                yield f"{place} has no {key!r}"
    elif isinstance(expected, list | tuple) and isinstance(found, list | tuple):
        if len(expected) != len(found):
            yield _is(place, list(found), list(expected))
            return
        for index, (value, item) in enumerate(zip(expected, found, strict=True)):
            yield from differences(value, item, f"{place}[{index}]")
    elif not _is_like(expected, found):
        yield _is(place, found, expected)


def _is_like(expected: object, found: object) -> bool:
    if isinstance(expected, re.Pattern):
        return isinstance(found, str) and expected.search(found) is not None
    if isinstance(expected, str) and isinstance(found, str):
        return expected == found or ("*" in expected and wildcard(expected)(found))
    if callable(expected):
        return bool(expected(found))
    # True is no 1.
    return bool(expected == found) and isinstance(expected, bool) == isinstance(found, bool)


def _is(place: str, found: object, expected: object) -> str:
    shown = expected.pattern if isinstance(expected, re.Pattern) else expected
    if callable(shown):
        return f"{place} is {found!r}, which {getattr(shown, '__name__', shown)} does not take"
    return f"{place} is {found!r}, expected {shown!r}"


def _parsed(text: str) -> Any:
    try:
        return loads(text)
    except Malformed:
        return text
