"""Statistics of indices: how many documents, shards and bytes they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mockkibana.elasticsearch.cluster import nodes
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.json import Json

METRICS = (
    "docs",
    "store",
    "indexing",
    "get",
    "search",
    "merge",
    "refresh",
    "flush",
    "warmer",
    "query_cache",
    "fielddata",
    "completion",
    "segments",
    "translog",
    "request_cache",
    "recovery",
    "bulk",
    "shard_stats",
    "mappings",
    "dense_vector",
    "sparse_vector",
    "suggest",
)

_EMPTY = 249  # bytes of an index of Elasticsearch 8 without documents
_DOCUMENT = 512


@dataclass(frozen=True, slots=True)
class Figures:
    """What there is to count of an index: documents, bytes, and writes so far."""

    documents: int
    size: int
    operations: int


def size(documents: int) -> int:
    """Return how many bytes an index of that many documents is said to have."""
    # Guess: nobody can tell what a real one needs, so it is a round number for each document.
    return _EMPTY + _DOCUMENT * documents


def shards(indices: Iterable[Index]) -> dict[str, int]:
    """Return the `_shards` of an answer about whole indices, replicas among them."""
    indices = list(indices)
    return {
        "total": sum(index.shards * index.copies for index in indices),
        "successful": sum(index.shards for index in indices),
        "failed": 0,
    }


def stats(
    indices: Sequence[Index],
    figures: Callable[[Index], Figures],
    metrics: Sequence[str],
    level: str,
) -> Json:
    """Return the answer of `GET /{index}/_stats`; `level` is `cluster`, `indices` or `shards`."""
    told = {index.name: _of(index, figures(index), metrics) for index in indices}
    body: dict[str, Json] = {"_shards": shards(indices), "_all": _both(_sum(list(told.values())))}
    if level == "cluster":
        return body
    body["indices"] = {}
    for index in indices:
        shown = {
            "uuid": index.uuid,
            "health": "yellow" if index.copies > 1 else "green",
            "status": "close" if index.is_closed else "open",
            **_both(told[index.name]),
        }
        if level == "shards":
            routing = {"state": "STARTED", "primary": True, "node": nodes.ID}
            shown["shards"] = {"0": [{"routing": routing, **told[index.name]}]}
        body["indices"][index.name] = shown
    return body


def _both(told: dict[str, Json]) -> dict[str, Json]:
    # No replica is anywhere, so the total is what the primaries are.
    return {"primaries": told, "total": told}


def _of(index: Index, figures: Figures, metrics: Sequence[str]) -> dict[str, Json]:
    documents, bytes_, operations = figures.documents, figures.size, figures.operations
    timed = ("total", "total_time_in_millis")
    every: dict[str, Json] = {
        "docs": {"count": documents, "deleted": 0, "total_size_in_bytes": bytes_},
        "store": {
            "size_in_bytes": bytes_,
            "total_data_set_size_in_bytes": bytes_,
            "reserved_in_bytes": 0,
        },
        "indexing": {
            "index_total": operations,
            "index_time_in_millis": 0,
            "index_current": 0,
            "index_failed": 0,
            "delete_total": 0,
            "delete_time_in_millis": 0,
            "delete_current": 0,
            "noop_update_total": 0,
            "is_throttled": False,
            "throttle_time_in_millis": 0,
        },
        "get": {"total": 0, "time_in_millis": 0, "exists_total": 0, "missing_total": 0},
        "search": {"open_contexts": 0, "query_total": 0, "query_time_in_millis": 0},
        "merges": dict.fromkeys(("current", *timed), 0),
        "refresh": dict.fromkeys(timed, 0),
        "flush": dict.fromkeys(timed, 0),
        "warmer": dict.fromkeys(("current", *timed), 0),
        "query_cache": {"memory_size_in_bytes": 0, "total_count": 0, "hit_count": 0},
        "fielddata": {"memory_size_in_bytes": 0, "evictions": 0},
        "completion": {"size_in_bytes": 0},
        "segments": {"count": int(documents > 0), "memory_in_bytes": 0},
        "translog": {"operations": operations, "size_in_bytes": bytes_},
        "request_cache": {"memory_size_in_bytes": 0, "evictions": 0, "hit_count": 0},
        "recovery": {"current_as_source": 0, "current_as_target": 0},
        "bulk": {"total_operations": 0, "total_time_in_millis": 0, "total_size_in_bytes": 0},
        "shard_stats": {"total_count": index.shards},
    }
    if "_all" in metrics:
        return every
    wanted = {"merges" if metric == "merge" else metric for metric in metrics}
    return {name: value for name, value in every.items() if name in wanted}


def _sum(told: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the sums of the numbers at the same places."""
    result: dict[str, Json] = {}
    for one in told:
        for name, value in one.items():
            if isinstance(value, dict):
                result[name] = _sum([result[name], value] if name in result else [value])
            elif isinstance(value, bool):
                result[name] = value
            else:
                result[name] = result.get(name, 0) + value
    return result
