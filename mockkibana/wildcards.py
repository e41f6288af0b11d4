"""Patterns with wildcards, matched in linear time: never a regular expression of a caller's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import Enum
from functools import lru_cache
from itertools import takewhile

Test = Callable[[str], bool]

# Longer patterns are rare, and a cache of them would hold what callers please.
_REMEMBERED, _LONGEST = 512, 128


class Wild(Enum):
    """What stands in a pattern for other characters than itself."""

    ANY = "*"
    ONE = "?"
    SEGMENT = "{}"
    """One character or more, none of them a slash."""


Sign = str | Wild


def wildcard(pattern: str) -> Test:
    """Return a test whether a name matches `pattern`, in which `*` stands for any characters.

    The parts between the stars are looked for one behind the other, so a name is read once.
    """
    return _remembered(pattern) if len(pattern) <= _LONGEST else _with_stars(pattern)


def glob(pattern: str) -> Test:
    """Return a test whether a name matches `pattern`: `*` any characters, `?` exactly one."""
    if "?" not in pattern:
        return wildcard(pattern)
    wild: dict[str, Sign] = {"*": Wild.ANY, "?": Wild.ONE}
    return signs([wild.get(sign, sign) for sign in pattern])


def signs(pattern: Iterable[Sign]) -> Test:
    """Return a test whether a name matches a pattern of texts and of `Wild`.

    It follows all the ways at once, as the bits of a number: a step for each sign of the pattern.
    """
    steps = [step for sign in pattern for step in ([sign] if isinstance(sign, Wild) else sign)]
    beginning = "".join(map(str, takewhile(lambda step: isinstance(step, str), steps)))
    return lambda name: name.startswith(beginning) and _fits(steps, name)


def _with_stars(pattern: str) -> Test:
    first, *middle = pattern.split("*")
    if not middle:
        return pattern.__eq__
    last = middle.pop()
    middle = list(filter(None, middle))
    shortest = len(first) + len(last) + sum(map(len, middle))

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


_remembered = lru_cache(maxsize=_REMEMBERED)(_with_stars)


def _fits(steps: list[Sign], name: str) -> bool:
    bits_of = _places(name)
    everywhere = (2 << len(name)) - 1
    within = everywhere >> 1 & ~bits_of("/")  # what a segment may hold
    # Bit n tells that the steps so far can take the first n characters.
    reached = 1
    for step in steps:
        if step is Wild.ANY:
            reached = everywhere & -(reached & -reached)
        elif step is Wild.ONE:
            reached = reached << 1 & everywhere
        elif step is Wild.SEGMENT:
            # Adding carries each start to the end of its run of what a segment may hold.
            starts = reached & within
            reached = (((starts + within) ^ within | starts) & within) << 1
        else:
            reached = (reached & bits_of(step)) << 1
        if not reached:
            return False
    return bool(reached >> len(name))


def _places(name: str) -> Callable[[str], int]:
    """Return where each character stands in a name, as the bits of a number."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, sign in enumerate(name):
        places[sign].append(place)
    known: dict[str, int] = {}
    often = len(name) // 256  # of so many places there are not many, and they take a while

    def bits_of(sign: str) -> int:
        if (bits := known.get(sign)) is None:
            found = places.get(sign, ())
            number = bytearray(len(name) // 8 + 1 if found else 0)
            for place in found:
                number[place >> 3] |= 1 << (place & 7)
            bits = int.from_bytes(number, "little")
            if len(found) > often:
                known[sign] = bits
        return bits

    return bits_of
