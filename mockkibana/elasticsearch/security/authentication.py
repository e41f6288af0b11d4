"""Authentication: who sends a request, and how Elasticsearch refuses whom it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockkibana.elasticsearch.errors import unauthenticated
from mockkibana.http.messages import Request
from mockkibana.security.authentication import Unauthenticated

if TYPE_CHECKING:
    from mockkibana.security.identity import Identity
    from mockkibana.security.security import Security


def authenticate(security: Security, request: Request) -> Identity:
    """Return who sends a request. Raises `ElasticsearchError`."""
    if request.trusted:
        return security.authentication.superuser()
    try:
        return security.authentication.of(request.headers.get("authorization"))
    except Unauthenticated as refused:
        reason = refused.text(f"REST request [{request.uri}]")
        raise unauthenticated(reason, refused.challenges, refused.unsuccessful) from None
