"""What the APIs that search have in common: the indices that a request searches."""

from __future__ import annotations

from mockkibana.budget import Budget
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.elasticsearch.search import query_parser
from mockkibana.elasticsearch.search.hits import Shard
from mockkibana.elasticsearch.search.queries.query import Query, QueryContext
from mockkibana.json import Json, dumps


def context_of(request: RestRequest) -> QueryContext:
    """Return what the queries of a request are parsed with."""

    def fetch(index: str, id_: str) -> dict[str, Json] | None:
        request.authorize_names(index)
        document = request.cluster.get_document(index, id_)
        return None if document is None else document.source

    return query_parser.context(request.cluster.installation.clock.milliseconds(), fetch)


def named_shards(request: RestRequest, query: Query, context: QueryContext) -> list[Shard]:
    """Return what a query is to be looked for in: the indices that the request names."""
    expression = request.expression()
    cluster = request.authorized_cluster()
    indices = cluster.resolve(expression, **request.indices_options())
    return shards_of(cluster, expression, indices, query, context)


def shards_of(
    cluster: Cluster, expression: str, indices: list[Index], query: Query, context: QueryContext
) -> list[Shard]:
    """Return what a query is run in: each index, with the filters of the aliases that name it."""
    found = []
    budget = Budget()
    for index in indices:
        index.require("read")
        limit = filter_of(expression, index, context)
        limited = query
        if limit is not None:
            # Imported here and below, as few aliases have filters.
            from mockkibana.elasticsearch.search.queries.compound import Bool

            limited = Bool(must=(query,), filter=(limit,))
        found.append(Shard(cluster.segment(index, budget), limited))
    return found


def filter_of(expression: str, index: Index, context: QueryContext) -> Query | None:
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
    if not filters:
        return None
    from mockkibana.elasticsearch.search.queries.compound import Bool

    return Bool(should=tuple(filters))
