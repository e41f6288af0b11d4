"""Words that differ by a few letters: `fuzziness`, and the distance between words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mockkibana.elasticsearch.json.parse_errors import illegal
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.json import Json

_AUTO = re.compile(r"AUTO(?::(\d{1,4}),(\d{1,4}))?", re.ASCII | re.IGNORECASE)
_MOST = 2  # the automata of Lucene go no further


@dataclass(frozen=True, slots=True)
class Fuzziness:
    """How many edits a word of some length may be away.

    Words shorter than `low` none, those shorter than `high` 1, others 2; or all `edits`.
    """

    edits: int | None = None
    low: int = 3
    high: int = 6

    def of(self, word: str) -> int:
        """Return how many edits are allowed from a word."""
        if self.edits is not None:
            return self.edits
        return (len(word) >= self.low) + (len(word) >= self.high)


AUTO = Fuzziness()
"""Longer words may be farther away."""


def parse(value: Json) -> Fuzziness:
    """Read a `fuzziness`: 0, 1, 2, `AUTO`, `AUTO:3,6`. Raises `ParseError`."""
    text = as_text(value)
    if match := _AUTO.fullmatch(text):
        low, high = match.groups()
        if low is None:
            return AUTO
        if int(low) > int(high):
            raise illegal(
                f"fuzziness wrongly configured, must be: lowDistance > 0, highDistance > 0 and "
                f"lowDistance <= highDistance where lowDistance = {low} and highDistance = {high}"
            )
        return Fuzziness(None, int(low), int(high))
    try:
        edits = float(text)
    except ValueError:
        raise illegal(f"fuzziness cannot be [{text}].") from None
    if edits not in (0, 1, 2):
        raise illegal(f"Valid edit distances are [0, 1, 2] but was [{text}]")
    return Fuzziness(int(edits))


def distance(one: str, other: str, *, transpositions: bool = True, most: int = _MOST) -> int:
    """Return how many edits lead from one word to the other, `most + 1` for more than that.

    An edit adds, drops or replaces a letter, or with `transpositions` swaps two neighbours.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, opposite in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != opposite))
            is_swap = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == opposite
            if transpositions and is_swap:
                best = min(best, last[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
