"""Hits: what a query has found in each index, put in order, and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import TypeVar

from mockkibana.elasticsearch.documents.documents import PRIMARY_TERM
from mockkibana.elasticsearch.documents.source_filter import SourceFilter
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.mapping.number_fields import float32
from mockkibana.elasticsearch.search.field_terms import Term, comparable
from mockkibana.elasticsearch.search.page import Page
from mockkibana.elasticsearch.search.queries.query import Matches, Query
from mockkibana.elasticsearch.search.scoring import shown
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.search.sorting import Sort, keys, value_of
from mockkibana.json import Json

Keys = dict[int, Term | None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shard:
    """The documents of one index, which are to be searched, and the query for them."""

    segment: Segment
    query: Query

    @property
    def index(self) -> Index:
        """The index that is searched."""
        return self.segment.index


@dataclass(frozen=True, slots=True)
class Part:
    """The documents that were found in one index: their numbers in the segment, and scores.

    Where they are nested objects, `outer` has the documents that they were looked for in.
    """

    segment: Segment
    matches: Matches
    outer: Part | None = None

    def only(self, numbers: Iterable[int]) -> Part:
        """Return the part with fewer documents."""
        matches = self.matches
        return Part(self.segment, {n: matches[n] for n in numbers}, self.outer)


@dataclass(frozen=True, slots=True)
class Hit:
    """One document of a page; `keys` are those of `Page.distinct`."""

    part: Part
    number: int
    keys: tuple[Term | None, ...]

    @property
    def score(self) -> float:
        """How well the document fits, as a 32-bit float."""
        return float32(self.part.matches[self.number])


def on_page(page: Page, parts: Sequence[Part]) -> Sequence[Hit]:
    """Return the hits of a page in their order. Raises `ShardFailure`."""
    hits = [hit for part in parts for hit in first(page, part)]
    return merged(page, hits)


def first(page: Page, part: Part) -> Sequence[Hit]:
    """Return the hits of one index that may get onto the page, in order.

    Raises `ShardFailure`.
    """
    matches = part.matches
    columns = [
        keys(sort, part.segment, matches) for sort in part.segment.budget.each(page.distinct)
    ]
    numbers: Sequence[int] = list(matches)
    if page.after:
        # Imported here, as few searches have it.
        from mockkibana.elasticsearch.search import search_after

        by_sort = dict(zip(page.distinct, columns, strict=True))
        order = [by_sort[sort] for sort in page.sort]
        numbers = search_after.later(page.after, page.sort, part.segment, numbers, order)
    return [
        Hit(part, n, tuple(column[n] for column in columns))
        for n in _first(page, matches, numbers, columns)
    ]


def merged(page: Page, hits: Sequence[Hit]) -> Sequence[Hit]:
    """Put the first hits of all indices in order, and return those of the page."""
    if not page.sort:
        hits = sorted(hits, key=lambda hit: -hit.score)
    for position, sort in reversed(list(enumerate(page.distinct))):
        hits = _sorted(hits, _key_at(position), sort)
    return hits[page.start : page.start + page.size]


def best_of(page: Page, parts: Sequence[Part], hits: Sequence[Hit]) -> Json:
    """Return the `max_score` beside the hits of a page; None where nobody asked for scores."""
    if not hits or not (page.by_score or page.track_scores):
        return None
    return shown(max(max(part.matches.values()) for part in parts if part.matches))


def body(page: Page, parts: Sequence[Part], hits: Sequence[Hit]) -> dict[str, Json]:
    """Return what an answer has of hits within others: all are counted, the page is shown."""
    return {
        "total": {"value": sum(len(part.matches) for part in parts), "relation": "eq"},
        "max_score": best_of(page, parts, hits),
        "hits": show(page, hits),
    }


def _first(
    page: Page, matches: Matches, numbers: Sequence[int], columns: Sequence[Keys]
) -> Sequence[int]:
    end = page.start + page.size
    if not columns:
        # Stable, as `sorted` is: documents with the same score stay in the order of the index.
        return nsmallest(end, numbers, key=lambda n: -matches[n])
    for sort, column in zip(reversed(page.distinct), reversed(columns), strict=True):
        numbers = _sorted(numbers, column.__getitem__, sort)
    return numbers[:end]


def _key_at(position: int) -> Callable[[Hit], Term | None]:
    return lambda hit: hit.keys[position]


def _sorted(items: Sequence[T], key: Callable[[T], Term | None], sort: Sort) -> Sequence[T]:
    """Sort by one key and leave equal items in their order."""
    present = [item for item in items if key(item) is not None]
    absent = [item for item in items if key(item) is None]
    present.sort(key=lambda item: comparable(key(item)), reverse=sort.descending)
    return absent + present if sort.missing == "_first" else present + absent


def show(page: Page, hits: Sequence[Hit]) -> list[Json]:
    """Return the hits of a page as an answer has them."""
    distinct = page.distinct
    numbers = {sort: number for number, sort in enumerate(distinct)}
    places = [numbers[sort] for sort in page.sort]
    return [_shown(hit, page, distinct, places) for hit in hits]


def _shown(
    hit: Hit, page: Page, distinct: Sequence[Sort], places: Sequence[int]
) -> dict[str, Json]:
    """Return a hit; `places` are those of the keys that it shows among the `distinct` ones."""
    segment = hit.part.segment
    index, record = segment.index, segment.records[hit.number]
    body: dict[str, Json] = {"_index": index.name, "_id": segment.ids[hit.number]}
    if segment.scope:
        body["_nested"] = segment.whereabouts(hit.number)
    if page.version:
        body["_version"] = record["_version"]
    if page.seq_no_primary_term:
        body["_seq_no"] = record["_seq_no"]
        body["_primary_term"] = PRIMARY_TERM
    body["_score"] = shown(hit.score) if page.needs_scores else None
    if "_routing" in record:
        body["_routing"] = record["_routing"]
    if page.source is None:
        if not page.stored_fields and not page.script_fields:
            body["_source"] = segment.sources[hit.number]
    elif page.source.wanted:
        body["_source"] = _filtered(page.source, segment, hit.number)
    fields: dict[str, Json] = {}
    if page.patterns:
        from mockkibana.elasticsearch.search import field_values

        fields |= field_values.shown(page.patterns, segment, hit.number)
    for field in page.script_fields:
        fields |= field.value(segment, hit.number, hit.score)
    if fields:
        body["fields"] = fields
    if len(page.sort) > 1 or not page.by_score:
        values = [
            value_of(sort, segment, key) for sort, key in zip(distinct, hit.keys, strict=True)
        ]
        body["sort"] = [values[place] for place in places]
    return body


def _filtered(wanted: SourceFilter, segment: Segment, number: int) -> Json:
    """Return of a source what is wanted; names are full ones, those of nested objects, too."""
    source = segment.sources[number]
    names = segment.scope.split(".") if segment.scope else []
    for name in reversed(names):
        source = {name: source}
    source = wanted.apply(source, segment.index.mapping)
    for name in names:
        source = source.get(name, {})
    return source
