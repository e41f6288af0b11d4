"""The API that tells what names and wildcards mean: indices, aliases and data streams."""

from __future__ import annotations

from typing import Any

from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.wildcards import wildcard


def resolve_index(request: RestRequest) -> Answer:
    """Answer the indices, aliases and data streams that an expression means."""
    request.names["index"] = expression = request.names["name"]
    indices = request.indices()
    tests = [
        wildcard("*" if part == "_all" else part)
        for part in request.cluster.named(expression).split(",")
        if not part.startswith("-")
    ]

    def is_meant(name: str) -> bool:
        return any(test(name) for test in tests)

    aliases: dict[str, list[str]] = {}
    streams: dict[str, None] = {}
    for index in indices:
        for alias in filter(is_meant, index.aliases):
            aliases.setdefault(alias, []).append(index.name)
        if index.data_stream is not None and is_meant(index.data_stream):
            streams[index.data_stream] = None
    return Answer(
        200,
        {
            "indices": [
                _shown(index)
                for index in sorted(indices, key=lambda index: index.name)
                if is_meant(index.name) and not (index.hidden and index.data_stream in streams)
            ],
            "aliases": [
                {"name": name, "indices": sorted(aliases[name])} for name in sorted(aliases)
            ],
            "data_streams": [
                {
                    "name": name,
                    "backing_indices": record["indices"],
                    "timestamp_field": "@timestamp",
                }
                for name in sorted(streams)
                for record in request.cluster.data_streams.named(name).values()
            ],
        },
    )


def _shown(index: Index) -> Json:
    body: dict[str, Any] = {"name": index.name}
    if index.aliases:
        body["aliases"] = sorted(index.aliases)
    attributes = ["closed" if index.is_closed else "open"]
    if index.hidden:
        attributes.insert(0, "hidden")
    body["attributes"] = attributes
    if index.data_stream is not None:
        body["data_stream"] = index.data_stream
    return body
