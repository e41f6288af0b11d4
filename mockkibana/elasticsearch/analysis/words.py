"""The words of a text, as Unicode bounds them (UAX 29): what `standard` finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

MAX_TOKEN_LENGTH = 255

# Unicode's word boundaries as far as users notice them: letters and digits make words; a dot, an
# apostrophe or a colon between letters, and a dot or a comma between digits, joins them; an
# underscore joins everything; each ideograph and each Hiragana sign is a word of its own.
_ALONE = "\u2e80-\u2fdf\u3005-\u3007\u3041-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTER = rf"[^\W\d_{_ALONE}]"
_WORD = (
    rf"[{_ALONE}]"
    rf"|(?:{_LETTER}|[\d_])"
    rf"(?:[^\W{_ALONE}]|[\u0300-\u036f]"
    rf"|(?<={_LETTER})['\u2019.:\u00b7](?={_LETTER})"
    rf"|(?<=\d)[.,;'](?=\d))*"
)


@cache
def _pattern() -> re.Pattern[str]:
    """Return what finds the words; compiled on first use, as it takes 5 ms."""
    return re.compile(_WORD)


def standard(text: str) -> list[str]:
    """Return the words of a text in lower case, as the `standard` analyzer does.

    A word of more than 255 characters is cut into pieces of that length; there are no stop words.
    """
    words = [word for word in _pattern().findall(text) if word.strip("_")]
    if any(len(word) > MAX_TOKEN_LENGTH for word in words):
        words = [
            word[start : start + MAX_TOKEN_LENGTH]
            for word in words
            for start in range(0, len(word), MAX_TOKEN_LENGTH)
        ]
    return [word.lower() for word in words]


def spans(text: str, longest: int = MAX_TOKEN_LENGTH) -> Iterator[tuple[int, int]]:
    """Yield where each word begins and ends, those that are too long in pieces."""
    for match in _pattern().finditer(text):
        if match[0].strip("_"):
            end = match.end()
            for start in range(match.start(), end, longest):
                yield start, min(start + longest, end)
