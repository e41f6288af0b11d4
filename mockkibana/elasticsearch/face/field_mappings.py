"""The API that tells the mapping of single fields."""

from __future__ import annotations

from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.mapping.definitions import render
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.wildcards import wildcard


def get_field_mappings(request: RestRequest) -> Answer:
    """Answer the mapping of the fields that names and wildcards mean, by index."""
    patterns = request.names["fields"].split(",")
    defaults = request.parameters.flag("include_defaults")
    indices = request.indices("metadata_read")
    body = {
        index.name: {"mappings": _fields(index, patterns, defaults=defaults)} for index in indices
    }
    return Answer(200, body)


def _fields(index: Index, patterns: list[str], *, defaults: bool) -> Json:
    found = {}
    for pattern in patterns:
        matches = wildcard(pattern)
        for path, field in index.mapping.fields.items():
            if isinstance(field, Leaf) and matches(path):
                name = path.rpartition(".")[2]
                definition = render(field.definition)
                if defaults and field.type in ("text", "match_only_text"):
                    definition = {"analyzer": "default", **definition}
                found[path] = {"full_name": path, "mapping": {name: definition}}
    return found
