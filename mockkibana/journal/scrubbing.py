"""Scrubbing: replaces known secrets wherever they stand in a text, many of them in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection

LEAST = 8
"""The length of the shortest text that is looked for."""

# So few are looked for one by one, which is quick; and so many with the same beginning would be
# compared over and over.
_FEW, _ALIKE = 16, 16


def scrubber(secrets: Collection[str], instead: str) -> Callable[[str], str]:
    """Return a function that replaces every secret in a text, the longest at each place.

    Secrets are at least `LEAST` characters long. Where very many begin alike, all that is behind
    such a beginning is replaced.
    """
    secrets = frozenset(secrets)
    sizes: dict[str, set[int]] = defaultdict(set)
    for secret in secrets:
        sizes[secret[:LEAST]].add(len(secret))
    longest_first = {start: sorted(those, reverse=True) for start, those in sizes.items()}

    def scrub(text: str) -> str:
        if len(secrets) <= _FEW and not any(secret in text for secret in secrets):
            return text
        parts: list[str] = []
        at = behind = 0
        while at <= len(text) - LEAST:
            those = longest_first.get(text[at : at + LEAST])
            if those is None:
                at += 1
                continue
            if len(those) > _ALIKE:
                return "".join((*parts, text[behind:at], instead))
            size = next((size for size in those if text[at : at + size] in secrets), 0)
            if size:
                parts += (text[behind:at], instead)
                behind = at + size
            at += size or 1
        return "".join((*parts, text[behind:]))

    return scrub
