"""The APIs about data streams."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.json.time_values import milliseconds
from mockkibana.elasticsearch.mapping import dates
from mockkibana.http.messages import Answer
from mockkibana.json import Json


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


def migrate(request: RestRequest) -> Answer:
    """Make a data stream of an alias."""
    request.check_timeouts()
    request.authorize_names(request.names["name"])
    request.authorized_cluster().data_streams.migrate(request.names["name"])
    return Answer(200, ACKNOWLEDGED)


def modify(request: RestRequest) -> Answer:
    """Add indices to data streams, or remove some."""
    body = request.object()
    with located(request.required_body(), body):
        read = fields("data_stream_actions", {"actions": "array"}, body, ())
    actions = read.get("actions", [])
    if any(type(each) is not dict or [*map(type, each.values())] != [dict] for each in actions):
        raise illegal_argument("Too many operations declared on operation entry")
    names = [str(each.get(key)) for action in actions for each in action.values() for key in _KEYS]
    request.authorize_names(*names)
    request.authorized_cluster().data_streams.modify(actions)
    return Answer(200, ACKNOWLEDGED)


_KEYS = ("data_stream", "index")
_LIFECYCLE = {"data_retention": "string", "enabled": "boolean", "downsampling": "array"}


def put_lifecycle(request: RestRequest) -> Answer:
    """Give data streams a lifecycle, which is kept and told."""
    request.check_timeouts()
    body = request.object()
    with located(request.body, body):
        read = fields("put_data_stream_lifecycle_request", _LIFECYCLE, body, ())
    if "data_retention" in read:
        milliseconds(read["data_retention"], "data_retention")
    return _set_lifecycle(request, {"enabled": True, **read})


def delete_lifecycle(request: RestRequest) -> Answer:
    """Take their lifecycle from data streams."""
    request.check_timeouts()
    return _set_lifecycle(request, None)


def _set_lifecycle(request: RestRequest, lifecycle: Json | None) -> Answer:
    found = _named(request)
    request.authorize_names(*found)
    request.cluster.data_streams.set_lifecycle(found, lifecycle)
    return Answer(200, ACKNOWLEDGED)


def _named(request: RestRequest) -> dict[str, dict[str, Json]]:
    """Return the data streams that a name means, none where it is that of an index."""
    cluster = request.authorized_cluster()
    name = request.names["name"]
    if cluster.catalogue.data_stream(name) is None and cluster.catalogue.exists(name):
        return {}
    return cluster.data_streams.named(name)


def get_lifecycles(request: RestRequest) -> Answer:
    """Answer the lifecycles of data streams."""
    streams = _named(request)
    request.authorize_names(*streams)
    told = [
        {"name": name, **({"lifecycle": each["lifecycle"]} if "lifecycle" in each else {})}
        for name, each in streams.items()
    ]
    return Answer(200, {"data_streams": told})


def lifecycle_stats(request: RestRequest) -> Answer:
    """Answer how many data streams have a lifecycle, and how many indices."""
    streams = request.authorized_cluster().data_streams.named("*").items()
    told = [
        {
            "name": name,
            "backing_indices_in_total": len(record["indices"]),
            "backing_indices_in_error": 0,
        }
        for name, record in streams
        if "lifecycle" in record
    ]
    return Answer(200, {"data_stream_count": len(told), "data_streams": told})


def explain_lifecycle(request: RestRequest) -> Answer:
    """Answer whether the lifecycles of their data streams apply to indices."""
    streams = request.authorized_cluster().data_streams
    told = {}
    for index in request.indices(expand="all"):
        stream = None if index.data_stream is None else streams.named(index.data_stream)
        lifecycle = (stream or {}).get(str(index.data_stream), {}).get("lifecycle")
        managed: dict[str, Json] = {"managed_by_lifecycle": lifecycle is not None}
        if lifecycle is not None:
            managed |= {"index_creation_date_millis": index.creation_date, "lifecycle": lifecycle}
        told[index.name] = {"index": index.name, **managed}
    return Answer(200, {"indices": told})
