"""The APIs that check a query without answering hits, and that list the terms of a field."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster import nodes
from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    illegal_argument,
    index_not_found,
    validation_failed,
)
from mockkibana.elasticsearch.face.detailed_message import detailed_message
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.searching import context_of, named_shards
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.elasticsearch.search import execution, query_parser, search_request
from mockkibana.elasticsearch.search.explaining import explanation
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.hits import Shard
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.queries.query import Query
from mockkibana.http.messages import Answer
from mockkibana.json import Json

_TERMS = {
    "field": "string",
    "string": "string",
    "size": "long",
    "timeout": "string",
    "case_insensitive": "boolean",
    "index_filter": "object",
    "search_after": "string",
}


def validate(request: RestRequest) -> Answer:
    """Answer whether a query can be run, and with `explain` why not.

    What is wrong with the body is told once, what an index has against a query with that index.
    """
    context = context_of(request)
    explained = request.parameters.flag("explain")
    try:
        query = search_request.read_query(request.body, request.parameters, context)
    except ElasticsearchError as failure:
        if "this mock does not" in failure.reason:
            raise  # else it would tell of a query that it is wrong
        is_parsing = failure.type == "parsing_exception"
        text = detailed_message(failure.item()) if is_parsing else failure.reason
        return Answer(200, {"valid": False, **({"error": text} if explained else {})})
    shards = named_shards(request, query or All(), context)
    explanations = [_explanation(shard) for shard in shards]
    count = len(shards)
    body: dict[str, Json] = {
        "_shards": {"total": count, "successful": count, "failed": 0},
        "valid": all(one["valid"] for one in explanations),
    }
    if explained:
        body["explanations"] = explanations
    return Answer(200, body)


def _explanation(shard: Shard) -> dict[str, Json]:
    told: dict[str, Json] = {"index": shard.index.name, "valid": True}
    try:
        execution.count([shard])
    except ElasticsearchError as failure:
        if failure.status == 429:
            return told  # a query that takes too long is a good one
        [failed] = failure.extra["failed_shards"]
        told.update(valid=False, error=detailed_message(failed["reason"]))
    return told


def explain(request: RestRequest) -> Answer:
    """Answer whether a query finds a document, and what its score is made of."""
    context = context_of(request)
    query = search_request.read_query(request.body, request.parameters, context)
    if query is None:
        raise validation_failed(["query is missing"])
    id_ = request.names["id"]
    for shard in named_shards(request, query, context):
        segment = shard.segment
        body: dict[str, Json] = {"_index": shard.index.name, "_id": id_, "matched": False}
        if id_ not in segment.ids:
            return Answer(404, body)
        number = segment.ids.index(id_)
        try:
            body["matched"] = number in shard.query.run(segment, scored=False)
            body["explanation"] = explanation(shard.query, segment, number)
        except ShardFailure as failure:
            raise ElasticsearchError(
                400, failure.type, failure.reason, caused_by=failure.caused_by
            ) from None
        return Answer(200, body)
    raise index_not_found(request.names["index"])


def terms_enum(request: RestRequest) -> Answer:
    """Answer the terms of a keyword field that begin with a text."""
    body = request.object()
    with located(request.required_body(), body):
        read = fields("terms_enum", _TERMS, body, ())
    name = read.get("field")
    if not name:
        raise validation_failed(["field cannot be null"])
    size = read.get("size", 10)
    if not 1 <= size <= 10_000:
        raise validation_failed([f"[size] must be between 1 and 10000, got: {size}"])
    context = context_of(request)
    query: Query = All()
    if "index_filter" in read:
        with located(request.body, body):
            query = query_parser.parse(read["index_filter"], ("index_filter",), context)
    shards = named_shards(request, query, context)
    start, after = read.get("string", ""), read.get("search_after")
    folded = read.get("case_insensitive", False)
    found: set[str] = set()
    for shard in shards:
        if "index_filter" in read and not execution.count([shard]):
            continue
        leaf = shard.segment.leaf(name)
        if leaf is None or leaf.type not in ("keyword", "constant_keyword", "version", "flattened"):
            continue
        for values in shard.segment.terms(leaf):
            found.update(str(term) for term in values if _begins(str(term), start, folded=folded))
    terms = sorted(term for term in found if after is None or term > after)
    count = len(shards)
    return Answer(
        200,
        {
            "_shards": {"total": count, "successful": count, "failed": 0},
            "terms": terms[:size],
            "complete": True,
        },
    )


def _begins(term: str, start: str, *, folded: bool) -> bool:
    return term.lower().startswith(start.lower()) if folded else term.startswith(start)


def search_shards(request: RestRequest) -> Answer:
    """Answer which shards a search would look at: those of the one node."""
    if request.body.strip():
        raise illegal_argument("this mock does not support a body of [_search_shards]")
    indices = request.indices()
    return Answer(
        200,
        {
            "nodes": {nodes.ID: nodes.body()},
            "indices": {
                index.name: {"aliases": sorted(index.aliases)} if index.aliases else {}
                for index in indices
            },
            "shards": [
                [
                    {
                        "state": "STARTED",
                        "primary": True,
                        "node": nodes.ID,
                        "relocating_node": None,
                        "shard": number,
                        "index": index.name,
                        "allocation_id": {"id": index.uuid},
                        "relocation_failure_info": {"failed_attempts": 0},
                    }
                ]
                for index in indices
                for number in range(index.shards)
            ],
        },
    )
