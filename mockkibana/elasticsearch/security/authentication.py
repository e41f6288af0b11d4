"""Authentication: who sends a request, and how Elasticsearch refuses whom it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockkibana.elasticsearch.errors import ElasticsearchError, unauthenticated
from mockkibana.security.authentication import Unauthenticated

if TYPE_CHECKING:
    from mockkibana.security.identity import Identity
    from mockkibana.security.security import Security


def authenticate(security: Security, authorization: str | None, uri: str) -> Identity:
    """Return who sends a header `Authorization` to a path. Raises `ElasticsearchError`."""
    try:
        return security.authentication.of(authorization)
    except Unauthenticated as refused:
        raise refusal(refused, f"REST request [{uri}]") from None


def refusal(refused: Unauthenticated, request: str) -> ElasticsearchError:
    """Return what is answered to who is not known; `request` is such as `action [a]`."""
    return unauthenticated(refused.text(request), refused.challenges, refused.unsuccessful)
