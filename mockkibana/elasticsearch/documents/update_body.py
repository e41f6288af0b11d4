"""The body of an update request."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.positions import locate
from mockkibana.elasticsearch.json.scalars import boolean
from mockkibana.json import Json

FIELDS = (
    "script",
    "scripted_upsert",
    "upsert",
    "doc",
    "doc_as_upsert",
    "detect_noop",
    "_source",
    "if_seq_no",
    "if_primary_term",
)
_OBJECTS = ("doc", "upsert")
_BOOLEANS = ("scripted_upsert", "doc_as_upsert", "detect_noop")


def read_update(raw: bytes, source: Json = None) -> dict[str, Json]:
    """Read the body of an update: `doc`, `upsert`, `doc_as_upsert`, ...

    `source` is the `_source` that the request asks for beside its body; it wins. Raises
    `ElasticsearchError` (`x_content_parse_exception`) for unknown keys and wrong types, as
    `UpdateRequest`'s parser does.
    """
    body = bodies.read(raw)
    if not isinstance(body, dict):
        found = bodies.token_of(body)
        raise _refused("1:1", f"Expected START_OBJECT but was: {found}")
    for name, value in body.items():
        if name not in FIELDS:
            place = locate(raw, body, (name,)).name
            raise _refused(place, f"unknown field [{name}]")
        wrong = (name in _OBJECTS and not isinstance(value, dict)) or (
            name in _BOOLEANS and boolean(value) is None
        )
        if wrong:
            found = bodies.token_of(value)
            place = locate(raw, body, (name,)).start
            raise _refused(place, f"{name} doesn't support values of type: {found}")
    read = {name: boolean(value) if name in _BOOLEANS else value for name, value in body.items()}
    return read if source is None else {**read, "_source": source}


def _refused(place: str, text: str) -> ElasticsearchError:
    return ElasticsearchError(400, "x_content_parse_exception", f"[{place}] [UpdateRequest] {text}")
