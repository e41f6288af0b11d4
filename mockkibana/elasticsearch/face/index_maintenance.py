"""The APIs that open, close and look after indices, and tell of their shards."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster import nodes, statistics
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.http.messages import Answer
from mockkibana.json import Json


def close_indices(request: RestRequest) -> Answer:
    """Close indices: their documents can be neither read nor written."""
    request.check_timeouts()
    indices = request.indices("metadata_write")
    return Answer(200, request.cluster.administration.close(indices))


def open_indices(request: RestRequest) -> Answer:
    """Open indices that are closed."""
    request.check_timeouts()
    indices = request.indices("metadata_write", expand="closed")
    return Answer(200, request.cluster.administration.open(indices))


def refresh(request: RestRequest) -> Answer:
    """Make every write visible to searches."""
    indices = request.indices()
    for index in indices:
        index.require("read")
    request.cluster.make_visible(indices)
    return _shards(indices)


def maintain(request: RestRequest) -> Answer:
    """Answer what concerns files and caches, of which a node of memory has none."""
    return _shards(request.indices())


def _shards(indices: list[Index]) -> Answer:
    return Answer(200, {"_shards": statistics.shards(indices)})


def stats(request: RestRequest) -> Answer:
    """Answer the statistics of indices: what their documents and operations come to."""
    metrics = tuple(request.names.get("metric", "_all").split(","))
    for metric in metrics:
        if metric not in (*statistics.METRICS, "_all"):
            path = "/" + "/".join(filter(None, (request.names.get("index"), "_stats", metric)))
            raise illegal_argument(f"request [{path}] contains unrecognized metric: [{metric}]")
    level = request.parameters.text("level") or "indices"
    if level not in ("cluster", "indices", "shards"):
        raise illegal_argument(
            f"level parameter must be one of [cluster] or [indices] or [shards] but was [{level}]"
        )
    indices = request.indices(expand="open,hidden" if "index" not in request.names else "open")
    return Answer(200, statistics.stats(indices, request.cluster.figures, metrics, level))


def segments(request: RestRequest) -> Answer:
    """Answer the segments of indices: one for each that has documents."""
    indices = request.indices()
    body = {index.name: {"shards": _segments(request, index)} for index in indices}
    return Answer(200, {"_shards": statistics.shards(indices), "indices": body})


def _segments(request: RestRequest, index: Index) -> Json:
    number = request.cluster.count(index)
    routing = {"state": "STARTED", "primary": True, "node": nodes.ID}
    size = request.cluster.size(index)
    segment = {
        "generation": 0,
        "num_docs": number,
        "deleted_docs": 0,
        "size_in_bytes": size,
        "committed": True,
        "search": True,
        "compound": True,
    }
    shard = {
        "routing": routing,
        "num_committed_segments": int(number > 0),
        "num_search_segments": int(number > 0),
        "segments": {"_0": segment} if number else {},
    }
    return {"0": [shard]}


def recovery(request: RestRequest) -> Answer:
    """Answer how the shards of indices came to be: out of nothing."""
    body = {
        index.name: {
            "shards": [
                {
                    "id": shard,
                    "type": "EMPTY_STORE",
                    "stage": "DONE",
                    "primary": True,
                    "start_time_in_millis": index.creation_date,
                    "stop_time_in_millis": index.creation_date,
                    "total_time_in_millis": 0,
                    "source": {},
                    "target": {
                        "id": nodes.ID,
                        "host": nodes.IP,
                        "ip": nodes.IP,
                        "name": nodes.NAME,
                    },
                }
                for shard in range(index.shards)
            ]
        }
        for index in request.indices()
    }
    return Answer(200, body)
