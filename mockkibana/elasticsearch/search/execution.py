"""Running a search: in each index, and what all of them answer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zlib import crc32

from mockkibana.budget import Budget, OverBudget
from mockkibana.elasticsearch.errors import ElasticsearchError, Error, cause
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.search import hits
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.hits import Hit, Part, Shard
from mockkibana.elasticsearch.search.queries.query import Matches
from mockkibana.elasticsearch.search.search import Search
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.search.aggregations.aggregation import Aggregations

NODE = "bW9ja2tpYmFuYS1ub2RlLQ"  # 22 characters of base64, as every id of a node


def answer(search: Search, shards: Sequence[Shard], took: int) -> dict[str, Json]:
    """Run a search and return its answer.

    Raises `ElasticsearchError` (`search_phase_execution_exception`) when no index can be searched.
    """
    found = run(search, shards)
    return found.body(found.hits, took) | found.aggregated()


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found: `hits` are those of its page, or of a scroll all of them."""

    search: Search
    shards: Sequence[Shard]
    results: Sequence[Result]
    failures: Sequence[Error]
    hits: Sequence[Hit]
    aggregations: dict[str, Json] | None

    def aggregated(self) -> dict[str, Json]:
        """Return what an answer has of the aggregations."""
        return {} if self.aggregations is None else {"aggregations": self.aggregations}

    def body(self, shown: Sequence[Hit], took: int) -> dict[str, Json]:
        """Return the answer that shows some of the hits, without what is aggregated.

        Raises `ElasticsearchError` when what they show cannot be made.
        """
        try:
            return self._body(shown, took)
        except ShardFailure as failure:
            failed = [_failure(failure, shown[0].part.segment.index)]
            raise _all_failed(failed, phase="fetch") from None
        except OverBudget:
            raise timed_out(shown[0].part.segment.index) from None

    def _body(self, shown: Sequence[Hit], took: int) -> dict[str, Json]:
        search, parts = self.search, [result.kept for result in self.results]
        body: dict[str, Json] = {}
        total = sum(len(part.matches) for part in parts)
        if search.total_as_int:
            body["total"] = total if search.tracked is not None else -1
        elif search.tracked is not None:
            more = total > search.tracked
            body["total"] = {
                "value": search.tracked if more else total,
                "relation": "gte" if more else "eq",
            }
        best = hits.best_of(search.page, parts, shown) if self.shards else 0.0
        body["max_score"] = best
        body["hits"] = hits.show(search.page, shown)
        self._add(shown, body["hits"])
        answer: dict[str, Json] = {"took": took, "timed_out": False}
        if search.terminate_after:
            answer["terminated_early"] = any(result.is_cut for result in self.results)
        return answer | {
            "_shards": shards_body(self.shards, self.failures),
            "hits": body,
        }

    def _add(self, shown: Sequence[Hit], bodies: Sequence[dict[str, Json]]) -> None:
        """Add to hits what few searches ask for; imported here therefore."""
        search = self.search
        if search.collapse is not None:
            search.collapse.add([result.kept for result in self.results], shown, bodies)
        if search.highlight is not None:
            for hit, body in zip(shown, bodies, strict=True):
                search.highlight.add(search.query, hit, body)
        if search.named or search.inner_hits:
            _add_queries(search, shown, bodies)
        if search.explain:
            from mockkibana.elasticsearch.search.explaining import explanation

            for hit, body in zip(shown, bodies, strict=True):
                segment = hit.part.segment
                body["_shard"] = f"[{segment.index.name}][0]"
                body["_node"] = NODE
                body["_explanation"] = explanation(search.query, segment, hit.number)


def run(search: Search, shards: Sequence[Shard]) -> Found:
    """Run a search. Raises `ElasticsearchError` when no index can be searched."""
    results: list[Result] = []
    failures: list[Error] = []
    for shard in shards:
        try:
            results.append(_run(search, shard))
        except ShardFailure as failure:
            failures.append(_failure(failure, shard.index))
        except OverBudget:
            raise timed_out(shard.index) from None
    aggregated = None
    if search.aggregations:
        aggregated = _aggregated(search, search.aggregations, results, failures)
    if failures and not results:
        raise _all_failed(failures)
    first = [hit for result in results for hit in result.first]
    page = search.page if search.scroll is None else replace(search.page, size=len(first))
    if search.collapse is None:
        shown = hits.merged(page, first)
    else:
        shown = search.collapse.first(page, [result.kept for result in results])
    return Found(search, shards, results, failures, shown, aggregated)


