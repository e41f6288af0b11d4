"""Bodies of the security APIs: they may hold passwords, so no error repeats any of them."""

from __future__ import annotations

import re

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.json import bodies
from mockkibana.json import Json


def read_body(request: RestRequest) -> Json:
    """Read a body that has to be there. Raises `ElasticsearchError`, which repeats none of it."""
    body = request.required_body()
    try:
        return bodies.read(body)
    except ElasticsearchError as error:
        reason = _without_source(error.reason)
        inner = error.caused_by
        if inner is not None:
            inner = {**inner, "reason": _without_source(inner["reason"])}
        raise ElasticsearchError(error.status, error.type, reason, caused_by=inner) from None


def _without_source(reason: str) -> str:
    """Return what is wrong with a body without the body, which may hold a password.

    Jackson writes it so when it is told not to show its input.
    """
    hidden = "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)"
    reason = _SOURCE.sub(lambda found: hidden + found[1], reason)
    return _TOKEN.sub("Unrecognized token 'REDACTED'", reason)


_SOURCE = re.compile(r"\(byte\[\]\).*(; line: \d+, column: \d+\])", re.DOTALL)
_TOKEN = re.compile(r"Unrecognized token '[^']*'")
