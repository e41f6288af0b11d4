"""The bounds of a histogram: how far its buckets reach at least, and at most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json import object_parser
from mockkibana.elasticsearch.json.parse_errors import Path
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where to where buckets reach; None for no bound."""

    low: float | None = None
    high: float | None = None

    @property
    def both(self) -> list[float]:
        """The bounds that there are."""
        return [each for each in (self.low, self.high) if each is not None]

    def have(self, number: float) -> bool:
        """Return whether a number is inside; the upper bound is, too."""
        inside = self.low is None or number >= self.low
        return inside and (self.high is None or number <= self.high)


def parse(value: Json, name: str, path: Path) -> Mapping[str, Json]:
    """Return `min` and `max` of bounds, as far as they are given. Raises `ParseError`."""
    fields = object_parser.fields(name, {"min": "scalar", "max": "scalar"}, value, path)
    return {key: each for key, each in fields.items() if each is not None}


def read(
    name: str, given: Mapping[str, Json], number: Callable[[Json], float], aggregation: str
) -> Bounds:
    """Return bounds whose `min` and `max` are read by `number`. Raises `ElasticsearchError`."""
    found = {key: number(each) for key, each in given.items()}
    bounds = Bounds(found.get("min"), found.get("max"))
    if bounds.low is not None and bounds.high is not None and bounds.low > bounds.high:
        raise illegal_argument(
            f"[{name}.min][{as_text(bounds.low)}] cannot be greater than "
            f"[{name}.max][{as_text(bounds.high)}] for histogram aggregation [{aggregation}]"
        )
    return bounds


def check(extended: Bounds, hard: Bounds) -> None:
    """Refuse bounds that buckets must reach and may not. Raises `ElasticsearchError`."""
    if not all(map(hard.have, extended.both)):
        raise illegal_argument(
            f"Extended bounds have to be inside hard bounds, hard bounds: [{_shown(hard)}], "
            f"extended bounds: [{_shown(extended)}]"
        )


def _shown(bounds: Bounds) -> str:
    return "--".join("" if each is None else as_text(each) for each in (bounds.low, bounds.high))