def _aggregated(
    search: Search, aggregations: Aggregations, results: list[Result], failures: list[Error]
) -> dict[str, Json] | None:
    """Return what the aggregations answer; the indices where they fail are taken out of results."""
    # Imported here, as few searches have any.
    from mockkibana.elasticsearch.search.aggregations.aggregation import Context

    def run(chosen: Sequence[Result]) -> dict[str, Json]:
        def everything() -> Sequence[Part]:
            segments = [result.found.segment for result in chosen]
            return [Part(each, dict.fromkeys(range(len(each)), 1.0)) for each in segments]

        context = Context(everything, search.now)
        found = [result.found for result in chosen]
        return dict(aggregations.results(found, context))

    try:
        try:
            found = run(results)
        except ShardFailure:
            for result in list(results):
                try:
                    run([result])
                except ShardFailure as failure:
                    failures.append(_failure(failure, result.found.segment.index))
                    results.remove(result)
            found = run(results) if results else {}
    except OverBudget:
        raise timed_out(results[0].found.segment.index) from None
    if search.typed_keys:
        from mockkibana.elasticsearch.search.aggregation_parser import typed

        return typed(found)
    return found


def _add_queries(search: Search, found: Sequence[Hit], bodies: Sequence[dict[str, Json]]) -> None:
    """Add to each hit the names of the queries that find it, and its inner hits."""
    # Imported here, as few searches have any.
    from mockkibana.elasticsearch.search import inner_hits

    budget = Budget()  # what is kept for a scroll has one that is over
    fresh = {hit.part.segment: hit.part.segment.within(budget) for hit in found}
    matches: dict[tuple[Segment, str], Matches] = {}
    related: inner_hits.Found = {}
    for hit, body in zip(found, bodies, strict=True):
        segment = fresh[hit.part.segment]
        names = []
        for name, query in search.named:
            key = (segment, name)
            if key not in matches:
                matches[key] = query.run(segment, scored=False)
            if hit.number in matches[key]:
                names.append(name)
        if names:
            body["matched_queries"] = names
        if search.inner_hits:
            inner = inner_hits.of(search.inner_hits, segment, hit.number, related)
            body["inner_hits"] = body.get("inner_hits", {}) | inner


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
            raise all_failed(failure, shard.index) from None
        except OverBudget:
            raise timed_out(shard.index) from None
    return number


def all_failed(failure: ShardFailure, index: Index) -> ElasticsearchError:
    """Return what is told of a search in one index that fails."""
    return _all_failed([_failure(failure, index)])


def timed_out(index: Index) -> ElasticsearchError:
    """Return what a node answers that ran out of time and may not leave out what is missing."""
    failure = ShardFailure("Time exceeded", type="search_timeout_exception")
    return _all_failed([_failure(failure, index)], status=429)  # as `SearchTimeoutException` has it


def _all_failed(
    failures: Sequence[Error], *, status: int = 400, phase: str = "query"
) -> ElasticsearchError:
    reason = failures[0]["reason"]
    extra = {"phase": phase, "grouped": True, "failed_shards": list(failures)}
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


@dataclass(frozen=True, slots=True)
class Result:
    """What one index answers: what the query finds, what a filter leaves, its first hits."""

    found: Part
    kept: Part
    first: Sequence[Hit]
    is_cut: bool = False


def _run(search: Search, shard: Shard) -> Result:
    page = search.page
    _check_window(search, shard.index)
    segment = shard.segment
    scored = page.size > 0 and page.needs_scores
    if search.aggregations is not None:
        scored |= search.aggregations.shows_hits
    matches = shard.query.run(segment, scored=scored or search.min_score is not None)
    if search.min_score is not None:
        matches = {n: score for n, score in matches.items() if score >= search.min_score}
    is_cut = 0 < search.terminate_after <= len(matches)
    if is_cut:
        matches = {n: matches[n] for n in sorted(matches)[: search.terminate_after]}
    if search.slice is not None:
        number, most = search.slice
        ids = segment.ids
        matches = {
            n: score for n, score in matches.items() if crc32(ids[n].encode()) % most == number
        }
    found = kept = Part(segment, matches)
    if search.post_filter is not None:
        wanted = search.post_filter.run(segment, scored=False)
        kept = found.only(number for number in matches if number in wanted)
    if search.scroll is not None:
        page = replace(page, size=len(kept.matches))
    if search.collapse is not None:
        for number in segment.budget.each(kept.matches):
            search.collapse.key(segment, number)  # what cannot be collapsed fails this index
    return Result(found, kept, hits.first(page, kept), is_cut)


def _check_window(search: Search, index: Index) -> None:
    """Refuse pages that are too far away, or too large. Raises `ShardFailure`."""
    window = int(index.settings.get("index.max_result_window", 10_000))
    end = search.page.start + search.page.size
    if end <= window:
        return
    if search.scroll is not None:
        text = (
            f"Batch size is too large, size must be less than or equal to: [{window}] but was "
            f"[{end}]. Scroll batch sizes cost as much memory as result windows so they are "
            "controlled by the [index.max_result_window] index level setting."
        )
    else:
        text = (
            "Result window is too large, from + size must be less than or equal to: "
            f"[{window}] but was [{end}]. See the scroll api for a more "
            "efficient way to request large data sets. This limit can be set by changing the "
            "[index.max_result_window] index level setting."
        )
    raise ShardFailure(text, type="illegal_argument_exception")
