"""Results that are remembered for short texts alone: what callers send never fills the memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

LONGEST = 256
"""How many characters a text may have to be worth remembering what was found out about it."""

F = TypeVar("F", bound=Callable[..., object])


def remembered(maxsize: int, longest: int = LONGEST) -> Callable[[F], F]:
    """Return a decorator: keep the latest results of a function of texts that are short together.

    With longer ones the function is called anew.
    """

    def decorate(function: F) -> F:
        cached = lru_cache(maxsize)(function)

        def call(text: str, *more: str) -> object:
            length = len(text) if not more else len(text) + sum(map(len, more))
            return cached(text, *more) if length <= longest else function(text, *more)

        call.__doc__, call.__name__ = function.__doc__, function.__name__
        return call  # type: ignore[return-value]

    return decorate
