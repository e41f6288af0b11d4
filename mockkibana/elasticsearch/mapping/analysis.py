"""The standard analyzer: text to lower-cased words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

MAX_TOKEN_LENGTH = 255

# Unicode's word boundaries (UAX 29) as far as users notice them: letters and digits make words; a
# dot, an apostrophe or a colon between letters, and a dot or a comma between digits, joins them; an
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
def _words() -> Callable[[str], list[str]]:
    """Return what finds the words; compiled on first use, as it takes 5 ms."""
    return re.compile(_WORD).findall


def standard(text: str) -> list[str]:
    """Return the terms of a text, as Elasticsearch's `standard` analyzer splits it.

    A word of more than 255 characters is cut into pieces of that length; there are no stop words.
    """
    words = [word for word in _words()(text) if word.strip("_")]
    if any(len(word) > MAX_TOKEN_LENGTH for word in words):
        words = [
            word[start : start + MAX_TOKEN_LENGTH]
            for word in words
            for start in range(0, len(word), MAX_TOKEN_LENGTH)
        ]
    return [word.lower() for word in words]


def _simple(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[^\W\d_]+", text)]


#: The analyzers that are known, by name.
ANALYZERS: dict[str, Callable[[str], list[str]]] = {
    "standard": standard,
    "default": standard,
    "simple": _simple,
    "whitespace": str.split,
    "keyword": lambda text: [text],
}
