"""What the journal is asked: which calls, how many of them, and how long to wait for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockkibana.clock import parse_duration, parse_time
from mockkibana.control.errors import bad_request
from mockkibana.control.verbs import QUERY, Kind
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.journal import Call

_ARGUMENTS = {argument.name: argument for argument in QUERY}
_EXPECTED = {
    Kind.TEXT: "a text",
    Kind.NUMBER: "a number from 1 on",
    Kind.STATUS: "a status such as 200, or ok or error for that of a run",
    Kind.MOMENT: "the number of a call, or a time in ISO 8601",
    Kind.DURATION: "10 minutes at most",
}
_LONGEST_WAIT = 600.0


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """`matches` tells which calls are meant; at most the last `limit` of them are wanted.

    `wait` is how many seconds of real time there are for `count` calls to be there.
    """

    matches: Callable[[Call], bool]
    limit: int | None = None
    wait: float = 0.0
    count: int = 1

    @classmethod
    def of(cls, given: Mapping[str, Json]) -> JournalQuery:
        """Read a query: values as JSON has them, or texts as a URL has them; None is left out.

        What calls can be asked for is said at `mockkibana.journal.query.Query`; a time is ISO 8601.
        `wait` is a duration, `count` and `limit` are numbers. Raises `ControlError`.
        """
        from mockkibana.journal.query import Query

        read = {name: _read(name, value) for name, value in given.items() if value is not None}
        own = {name: read.pop(name) for name in ("limit", "wait", "count") if name in read}
        return cls(Query(**read).matches, **own)


def _read(name: str, value: Json) -> Json:
    if name not in _ARGUMENTS:
        raise bad_request(
            f"{name!r} is nothing to ask the journal for; expected some of {', '.join(_ARGUMENTS)}."
        )
    argument, number = _ARGUMENTS[name], _integer(value)
    match argument.kind:
        case Kind.TEXT if isinstance(value, str):
            return value
        case Kind.CHOICE if value in argument.choices:
            return value
        case Kind.NUMBER if number:
            return number
        case Kind.STATUS | Kind.MOMENT if number is not None:
            return number
        case Kind.STATUS if value in ("ok", "error"):
            return value
        case Kind.MOMENT:
            with suppress(ValueError):
                return parse_time(value)
        case Kind.DURATION:
            try:
                seconds = parse_duration(value)
            except ValueError as error:
                raise bad_request(f"{name}: {error}.") from None
            if seconds <= _LONGEST_WAIT:
                return seconds
    expected = _EXPECTED.get(argument.kind) or f"one of {', '.join(argument.choices)}"
    raise bad_request(f"{name} is {value!r}; expected {expected}.")


def _integer(value: Json) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
