"""The hits of a search: found in each index, put in order, and shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, TypeVar

from mockkibana.budget import OverBudget
from mockkibana.elasticsearch.documents.documents import PRIMARY_TERM
from mockkibana.elasticsearch.errors import ElasticsearchError, Error, cause
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.mapping.number_fields import float32
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_terms import Term
from mockkibana.elasticsearch.search.queries.query import Matches, Query
from mockkibana.elasticsearch.search.scoring import shown
from mockkibana.elasticsearch.search.search import Search
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.search.sorting import Sort, keys, value_of
from mockkibana.json import Json

NODE = "bW9ja2tpYmFuYS1ub2RlLQ"  # 22 characters of base64, as every id of a node

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
class _Hit:
    segment: Segment
    number: int
    score: float
    keys: tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What one shard contributes: its first hits in order, and what it knows of the others."""

    total: int
    best: float | None
    hits: list[_Hit]


def answer(search: Search, shards: Sequence[Shard], took: int) -> Json:
    """Run a search and return its answer.

    Raises `ElasticsearchError` (`search_phase_execution_exception`) when no index can be searched.
    """
    found: list[_Found] = []
    failures: list[Error] = []
    for shard in shards:
        try:
            found.append(_run(search, shard))
        except ShardFailure as failure:
            failures.append(_failure(failure, shard.index))
        except OverBudget:
            raise _timed_out(shard.index) from None
    if failures and not found:
        raise _all_failed(failures)
    hits = [hit for one in found for hit in one.hits]
    page = _ordered(hits, _distinct(search))[search.start : search.start + search.size]
    best = max((one.best for one in found if one.best is not None), default=None)
    if not shards:
        best = 0.0
    elif not page or not (_by_score(search.sort) or search.track_scores):
        best = None
    body: dict[str, Json] = {}
    total = sum(one.total for one in found)
    if search.total_as_int:
        body["total"] = total if search.tracked is not None else -1
    elif search.tracked is not None:
        more = total > search.tracked
        body["total"] = {
            "value": search.tracked if more else total,
            "relation": "gte" if more else "eq",
        }
    body["max_score"] = None if best is None else shown(best)
    distinct = _distinct(search)
    numbers = {sort: number for number, sort in enumerate(distinct)}
    places = [numbers[sort] for sort in search.sort]
    body["hits"] = [_shown(hit, search, distinct, places) for hit in page]
    return {
        "took": took,
        "timed_out": False,
        "_shards": shards_body(shards, failures),
        "hits": body,
    }


def shards_body(shards: Sequence[Shard], failures: Sequence[Error] = ()) -> dict[str, Json]:
    """Return the `_shards` of an answer that comes from these indices."""
    count = sum(shard.index.shards for shard in shards)
    body: dict[str, Json] = {
        "total": count,
        "successful": count - len(failures),
        "skipped": 0,
        "failed": len(failures),
    }
    if failures:
        body["failures"] = list(failures)
    return body


def count(shards: Sequence[Shard]) -> int:
    """Return how many documents the searches of the shards find.

    Raises `ElasticsearchError` when one of them cannot be searched.
    """
    number = 0
    for shard in shards:
        try:
            number += len(shard.query.run(shard.segment, scored=False))
        except ShardFailure as failure:
            raise _all_failed([_failure(failure, shard.index)]) from None
        except OverBudget:
            raise _timed_out(shard.index) from None
    return number


def _timed_out(index: Index) -> ElasticsearchError:
    """Return what a node answers that ran out of time and may not leave out what is missing."""
    failure = ShardFailure("Time exceeded", type="search_timeout_exception")
    return _all_failed([_failure(failure, index)], status=429)  # as `SearchTimeoutException` has it


def _all_failed(failures: Sequence[Error], *, status: int = 400) -> ElasticsearchError:
    reason = failures[0]["reason"]
    extra = {"phase": "query", "grouped": True, "failed_shards": list(failures)}
    caused_by = None
    if reason["type"] == "illegal_argument_exception":
        # Elasticsearch prints a plain Java exception twice, one inside of the other.
        plain = cause(reason["type"], reason["reason"])
        caused_by = {**plain, "caused_by": plain}
    root = {key: value for key, value in reason.items() if key != "caused_by"}
    return ElasticsearchError(
        status,
        "search_phase_execution_exception",
        "all shards failed",
        extra=extra,
        caused_by=caused_by,
        root_cause=root,
    )


def _failure(failure: ShardFailure, index: Index) -> Error:
    reason: Error = {"type": failure.type, "reason": failure.reason}
    if failure.type == "query_shard_exception":
        reason.update(index_uuid=index.uuid, index=index.name)
    if failure.caused_by is not None:
        reason["caused_by"] = failure.caused_by
    return {"shard": 0, "index": index.name, "node": NODE, "reason": reason}


