"""The APIs that read and write one document, and bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.documents.documents import Document, DocumentResult
from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    illegal_argument,
    resource_not_found,
    validation_failed,
)
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.json import bodies
from mockkibana.http.messages import Answer
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.documents.source_filter import SourceFilter


def index_document(request: RestRequest) -> Answer:
    """Index or create a document, with an id from the path or one made up."""
    op_type = request.parameters.text("op_type")
    if op_type is None:
        op_type = "index" if "id" in request.names else "create"
    if op_type not in ("index", "create"):
        raise illegal_argument(f"opType must be 'create' or 'index', found: [{op_type}]")
    return _write(request, op_type)


def create_document(request: RestRequest) -> Answer:
    """Create a document that must not exist."""
    return _write(request, "create")


def _write(request: RestRequest, op_type: str) -> Answer:
    parameters = request.parameters
    raw = request.required_body()
    parameters.check_time("timeout")
    cluster = request.authorized_cluster()
    source = bodies.read_source(raw)
    refresh = parameters.refresh()
    action = _action(request, op_type, source=source, raw=raw)
    return _written(
        cluster.write(
            action, refresh=refresh, waits=parameters.waits_for_refresh(), user=request.user
        )
    )


def _action(request: RestRequest, op: str, **found: Any) -> Action:
    """Return a write of one document; what is `found` in the body wins over the parameters."""
    parameters = request.parameters
    asked: dict[str, Any] = {
        "if_seq_no": parameters.integer("if_seq_no", bits=64),
        "if_primary_term": parameters.integer("if_primary_term", bits=64),
        "version": parameters.integer("version", bits=64),
        "version_type": request.version_type(),
        "routing": parameters.text("routing"),
        "pipeline": parameters.text("pipeline"),
        "require_alias": parameters.flag("require_alias"),
    }
    names = request.names
    return Action(op=op, index=names["index"], id=names.get("id"), **{**asked, **found})


def _written(result: DocumentResult) -> Answer:
    headers = {}
    if result.status == 201:
        headers["Location"] = f"/{_quoted(result.index)}/_doc/{_quoted(result.id)}"
    return Answer(result.status, result.body(), headers)


def _quoted(name: str) -> str:
    return quote(name.encode("utf-8", "replace"), safe="")


def found(document: Document, wanted: SourceFilter | None) -> dict[str, Json]:
    """Return the answer for a document, with the wanted parts of its source."""
    body = document.body()
    if wanted is not None:
        if wanted.wanted:
            body["_source"] = wanted.apply(document.source, document.mapping)
        else:
            del body["_source"]
    return body


def get_document(request: RestRequest) -> Answer:
    """Answer a document with its metadata."""
    index, id_ = request.names["index"], request.names["id"]
    request.authorize_names(index)
    document = request.cluster.get_document(index, id_)
    if document is None:
        return Answer(404, {"_index": index, "_id": id_, "found": False})
    _check_version(request, document)
    if request.parameters.names("stored_fields"):
        raise illegal_argument("this mock does not support [stored_fields]")
    return Answer(200, found(document, request.source_filter()))


def _check_version(request: RestRequest, document: Document) -> None:
    version = request.parameters.integer("version", bits=64)
    if version is not None and version != document.version:
        raise ElasticsearchError(
            409,
            "version_conflict_engine_exception",
            f"[{document.id}]: version conflict, current version [{document.version}] is "
            f"different than the one provided [{version}]",
        )


def get_source(request: RestRequest) -> Answer:
    """Answer the bare source of a document."""
    index, id_ = request.names["index"], request.names["id"]
    request.authorize_names(index)
    document = request.cluster.get_document(index, id_)
    if document is None:
        raise resource_not_found(f"Document not found [{index}]/[{id_}]")
    _check_version(request, document)
    wanted = request.source_filter()
    if wanted is None:
        return Answer(200, document.source)
    if not wanted.wanted:
        raise validation_failed(["fetching source can not be disabled"])
    return Answer(200, wanted.apply(document.source, document.mapping))


def delete_document(request: RestRequest) -> Answer:
    """Delete a document."""
    parameters = request.parameters
    parameters.check_time("timeout")
    cluster = request.authorized_cluster()
    refresh = parameters.refresh()
    action = _action(request, "delete")
    return _written(
        cluster.write(
            action, refresh=refresh, waits=parameters.waits_for_refresh(), user=request.user
        )
    )


def update_document(request: RestRequest) -> Answer:
    """Merge a part into a document."""
    parameters = request.parameters
    parameters.check_time("timeout")
    parameters.integer("retry_on_conflict")
    from mockkibana.elasticsearch.documents.update_body import read_update

    body = read_update(request.required_body(), _source_of(request.source_filter()))
    request.authorize_names(request.names["index"])
    refresh = parameters.refresh()
    conditions = {name: body[name] for name in ("if_seq_no", "if_primary_term") if name in body}
    action = _action(request, "update", source=body, **conditions)
    return _written(
        request.cluster.write(
            action, refresh=refresh, waits=parameters.waits_for_refresh(), user=request.user
        )
    )


def _source_of(wanted: SourceFilter | None) -> Json:
    """Return a filter as a body would say it; None for no filter."""
    return None if wanted is None else wanted.definition()
