"""The APIs that search and count."""

from __future__ import annotations

from mockkibana.budget import Budget
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.rest_request import (
    RestRequest,
    RestRoute,
)
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.elasticsearch.search import execution, query_parser, search
from mockkibana.elasticsearch.search.hits import Shard
from mockkibana.elasticsearch.search.queries.compound import Bool
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.queries.query import Query, QueryContext
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.security.authorization import SEARCH
from mockkibana.http.messages import Answer
from mockkibana.json import Json, dumps


def search_documents(request: RestRequest) -> Answer:
    """Search the documents of some indices, or of all."""
    request.parameters.check_time("timeout")
    context = context_of(request)
    wanted = search.read(request.body, request.parameters, request.source_filter(), context)
    expression = request.expression()
    cluster = request.authorized_cluster()
    start = cluster.installation.clock.milliseconds()
    indices = cluster.resolve(expression, **request.indices_options())
    shards = shards_of(cluster, expression, indices, wanted.query, context)
    return Answer(200, execution.answer(wanted, shards, cluster.took(start)))


def context_of(request: RestRequest) -> QueryContext:
    """Return what the queries of a request are parsed with."""

    def fetch(index: str, id_: str) -> dict[str, Json] | None:
        request.authorize_names(index)
        document = request.cluster.get_document(index, id_)
        return None if document is None else document.source

    return query_parser.context(request.cluster.installation.clock.milliseconds(), fetch)


def count_documents(request: RestRequest) -> Answer:
    """Count the documents of some indices that a query finds."""
    search.refuse_parameters(request.parameters, "min_score", "terminate_after")
    context = context_of(request)
    query = search.read_query(request.body, request.parameters, context)
    expression = request.expression()
    cluster = request.authorized_cluster()
    indices = cluster.resolve(expression, **request.indices_options())
    if query is None and not any(_filter(expression, index, context) for index in indices):
        for index in indices:
            index.require("read")
        number = sum(map(cluster.count, indices))
        shards = [Shard(Segment(index, (), Budget()), All()) for index in indices]
    else:
        shards = shards_of(cluster, expression, indices, query or All(), context)
        number = execution.count(shards)
    return Answer(200, {"count": number, "_shards": execution.shards_body(shards)})


def shards_of(
    cluster: Cluster, expression: str, indices: list[Index], query: Query, context: QueryContext
) -> list[Shard]:
    """Return what a query is run in: each index, with the filters of the aliases that name it."""
    shards = []
    budget = Budget()
    for index in indices:
        index.require("read")
        limit = _filter(expression, index, context)
        limited = Bool(must=(query,), filter=(limit,)) if limit is not None else query
        shards.append(Shard(cluster.segment(index, budget), limited))
    return shards


def _filter(expression: str, index: Index, context: QueryContext) -> Query | None:
    """Return the filter with which an index is searched when it is named by aliases only."""
    names = expression.split(",")
    if index.name in names or any("*" in name or name == "_all" for name in names):
        return None
    filters = []
    for alias in names:
        if alias not in index.aliases:
            continue
        definition = index.aliases[alias].get("filter")
        if definition is None:
            return None
        with located(dumps(definition).encode(), definition):
            filters.append(query_parser.parse(definition, (), context))
    return Bool(should=tuple(filters)) if filters else None


ROUTES = (
    RestRoute("GET POST", "/_search", search_documents, SEARCH, takes_body=True),
    RestRoute("GET POST", "/{index}/_search", search_documents, SEARCH, takes_body=True),
    RestRoute("GET POST", "/_count", count_documents, SEARCH, takes_body=True),
    RestRoute("GET POST", "/{index}/_count", count_documents, SEARCH, takes_body=True),
)
