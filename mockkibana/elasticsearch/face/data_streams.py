"""The APIs about data streams."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.rest_request import RestRequest, RestRoute
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping import dates
from mockkibana.http.messages import Answer


def create_data_stream(request: RestRequest) -> Answer:
    """Create a data stream of the template that fits with its name."""
    request.check_timeouts()
    name = request.names["name"]
    request.authorize_names(name)
    request.authorized_cluster().data_streams.create(name)
    return Answer(200, ACKNOWLEDGED)


def get_data_streams(request: RestRequest) -> Answer:
    """Answer data streams: all, or those that names and wildcards mean."""
    name = request.names.get("name", "*")
    found = request.authorized_cluster().data_streams.describe(name)
    if request.user is not None:
        found = [each for each in found if request.user.allows_index(request.action, each["name"])]
    return Answer(200, {"data_streams": found})


def delete_data_streams(request: RestRequest) -> Answer:
    """Delete data streams with their indices."""
    request.check_timeouts()
    streams = request.authorized_cluster().data_streams
    request.authorize_names(*streams.named(request.names["name"]))
    return Answer(200, streams.delete(request.names["name"]))


def stats(request: RestRequest) -> Answer:
    """Answer how many indices and shards data streams have, and their latest time."""
    cluster = request.authorized_cluster()
    streams = cluster.data_streams.named(request.names.get("name", "*"))
    indices = {
        name: [index for each in record["indices"] for index in cluster.resolve(each)]
        for name, record in streams.items()
    }
    shards = sum(index.shards * index.copies for found in indices.values() for index in found)
    primaries = sum(index.shards for found in indices.values() for index in found)
    sizes = {name: sum(map(cluster.size, found)) for name, found in indices.items()}
    body = {
        "_shards": {"total": shards, "successful": primaries, "failed": 0},
        "data_stream_count": len(streams),
        "backing_indices": sum(map(len, indices.values())),
        "total_store_size_bytes": sum(sizes.values()),
        "data_streams": [
            {
                "data_stream": name,
                "backing_indices": len(found),
                "store_size_bytes": sizes[name],
                "maximum_timestamp": max(
                    (_latest_time(cluster, index) for index in found), default=0
                ),
            }
            for name, found in indices.items()
        ],
    }
    return Answer(200, body)


def _latest_time(cluster: Cluster, index: Index) -> int:
    """Return the latest `@timestamp` in an index, in milliseconds; 0 for none."""
    times = (record["_source"].get("@timestamp") for _, record in cluster.documents(index))
    return max((dates.parse(as_text(time)) or 0 for time in times), default=0)


_ACTION = "indices:admin/data_stream/"
_STATS = "indices:monitor/data_stream/stats"

ROUTES = (
    RestRoute("PUT", "/_data_stream/{name}", create_data_stream, f"{_ACTION}create"),
    RestRoute("DELETE", "/_data_stream/{name}", delete_data_streams, f"{_ACTION}delete"),
    RestRoute("GET", "/_data_stream", get_data_streams, f"{_ACTION}get"),
    RestRoute("GET", "/_data_stream/{name}", get_data_streams, f"{_ACTION}get"),
    RestRoute("GET", "/_data_stream/_stats", stats, _STATS),
    RestRoute("GET", "/_data_stream/{name}/_stats", stats, _STATS),
)
