"""Why a value was refused: the facts of it as a value, and the exception that carries them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError


class Entry(str):
    """The key of a record's or a map's entry, as a segment of a path."""

    __slots__ = ()


class EntryKey(Entry):
    """The same where the key itself is what was refused."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """One refusal, seen from the field that made it; outer fields add their keys with `under`.

    `path` are the segments from the value that was loaded down to the faulty one: an object's key
    (str), an array's index (int), a record's `Entry` or `EntryKey`. `received` is the refused value
    itself, `missing` for none. It holds no sentence: `wording` makes one of it, as a version of
    Kibana does.

    | code | expected |
    |---|---|
    | `type` | the name of the type, as `_check` of the field has it |
    | `json` | the type that a string was to hold as JSON |
    | `literal` | the one value |
    | `literals` | a tuple of the values of which it has to be one (zod alone) |
    | `union` | the text that Kibana has for it in place of zod's, or None |
    | `discriminator` | a tuple of the words of which one has to be there (zod alone) |
    | `unknown_keys` | the names of all unknown keys, in JavaScript's order |
    | `format` | the name of the format, or a tuple of those that will do |
    | `scheme` | a tuple of schemes of a URI |
    | `not_finite` | what JavaScript makes of the value: a NaN, or infinity (zod alone) |
    | `min`, `max` | the limit of a number |
    | `min_bytes`, `max_bytes` | the limit of a size, in bytes |
    | `min_length`, `max_length` | the limit of a string, in UTF-16 units |
    | `min_size`, `max_size` | the limit of an array |
    | `unsafe_quantity` | `bytes` or `milliseconds` |
    | `unsafe_number`, `empty`, `sparse`, `present` | None |
    | `custom` | the text that a `Rule` returned: a whole sentence, the same in every version |

    `branches` are what each alternative of a union says, with paths that start at the union. Where
    all that is wrong is told, as zod does, they are also the failures of which `several` consists,
    and what limits of a length say of a value of the wrong `type`.
    """

    code: str
    expected: Any = None
    received: Any = field(default=None, repr=False)  # it may be a secret
    path: tuple[str | int, ...] = ()
    branches: tuple[Failure, ...] = ()

    def under(self, segment: str | int) -> Failure:
        """Return this failure as seen from the value that holds the refused one at a segment."""
        return Failure(
            self.code, self.expected, self.received, (segment, *self.path), self.branches
        )

    @property
    def is_limit(self) -> bool:
        """Whether the value has the right type all the same, so that rules still look at it."""
        if self.code == "several":
            return all(branch.is_limit for branch in self.branches)
        return self.code in _LIMITS


_LIMITS = frozenset(
    ("min", "max", "min_length", "max_length", "min_size", "max_size", "format", "custom")
)


def several(failures: Sequence[Failure]) -> Failure:
    """Return one or more failures as one."""
    return failures[0] if len(failures) == 1 else Failure("several", branches=tuple(failures))


class Refused(ValidationError):
    """A value does not fit its schema; `failure` says where and why."""

    def __init__(self, failure: Failure) -> None:
        where = ".".join(map(str, failure.path)) or "the value"
        super().__init__(f"{where}: {failure.code}, expected {failure.expected}")
        self.failure = failure