def _run(search: Search, shard: Shard) -> _Found:
    index = shard.index
    window = int(index.settings.get("index.max_result_window", 10_000))
    if search.start + search.size > window:
        raise ShardFailure(
            "Result window is too large, from + size must be less than or equal to: "
            f"[{window}] but was [{search.start + search.size}]. See the scroll api for a more "
            "efficient way to request large data sets. This limit can be set by changing the "
            "[index.max_result_window] index level setting.",
            type="illegal_argument_exception",
        )
    segment = shard.segment
    scored = search.size > 0 and _needs_scores(search)
    matches = shard.query.run(segment, scored=scored or search.min_score is not None)
    if search.min_score is not None:
        matches = {n: score for n, score in matches.items() if score >= search.min_score}
    if search.post_filter is not None:
        kept = search.post_filter.run(segment, scored=False)
        matches = {n: score for n, score in matches.items() if n in kept}
    sorts = segment.budget.each(_distinct(search))
    columns = [keys(sort, segment, matches) for sort in sorts]
    first = _first(search, matches, columns)
    hits = [
        _Hit(segment, n, float32(matches[n]), tuple(column[n] for column in columns)) for n in first
    ]
    return _Found(len(matches), max(matches.values(), default=None), hits)


def _first(search: Search, matches: Matches, columns: Sequence[Keys]) -> Sequence[int]:
    """Return the documents of a shard that may get onto the page."""
    end = search.start + search.size
    if not columns:
        # Stable, as `sorted` is: documents with the same score stay in the order of the index.
        return nsmallest(end, matches, key=lambda n: -matches[n])
    numbers: Sequence[int] = list(matches)
    for sort, column in zip(reversed(_distinct(search)), reversed(columns), strict=True):
        numbers = _sorted(numbers, column.__getitem__, sort)
    return numbers[:end]


def _distinct(search: Search) -> Sequence[Sort]:
    """Return the keys of the order; one that stands there again decides nothing."""
    return list(dict.fromkeys(search.sort))


def _ordered(hits: Sequence[_Hit], sorts: Sequence[Sort]) -> Sequence[_Hit]:
    """Merge the hits of all shards."""
    if not sorts:
        return sorted(hits, key=lambda hit: -hit.score)
    for position, sort in reversed(list(enumerate(sorts))):
        hits = _sorted(hits, _key_at(position), sort)
    return hits


def _key_at(position: int) -> Callable[[_Hit], Term | None]:
    return lambda hit: hit.keys[position]


def _sorted(items: Sequence[T], key: Callable[[T], Term | None], sort: Sort) -> Sequence[T]:
    """Sort by one key and leave equal items in their order.

    Two indices may map a field to different types: numbers come before texts.
    """

    def comparable(item: T) -> tuple[str, Any]:
        value = key(item)
        return "" if isinstance(value, (int, float)) else type(value).__name__, value

    present = [item for item in items if key(item) is not None]
    absent = [item for item in items if key(item) is None]
    present.sort(key=comparable, reverse=sort.descending)
    return absent + present if sort.missing == "_first" else present + absent


def _needs_scores(search: Search) -> bool:
    by_score = any(sort.field == "_score" for sort in search.sort)
    return not search.sort or search.track_scores or by_score


def _by_score(sorts: Sequence[Sort]) -> bool:
    return not sorts or (sorts[0].field == "_score" and sorts[0].descending)


def _shown(
    hit: _Hit, search: Search, distinct: Sequence[Sort], places: Sequence[int]
) -> dict[str, Json]:
    """Return a hit; `places` are those of the keys that it shows among the `distinct` ones."""
    index, record = hit.segment.index, hit.segment.records[hit.number]
    body: dict[str, Json] = {"_index": index.name, "_id": hit.segment.ids[hit.number]}
    if search.version:
        body["_version"] = record["_version"]
    if search.seq_no_primary_term:
        body["_seq_no"] = record["_seq_no"]
        body["_primary_term"] = PRIMARY_TERM
    body["_score"] = shown(hit.score) if _needs_scores(search) else None
    if "_routing" in record:
        body["_routing"] = record["_routing"]
    if search.source is None:
        body["_source"] = record["_source"]
    elif search.source.wanted:
        body["_source"] = search.source.apply(record["_source"], index.mapping)
    if len(search.sort) > 1 or not _by_score(search.sort):
        values = [
            value_of(sort, hit.segment, key) for sort, key in zip(distinct, hit.keys, strict=True)
        ]
        body["sort"] = [values[place] for place in places]
    return body
