"""Words that differ by a few letters: `fuzziness`, and the distance between words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mockkibana.elasticsearch.json.parse_errors import Path, illegal
from mockkibana.elasticsearch.json.parse_errors import parse as parse_error
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.json import Json

_NUMBER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
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


def parse(value: Json, path: Path) -> Fuzziness:
    """Read a `fuzziness`: 0, 1, 2, `AUTO`, `AUTO:3,6`. Raises `ParseError`."""
    text = as_text(value).upper()
    if not text:
        raise illegal("fuzziness cannot be null or empty.")
    if text == "AUTO":
        return AUTO
    if text.startswith("AUTO:"):
        return _own_bounds(text, path)
    try:
        edits = float(text)
    except ValueError:
        raise illegal(f"fuzziness cannot be [{as_text(value)}].") from None
    if edits % 1 > 0:
        raise illegal(f"fuzziness needs to be one of 0.0, 1.0 or 2.0 but was {edits}")
    if edits not in (0, 1, 2):
        raise illegal(f"Valid edit distances are [0, 1, 2] but was [{edits:.0f}]")
    return Fuzziness(int(edits))


def _own_bounds(text: str, path: Path) -> Fuzziness:
    bounds = text.partition(":")[2].split(",")
    if len(bounds) != 2:
        raise parse_error("failed to find low and high distance values", path)
    if not all(_NUMBER.fullmatch(bound) for bound in bounds):
        raise parse_error(f'failed to parse [{text}] as a "auto:int,int"', path)
    low, high = map(int, bounds)
    if low < 0 or low > high:
        raise parse_error(
            f"fuzziness wrongly configured [{text}]. Must be 0 < lower value <= higher value.", path
        )
    return Fuzziness(None, low, high)


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
