"""What a fault rule applies to: a face or a backend, a path, a connector, values of a body."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from mockkibana.faults.facts import CallFacts, Facts
from mockkibana.json import Json
from mockkibana.wildcards import Test, Wild, signs, wildcard

_PLACE = re.compile(r"\*|\{[^{}/]*\}")
_ABSENT = object()


@dataclass(frozen=True)
class Match:
    """Every part that is given must fit; without any, every call that arrives does.

    With `backend` it is about requests that runs send there, else about calls that arrive. In
    `path` a `*` stands for any text, and `{name}` for one segment. `body` holds values by dotted
    key (`params.subAction`, `0.host`); an own key with dots in it goes first.
    """

    face: str | None = None
    backend: str | None = None
    method: str | None = None
    path: str | None = None
    space: str | None = None
    connector: str | None = None
    connector_type: str | None = None
    body: dict[str, Json] = field(default_factory=dict)

    def holds(self, facts: Facts) -> bool:
        """Tell whether a request is one of those."""
        if isinstance(facts, CallFacts):
            if self.backend is not None or self.face not in (None, facts.face):
                return False
        elif self.backend != facts.backend:
            return False
        return (
            self.method in (None, facts.method)
            and self.space in (None, facts.space)
            and self.connector in (None, facts.connector_id)
            and self.connector_type in (None, facts.connector_type_id)
            and (self.path is None or self.holds_path(facts.path.partition("?")[0]))
            and (not self.body or self._in_body(facts.value))
        )

    def holds_path(self, path: str) -> bool:
        """Tell whether a path, without its query, is one of those."""
        return self._test(path)

    @cached_property
    def _test(self) -> Test:
        assert self.path is not None  # noqa: S101 - asked only where there is one
        return path_test(self.path)

    def _in_body(self, body: Json) -> bool:
        return all(same(_at(body, key), value) for key, value in self.body.items())


def path_test(pattern: str) -> Test:
    """Return a test whether a path fits one with `*` and `{name}` in it."""
    fixed, places = _PLACE.split(pattern), _PLACE.findall(pattern)
    if places.count("*") == len(places):
        return wildcard(pattern)
    wild = [Wild.ANY if place == "*" else Wild.SEGMENT for place in places]
    return signs([fixed[0], *chain.from_iterable(zip(wild, fixed[1:], strict=True))])


def _at(value: Json, key: str) -> Json:
    if isinstance(value, dict) and key in value:
        return value[key]
    head, dot, rest = key.partition(".")
    inner = _ABSENT
    if isinstance(value, dict):
        inner = value.get(head, _ABSENT)
    elif isinstance(value, list) and head.isdecimal() and len(head) < 10 and int(head) < len(value):
        inner = value[int(head)]
    return _at(inner, rest) if dot else inner


def same(one: Json, other: Json) -> bool:
    """Tell whether two JSON values are equal; to Python `true` is 1, to JSON it is not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
