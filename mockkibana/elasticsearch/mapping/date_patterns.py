"""Patterns of `java.time` (`yyyy-MM-dd'T'HH:mm`), read from left to right without going back."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mockkibana.elasticsearch.mapping.date_printer import DAYS, MONTHS
from mockkibana.elasticsearch.mapping.refused import BadFormat

Parts = Mapping[str, str | None]
Take = Callable[[str, int], int]
"""Returns the end of what a part of a pattern takes from a text at a place; -1 for nothing."""


@dataclass(slots=True)
class _Step:
    """A part of a pattern; without `take` the beginning (`end` is behind it) or end of `[...]`."""

    take: Take | None = None
    name: str = ""
    end: int = 0


def reader(pattern: str) -> Callable[[str], Parts | None]:
    """Return what reads the parts of a time (`y`, `M`, `Mon`, `H`) from a text, None if it cannot.

    What is in brackets is optional. As in `java.time` nothing that was read is read otherwise when
    the rest does not fit, so it takes linear time. Raises `BadFormat`.
    """
    if not pattern:
        raise BadFormat("No date pattern provided")
    steps: list[_Step] = []
    opened: list[_Step] = []
    for match in _PART.finditer(pattern):
        part = match.group()
        if part == "[":
            opened.append(_Step())
            steps.append(opened[-1])
        elif part == "]":
            if not opened:
                reason = "Pattern invalid as it contains ] without previous ["
                raise BadFormat(f"Invalid format: [{pattern}]: {reason}")
            steps.append(_Step())
            opened.pop().end = len(steps)
        elif match[2]:
            steps.append(_letters(pattern, part))
        else:
            quoted = (match[1] or "'").replace("''", "'") if part[0] == "'" else part
            steps.append(_Step(_literal(quoted)))
    for step in reversed(opened):
        steps.append(_Step())
        step.end = len(steps)
    return lambda text: _read(steps, text)


_PART = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|.", re.DOTALL)


def _read(steps: list[_Step], text: str) -> Parts | None:
    at = index = 0
    found: list[tuple[str, str]] = []
    optional: list[tuple[int, int, int]] = []  # behind it, and what was read before it
    while index < len(steps):
        step = steps[index]
        index += 1
        if step.take is None:
            if step.end:
                optional.append((step.end, at, len(found)))
            else:
                optional.pop()
            continue
        end = step.take(text, at)
        if end >= 0:
            if step.name:
                found.append((step.name, text[at:end]))
            at = end
        elif optional:
            index, at, size = optional.pop()
            del found[size:]
        else:
            return None
    parts = dict(found)
    is_one_time = all(parts[name] == value for name, value in found)
    return parts if at == len(text) and is_one_time else None


_OTHERS = frozenset("GQqwWecFBAp")


def _letters(pattern: str, part: str) -> _Step:
    letter, size = part[0], len(part)
    if letter in "ML" and size >= 3:
        return _Step(_one_of(_SHORT_MONTHS if size == 3 else MONTHS), "Mon")
    if letter in "uyY":
        return _Step(_digits(2 if size == 2 else 4), "y")
    if letter in _NUMBERS:
        return _Step(_digits(size, 2 if size == 1 else size), _NUMBERS[letter])
    if letter in "SnN":
        return _Step(_digits(min(size, 9)), "S")
    if letter in "XxZzVvO":
        return _Step(_zone, "z")
    if letter == "a":
        return _Step(_one_of(("AM", "PM")), "a")
    if letter == "E":
        return _Step(_one_of(_SHORT_DAYS if size <= 3 else DAYS))
    if letter in _OTHERS:
        # A simplification: eras, quarters and weeks say nothing that is not said otherwise.
        return _Step(_run(string.ascii_letters, 2, 9))
    raise BadFormat(f"Invalid format: [{pattern}]: Unknown pattern letter: {letter}")


_NUMBERS = {**{letter: letter for letter in "DdMHhms"}, "L": "M", "k": "H", "K": "h"}
_SHORT_MONTHS = tuple(name[:3] for name in MONTHS)
_SHORT_DAYS = tuple(name[:3] for name in DAYS)
_ZONE = re.compile(r"Z|UTC|GMT|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?", re.ASCII)


def _zone(text: str, at: int) -> int:
    found = _ZONE.match(text, at)
    return found.end() if found else -1


def _literal(wanted: str) -> Take:
    return lambda text, at: at + len(wanted) if text.startswith(wanted, at) else -1


def _one_of(names: Iterable[str]) -> Take:
    """Take a name in whichever case; none is the beginning of another one."""
    folded = [name.lower() for name in names]
    return lambda text, at: next(
        (at + len(name) for name in folded if text[at : at + len(name)].lower() == name), -1
    )


def _digits(least: int, most: int = 0) -> Take:
    return _run(string.digits, least, most or least)


def _run(signs: str, least: int, most: int) -> Take:
    def take(text: str, at: int) -> int:
        end = at
        while end < len(text) and end - at < most and text[end] in signs:
            end += 1
        return end if end - at >= least else -1

    return take
