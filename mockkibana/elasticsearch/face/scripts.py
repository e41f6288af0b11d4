"""The APIs about scripts that are kept under an id."""

from __future__ import annotations

from mockkibana.budget import Budget
from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.documents.updates import STORED_SCRIPTS
from mockkibana.elasticsearch.errors import illegal_argument, resource_not_found
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.elasticsearch.scripts import script
from mockkibana.elasticsearch.scripts.values import text
from mockkibana.http.messages import Answer

_KEYS = {"lang": "string", "source": "object or string", "options": "object", "params": "object"}


def put_script(request: RestRequest) -> Answer:
    """Keep a script; one in Painless must compile."""
    request.check_timeouts()
    body = request.object()
    with located(request.required_body(), body):
        read = fields("stored script", {"script": "object"}, body, ())
        kept = fields("script", _KEYS, read.get("script", {}), ("script",))
    if not kept.get("source"):
        raise illegal_argument("must specify source for stored script")
    if not kept.get("lang"):
        raise illegal_argument("must specify lang for stored script")
    if kept["lang"] == "painless":
        script.compiled(str(kept["source"]), script.UPDATE | script.SCORE)
    cluster = request.authorized_cluster()
    with cluster.store.transaction() as transaction:
        kept = {"lang": kept["lang"], "source": kept["source"]}
        transaction.put(STORED_SCRIPTS, {request.names["id"]: kept})
    return Answer(200, ACKNOWLEDGED)


def get_script(request: RestRequest) -> Answer:
    """Answer a script that is kept."""
    id_ = request.names["id"]
    found = request.authorized_cluster().stored_scripts().get(id_)
    if found is None:
        return Answer(404, {"_id": id_, "found": False})
    return Answer(200, {"_id": id_, "found": True, "script": found})


def delete_script(request: RestRequest) -> Answer:
    """Delete a script that is kept."""
    request.check_timeouts()
    id_ = request.names["id"]
    cluster = request.authorized_cluster()
    with cluster.store.transaction() as transaction:
        if transaction.get(STORED_SCRIPTS, id_) is None:
            raise resource_not_found(f"stored script [{id_}] does not exist and cannot be deleted")
        transaction.remove(STORED_SCRIPTS, [id_])
    return Answer(200, ACKNOWLEDGED)


_EXECUTE = {
    "script": "object or string",
    "context": "string",
    "context_setup": "object",
}


def execute(request: RestRequest) -> Answer:
    """Run a script that is given nothing but its parameters, and answer its value as a text."""
    body = request.object()
    with located(request.required_body(), body):
        read = fields("painless_execute_request", _EXECUTE, body, ())
    if read.get("context", "painless_test") != "painless_test" or "context_setup" in read:
        raise illegal_argument("this mock does not support the context of a script")
    cluster = request.authorized_cluster()
    ready = script.read(read.get("script"), frozenset({"params"}), cluster.stored_scripts())
    return Answer(200, {"result": text(ready.run({}, Budget()))})


def languages(request: RestRequest) -> Answer:
    """Answer the languages of scripts, and where those may come from."""
    request.authorized_cluster()
    contexts = ["field", "filter", "ingest", "score", "update"]
    return Answer(
        200,
        {
            "types_allowed": ["inline", "stored"],
            "language_contexts": [{"language": "painless", "contexts": contexts}],
        },
    )
