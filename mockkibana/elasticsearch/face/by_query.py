"""The APIs that delete and update the documents that a query finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockkibana.budget import Budget
from mockkibana.elasticsearch.cluster import by_query
from mockkibana.elasticsearch.cluster.by_query import Found, Outcome, Selection
from mockkibana.elasticsearch.documents import updates
from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.documents.documents import PRIMARY_TERM
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument, validation_failed
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.searching import context_of, shards_of
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import located, parsing, unsupported
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.scripts import script
from mockkibana.elasticsearch.search import query_parser, search_request
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.queries.query import Query
from mockkibana.elasticsearch.security.authorization import SEARCH
from mockkibana.http.messages import Answer
from mockkibana.json import Json

Change = Callable[[Found], Action | None]

_OWN_KEYS = ("query", "conflicts", "max_docs", "script")


def delete_by_query(request: RestRequest) -> Answer:
    """Delete the documents that a query finds."""
    body, query = _read(request, "query", "conflicts", "max_docs")
    if query is None:
        raise validation_failed(["query is missing"])

    def change(found: Found) -> Action:
        return _action("delete", found)

    return run(request, selection_of(request, body, query), change, ("deleted",))


def update_by_query(request: RestRequest) -> Answer:
    """Write the documents anew that a query finds, perhaps as a script changes them."""
    body, query = _read(request, *_OWN_KEYS)
    pipeline = request.parameters.text("pipeline")
    ready = script_of(request, body)
    budget = Budget()

    def change(found: Found) -> Action | None:
        if ready is None:
            return _action("index", found, source=found.record["_source"], pipeline=pipeline)
        ctx = updates.run(ready, found.record["_source"], "index", metadata_of(found), budget)
        if ctx["op"] in ("none", "noop"):
            return None
        if ctx["op"] == "delete":
            return _action("delete", found)
        return _action("index", found, source=ctx["_source"], pipeline=pipeline)

    selection = selection_of(request, body, query or All())
    return run(request, selection, change, ("updated", "deleted"))


def _read(request: RestRequest, *keys: str) -> tuple[dict[str, Json], Query | None]:
    """Read a body with a query and some other keys."""
    search_request.refuse_parameters(request.parameters, "sort")
    for name in ("timeout", "scroll", "search_timeout"):
        request.parameters.check_time(name)
    body = request.object()
    query = search_request.of_uri(request.parameters, context_of(request))
    with located(request.body, body):
        for key, value in body.items():
            if key in ("sort", "slice"):
                raise unsupported(f"[{key}] in a request by query", (key,))
            if key not in keys:
                text = f"Unknown key for a {bodies.token_of(value)} in [{key}]."
                raise parsing(text, (key,))
            if key == "query" and query is None:
                query = query_parser.parse(value, (key,), context_of(request))
    return body, query


def selection_of(
    request: RestRequest, body: dict[str, Json], query: Query, batch: str = "scroll_size"
) -> Selection:
    """Return the documents that a request means, its body having been read."""
    expression = request.expression()
    if request.user is not None:
        request.authorize_names(*expression.split(","), action=SEARCH)
    cluster = request.authorized_cluster()
    indices = cluster.resolve(expression, **request.indices_options())
    shards = shards_of(cluster, expression, indices, query, context_of(request))
    conflicts = request.parameters.text("conflicts") or body.get("conflicts", "abort")
    size = request.parameters.integer(batch)
    return Selection(
        shards,
        _most(request.parameters.integer("max_docs"), body.get("max_docs")),
        _proceeds(conflicts),
        1000 if size is None or size < 1 else min(size, 10_000),
    )


def _most(*asked: Json) -> int | None:
    """Return how many documents are meant at most, None for all."""
    for value in asked:
        if value is None or value == -1:
            continue
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            raise illegal_argument(f"[max_docs] parameter is no integer [{value}]") from None
        if number < 1:
            raise validation_failed(
                [f"[max_docs] parameter cannot be negative or zero, found [{number}]"]
            )
        return number
    return None


def _proceeds(conflicts: Json) -> bool:
    if conflicts not in ("abort", "proceed"):
        raise illegal_argument(
            f'conflicts may only be "proceed" or "abort" but was [{as_text(conflicts)}]'
        )
    return bool(conflicts == "proceed")


def script_of(request: RestRequest, body: dict[str, Json]) -> script.Script | None:
    """Return the script of a body, if it has one. Raises `ElasticsearchError`."""
    if body.get("script") is None:
        return None
    return script.read(body["script"], script.UPDATE, request.cluster.stored_scripts())


def metadata_of(found: Found) -> dict[str, Json]:
    """Return what a script sees of a document besides its source."""
    return {
        "_index": found.index,
        "_id": found.id,
        "_version": found.record["_version"],
        "_routing": found.record.get("_routing"),
    }


def _action(op: str, found: Found, **more: Any) -> Action:
    """Return a write to a document that must be as it was found."""
    return Action(
        op=op,
        index=found.index,
        id=found.id,
        routing=found.record.get("_routing"),
        if_seq_no=found.record["_seq_no"],
        if_primary_term=PRIMARY_TERM,
        **more,
    )


def run(
    request: RestRequest,
    selection: Selection,
    change: Change,
    counted: tuple[str, ...],
    description: str = "",
) -> Answer:
    """Write, and answer what has become of it, or the task in which it was done."""
    cluster = request.authorized_cluster()
    start = cluster.installation.clock.milliseconds()
    refresh = request.parameters.refresh()
    waits = request.parameters.flag("wait_for_completion", True)
    outcome = Outcome()
    try:
        outcome = by_query.write(cluster, selection, change, refresh=refresh, user=request.user)
        result = {"response": outcome.body(cluster.took(start), *counted)}
    except ElasticsearchError as error:
        if waits:
            raise
        result = {"error": error.body()["error"]}
    if waits:
        return Answer(outcome.http_status, result["response"])
    id_ = cluster.tasks.complete(
        request.action,
        description or f"{request.action.rpartition('/')[2]} {request.expression()}",
        outcome.status(),
        result,
        start=start,
        took=cluster.took(start),
    )
    return Answer(200, {"task": id_})
