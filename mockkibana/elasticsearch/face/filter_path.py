"""The parameter `filter_path`: the parts of an answer that it leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mockkibana.json import Json
from mockkibana.wildcards import Test, wildcard

_ANY = "**"
# Of an answer that has so many kinds of places, what was found out is of no use again.
_REMEMBERED = 1000


def filter_path(value: Json, text: str) -> Json:
    """Return the parts of an answer that `filter_path` names; `{}` when there are none.

    `text` is a comma list of dotted patterns: `*` is any part of one name, `**` any number of
    names, a leading `-` excludes.
    """
    patterns = [pattern.strip() for pattern in text.split(",") if pattern.strip()]
    included = [_split(pattern) for pattern in patterns if not pattern.startswith("-")]
    excluded = [_split(pattern[1:]) for pattern in patterns if pattern.startswith("-")]
    if included:
        value = _include(value, _Patterns(included).start)
    if excluded:
        value = _exclude(value, _Patterns(excluded).start)
    return value


def _split(pattern: str) -> list[str]:
    parts = [part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", pattern)]
    # Any number of names twice in a row are any number of names.
    return [
        part
        for part, before in zip(parts, ["", *parts], strict=False)
        if not part == before == _ANY
    ]


class _Patterns:
    """The parts of all patterns in a row, each pattern with None at its end."""

    def __init__(self, patterns: list[list[str]]) -> None:
        self.parts: list[str | None] = []
        starts = []
        for pattern in patterns:
            starts.append(len(self.parts))
            self.parts += (*pattern, None)
        self._known: dict[frozenset[int], _Place] = {}
        self.start = self.place(starts)

    def place(self, numbers: Iterable[int]) -> _Place:
        """Return the place in an answer behind which these parts are to come."""
        key = frozenset(numbers)
        if (place := self._known.get(key)) is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            place = self._known[key] = _Place(self, key)
        return place


class _Place:
    """A place in an answer, by the parts of patterns that are to come: many places are alike."""

    def __init__(self, patterns: _Patterns, numbers: frozenset[int]) -> None:
        self._patterns = patterns
        self._stays: list[int] = []
        self._exact: dict[str, list[int]] = {}
        self._wild: list[tuple[Test, int]] = []
        self._takes_all = False
        self._behind: dict[str, _Place | None] = {}
        for number in numbers:
            part, following = patterns.parts[number : number + 2]
            assert part is not None  # noqa: S101 - a pattern that is at its end has matched
            if part == _ANY:
                self._stays.append(number)
                self._takes_all |= following is None
                part, number = following, number + 1
            if part is not None and "*" in part:
                self._wild.append((wildcard(part), number + 1))
            elif part is not None:
                self._exact.setdefault(part, []).append(number + 1)

    def behind(self, name: str) -> _Place | None:
        """Return the place behind a name; None where a pattern has matched."""
        if self._takes_all:
            return None
        try:
            return self._behind[name]
        except KeyError:
            pass
        numbers = [*self._stays, *self._exact.get(name, ())]
        numbers += (number for matches, number in self._wild if matches(name))
        has_matched = any(self._patterns.parts[number] is None for number in numbers)
        place = None if has_matched else self._patterns.place(numbers)
        if len(self._behind) < _REMEMBERED:
            self._behind[name] = place
        return place

    def __bool__(self) -> bool:
        return bool(self._stays or self._exact or self._wild)


def _include(value: Json, place: _Place) -> Json:
    if isinstance(value, list):
        parts = [_include(item, place) for item in value if isinstance(item, (dict, list))]
        return [part for part in parts if part]
    kept = {}
    for name, item in value.items():
        behind = place.behind(name)
        if behind is None:
            kept[name] = item
        elif behind and isinstance(item, (dict, list)) and (part := _include(item, behind)):
            kept[name] = part
    return kept


def _exclude(value: Json, place: _Place) -> Json:
    if isinstance(value, list):
        parts = [
            _exclude(item, place) if isinstance(item, (dict, list)) else item for item in value
        ]
        return [part for part in parts if part not in ({}, [])]
    kept = {}
    for name, item in value.items():
        behind = place.behind(name)
        if behind is None:
            continue
        if behind and isinstance(item, (dict, list)):
            item = _exclude(item, behind)
            if not item:
                continue
        kept[name] = item
    return kept
