"""Questions to the journal: which calls match, and assertions that say what came instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, Unpack, get_args

from mockkibana.choices import Face
from mockkibana.clock import iso, parse_duration
from mockkibana.http.paths import split_space
from mockkibana.journal.journal import Call, RunRecord
from mockkibana.journal.rendering import line, route_pattern
from mockkibana.json import Json
from mockkibana.wildcards import glob

if TYPE_CHECKING:
    from mockkibana.records import CallRecord

FACES: tuple[str, ...] = get_args(Face)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Conditions on a call, all of which it has to meet; None is no condition.

    With `connector` or `connector_type` a call matches when it is a run of such a connector, and
    `status` (`ok`, `error`) is then that run's; a number is the status of the answer. `route` and
    `path` may hold `*`; a path is raw, with or without the prefix of its space. `since` and `until`
    are numbers of calls (newer than `since`, up to `until`) or times of the world, both included.
    `user` is the name of who sent it, which is known while security is on.
    `face` is `kibana`, `elasticsearch`, `jira` or `all`.
    """

    connector: str | None = None
    connector_type: str | None = None
    space: str | None = None
    route: str | None = None
    status: int | str | None = None
    since: int | datetime | None = None
    until: int | datetime | None = None
    method: str | None = None
    path: str | None = None
    user: str | None = None
    face: str = "kibana"

    def matches(self, call: Call) -> bool:
        """Tell whether a call meets every condition."""
        return (
            self.face in (call.face, "all")
            and (self.space is None or call.space == self.space)
            and (self.user is None or call.user == self.user)
            and (self.method is None or call.method == self.method.upper())
            and (not isinstance(self.status, int) or call.status == self.status)
            and (self.since is None or _is_from(call, self.since))
            and (self.until is None or _place(call, self.until) <= self.until)
            and (self.path is None or self._takes_path(call.target.partition("?")[0]))
            and (self.route is None or self._takes_route(call.route))
            and (not self._asks_for_run or any(map(self._takes_run, call.runs)))
        )

    @property
    def _asks_for_run(self) -> bool:
        return (
            self.connector is not None
            or self.connector_type is not None
            or isinstance(self.status, str)
        )

    def _takes_run(self, run: RunRecord) -> bool:
        return (
            self.connector in (None, run.connector_id)
            and self.connector_type in (None, run.connector_type_id)
            and (not isinstance(self.status, str) or self.status == run.status)
        )

    def _takes_path(self, path: str) -> bool:
        return _is_like(path, self.path) or _is_like(split_space(path)[0], self.path)

    def _takes_route(self, route: str | None) -> bool:
        return route is not None and (
            _is_like(route_pattern(route), self.route) or route == self.route
        )


def _is_like(text: str, wanted: str | None) -> bool:
    return wanted is not None and glob(wanted)(text)


def _is_from(call: Call, moment: int | datetime) -> bool:
    place = _place(call, moment)
    return place > moment or (place == moment and not isinstance(moment, int))


def _place(call: Call, moment: Any) -> Any:
    """Return the number of a call, or its time, whichever a moment is."""
    return call.number if isinstance(moment, int) else _EPOCH + call.time * _MILLISECOND


class Conditions(TypedDict, total=False):
    """The fields of `Query` as keywords; times may also be texts in ISO 8601."""

    connector: str
    connector_type: str
    space: str
    route: str
    status: int | str
    since: int | datetime | str
    until: int | datetime | str
    method: str
    path: str
    user: str
    face: Face


class Fetch(Protocol):
    """The function with which a view reads the journal: in this process, or over HTTP."""

    def __call__(self, **query: Json) -> list[CallRecord]:
        """Return rendered calls, oldest first.

        The arguments are `Conditions` with times as texts, and `wait` (seconds) for `count` calls.
        """


