"""Answers as they leave: `filter_path`, `pretty`, and the headers that every answer has."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.face import media_types
from mockkibana.elasticsearch.face.filter_path import filter_path
from mockkibana.elasticsearch.json.parameters import Parameters
from mockkibana.http.messages import Answer
from mockkibana.json import Encoded, Json, encode

PRODUCT = {"X-elastic-product": "Elasticsearch"}

_FORMATS = (None, "", "json", "application/json", "text", "txt", "text/plain")


@dataclass(frozen=True, slots=True)
class Form:
    """How answers to a request are written; `content_type` is that of JSON.

    `warnings` are the codes of what a real node would have refused.
    """

    content_type: str = media_types.JSON
    patterns: str = ""
    pretty: bool = False
    warnings: tuple[str, ...] = ()

    def render(self, answer: Answer) -> Answer:
        """Return the answer as it leaves."""
        body = answer.body
        if body is None or isinstance(body, str):
            kind = media_types.TEXT
        else:
            kind = self.content_type
            if self.patterns or self.pretty:
                value = body.value() if isinstance(body, Encoded) else body
                body = filter_path(value, self.patterns) if self.patterns else value
                if self.pretty:
                    body = pretty_text(body) + "\n"
        headers = {**PRODUCT, "content-type": kind, **answer.headers}
        if self.warnings:
            headers["x-mock-warning"] = ", ".join(self.warnings)
        return Answer(answer.status, body, headers)


def form_of(parameters: Parameters, content_type: str, warnings: tuple[str, ...]) -> Form:
    """Return how the answer is to be written. Raises `ElasticsearchError`."""
    text = parameters.text("format")
    if text not in _FORMATS:
        raise illegal_argument(f"this mock does not support [format={text}], only [json]")
    patterns = parameters.text("filter_path") or ""
    return Form(content_type, patterns, parameters.flag("pretty"), warnings)


def pretty_text(value: Json, indent: str = "\n") -> str:
    """Write a value as Elasticsearch's `pretty` does: ` : ` and two spaces, `{ }` when empty."""
    inner = indent + "  "
    if isinstance(value, dict):
        if not value:
            return "{ }"
        entries = (
            f"{encode(name).decode()} : {pretty_text(item, inner)}" for name, item in value.items()
        )
        return "{" + inner + f",{inner}".join(entries) + indent + "}"
    if isinstance(value, list):
        if not value:
            return "[ ]"
        items = (pretty_text(item, inner) for item in value)
        return "[" + inner + f",{inner}".join(items) + indent + "]"
    return encode(value).decode()
