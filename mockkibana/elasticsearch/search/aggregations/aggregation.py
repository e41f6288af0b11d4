"""What every aggregation is: a value that sums up documents, and its parser."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.json import object_parser
from mockkibana.elasticsearch.json.parse_errors import Path
from mockkibana.elasticsearch.search.hits import Part
from mockkibana.elasticsearch.search.queries.query import Matches, Query
from mockkibana.json import Json

#: The documents that an aggregation looks at, of each index.
Parts = Sequence[Part]
Bucket = dict[str, Json]
Key = TypeVar("Key")

MOST_BUCKETS = 65_536  # search.max_buckets


class Result(dict[str, Json]):
    """What an aggregation answers, under its name; `kind` is what `typed_keys` puts before it."""

    __slots__ = ("kind",)

    def __init__(self, kind: str, body: Mapping[str, Json]) -> None:
        super().__init__(body)
        self.kind = kind


class Aggregation(Protocol):
    """An aggregation that is ready to run; a frozen value."""

    @property
    def shows_hits(self) -> bool:
        """Whether it shows documents, so that their scores are wanted."""

    def run(self, parts: Parts, context: Context) -> Result:
        """Sum up documents. Raises `ShardFailure`, `ElasticsearchError`."""


class Metric:
    """An aggregation without buckets."""

    __slots__ = ()
    shows_hits = False


class Sibling(Protocol):
    """A pipeline aggregation that sums up what the aggregations beside it answer."""

    def beside(self, results: Mapping[str, Result]) -> Result:
        """Return the result. Raises `ElasticsearchError`."""


class Parent(Protocol):
    """A pipeline aggregation that works on the buckets that it is in."""

    @property
    def type(self) -> str:
        """The name of its type."""

    @property
    def in_a_row(self) -> bool:
        """Whether it needs buckets that follow each other, as those of a histogram do."""

    def over(self, name: str, buckets: list[Bucket]) -> list[Bucket]:
        """Return the buckets, with what it adds under its name. Raises `ElasticsearchError`."""


@dataclass(frozen=True, slots=True)
class Aggregations:
    """The aggregations at one place of a request, by their names."""

    plain: Mapping[str, Aggregation] = field(default_factory=dict)
    siblings: Mapping[str, Sibling] = field(default_factory=dict)
    parents: Mapping[str, Parent] = field(default_factory=dict)
    meta: Mapping[str, Json] = field(default_factory=dict)
    shows_hits: bool = False

    def __bool__(self) -> bool:
        return bool(self.plain or self.siblings or self.parents)

    def results(self, parts: Parts, context: Context) -> dict[str, Result]:
        """Return what all of them answer for some documents.

        Raises `ShardFailure`, `ElasticsearchError`.
        """
        if not self.plain and not self.siblings:
            return {}
        found = {name: plain.run(parts, context) for name, plain in self.plain.items()}
        for name, sibling in self.siblings.items():
            found[name] = sibling.beside(found)
        for name, meta in self.meta.items():
            if name in found:
                found[name] = Result(found[name].kind, {"meta": meta, **found[name]})
        return found

    def finished(self, buckets: list[Bucket]) -> list[Bucket]:
        """Return the buckets that these are in, as the pipelines among them leave them."""
        for name, parent in self.parents.items():
            buckets = parent.over(name, buckets)
        return buckets


NONE = Aggregations()


@dataclass(frozen=True, slots=True)
class Bucketing:
    """An aggregation with buckets, and what is in each of them."""

    inner: Aggregations

    @property
    def shows_hits(self) -> bool:
        """Whether anything in the buckets shows documents."""
        return self.inner.shows_hits


class Context:
    """What the aggregations of one search share: all documents, and how many buckets there are.

    `everything` returns the documents of all indices of the search, whatever its query finds;
    `now` is the time of the search in milliseconds.
    """

    def __init__(self, everything: Callable[[], Parts], now: int) -> None:
        self.everything = everything
        self.now = now
        self._buckets = 0
        self._found: dict[tuple[int, str, str], tuple[Query, Matches]] = {}

    def matching(self, query: Query, parts: Parts) -> Parts:
        """Return the documents that a query finds among some. Raises `ShardFailure`.

        It looks into each index once, however many buckets ask.
        """
        found = []
        for part in parts:
            segment = part.segment
            key = id(query), segment.index.name, segment.scope
            known = self._found.get(key)
            if known is None:
                known = self._found[key] = query, query.run(segment, scored=False)
            _, matches = known
            found.append(part.only(number for number in part.matches if number in matches))
        return found

    def bucket(self, head: Mapping[str, Json], parts: Parts, inner: Aggregations) -> Bucket:
        """Return a bucket: `head`, the number of its documents, and what it holds.

        Raises `ShardFailure`, `ElasticsearchError`.
        """
        self.count(1)
        return {**head, "doc_count": count(parts), **inner.results(parts, self)}

    def count(self, buckets: int) -> None:
        """Count buckets that are to be made. Raises `too_many_buckets_exception`."""
        self._buckets += buckets
        if self._buckets > MOST_BUCKETS:
            # Guess: a node puts this into a frame of the phase that it happens in.
            raise ElasticsearchError(
                400,
                "too_many_buckets_exception",
                f"Trying to create too many buckets. Must be less than or equal to: "
                f"[{MOST_BUCKETS}] but was [{self._buckets}]. This limit can be set by changing "
                "the [search.max_buckets] cluster level setting.",
                extra={"max_buckets": MOST_BUCKETS},
            )


QueryParser = Callable[[Json, Path], Query]
"""Makes a query of its JSON, to which the path leads. Raises `ParseError`."""


@dataclass(frozen=True, slots=True)
class Definition:
    """An aggregation as a body says it: `type`, its `body`, to which `path` leads, what is in it.

    `query` parses the queries in it.
    """

    name: str
    type: str
    body: dict[str, Json]
    path: Path
    inner: Aggregations
    query: QueryParser

    def fields(self, kinds: Mapping[str, str]) -> dict[str, Json]:
        """Return the keys of the body, whose kinds are those of `object_parser.fields`.

        Raises `ParseError`.
        """
        return object_parser.fields(self.type, kinds, self.body, self.path)


AggregationParser = Callable[[Definition], Aggregation | Sibling | Parent]
"""Makes an aggregation of its definition. Raises `ParseError`."""


def count(parts: Parts) -> int:
    """Return how many documents there are."""
    return sum(len(part.matches) for part in parts)


def grouped(
    parts: Parts, keys: Callable[[Part], Callable[[int], Iterable[Key]]]
) -> dict[Key, list[Part]]:
    """Return the documents by their keys; `keys` gives for each part those of a document.

    A document may have several; it is once under each.
    """
    found: dict[Key, list[Part]] = {}
    for part in parts:
        keys_of = keys(part)
        numbers: dict[Key, list[int]] = {}
        for number in part.segment.budget.each(part.matches):
            for key in keys_of(number):
                group = numbers.get(key)
                if group is None:
                    numbers[key] = [number]
                elif group[-1] != number:
                    group.append(number)
        for key, group in numbers.items():
            found.setdefault(key, []).append(part.only(group))
    return found
