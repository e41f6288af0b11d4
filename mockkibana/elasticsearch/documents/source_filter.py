"""The filter `_source`: the parts of a document that a request asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.json.bodies import token_of
from mockkibana.elasticsearch.mapping.mapping import Mapping
from mockkibana.json import Json
from mockkibana.wildcards import Test, wildcard

_REMEMBERED = 10_000


@dataclass(frozen=True)
class SourceFilter:
    """Which parts of a document's source are wanted: patterns in which `*` crosses dots.

    With `exclude_vectors` the values of vector fields are not.
    """

    wanted: bool = True
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    exclude_vectors: bool = False

    @classmethod
    def of(cls, value: Json) -> SourceFilter:
        """Read what a body says: a boolean, a pattern, a list of them, or an object.

        The object has `includes`, `excludes` and `exclude_vectors`, which the clients of 9.x send.
        Raises `ElasticsearchError` (`parsing_exception`).
        """
        if isinstance(value, bool):
            return cls(value)
        if isinstance(value, str):
            return cls(includes=(value,))
        if isinstance(value, list):
            return cls(includes=_patterns(value))
        if not isinstance(value, dict):
            expected = "[VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT]"
            raise _unexpected(f"Expected one of {expected} but found [{token_of(value)}]")
        lists: dict[str, tuple[str, ...]] = {}
        vectors = False
        for name, patterns in value.items():
            if name == "exclude_vectors" and isinstance(patterns, bool):
                vectors = patterns
                continue
            kind = _KINDS.get(name)
            if kind is None:
                raise _unexpected(f"Unknown key for a {token_of(patterns)} in [{name}].")
            lists[kind] = _patterns(patterns if isinstance(patterns, list) else [patterns])
        return cls(True, lists.get("includes", ()), lists.get("excludes", ()), vectors)

    def definition(self) -> Json:
        """Return the filter as a body says it."""
        if not self.includes and not self.excludes and not self.exclude_vectors:
            return self.wanted
        return {
            "includes": list(self.includes),
            "excludes": list(self.excludes),
            "exclude_vectors": self.exclude_vectors,
        }

    def apply(self, source: dict[str, Json], mapping: Mapping) -> dict[str, Json]:
        """Return the wanted parts; the source itself when that is all of it."""
        if self.exclude_vectors:
            excludes = (*self.excludes, *mapping.vectors)
            return SourceFilter(True, self.includes, excludes).apply(source, mapping)
        if not self.includes and not self.excludes:
            return source
        return self._part(source, "", included=not self.includes)

    @cached_property
    def _included(self) -> Test:
        return _any_of(self.includes)

    @cached_property
    def _excluded(self) -> Test:
        return _any_of(self.excludes)

    def _part(self, source: dict[str, Json], prefix: str, *, included: bool) -> dict[str, Json]:
        kept = {}
        for name, value in source.items():
            path = prefix + name
            if self.excludes and self._excluded(path):
                continue
            whole = included or self._included(path)
            part = self._value(value, path, included=whole)
            if whole or part not in (None, {}, []):
                kept[name] = part
        return kept

    def _value(self, value: Json, path: str, *, included: bool) -> Json:
        if isinstance(value, dict):
            return self._part(value, f"{path}.", included=included)
        if isinstance(value, list):
            parts = [self._value(item, path, included=included) for item in value]
            return parts if included else [part for part in parts if part not in (None, {}, [])]
        return value if included else None


_KINDS = {
    "includes": "includes",
    "include": "includes",
    "excludes": "excludes",
    "exclude": "excludes",
}


def _patterns(values: list[Json]) -> tuple[str, ...]:
    for value in values:
        if not isinstance(value, str):
            raise _unexpected(f"Unknown key for a {token_of(value)} in [_source].")
    return tuple(values)


def _unexpected(reason: str) -> ElasticsearchError:
    return ElasticsearchError(400, "parsing_exception", reason)


def _any_of(patterns: tuple[str, ...]) -> Test:
    """Return a test whether a pattern means a path, or an object that the path is within."""
    exact = {pattern for pattern in patterns if "*" not in pattern}
    sizes = set(map(len, exact))
    starred = {pattern for pattern in patterns if "*" in pattern}
    tests = [wildcard(pattern + end) for pattern in starred for end in ("", ".*")]
    known: dict[str, bool] = {}  # the documents of an index have the same paths

    def matches(path: str) -> bool:
        if path in exact:
            return True
        if any(path[size : size + 1] == "." and path[:size] in exact for size in sizes):
            return True
        if not tests:
            return False
        if (answer := known.get(path)) is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            answer = known[path] = any(test(path) for test in tests)
        return answer

    return matches
