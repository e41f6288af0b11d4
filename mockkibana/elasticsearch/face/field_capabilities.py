"""The API that tells which fields indices have, and what these can do."""

from __future__ import annotations

from typing import Any

from mockkibana.elasticsearch.errors import illegal_argument, validation_failed
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.searching import context_of, shards_of
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search import execution, query_parser
from mockkibana.elasticsearch.search.terms import is_indexed
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.wildcards import wildcard

_KEYS = {"fields": "strings", "index_filter": "object", "runtime_mappings": "object"}
# Guess: the more frequent of them, which a node lists by itself.
_METADATA = {"_id": "_id", "_index": "_index", "_source": "_source", "_routing": "_routing"}
_FAMILIES = {
    "constant_keyword": "keyword",
    "match_only_text": "text",
    "wildcard": "keyword",
    "pattern_text": "text",
}
_NOT_SUMMED = frozenset({"text", "match_only_text", "object", "nested", "annotated_text"})

Capabilities = dict[str, dict[str, dict[str, list[str]]]]
"""By the name of a field, by its type: which indices can search and which can sum it up."""


def field_capabilities(request: RestRequest) -> Answer:
    """Answer the fields that a list of names and wildcards means, by their types."""
    body = request.object()
    with located(request.body, body):
        read = fields("field_caps_request", _KEYS, body, ())
    if read.get("runtime_mappings"):
        raise illegal_argument("this mock does not support [runtime_mappings]")
    asked = request.parameters.names("fields") or tuple(read.get("fields", ()))
    if not asked:
        raise validation_failed(["no fields specified"])
    indices = request.indices()
    if "index_filter" in read:
        indices = _filtered(request, indices, read["index_filter"], body)
    tests = [wildcard(part) for name in asked for part in name.split(",")]
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for index in indices:
        for name, field in index.mapping.fields.items():
            if any(test(name) for test in tests):
                _note(found, index.name, name, field)
        for name in _METADATA:
            if any(test(name) for test in tests):
                is_id = name in ("_id", "_index")
                _add(found, index.name, name, _METADATA[name], is_id, name == "_index", True)
    unmapped = request.parameters.flag("include_unmapped")
    names = [index.name for index in indices]
    return Answer(
        200,
        {
            "indices": sorted(names),
            "fields": {
                name: _shown(types, names, unmapped=unmapped)
                for name, types in sorted(found.items())
            },
        },
    )


def _filtered(
    request: RestRequest, indices: list[Index], definition: Json, body: dict[str, Json]
) -> list[Index]:
    """Return the indices with a document that a query finds."""
    context = context_of(request)
    with located(request.body, body):
        query = query_parser.parse(definition, ("index_filter",), context)
    shards = shards_of(request.cluster, request.expression(), indices, query, context)
    return [shard.index for shard in shards if execution.count([shard])]


def _note(found: dict[str, Any], index: str, name: str, field: Any) -> None:
    if not isinstance(field, Leaf):
        kind = "nested" if getattr(field, "type", "") == "nested" else "object"
        _add(found, index, name, kind, False, False, False)
        return
    kind = _FAMILIES.get(field.type, field.type)
    has_values = field.definition.get("doc_values") not in (False, "false")
    sums = has_values and field.type not in _NOT_SUMMED
    if field.type == "text":
        sums = field.definition.get("fielddata") in (True, "true")
    _add(found, index, name, kind, is_indexed(field) or has_values, sums, False)


def _add(
    found: dict[str, Any],
    index: str,
    name: str,
    kind: str,
    searchable: bool,
    aggregatable: bool,
    metadata: bool,
) -> None:
    told = found.setdefault(name, {}).setdefault(
        kind, {"metadata_field": metadata, "searchable": [], "aggregatable": [], "indices": []}
    )
    told["indices"].append(index)
    if searchable:
        told["searchable"].append(index)
    if aggregatable:
        told["aggregatable"].append(index)


def _shown(types: dict[str, Any], indices: list[str], *, unmapped: bool) -> dict[str, Json]:
    """Return the capabilities of a field; indices are named where the field differs in them."""
    mapped = {index for told in types.values() for index in told["indices"]}
    missing = [index for index in indices if index not in mapped]
    several = len(types) > 1 or (unmapped and bool(missing))
    shown = {}
    for kind, told in types.items():
        body: dict[str, Json] = {
            "type": kind,
            "metadata_field": told["metadata_field"],
            "searchable": told["searchable"] == told["indices"],
            "aggregatable": told["aggregatable"] == told["indices"],
        }
        if several:
            body["indices"] = sorted(told["indices"])
        for ability in ("searchable", "aggregatable"):
            if 0 < len(told[ability]) < len(told["indices"]):
                body[f"non_{ability}_indices"] = sorted({*told["indices"]} - {*told[ability]})
        shown[kind] = body
    if unmapped and missing:
        none = {"metadata_field": False, "searchable": False, "aggregatable": False}
        shown["unmapped"] = {"type": "unmapped", **none, "indices": sorted(missing)}
    return shown
