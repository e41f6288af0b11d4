"""Answers as they leave: `filter_path`, `pretty`, and the headers that every answer has."""

from __future__ import annotations

from mockkibana.elasticsearch import media_types
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.filtering import filter_path
from mockkibana.elasticsearch.parameters import Parameters
from mockkibana.json import Encoded, Json, dumps
from mockkibana.routing import Answer

PRODUCT = {"X-elastic-product": "Elasticsearch"}

_FORMATS = (None, "", "json", "application/json")


def render(answer: Answer, parameters: Parameters, content_type: str) -> Answer:
    """Return the answer as it leaves, `content_type` being that of JSON."""
    text = parameters.text("format")
    if text not in _FORMATS:
        raise illegal_argument(f"this mock does not support [format={text}], only [json]")
    body = answer.body
    if body is None or isinstance(body, str):
        kind = media_types.TEXT
    else:
        kind = content_type
        patterns = parameters.text("filter_path")
        pretty = parameters.flag("pretty")
        if patterns or pretty:
            value = body.value() if isinstance(body, Encoded) else body
            body = filter_path(value, patterns) if patterns else value
            if pretty:
                body = pretty_text(body) + "\n"
    return Answer(answer.status, body, {**PRODUCT, "content-type": kind, **answer.headers})


def pretty_text(value: Json, indent: str = "\n") -> str:
    """Write a value as Elasticsearch's `pretty` does: ` : ` and two spaces, `{ }` when empty."""
    inner = indent + "  "
    if isinstance(value, dict):
        if not value:
            return "{ }"
        entries = (f"{dumps(name)} : {pretty_text(item, inner)}" for name, item in value.items())
        return "{" + inner + f",{inner}".join(entries) + indent + "}"
    if isinstance(value, list):
        if not value:
            return "[ ]"
        items = (pretty_text(item, inner) for item in value)
        return "[" + inner + f",{inner}".join(items) + indent + "]"
    return dumps(value)
