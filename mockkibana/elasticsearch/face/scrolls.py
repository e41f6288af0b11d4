"""The scroll API: all hits of a search, page by page."""

from __future__ import annotations

from dataclasses import replace

from mockkibana.elasticsearch.errors import illegal_argument, validation_failed
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.searching import named_shards
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.search import contexts, execution
from mockkibana.elasticsearch.search.queries.query import QueryContext
from mockkibana.elasticsearch.search.scroll import Scroll
from mockkibana.elasticsearch.search.search import Search
from mockkibana.http.messages import Answer
from mockkibana.json import Json


def started(
    request: RestRequest, wanted: Search, keep_alive: int, context: QueryContext
) -> dict[str, Json]:
    """Return the first page of a search, and keep the others for some milliseconds."""
    cluster = request.cluster
    start = cluster.installation.clock.milliseconds()
    found = execution.run(wanted, named_shards(request, wanted.query, context))
    scroll = Scroll(found)
    id_ = cluster.scrolls.open(scroll, request.owner, keep_alive)
    return {"_scroll_id": id_, **scroll.page(cluster.took(start)), **found.aggregated()}


def next_page(request: RestRequest) -> Answer:
    """Return the next page of a scroll."""
    ids, keep_alive = _asked(request, "scroll_id", "scroll")
    if not ids:
        raise validation_failed(["scrollId is missing"])
    cluster = request.authorized_cluster()
    start = cluster.installation.clock.milliseconds()
    scroll = cluster.scrolls.get(
        ids[0],
        request.owner,
        None if keep_alive is None else contexts.keep_alive(keep_alive, "scroll"),
    )
    if scroll is None:
        raise contexts.missing(cluster.scrolls.number(ids[0]))
    as_int = request.parameters.flag("rest_total_hits_as_int")
    search = scroll.found.search
    if search.total_as_int is not as_int:
        scroll.found = replace(scroll.found, search=replace(search, total_as_int=as_int))
    return Answer(200, {"_scroll_id": ids[0], **scroll.page(cluster.took(start))})


def clear(request: RestRequest) -> Answer:
    """Let go of scrolls, or of all."""
    ids, _ = _asked(request, "scroll_id")
    if not ids:
        raise validation_failed(["no scroll ids specified"])
    kept = request.authorized_cluster().scrolls
    if ids == ["_all"]:
        kept.forget()
        freed = 1  # the nodes are counted, not the scrolls (`ClearScrollController`)
    else:
        freed = kept.close(ids)
    return Answer(200 if freed else 404, {"succeeded": True, "num_freed": freed})


def _asked(request: RestRequest, *known: str) -> tuple[list[str], str | None]:
    """Return the ids that a request names, and how long they are to be kept: the body wins."""
    texts = {name: request.parameters.text(name) for name in known}
    texts["scroll_id"] = request.names.get("scroll_id", texts["scroll_id"])
    given = texts["scroll_id"]
    ids = given.split(",") if given else []
    for name, value in request.object().items():
        if name == "scroll_id" and isinstance(value, (str, list)):
            ids = value if isinstance(value, list) else [value]
            if not all(isinstance(id_, str) for id_ in ids):
                raise illegal_argument("scroll_id array element should only contain scroll_id")
        elif name in known and isinstance(value, str):
            texts[name] = value
        else:
            raise illegal_argument(
                f"Unknown parameter [{name}] in request body or parameter is of the wrong type"
                f"[{bodies.token_of(value)}] "
            )
    return ids, texts.get("scroll")
