"""Tokens: the words of a text, with their places."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from mockkibana.json import Json


class Token(NamedTuple):
    """A word; `start` and `end` count characters, `position` words, those left out too."""

    text: str
    start: int
    end: int
    kind: str  # `<ALPHANUM>`, `word`
    position: int


Tokenizer = Callable[[str], Iterable[Token]]
Filter = Callable[[Iterable[Token]], Iterable[Token]]

Options = dict[str, Json]
"""What settings say of a component, its `type` left out."""
