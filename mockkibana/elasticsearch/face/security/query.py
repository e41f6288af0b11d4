"""Searches among users, roles and API keys: `/_security/_query/...`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockkibana.budget import Budget
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.object_parser import unknown
from mockkibana.elasticsearch.json.parameters import Parameters
from mockkibana.elasticsearch.json.parse_errors import as_error
from mockkibana.elasticsearch.mapping.document_parser import Limits
from mockkibana.elasticsearch.mapping.mapping import compile_mapping
from mockkibana.elasticsearch.search import execution, query_parser, search_request
from mockkibana.elasticsearch.search.hits import Shard
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

_KEYS = frozenset({"query", "sort", "from", "size", "search_after"})
_KEYWORD = {"type": "keyword"}
_DATE = {"type": "date", "format": "epoch_millis"}
_FLAG = {"type": "boolean"}
_NO_LIMITS = Limits(fields=1_000, depth=20)
_PROPERTIES: dict[str, dict[str, Json]] = {
    "users": {
        "username": _KEYWORD,
        "roles": _KEYWORD,
        "full_name": {"type": "text"},
        "email": {"type": "text"},
        "enabled": _FLAG,
        "metadata": {"type": "object", "enabled": False},
    },
    "roles": {
        "name": _KEYWORD,
        "description": {"type": "text"},
        "applications": {
            "properties": {
                "application": _KEYWORD,
                "privileges": _KEYWORD,
                "resources": _KEYWORD,
            }
        },
    },
    "api_keys": {
        "id": _KEYWORD,
        "name": _KEYWORD,
        "type": _KEYWORD,
        "creation": _DATE,
        "expiration": _DATE,
        "invalidation": _DATE,
        "invalidated": _FLAG,
        "username": _KEYWORD,
        "realm": _KEYWORD,
    },
}


def answer_query(
    request: RestRequest,
    kind: str,
    rows: Mapping[str, dict[str, Json]],
    show: Callable[[str], Json],
) -> Json:
    """Return the answer of a search in the body: `show` returns an entry by its id.

    `kind` is `users`, `roles` or `api_keys`; `rows` are what is searched. Raises
    `ElasticsearchError`.
    """
    now = request.cluster.installation.clock.milliseconds()
    context = query_parser.context(now, lambda index, id_: None)  # noqa: ARG005
    wanted = search_request.read(_checked(request, kind), Parameters({}), None, context)
    documents = [(id_, {"_source": _indexed(kind, row)}) for id_, row in rows.items()]
    mapping = compile_mapping({"properties": _PROPERTIES[kind], "dynamic": "false"})
    index = Index(
        name=".security-7",
        uuid="_na_",
        creation_date=0,
        settings={"index.number_of_shards": "1"},
        aliases={},
        mapping=mapping,
        limits=_NO_LIMITS,
        copies=1,
    )
    shard = Shard(Segment(index, documents, Budget()), wanted.query)
    found = execution.answer(wanted, [shard], 0)["hits"]
    entries = [
        {**show(hit["_id"]), **({"_sort": hit["sort"]} if "sort" in hit else {})}
        for hit in found["hits"]
    ]
    return {"total": found["total"]["value"], "count": len(entries), kind: entries}


def _checked(request: RestRequest, kind: str) -> bytes:
    """Return the body, without keys that a search elsewhere may have."""
    if not request.body.strip():
        return b""
    body = bodies.read(request.body)
    if isinstance(body, dict):
        parser = f"query_{kind.removesuffix('s')}_request_payload"
        for key in body:
            if key not in _KEYS:
                raise as_error(unknown(parser, sorted(_KEYS), key, (key,)), request.body, body)
    return request.body


def _indexed(kind: str, row: dict[str, Json]) -> dict[str, Json]:
    return {name: row[name] for name in _PROPERTIES[kind] if row.get(name) is not None}
