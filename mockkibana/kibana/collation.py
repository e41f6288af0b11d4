"""The order of JavaScript's `localeCompare`, in which Kibana lists connectors."""

from __future__ import annotations

import unicodedata
from typing import Any

# CLDR's root collation: white space, then punctuation and symbols in this order, then digits,
# then letters. Accents decide only between equal letters, and case only after accents.
_PUNCTUATION = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_RANK = {character: rank for rank, character in enumerate(_PUNCTUATION)}


def sort_key(text: str) -> tuple[Any, ...]:
    """Return a key that sorts names as Node sorts them with `a.localeCompare(b)`."""
    letters: list[tuple[int, int]] = []
    accents: list[tuple[int, ...]] = []
    capitals: list[bool] = []
    for character in unicodedata.normalize("NFKD", text):
        category = unicodedata.category(character)
        if category == "Mn":
            if accents:
                accents[-1] = (*accents[-1], ord(character))
        elif category not in ("Cc", "Cf") or character.isspace():
            letters.append(_primary(character))
            accents.append(())
            capitals.append(character.isupper())
    return tuple(letters), tuple(accents), tuple(capitals)


def _primary(character: str) -> tuple[int, int]:
    if character.isspace():
        return 0, ord(character)
    if character in _RANK:
        return 1, _RANK[character]
    if character.isdigit():
        return 3, unicodedata.digit(character)
    if character.isalpha():
        return 4, ord(character.lower()[0])
    return 2, ord(character)
