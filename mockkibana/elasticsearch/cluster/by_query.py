"""Writes to all documents that a query finds: to delete, to update and to reindex them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from mockkibana.budget import Budget, OverBudget
from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.search import execution
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.hits import Shard
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster.cluster import Cluster
    from mockkibana.security.identity import Identity

_COUNTED = {"created": "created", "updated": "updated", "deleted": "deleted", "noop": "noops"}


@dataclass(frozen=True, slots=True)
class Found:
    """A document that the query has found, as it was then: the index, the id, and its record."""

    index: str
    id: str
    record: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Selection:
    """The documents that are meant: what to search, and at most how many (`max_docs`).

    A conflict ends the request unless it shall `proceed`; `batch` are written together.
    """

    shards: Sequence[Shard]
    max_docs: int | None = None
    proceed: bool = False
    batch: int = 1000


@dataclass(slots=True)
class Outcome:
    """What a request has done so far; `failures` end it."""

    total: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    batches: int = 0
    conflicts: int = 0
    failures: list[Json] = field(default_factory=list)

    def status(self) -> dict[str, Json]:
        """Return the counters as a task shows them."""
        counts = {key: self.counts.get(key, 0) for key in ("updated", "created", "deleted")}
        return {"total": self.total, **counts, **self._rest()}

    def _rest(self) -> dict[str, Json]:
        return {
            "batches": self.batches,
            "version_conflicts": self.conflicts,
            "noops": self.counts.get("noops", 0),
            "retries": {"bulk": 0, "search": 0},
            "throttled_millis": 0,
            "requests_per_second": -1.0,
            "throttled_until_millis": 0,
        }

    def body(self, took: int, *counted: str) -> dict[str, Json]:
        """Return the answer; of the counters it has those that are `counted`."""
        return {
            "took": took,
            "timed_out": False,
            "total": self.total,
            **{key: self.counts.get(key, 0) for key in counted},
            **self._rest(),
            "failures": self.failures,
        }

    @property
    def http_status(self) -> int:
        """The status of the answer: that of the worst failure."""
        return max((failure["status"] for failure in self.failures), default=200)


def write(
    cluster: Cluster,
    selection: Selection,
    change: Callable[[Found], Action | None],
    *,
    refresh: bool,
    user: Identity | None,
) -> Outcome:
    """Let `change` say for each document what is written, None for nothing; and write it.

    What was written before a failure stays. Raises `ElasticsearchError` where the search or a
    script fails.
    """
    budget = Budget()
    outcome = Outcome()
    found = _found(selection, outcome)
    while batch := list(islice(found, selection.batch)):
        outcome.batches += 1
        try:
            actions = [(each, change(each)) for each in budget.each(batch)]
        except OverBudget:
            raise execution.timed_out(selection.shards[0].index) from None
        _count(outcome, "noops", sum(action is None for _, action in actions))
        wanted = [action for _, action in actions if action is not None]
        if wanted:
            answer = cluster.bulk(wanted, refresh=refresh, user=user)
            _take(outcome, answer["items"], proceed=selection.proceed)
        if outcome.failures:
            break
    return outcome


def _count(outcome: Outcome, name: str, number: int) -> None:
    if number:
        outcome.counts[name] = outcome.counts.get(name, 0) + number


def _take(outcome: Outcome, items: Sequence[Json], *, proceed: bool) -> None:
    """Count what has become of the actions of a batch."""
    for item in items:
        (result,) = item.values()
        if "error" not in result:
            _count(outcome, _COUNTED.get(result["result"], "noops"), 1)
            continue
        is_conflict = result["status"] == 409
        outcome.conflicts += is_conflict
        if not (is_conflict and proceed):
            failure = {"index": result["_index"], "id": result["_id"], "cause": result["error"]}
            outcome.failures.append({**failure, "status": result["status"]})


def _found(selection: Selection, outcome: Outcome) -> Iterator[Found]:
    """Search, set the total, and return the documents in the order of their indices."""
    numbers: list[tuple[Shard, list[int]]] = []
    left = selection.max_docs
    for shard in selection.shards:
        try:
            matches = sorted(shard.query.run(shard.segment, scored=False))
        except ShardFailure as failure:
            raise execution.all_failed(failure, shard.index) from None
        except OverBudget:
            raise execution.timed_out(shard.index) from None
        if left is not None:
            matches = matches[:left]
            left -= len(matches)
        numbers.append((shard, matches))
    outcome.total = sum(len(matches) for _, matches in numbers)
    return (
        Found(shard.index.name, shard.segment.ids[n], shard.segment.records[n])
        for shard, matches in numbers
        for n in matches
    )
