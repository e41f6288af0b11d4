"""Parameters of a request: what its query string and its path say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mockkibana.elasticsearch.errors import cause, illegal_argument
from mockkibana.elasticsearch.json.scalars import require_boolean
from mockkibana.elasticsearch.json.time_values import milliseconds

ALWAYS = frozenset({"error_trace", "filter_path", "format", "human", "pretty"})

_MAX_SUGGESTED = 64  # characters of a name for which others like it are looked up


@dataclass(frozen=True, slots=True)
class Parameters:
    """The decoded parameters; a value that does not fit raises `illegal_argument_exception`."""

    values: Mapping[str, str]

    def text(self, name: str) -> str | None:
        """Return a value as it is."""
        return self.values.get(name)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean: `true`, `false`, or empty for true."""
        value = self.values.get(name)
        if value is None:
            return default
        return value == "" or require_boolean(value)

    def integer(self, name: str, *, bits: int = 32) -> int | None:
        """Return an integer of Java's `int` (32 bits) or `long` (64)."""
        value = self.values.get(name)
        if value is None:
            return None
        if re.fullmatch(r"[+-]?[0-9]{1,20}", value):
            number = int(value)
            if -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
                return number
        kind = "int" if bits == 32 else "long"
        raise illegal_argument(
            f"Failed to parse {kind} parameter [{name}] with value [{value}]",
            cause("number_format_exception", f'For input string: "{value}"'),
        )

    def names(self, name: str) -> tuple[str, ...]:
        """Return the members of a comma list."""
        return tuple(filter(None, (self.values.get(name) or "").split(",")))

    def check_time(self, name: str) -> None:
        """Refuse what is no time (`30s`); nothing here ever waits, so the value is not needed."""
        value = self.values.get(name)
        if value is not None:
            milliseconds(value, name)

    def waits_for_refresh(self) -> bool:
        """Return whether a write is to end only when searches see it."""
        return self.values.get("refresh") == "wait_for"

    def check_refresh(self) -> None:
        """Refuse what is no refresh policy; every write is visible at once."""
        self.refresh()

    def refresh(self) -> bool:
        """Return whether a write is to force a refresh: not for `false` and `wait_for`."""
        value = self.values.get("refresh", "false")
        if value in ("", "true"):
            return True
        if value in ("false", "wait_for"):
            return False
        raise illegal_argument(f"Unknown value for refresh: [{value}].")


def check_names(names: Iterable[str], allowed: frozenset[str], path: str) -> None:
    """Refuse names of parameters that a route does not know, with those that look like them."""
    unknown = sorted(name for name in names if name not in allowed and name not in ALWAYS)
    if not unknown:
        return
    texts = [f"[{name}]{did_you_mean(name, allowed | ALWAYS, ' -> ')}" for name in unknown]
    plural = "s" if len(unknown) > 1 else ""
    raise illegal_argument(
        f"request [{path}] contains unrecognized parameter{plural}: {', '.join(texts)}"
    )


def did_you_mean(name: str, candidates: Iterable[str], start: str = " ") -> str:
    """Return ` did you mean [x]?` with the candidates that look like a name, or nothing.

    The most similar comes first.
    """
    if len(name) > _MAX_SUGGESTED:
        return ""
    scored = [
        (_distance(name, candidate) / max(len(name), len(candidate), 1), candidate)
        for candidate in candidates
    ]
    found = [candidate for distance, candidate in sorted(scored) if distance < 0.5]
    several = "any of " if len(found) > 1 else ""
    return f"{start}did you mean {several}[{', '.join(found)}]?" if found else ""


def _distance(one: str, other: str) -> int:
    """Return the Levenshtein distance, with which Lucene compares names."""
    row = list(range(len(other) + 1))
    for index, character in enumerate(one, 1):
        above, row[0] = row[0], index
        for column, opposite in enumerate(other, 1):
            substituted = above + (character != opposite)
            above = row[column]
            row[column] = min(substituted, above + 1, row[column - 1] + 1)
    return row[-1]
