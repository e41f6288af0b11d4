"""Bodies of which a part is replaced by something odd."""

from __future__ import annotations

from typing import Any


def changed(value: Any, place: int, odd: Any) -> tuple[Any, int]:
    """Return a value with the part of it at a place replaced, and how many places are left."""
    if place == 0:
        return odd, -1
    place -= 1
    if not isinstance(value, (dict, list)):
        return value, place
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = {}
    for key, item in items:
        found[key], place = (item, place) if place < 0 else changed(item, place, odd)
    return (found if isinstance(value, dict) else list(found.values())), place
