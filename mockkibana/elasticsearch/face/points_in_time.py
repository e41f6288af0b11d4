"""Points in time: the documents of some indices as they are when one is opened."""

from __future__ import annotations

from mockkibana.budget import Budget
from mockkibana.elasticsearch.errors import illegal_argument, validation_failed
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.searching import context_of, named_shards
from mockkibana.elasticsearch.search import contexts, execution
from mockkibana.elasticsearch.search.hits import Shard
from mockkibana.elasticsearch.search.queries.compound import Bool
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.search import PointInTime, Search
from mockkibana.http.messages import Answer
from mockkibana.json import Json


def open_point_in_time(request: RestRequest) -> Answer:
    """Keep the documents of some indices as they are now."""
    keep_alive = request.parameters.text("keep_alive")
    if keep_alive is None:
        raise validation_failed(["[keep_alive] is not specified"])
    wanted = contexts.keep_alive(keep_alive, "keep_alive")
    shards = named_shards(request, All(), context_of(request))
    id_ = request.authorized_cluster().points_in_time.open(shards, request.owner, wanted)
    return Answer(200, {"id": id_, "_shards": execution.shards_body(shards)})


def close_point_in_time(request: RestRequest) -> Answer:
    """Let go of a point in time."""
    body = request.object()
    id_ = body.get("id")
    if not isinstance(id_, str):
        raise illegal_argument("search context id is not provided")
    freed = request.authorized_cluster().points_in_time.close([id_])
    return Answer(200 if freed else 404, {"succeeded": True, "num_freed": freed})


def searched(request: RestRequest, wanted: Search, point: PointInTime) -> dict[str, Json]:
    """Return the answer of a search of the documents at a point in time."""
    errors = [
        f"[{name}] cannot be used with point in time. Do not specify any {what} with point in time."
        for name, what, given in (
            ("indices", "index", request.index()),
            ("routing", "routing", request.parameters.text("routing")),
            ("preference", "preference", request.parameters.text("preference")),
        )
        if given
    ]
    if errors:
        raise validation_failed(errors)
    cluster = request.authorized_cluster()
    start = cluster.installation.clock.milliseconds()
    keep_alive = point.keep_alive
    kept = cluster.points_in_time.get(
        point.id,
        request.owner,
        None if keep_alive is None else contexts.keep_alive(keep_alive, "keep_alive"),
    )
    if kept is None:
        raise contexts.missing(cluster.points_in_time.number(point.id))
    budget = Budget()
    shards = [
        Shard(
            shard.segment.within(budget, place),
            wanted.query
            if isinstance(shard.query, All)
            else Bool(must=(wanted.query,), filter=(shard.query,)),
        )
        for place, shard in enumerate(kept)
    ]
    return {"pit_id": point.id, **execution.answer(wanted, shards, cluster.took(start))}
