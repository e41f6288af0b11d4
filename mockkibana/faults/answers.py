"""The answers of faults: what a receiver says with a status, where a rule gives no body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from mockkibana.data import data
from mockkibana.http.messages import Answer
from mockkibana.http.reasons import reason
from mockkibana.json import Json

_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class ErrorAnswers:
    """The error answers of one receiver of requests.

    `headers` are those of each answer that has a body, `headers_of` and `bodies` by status; the
    body `other` is for those that have none of their own, and None for no body. In a body
    `{status}`, `{reason}`, `{path}` and `{index}` (the path's first segment) are filled in.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    headers_of: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bodies: Mapping[str, Json] = field(default_factory=lambda: {"other": None})

    @classmethod
    def shipped(cls, name: str) -> ErrorAnswers:
        """Return those of a receiver whose error answers are data of the product."""
        return _shipped_errors(name)

    def answer(
        self, status: int, path: str, body: Json = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Return the answer with a status to a request for a path.

        Without a `body` (None) an error gets the receiver's own, and a success none. `headers` have
        lower-case names and win over the receiver's.
        """
        own = {**self.headers}
        if body is None and status >= 400:
            body = _filled(self.bodies.get(str(status), self.bodies["other"]), path, status)
            own |= self.headers_of.get(str(status), {})
        elif body is None:
            own.pop("content-type", None)
        elif isinstance(body, str):
            own["content-type"] = _TEXT
        return Answer(status, body, {**own, **(headers or {})})


def kibana_errors() -> ErrorAnswers:
    """Return Kibana's own."""
    return ErrorAnswers.shipped("kibana")


@cache
def _shipped_errors(name: str) -> ErrorAnswers:
    return ErrorAnswers(**data(f"{name}_errors"))


def _filled(template: Json, path: str, status: int) -> Json:
    """Return a body with its placeholders filled in."""
    if isinstance(template, dict):
        return {key: _filled(value, path, status) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, path, status) for value in template]
    if template == "{status}":
        return status
    if isinstance(template, str):
        index = path.strip("/").partition("?")[0].partition("/")[0]
        values = {"status": str(status), "reason": reason(status), "path": path, "index": index}
        for name, value in values.items():
            template = template.replace(f"{{{name}}}", value)
    return template
