"""Dynamic templates, indexed by what they can match: which is the first that a new field fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from mockkibana.elasticsearch.json import java
from mockkibana.elasticsearch.mapping.unfit import Definition
from mockkibana.wildcards import Test, wildcard

_LONGEST = 8  # characters of a part


class DynamicTemplates:
    """The `dynamic_templates` of a mapping, as they are stored.

    Thousands of new fields and thousands of templates meet in a time that grows with their sum:
    templates are the bits of a number, and patterns are found by a part of what they match.
    """

    def __init__(self, listed: Sequence[Definition] = ()) -> None:
        self.listed = listed

    def mapping_for(self, path: str, name: str, kind: str) -> Definition | None:
        """Return the `mapping` of the first template that fits a field; None where none does.

        `kind` is what `match_mapping_type` calls the type of its value.
        """
        fitting = self._index.fitting(path, name, kind)
        if not fitting:
            return None
        first = (fitting & -fitting).bit_length() - 1
        mapping: Definition = self._index.mappings[first]
        return mapping

    @cached_property
    def _index(self) -> _Index:
        return _Index(self.listed)


class _Index:
    """The mappings of the templates in their order, and which of them ask for what."""

    def __init__(self, listed: Sequence[Definition]) -> None:
        templates = [template for entry in listed for template in entry.values()]
        usable = [template for template in templates if "mapping" in template]
        self.mappings = [template["mapping"] for template in usable]
        self._kinds: defaultdict[str, int] = defaultdict(int)
        self._any_kind = 0
        self._match, self._path_match = _Patterns(), _Patterns()
        self._unmatch, self._path_unmatch = _Patterns(), _Patterns()
        for number, template in enumerate(usable):
            self._add(template, 1 << number)

    def fitting(self, path: str, name: str, kind: str) -> int:
        """Return the templates that fit a field."""
        found = self._kinds.get(kind, 0) | self._any_kind
        found &= self._match.fitting(name) | ~self._match.asking
        found &= self._path_match.fitting(path) | ~self._path_match.asking
        return found & ~self._unmatch.fitting(name) & ~self._path_unmatch.fitting(path)

    def _add(self, template: Definition, bit: int) -> None:
        kinds = _texts(template, "match_mapping_type")
        if not kinds or "*" in kinds:
            self._any_kind |= bit
        for kind in kinds:
            self._kinds[kind] |= bit
        self._match.add(_texts(template, "match"), bit)
        self._path_match.add(_texts(template, "path_match"), bit)
        self._unmatch.add(_texts(template, "unmatch"), bit)
        self._path_unmatch.add(_texts(template, "path_unmatch"), bit)


def _texts(template: Definition, key: str) -> Sequence[str]:
    value = template.get(key, [])
    return list(map(java.text, value if isinstance(value, list) else [value]))


class _Patterns:
    """The patterns of one condition, and the templates that each of them is in."""

    def __init__(self) -> None:
        self.asking = 0  # the templates that have any
        self._templates: dict[str, int] = {}
        self._by_part: defaultdict[str, list[tuple[str, Test]]] = defaultdict(list)
        self._sizes: set[int] = set()

    def add(self, patterns: Sequence[str], bit: int) -> None:
        """Add the patterns of a template, one of which has to fit."""
        for pattern in patterns:
            self.asking |= bit
            if pattern not in self._templates:
                self._templates[pattern] = 0
                part = self._part_of(max(pattern.split("*"), key=len))
                self._by_part[part].append((pattern, wildcard(pattern)))
                self._sizes.add(len(part))
            self._templates[pattern] |= bit

    def fitting(self, text: str) -> int:
        """Return the templates of which a pattern fits a text."""
        found = 0
        parts = {
            text[start : start + size]
            for size in self._sizes
            for start in range(len(text) - size + 1)
        }
        for part in parts & self._by_part.keys():
            for pattern, test in self._by_part[part]:
                if test(text):
                    found |= self._templates[pattern]
        return found

    def _part_of(self, literal: str) -> str:
        """Return what stands in all that fits, and in as few other patterns as can be.

        Many patterns may begin alike, or end alike.
        """
        size = min(len(literal), _LONGEST)
        parts = (literal[start : start + size] for start in range(len(literal) - size + 1))
        return min(parts, key=lambda part: len(self._by_part.get(part, ())))
