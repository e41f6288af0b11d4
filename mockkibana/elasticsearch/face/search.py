"""The APIs that search and count."""

from __future__ import annotations

from mockkibana.budget import Budget
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.searching import context_of, filter_of, named_shards, shards_of
from mockkibana.elasticsearch.search import execution, search_request
from mockkibana.elasticsearch.search.hits import Shard
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.queries.query import QueryContext
from mockkibana.elasticsearch.search.search import Search
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.http.messages import Answer
from mockkibana.json import Json


def search_documents(request: RestRequest) -> Answer:
    """Search the documents of some indices, or of all."""
    request.parameters.check_time("timeout")
    context = context_of(request)
    wanted = search_request.read(request.body, request.parameters, request.source_filter(), context)
    return Answer(200, searched(request, wanted, context))


def searched(request: RestRequest, wanted: Search, context: QueryContext) -> dict[str, Json]:
    """Return the answer of a search."""
    if wanted.point_in_time is not None:
        # Imported here and below, as few searches have any.
        from mockkibana.elasticsearch.face import points_in_time

        return points_in_time.searched(request, wanted, wanted.point_in_time)
    if wanted.scroll is not None:
        from mockkibana.elasticsearch.face import scrolls

        return scrolls.started(request, wanted, wanted.scroll, context)
    cluster = request.cluster
    start = cluster.installation.clock.milliseconds()
    found = named_shards(request, wanted.query, context)
    return execution.answer(wanted, found, cluster.took(start))


def count_documents(request: RestRequest) -> Answer:
    """Count the documents of some indices that a query finds."""
    search_request.refuse_parameters(request.parameters, "min_score", "terminate_after")
    context = context_of(request)
    query = search_request.read_query(request.body, request.parameters, context)
    expression = request.expression()
    cluster = request.authorized_cluster()
    indices = cluster.resolve(expression, **request.indices_options())
    if query is None and not any(filter_of(expression, index, context) for index in indices):
        for index in indices:
            index.require("read")
        number = sum(map(cluster.count, indices))
        shards = [Shard(Segment(index, (), Budget()), All()) for index in indices]
    else:
        shards = shards_of(cluster, expression, indices, query or All(), context)
        number = execution.count(shards)
    return Answer(200, {"count": number, "_shards": execution.shards_body(shards)})
