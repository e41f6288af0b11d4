"""What the security APIs have in common: their callers, their parameters, and their bodies."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from typing import TypeVar

from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument
from mockkibana.elasticsearch.face.call import Call
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.security import authorization
from mockkibana.json import Json
from mockkibana.security.identity import Identity

Named = TypeVar("Named")

REFRESH = frozenset({"refresh"})


def caller(call: Call) -> Identity:
    """Return who asks: with security off the superuser."""
    return call.user or call.node.security.authentication.superuser()


def require(call: Call, action: str, *, own: bool = False) -> None:
    """Refuse an action on the cluster that the caller may not do. Raises `ElasticsearchError`.

    `own` tells that it is about API keys of the caller's own.
    """
    if call.user is not None:
        authorization.check(call.user, action, own=own)


def read_body(call: Call) -> Json:
    """Read a body that has to be there. Raises `ElasticsearchError`, which repeats none of it."""
    body = call.required_body()
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


def check_refresh(call: Call) -> None:
    """Refuse what is no refresh policy; every write is visible at once."""
    value = call.parameters.text("refresh")
    if value not in (None, "", "true", "false", "wait_for"):
        # The text of `WriteRequest.RefreshPolicy`.
        raise illegal_argument(f"Unknown value for refresh: [{value}].")


def listed(text: str) -> list[str]:
    """Return the members of a comma list, once each."""
    return list(dict.fromkeys(filter(None, text.split(","))))


def named(
    text: str, get: Callable[[str], Named | None], reserved: Container[str]
) -> dict[str, Named]:
    """Return what there is of the names of a comma list, Elasticsearch's own first."""
    names = sorted(listed(text), key=lambda name: name not in reserved)
    return {name: found for name in names if (found := get(name)) is not None}
