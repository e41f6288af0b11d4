"""The API that copies the documents that a query finds to another index."""

from __future__ import annotations

from dataclasses import replace

from mockkibana.budget import Budget
from mockkibana.elasticsearch.cluster.by_query import Found
from mockkibana.elasticsearch.documents import updates
from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.documents.source_filter import SourceFilter
from mockkibana.elasticsearch.errors import illegal_argument, validation_failed
from mockkibana.elasticsearch.face.by_query import metadata_of, run, script_of, selection_of
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.searching import context_of
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import located, unsupported
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.scripts.script import Script
from mockkibana.elasticsearch.search import query_parser
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.queries.query import Query
from mockkibana.elasticsearch.security.authorization import SEARCH
from mockkibana.http.messages import Answer
from mockkibana.json import Json

_REINDEX = {
    "source": "object",
    "dest": "object",
    "script": "object or string",
    "conflicts": "string",
    "max_docs": "long",
    "size": "long",
}
_SOURCE = {
    "index": "strings",
    "query": "object",
    "size": "long",
    "_source": "filter",
    "sort": "any",
    "slice": "object",
    "remote": "object",
    "runtime_mappings": "object",
}
_DEST = {
    "index": "string",
    "op_type": "string",
    "version_type": "string",
    "routing": "string",
    "pipeline": "string",
}


def reindex(request: RestRequest) -> Answer:
    """Copy the documents that a query finds to another index."""
    raw = request.required_body()
    body = request.object()
    with located(raw, body):
        read = fields("reindex", _REINDEX, body, ())
        source = fields("source", _SOURCE, read.get("source", {}), ("source",))
        dest = fields("dest", _DEST, read.get("dest", {}), ("dest",))
        for key in ("remote", "slice", "sort", "runtime_mappings"):
            if key in source:
                raise unsupported(f"[{key}] in a reindex", ("source", key))
        query: Query = All()
        if "query" in source:
            query = query_parser.parse(source["query"], ("source", "query"), context_of(request))
    names = [part for name in source.get("index", ()) for part in name.split(",")]
    _validate(request, names, dest)
    ready = script_of(request, read)
    wanted = SourceFilter.of(source["_source"]) if "_source" in source else None
    searching = replace(request, action=SEARCH, names={"index": ",".join(names)})
    selection = selection_of(searching, read, query)
    if "size" in source:
        selection = replace(selection, batch=max(1, source["size"]))
    budget = Budget()
    mappings = {shard.index.name: shard.index.mapping for shard in selection.shards}

    def change(found: Found) -> Action | None:
        document = found.record["_source"]
        if wanted is not None:
            document = wanted.apply(document, mappings[found.index])
        return _copied(found, document, dest, ready, budget)

    return run(
        request,
        selection,
        change,
        ("updated", "created", "deleted"),
        f"reindex from [{', '.join(names)}] to [{dest['index']}]",
    )


def _validate(request: RestRequest, names: list[str], dest: dict[str, Json]) -> None:
    if not names:
        raise validation_failed(["use _all if you really want to copy from all existing indexes"])
    if not dest.get("index"):
        raise validation_failed(["index is missing"])
    if dest.get("op_type") not in (None, "index", "create"):
        raise illegal_argument(f"opType must be 'create' or 'index', found: [{dest['op_type']}]")
    routing = dest.get("routing")
    if routing is not None and routing not in ("keep", "discard") and routing[:1] != "=":
        raise validation_failed(["routing must be unset, [keep], [discard] or [=<some new value>]"])
    request.cluster.resolve(",".join(names), **request.indices_options())
    target = request.cluster.catalogue.write_index(request.cluster.named(dest["index"]))
    read_from = request.cluster.resolve(",".join(names), ignore_unavailable=True)
    if target is not None and target.name in {index.name for index in read_from}:
        raise validation_failed(
            [f"reindex cannot write into an index its reading from [{target.name}]"]
        )


def _copied(
    found: Found,
    document: dict[str, Json],
    dest: dict[str, Json],
    ready: Script | None,
    budget: Budget,
) -> Action | None:
    """Return the write of a document to where it is copied."""
    ctx = {**metadata_of(found), "_index": dest["index"], "_source": document, "op": "index"}
    if dest.get("version_type") not in ("external", "external_gte"):
        ctx["_version"] = None
    routing = dest.get("routing", "keep")
    if routing != "keep":
        ctx["_routing"] = None if routing == "discard" else routing[1:]
    if ready is not None:
        ctx = updates.run(ready, document, "index", ctx, budget)
    if ctx["op"] in ("none", "noop"):
        return None
    version = ctx.get("_version")
    is_external = type(version) is int and dest.get("version_type") != "internal"
    kind = dest.get("version_type", "external") if is_external else None
    op = "delete" if ctx["op"] == "delete" else dest.get("op_type", "index")
    return Action(
        op=op,
        index=as_text(ctx["_index"]),
        id=None if ctx["_id"] is None else as_text(ctx["_id"]),
        source=None if op == "delete" else ctx["_source"],
        routing=None if ctx["_routing"] is None else as_text(ctx["_routing"]),
        pipeline=dest.get("pipeline"),
        version=version if is_external and op != "create" else None,
        version_type=kind if op != "create" else None,
    )
