"""What the journal is asked: which calls, how many of them, and how long to wait for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockkibana.clock import parse_duration, parse_time
from mockkibana.control.errors import bad_request
from mockkibana.control.verbs import QUERY, Kind
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.journal import Call

_KINDS = {argument.name: argument.kind for argument in QUERY}
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

        wanted = {name: value for name, value in given.items() if value is not None}
        for name in wanted:
            if name not in _KINDS:
                raise bad_request(
                    f"{name!r} is nothing to ask the journal for; expected some of "
                    f"{', '.join(_KINDS)}."
                )
        read = {name: _READERS[_KINDS[name]](name, value) for name, value in wanted.items()}
        own = {name: read.pop(name) for name in ("limit", "wait", "count") if name in read}
        return cls(Query(**read).matches, **own)


def _text(name: str, value: Json) -> str:
    if not isinstance(value, str):
        raise _wrong(name, value, "a text")
    return value


def _face(name: str, value: Json) -> str:
    from mockkibana.journal.query import FACES

    if value not in FACES:
        raise _wrong(name, value, f"one of {', '.join(FACES)}")
    return str(value)


def _number(name: str, value: Json) -> int:
    number = _integer(value)
    if number is None or number < 1:
        raise _wrong(name, value, "a number from 1 on")
    return number


def _status(name: str, value: Json) -> int | str:
    number = _integer(value)
    if number is not None:
        return number
    if value not in ("ok", "error"):
        raise _wrong(name, value, "a status such as 200, or ok or error for that of a run")
    return str(value)


def _moment(name: str, value: Json) -> Json:
    number = _integer(value)
    if number is not None:
        return number
    try:
        return parse_time(value)
    except ValueError:
        raise _wrong(name, value, "the number of a call, or a time in ISO 8601") from None


def _duration(name: str, value: Json) -> float:
    try:
        seconds = parse_duration(value)
    except ValueError as error:
        raise bad_request(f"{name}: {error}.") from None
    if seconds > _LONGEST_WAIT:
        raise _wrong(name, value, "10 minutes at most")
    return seconds


def _integer(value: Json) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _wrong(name: str, value: Json, expected: str) -> Exception:
    return bad_request(f"{name} is {value!r}; expected {expected}.")


_READERS: dict[Kind, Callable[[str, Json], Json]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _face,
    Kind.NUMBER: _number,
    Kind.STATUS: _status,
    Kind.MOMENT: _moment,
    Kind.DURATION: _duration,
}
