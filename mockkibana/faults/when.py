"""When a fault rule fires: on which of the requests that it matches, and how often a second."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import ceil

_BITS = 64


def draw(seed: int, kind: str, ordinal: int) -> float:
    """Return a number from 0 up to 1, but not 1: the same for the same seed, kind and ordinal."""
    digest = sha256(f"{seed}/{kind}/{ordinal}".encode()).digest()
    # 53 bits, as many as a float holds exactly: with more, the highest would round up to 1.
    return (int.from_bytes(digest[:8], "big") >> (_BITS - 53)) / 2**53


@dataclass(frozen=True, slots=True)
class When:
    """On which of the matching requests, counted from 1, a rule fires; by default on all.

    The `nth` alone, the `first` ones, `every` so manieth, or each with a `probability`.
    """

    nth: int | None = None
    first: int | None = None
    every: int | None = None
    probability: float | None = None
    seed: int = 0

    def holds(self, ordinal: int) -> bool:
        """Tell whether it is this one."""
        if self.nth is not None:
            return ordinal == self.nth
        if self.first is not None:
            return ordinal <= self.first
        if self.every is not None:
            return ordinal % self.every == 0
        if self.probability is not None:
            return draw(self.seed, "fire", ordinal) < self.probability
        return True

    @property
    def wanted(self) -> int:
        """How often a rule fires before it is consumed: once where there is no end."""
        return self.first or 1

    @property
    def expected(self) -> str:
        """The same, for a message."""
        if self.first is not None:
            return f"{self.first}"
        return "1" if self.nth is not None else "at least 1"


@dataclass(frozen=True, slots=True)
class Latency:
    """A delay in seconds of real time: between `low` and `high`, drawn for each request."""

    low: float
    high: float
    seed: int = 0

    def at(self, ordinal: int) -> float:
        """Return the delay of one of the matching requests, counted from 1."""
        if self.low == self.high:
            return self.low
        delay = self.low + (self.high - self.low) * draw(self.seed, "latency", ordinal)
        return min(delay, self.high)  # which a float's rounding may pass


class Bucket:
    """A token bucket: full at first, each request takes a token, time puts them back.

    `amount` tokens come back every `period` milliseconds, of the world's clock; at most `burst`
    are in it. Not safe for threads.
    """

    def __init__(self, amount: Fraction, period: int, burst: int) -> None:
        self._amount = amount
        # A token is `period` parts, so that every millisecond brings `amount` of them: exactly.
        self._token = period
        self._size = burst * period
        self._parts = Fraction(self._size)
        self._at: int | None = None

    def take(self, now: int) -> int | None:
        """Take a token: None if there was one, else the seconds until there is, rounded up.

        `now` is in milliseconds; a clock that was set back brings nothing.
        """
        passed = 0 if self._at is None else max(0, now - self._at)
        self._at = now
        self._parts = min(Fraction(self._size), self._parts + self._amount * passed)
        if self._parts >= self._token:
            self._parts -= self._token
            return None
        return ceil((self._token - self._parts) / self._amount / 1000)
