"""Spans of working time: `1w 2d 3h 20m`, with days of 8 hours and weeks of 5 days."""

from __future__ import annotations

import re

_LONGEST = 20
_SPAN = re.compile(r"(?:\d+(?:\.\d+)?[wdhm]\s*)+", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)([wdhm])", re.ASCII)
_SECONDS = {"w": 5 * 8 * 3600, "d": 8 * 3600, "h": 3600, "m": 60}


def seconds(text: str) -> float | None:
    """Read a span such as `2d 4h`, or minutes; returns seconds, or None for no span."""
    text = text.strip().lower()
    if len(text) <= _LONGEST and text.isascii() and text.isdecimal():
        return int(text) * 60
    if len(text) > 4 * _LONGEST or not _SPAN.fullmatch(text):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))


def pretty(seconds: int) -> str:
    """Write a span; less than a minute is none."""
    parts = []
    for unit, size in _SECONDS.items():
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0m"
