"""Text searches: what stands behind `~`, and which texts it fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

_WORD = re.compile(r"[^\W_]+")
_PATTERN = re.compile(r"(?:[^\W_]|[*?])+")
_QUOTED = re.compile(r'"([^"]*)"|([^"]+)')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_WILDCARD = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class TextSearch:
    """What stands behind `~`: every one of `runs` must be found, and the words of a run together.

    `literals` are the parts of words that any fitting text contains: a cheap first test.
    """

    runs: tuple[tuple[str, ...], ...]
    literals: tuple[str, ...]

    def fits(self, text: str | None) -> bool:
        """Tell whether the text holds all runs; a search without a word fits nothing."""
        if not text or not self.runs:
            return False
        folded = text.casefold()
        if not all(literal in folded for literal in self.literals):
            return False
        words = _WORD.findall(folded)
        return all(_holds(words, run) for run in self.runs)


def read(text: str) -> TextSearch:
    r"""Read a search: words in any order, `"phrases"`, the wildcards `*` and `?`, `\` to escape.

    Everything that is neither a letter nor a digit parts words, escaped or not. So does a backslash
    before a letter: Kibana writes one for the apostrophe of `it's`.
    """
    plain = _ESCAPE.sub(lambda found: f" {found[1]}" if found[1].isalnum() else " ", text)
    runs: list[tuple[str, ...]] = []
    for quoted, loose in _QUOTED.findall(plain.casefold()):
        if words := tuple(_WORD.findall(quoted)):
            runs.append(words)
        runs.extend((word,) for word in _PATTERN.findall(loose))
    literals = {part for run in runs for word in run for part in _WILDCARD.split(word) if part}
    return TextSearch(tuple(runs), tuple(sorted(literals)))


def _holds(words: Sequence[str], run: tuple[str, ...]) -> bool:
    if len(run) > 1:
        size = len(run)
        return any(tuple(words[at : at + size]) == run for at in range(len(words) - size + 1))
    word = run[0]
    if _WILDCARD.search(word):
        return any(fnmatchcase(candidate, word) for candidate in words)
    return word in words
