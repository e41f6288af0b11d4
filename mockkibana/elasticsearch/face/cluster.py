"""The APIs about the whole cluster."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster import nodes
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.http.messages import Answer
from mockkibana.json import Json

_STATUSES = ("green", "yellow", "red")


def info(request: RestRequest) -> Answer:
    """Answer the name and the version of the node."""
    return Answer(200, request.authorized_cluster().info())


def health(request: RestRequest) -> Answer:
    """Answer the health of the cluster, or of some indices.

    A single node never becomes green by itself while an index has replicas. Start-up code waits
    for green nevertheless, so who waits for it is told that it is.
    """
    for name in ("timeout", "master_timeout"):
        request.parameters.check_time(name)
    wish = request.parameters.text("wait_for_status")
    if wish is not None and wish not in _STATUSES:
        raise illegal_argument(f"unknown cluster health status [{wish}]")
    try:
        indices = request.authorized_cluster().resolve(request.expression(), expand_wildcards="all")
    except ElasticsearchError as error:
        if error.status != 404:
            raise
        return Answer(408, {**_health([], "red"), "timed_out": True})
    status = "green"
    if wish != "green" and any(index.copies > 1 for index in indices):
        status = "yellow"
    body = _health(indices, status)
    if request.parameters.text("level") in ("indices", "shards"):
        body["indices"] = {index.name: _index_health(index) for index in indices}
    return Answer(200, body)


def _health(indices: list[Index], status: str) -> dict[str, Json]:
    primaries = sum(index.shards for index in indices)
    missing = sum(index.shards * (index.copies - 1) for index in indices)
    return {
        "cluster_name": nodes.CLUSTER_NAME,
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
    replicas = index.copies - 1
    return {
        "status": "yellow" if replicas else "green",
        "number_of_shards": index.shards,
        "number_of_replicas": replicas,
        **_shards(index.shards, index.shards * replicas),
    }
