"""The APIs that copy whole indices, and that tell where their shards are."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster import nodes, resizing, statistics
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.http.messages import Answer
from mockkibana.json import Json

_KEYS = {"settings": "object", "aliases": "object", "max_primary_shard_size": "string"}


def clone(request: RestRequest) -> Answer:
    """Copy an index as it is."""
    return _resize(request, "clone")


def shrink(request: RestRequest) -> Answer:
    """Copy an index into one with fewer shards."""
    return _resize(request, "shrink")


def split(request: RestRequest) -> Answer:
    """Copy an index into one with more shards."""
    return _resize(request, "split")


def _resize(request: RestRequest, kind: str) -> Answer:
    request.check_timeouts()
    body = request.object()
    with located(request.body, body):
        read = fields("resize_index", _KEYS, body, ())
    request.authorize_names(request.names["index"], request.names["target"])
    cluster = request.authorized_cluster()
    source = cluster.catalogue.one(request.names["index"])
    return Answer(200, resizing.resize(cluster, kind, source, request.names["target"], read))


def shard_stores(request: RestRequest) -> Answer:
    """Answer which node has the shards of indices."""
    node = nodes.body()
    wanted = request.parameters.names("status") or ("yellow", "red")
    told = {}
    for index in request.indices():
        status = "yellow" if index.copies > 1 else "green"
        if "all" not in wanted and status not in wanted:
            continue
        store = {nodes.ID: node, "allocation_id": index.uuid, "allocation": "primary"}
        shards = {str(number): {"stores": [store]} for number in range(index.shards)}
        told[index.name] = {"shards": shards}
    return Answer(200, {"indices": told})


def reload_search_analyzers(request: RestRequest) -> Answer:
    """Answer that nothing had to be read again: no analyzer has a file."""
    indices = request.indices()
    details = [
        {"index": index.name, "reloaded_analyzers": [], "reloaded_node_ids": [nodes.ID]}
        for index in indices
    ]
    return Answer(200, {"_shards": statistics.shards(indices), "reload_details": details})


def resolve_cluster(request: RestRequest) -> Answer:
    """Answer that the local cluster, the only one, is there, and has what a name means."""
    version = request.cluster.info()["version"]
    told: dict[str, Json] = {"connected": True, "skip_unavailable": False}
    name = request.names.get("name")
    if name is not None:
        request.names["index"] = name
        told["matching_indices"] = bool(request.indices(expand="all"))
    else:
        request.authorized_cluster()
    keys = (
        *("number", "build_flavor", "minimum_wire_compatibility_version"),
        "minimum_index_compatibility_version",
    )
    told["version"] = {key: version[key] for key in keys}
    return Answer(200, {"(local)": told})


def explain_allocation(request: RestRequest) -> Answer:
    """Answer why a shard is where it is, or nowhere: a replica has no other node."""
    body = request.object()
    cluster = request.authorized_cluster()
    name = body.get("index")
    if name is None:
        unassigned = [index for index in cluster.resolve("") if index.copies > 1]
        if not unassigned:
            raise illegal_argument(
                "No shard was specified in the request which means the response should explain a "
                "randomly-chosen unassigned shard, but there are no unassigned shards in this "
                "cluster. To explain the allocation of an assigned shard you must specify the "
                "target shard in the request."
            )
        index, primary, number = unassigned[0], False, 0
    else:
        request.authorize_names(str(name))
        index = cluster.catalogue.one(str(name))
        primary, number = body.get("primary") is True, body.get("shard", 0)
    if not isinstance(number, int) or not 0 <= number < index.shards:
        raise illegal_argument(f"No shard was specified in the request: shard [{number}]")
    told: dict[str, Json] = {"index": index.name, "shard": number, "primary": primary}
    if primary:
        node = {"id": nodes.ID, "name": nodes.NAME, "transport_address": f"{nodes.IP}:9300"}
        why = "shard cannot be moved: there is no other node"
        state = {"current_state": "started", "current_node": node}
        return Answer(200, {**told, **state, "can_move_to_other_node": "no", "explanation": why})
    why = "cannot allocate because allocation is not permitted to any of the nodes"
    return Answer(
        200,
        {
            **told,
            "current_state": "unassigned",
            "unassigned_info": {"reason": "INDEX_CREATED"},
            "can_allocate": "no",
            "allocate_explanation": why,
        },
    )
