"""What journal and outbox are asked: what they hold, how much, and how long to wait for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mockkibana.clock import iso, parse_duration, parse_time
from mockkibana.control.errors import bad_request
from mockkibana.control.verbs import OUTBOX, QUERY, Argument, Kind
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.journal import Call

_ARGUMENTS = {argument.name: argument for argument in QUERY}
_EXPECTED = {
    Kind.TEXT: "a text",
    Kind.NUMBER: "a number from 1 on",
    Kind.STATUS: "a status such as 200, or ok or error for that of a run",
    Kind.MOMENT: "a number, or a time in ISO 8601",
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

        for name in given:
            if name not in _ARGUMENTS:
                raise bad_request(
                    f"{name!r} is nothing to ask the journal for; expected some of "
                    f"{', '.join(_ARGUMENTS)}."
                )
        read = {
            name: _read(_ARGUMENTS[name], value)
            for name, value in given.items()
            if value is not None
        }
        own = {name: read.pop(name) for name in ("limit", "wait", "count") if name in read}
        return cls(Query(**read).matches, **own)


@dataclass(frozen=True, slots=True)
class OutboxQuery:
    """`conditions` are keys of deliveries and what they have to be.

    All have to be above the number `since`, or from that time on. `wait` is how many seconds of
    real time there are for `count` deliveries to be there.
    """

    conditions: Mapping[str, str | None]
    since: int | str = 0
    wait: float = 0.0
    count: int = 1

    @classmethod
    def of(cls, given: Mapping[str, Json]) -> OutboxQuery:
        """Read values as JSON has them, or texts of a URL; None is left out.

        Raises `ControlError`.
        """
        read = {
            argument.name: _read(argument, given[argument.name])
            for argument in OUTBOX
            if given.get(argument.name) is not None
        }
        own = {name: read.pop(name) for name in ("since", "wait", "count") if name in read}
        if isinstance(own.get("since"), datetime):
            own["since"] = iso(own["since"])
        keys = {"type": "connector_type_id", "connector": "connector_id"}
        return cls({keys.get(name, name): value for name, value in read.items()}, **own)


def _read(argument: Argument, value: Json) -> Json:
    name, number = argument.name, _integer(value)
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
