"""Documents of one field `f` against its mapping."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.mapping import definitions
from mockkibana.elasticsearch.mapping.document_parser import Limits, parse
from mockkibana.elasticsearch.mapping.mapping import compile_mapping
from mockkibana.json import Json


def fit(definition: Json, value: Json) -> Json:
    """Return what a document `{"f": value}` adds to the mapping of a field.

    `definition` may be the name of a type. Raises `ElasticsearchError`.
    """
    field = {"type": definition} if isinstance(definition, str) else definition
    mapping = compile_mapping(definitions.read({"properties": {"f": field}}))
    return parse(mapping, {"f": value}, id="1", raw=None, limits=Limits(1000, 20), routing="1")


def refusal(definition: Json, value: Json) -> tuple[str, str, str]:
    """Return where and how a document is refused, and type and reason of the cause.

    The first is such as `1:6 alone` where the text names the field alone, `1:6 bare` where it
    does not, and `1:6 of 'x'` with the preview of a value.
    """
    with pytest.raises(ElasticsearchError) as caught:
        fit(definition, value)
    error = caught.value
    assert (error.status, error.type) == (400, "document_parsing_exception")
    assert error.caused_by is not None
    kind, inner = error.caused_by["type"], error.caused_by["reason"]
    name = definition if isinstance(definition, str) else definition["type"]
    place, _, reason = error.reason.partition(" ")
    field = f"failed to parse field [f] of type [{name}]"
    preview = f"{field} in document with id '1'. Preview of field's value: "
    frames = {field: "alone", f"failed to parse: {inner}": "bare"}
    frame = frames.get(reason) or f"of {reason.removeprefix(preview)}"
    return f"{place[1:-1]} {frame}", kind, inner
