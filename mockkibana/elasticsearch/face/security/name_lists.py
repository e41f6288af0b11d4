"""Comma lists of names, as paths and bodies of the security APIs have them."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TypeVar

Named = TypeVar("Named")


def listed(text: str) -> list[str]:
    """Return the members of a comma list, once each."""
    return list(dict.fromkeys(filter(None, text.split(","))))


def named(
    text: str, get: Callable[[str], Named | None], reserved: Container[str]
) -> dict[str, Named]:
    """Return what has the names of a comma list, by name; the `reserved` ones come first."""
    names = sorted(listed(text), key=lambda name: name not in reserved)
    return {name: found for name in names if (found := get(name)) is not None}
