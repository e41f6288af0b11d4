"""The APIs of searches whose answers are kept: each is completed when its id is told."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import resource_not_found
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.search import searched
from mockkibana.elasticsearch.face.searching import context_of
from mockkibana.elasticsearch.json.time_values import milliseconds
from mockkibana.elasticsearch.search import search_request
from mockkibana.http.messages import Answer
from mockkibana.json import Json

_TABLE = "elasticsearch.async_searches"
_FIVE_DAYS = "5d"


def submit(request: RestRequest) -> Answer:
    """Search, and keep the answer if `keep_on_completion` asks for it."""
    parameters = request.parameters
    for name in ("wait_for_completion_timeout", "keep_alive", "timeout"):
        parameters.check_time(name)
    keeps = parameters.flag("keep_on_completion")
    alive = milliseconds(parameters.text("keep_alive") or _FIVE_DAYS, "keep_alive")
    context = context_of(request)
    wanted = search_request.read(request.body, parameters, request.source_filter(), context)
    response = searched(request, wanted, context)
    now = request.cluster.installation.clock.milliseconds()
    body: dict[str, Json] = {
        "is_partial": False,
        "is_running": False,
        "start_time_in_millis": now,
        "expiration_time_in_millis": now + alive,
        "completion_time_in_millis": now,
        "response": response,
    }
    if not keeps:
        return Answer(200, body)
    store = request.cluster.store
    id_ = request.cluster.installation.ids.short("async search")
    with store.transaction() as transaction:
        stored = transaction.documents(_TABLE).items()
        expired = [key for key, record in stored if record["expiration_time_in_millis"] <= now]
        transaction.remove(_TABLE, expired)
        transaction.put(_TABLE, {id_: {**body, "owner": request.owner}})
    return Answer(200, {"id": id_, **body})


def _kept(request: RestRequest) -> dict[str, Json]:
    """Return the stored search of the id, which must be the caller's and not have expired."""
    request.authorized_cluster()
    id_ = request.names["id"]
    found = request.cluster.store.table(_TABLE).row(id_)
    now = request.cluster.installation.clock.milliseconds()
    if (
        found is None
        or found["owner"] != request.owner
        or found["expiration_time_in_millis"] <= now
    ):
        raise resource_not_found(id_)
    return found


def get(request: RestRequest) -> Answer:
    """Answer a search that is kept, and keep it longer where `keep_alive` asks for it."""
    found = {key: value for key, value in _kept(request).items() if key != "owner"}
    if (text := request.parameters.text("keep_alive")) is not None:
        now = request.cluster.installation.clock.milliseconds()
        found["expiration_time_in_millis"] = now + milliseconds(text, "keep_alive")
        with request.cluster.store.transaction() as transaction:
            owned = {**found, "owner": request.owner}
            transaction.put(_TABLE, {request.names["id"]: owned})
    return Answer(200, {"id": request.names["id"], **found})


def status(request: RestRequest) -> Answer:
    """Answer how far a search is: it is completed."""
    found = _kept(request)
    shown = {
        key: value
        for key, value in found.items()
        if key not in ("response", "owner", "completion_time_in_millis")
    }
    return Answer(
        200,
        {
            "id": request.names["id"],
            **shown,
            "completion_time_in_millis": found["completion_time_in_millis"],
            "_shards": found["response"]["_shards"],
            "completion_status": 200,
        },
    )


def delete(request: RestRequest) -> Answer:
    """Let go of a search that is kept."""
    _kept(request)
    with request.cluster.store.transaction() as transaction:
        transaction.remove(_TABLE, [request.names["id"]])
    return Answer(200, {"acknowledged": True})