class JournalView:
    """The journal as a test sees it: to query, to assert on, and to wait for.

    A call is a rendered record. With `connector` a call is a run of that connector. Assertions
    raise `AssertionError` with what was asked, what came instead, and what came near; pytest shows
    the test's own line (`__tracebackhide__`).
    """

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch

    def calls(self, **conditions: Unpack[Conditions]) -> list[CallRecord]:
        """Return the calls that match, oldest first."""
        return self._fetch(**_written(conditions))

    def count(self, **conditions: Unpack[Conditions]) -> int:
        """Return how many calls match."""
        return len(self.calls(**conditions))

    def assert_called(self, **conditions: Unpack[Conditions]) -> list[CallRecord]:
        """Assert that there was such a call; return all of them."""
        __tracebackhide__ = True
        found = self.calls(**conditions)
        if not found:
            raise AssertionError(self._missing(f"Expected a {_in_words(conditions)}", conditions))
        return found

    def assert_called_once(self, **conditions: Unpack[Conditions]) -> CallRecord:
        """Assert that there was exactly one such call; return it."""
        __tracebackhide__ = True
        wanted = f"Expected exactly one {_in_words(conditions)}"
        found = self.calls(**conditions)
        if not found:
            raise AssertionError(self._missing(wanted, conditions))
        if len(found) > 1:
            raise AssertionError(_but_there(wanted, found))
        return found[0]

    def assert_not_called(self, **conditions: Unpack[Conditions]) -> None:
        """Assert that there was no such call."""
        __tracebackhide__ = True
        if found := self.calls(**conditions):
            raise AssertionError(_but_there(f"Expected no {_in_words(conditions)}", found))

    def wait_for(
        self,
        *,
        timeout: float | str = 5,
        count: int = 1,
        **conditions: Unpack[Conditions],
    ) -> list[CallRecord]:
        """Wait until there were `count` such calls; return all of them.

        `timeout` is real time, in seconds or as `250ms`; when it is over the assertion fails.
        """
        __tracebackhide__ = True
        seconds = parse_duration(timeout)
        found = self._fetch(**_written(conditions), wait=seconds, count=count)
        if len(found) >= count:
            return found
        number = "a" if count == 1 else str(count)
        asked = _in_words(conditions, plural=count > 1)
        wanted = f"Expected {number} {asked} within {seconds:g} s"
        raise AssertionError(
            _but_there(wanted, found) if found else self._missing(wanted, conditions)
        )

    def _missing(self, wanted: str, conditions: Conditions) -> str:
        """Say that no call matched; show those that miss one condition, else the last calls."""
        text = f"{wanted}, but there was none."
        near: list[str] = []
        for name in conditions:
            others: Json = {key: value for key, value in conditions.items() if key != name}
            if others.keys() <= {"face"}:
                continue  # what is left takes every call
            if name == "face":
                others["face"] = "all"
            near.extend(f"{line(call)} (but for {name})" for call in self.calls(**others))
        if near:
            return "\n  ".join((f"{text} Near to it:", *near[-_SHOWN:]))
        if latest := self._fetch(face="all"):
            return _listed(f"{text} What came:", latest)
        return f"{text} The journal is empty."


def _but_there(wanted: str, found: list[CallRecord]) -> str:
    return _listed(
        f"{wanted}, but there {'was' if len(found) == 1 else 'were'} {len(found)}:", found
    )


def _listed(text: str, calls: list[CallRecord]) -> str:
    left_out = [f"({len(calls) - _SHOWN} before these)"] if len(calls) > _SHOWN else []
    return "\n  ".join((text, *left_out, *map(line, calls[-_SHOWN:])))


def _written(conditions: Conditions) -> dict[str, Json]:
    if (face := conditions.get("face", "kibana")) not in FACES:
        raise ValueError(f"{face!r} is no face; expected one of {', '.join(FACES)}")
    return {
        name: iso(value.astimezone(UTC)) if isinstance(value, datetime) else value
        for name, value in conditions.items()
    }


def _in_words(conditions: Conditions, *, plural: bool = False) -> str:
    """Put conditions into words: `run of connector 'a' with status 'ok' and space 'b'`."""
    others = _written(conditions)
    connectors = [
        f"{name.replace('_', ' ')} {others.pop(name)!r}"
        for name in ("connector", "connector_type")
        if name in others
    ]
    text = ("run" if connectors else "call") + ("s" if plural else "")
    if connectors:
        text += f" of {' of '.join(connectors)}"
    if others:
        text += " with " + " and ".join(f"{name} {value!r}" for name, value in others.items())
    return text
