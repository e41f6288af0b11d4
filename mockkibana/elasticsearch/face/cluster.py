"""The APIs about the whole cluster."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument
from mockkibana.elasticsearch.face.call import Call, Route
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.http.messages import Answer
from mockkibana.json import Json

_HEALTH = frozenset(
    {
        "expand_wildcards",
        "ignore_unavailable",
        "level",
        "local",
        "master_timeout",
        "timeout",
        "wait_for_active_shards",
        "wait_for_events",
        "wait_for_no_initializing_shards",
        "wait_for_no_relocating_shards",
        "wait_for_nodes",
        "wait_for_status",
    }
)
_ACTION = "cluster:monitor/health"
_STATUSES = ("green", "yellow", "red")


def info(call: Call) -> Answer:
    """Answer what the node is."""
    return Answer(200, call.cluster.info())


def health(call: Call) -> Answer:
    """Answer the health of the cluster, or of some indices.

    A single node never becomes green by itself while an index has replicas. Start-up code waits
    for green nevertheless, so who waits for it is told that it is.
    """
    for name in ("timeout", "master_timeout"):
        call.parameters.check_time(name)
    wish = call.parameters.text("wait_for_status")
    if wish is not None and wish not in _STATUSES:
        raise illegal_argument(f"unknown cluster health status [{wish}]")
    try:
        indices = call.cluster.resolve(call.expression(), expand_wildcards="all")
    except ElasticsearchError as error:
        if error.status != 404:
            raise
        return Answer(408, {**_health(call, [], "red"), "timed_out": True})
    status = "green"
    if wish != "green" and any(index.copies > 1 for index in indices):
        status = "yellow"
    body = _health(call, indices, status)
    if call.parameters.text("level") in ("indices", "shards"):
        body["indices"] = {index.name: _index_health(index) for index in indices}
    return Answer(200, body)


def shards_of(indices: list[Index]) -> int:
    """Return the number of primary shards."""
    return sum(int(index.settings.get("index.number_of_shards", "1")) for index in indices)


def _health(call: Call, indices: list[Index], status: str) -> dict[str, Json]:
    primaries = shards_of(indices)
    missing = sum(shards_of([index]) * (index.copies - 1) for index in indices)
    return {
        "cluster_name": call.cluster.info()["cluster_name"],
        "status": status,
        "timed_out": False,
        "number_of_nodes": 1,
        "number_of_data_nodes": 1,
        **_shards(primaries, missing),
        "delayed_unassigned_shards": 0,
        "number_of_pending_tasks": 0,
        "number_of_in_flight_fetch": 0,
        "task_max_waiting_in_queue_millis": 0,
        "active_shards_percent_as_number": (
            100.0 * primaries / (primaries + missing) if primaries else 100.0
        ),
    }


def _shards(primaries: int, missing: int) -> dict[str, int]:
    return {
        "active_primary_shards": primaries,
        "active_shards": primaries,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": missing,
        "unassigned_primary_shards": 0,
    }


def _index_health(index: Index) -> dict[str, Json]:
    primaries, replicas = shards_of([index]), index.copies - 1
    return {
        "status": "yellow" if replicas else "green",
        "number_of_shards": primaries,
        "number_of_replicas": replicas,
        **_shards(primaries, primaries * replicas),
    }


ROUTES = (
    Route("GET HEAD", "/", info, "cluster:monitor/main"),
    Route("GET", "/_cluster/health", health, _ACTION, _HEALTH | {"index"}),
    Route("GET", "/_cluster/health/{index}", health, _ACTION, _HEALTH),
)
