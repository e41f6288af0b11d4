"""Reads the JSON of a fault rule; what is wrong is said with its place, and what is expected."""

from __future__ import annotations

from collections.abc import Iterable
from sys import maxsize

from mockkibana.clock import parse_duration
from mockkibana.faults.errors import BadRule
from mockkibana.json import Json, dumps

_SHOWN = 80


class Part:
    """An object of a rule; `path` is where it stands (`what.rate`, empty for the rule itself).

    Every method returns None for a key that is not there, and raises `BadRule`.
    """

    def __init__(self, value: Json, path: str, known: Iterable[str]) -> None:
        if not isinstance(value, dict):
            raise bad(path, "an object", value)
        known = tuple(known)
        for key in value:
            if key not in known:
                raise BadRule(
                    f"{path or 'the rule'}: there is no key [{key}]; known are: {', '.join(known)}"
                )
        self.value: dict[str, Json] = value
        self._path = path

    def __contains__(self, key: str) -> bool:
        return key in self.value

    def at(self, key: str) -> str:
        """Return where a key stands."""
        return f"{self._path}.{key}" if self._path else key

    def bad(self, key: str, expected: str) -> BadRule:
        """Return the refusal of a key's value."""
        return bad(self.at(key), expected, self.value.get(key))

    def text(self, key: str, example: str) -> str | None:
        """Return a text with something in it."""
        value = self.value.get(key)
        if key in self and not (isinstance(value, str) and value):
            raise self.bad(key, f"a text such as {example}")
        return value

    def needed(self, key: str, example: str) -> str:
        """Return a text that has to be there."""
        text = self.text(key, example)
        if text is None:
            raise BadRule(f"{self.at(key)}: expected a text such as {example}")
        return text

    def choice(self, key: str, choices: Iterable[Json]) -> str | None:
        """Return one of the texts that there are, which are only looked through if need be."""
        value = self.value.get(key)
        if key in self and value not in choices:
            raise self.bad(key, f"one of {', '.join(choices)}")
        return value

    def integer(self, key: str, least: int, most: int | None = None) -> int | None:
        """Return a whole number."""
        value = self.value.get(key)
        if key not in self or (
            type(value) is int and value >= least and (most is None or value <= most)
        ):
            return value
        limits = f"of {least} or more" if most is None else f"from {least} to {most}"
        raise self.bad(key, f"a whole number {limits}")

    def number(self, key: str, expected: str, most: float | None = None) -> float | None:
        """Return a number of 0 or more, neither infinite nor NaN."""
        if key not in self:
            return None
        value: Json = self.value[key]
        highest = maxsize if most is None else most
        if type(value) not in (int, float) or not 0 <= value <= highest:
            raise self.bad(key, expected)
        return value  # type: ignore[no-any-return]

    def duration(self, key: str) -> float | None:
        """Return a duration, in seconds."""
        return duration(self.value[key], self.at(key)) if key in self else None


def bad(path: str, expected: str, value: Json) -> BadRule:
    """Return the refusal of a value."""
    return BadRule(f"{path or 'the rule'}: expected {expected} but got [{_shown(value)}]")


def duration(value: Json, path: str) -> float:
    """Read a duration (`250ms`, or a number of seconds); returns seconds. Raises `BadRule`."""
    try:
        return parse_duration(value)
    except ValueError as error:
        raise BadRule(f"{path}: {error}") from None


def _shown(value: Json) -> str:
    if isinstance(value, str):
        text = value
    else:
        try:
            text = dumps(value)
        except (TypeError, ValueError):  # from Python, where a rule may hold anything
            text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
