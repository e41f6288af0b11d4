"""The body of an update request."""

from __future__ import annotations

from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.json import Json

_FIELDS = {
    "script": "object or string",
    "scripted_upsert": "boolean",
    "upsert": "object",
    "doc": "object",
    "doc_as_upsert": "boolean",
    "detect_noop": "boolean",
    "_source": "filter",
    "if_seq_no": "long",
    "if_primary_term": "long",
}


def read_update(raw: bytes, source: Json = None) -> dict[str, Json]:
    """Read the body of an update: `doc`, `upsert`, `doc_as_upsert`, ...

    `source` is the `_source` that the request asks for beside its body; it wins. Raises
    `ElasticsearchError`.
    """
    body = bodies.read(raw)
    with located(raw, body):
        read = fields("UpdateRequest", _FIELDS, body, ())
    return read if source is None else {**read, "_source": source}
