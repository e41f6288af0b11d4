"""Presets: what a domain fault comes to, and what stands behind a Kibana that can go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from mockkibana.faults.facts import Facts
from mockkibana.faults.match import Match
from mockkibana.http.messages import Answer
from mockkibana.json import Json

AnswerTo: TypeAlias = Callable[[Facts], Answer]


def nothing(*_: Facts) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What a domain fault comes to: rules in JSON, and what it does to the state of the world.

    `match` are the requests that it counts, any of them. Without `what` and `answer` these go on:
    then the fault has changed the state, `undo` takes it back, and `act` is called for each.
    """

    match: tuple[dict[str, Json], ...]
    what: dict[str, Json] | None = None
    answer: AnswerTo | None = None
    when: dict[str, Json] | None = None
    act: Callable[[Facts], None] = nothing
    undo: Callable[[], None] = nothing


class Behind(Protocol):
    """What stands behind a Kibana, as far as rules speak of it."""

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of those to whom runs send requests."""

    def doubts(self, match: Match, route: Json) -> Iterable[str]:
        """Return why no request can be one of those, each as a sentence without its stop.

        `route` is what the rule said, None if it named none.
        """

    def preset(self, name: str, given: Json) -> Preset:
        """Return what a domain fault comes to; one that changes the state has done so by then.

        `given` is what the rule says `with`. Raises `BadRule`, and then nothing was changed.
        """


def to_backend_and_face(
    place: str, paths: tuple[str, ...], method: str | None = None
) -> tuple[dict[str, Json], ...]:
    """Return matches for requests of runs to a backend, and for calls to its face."""
    more = {} if method is None else {"method": method}
    return tuple(
        {side: place, "path": path, **more} for side in ("backend", "face") for path in paths
    )
