"""Authentication of a request to Kibana: Elasticsearch decides, and Kibana words the refusal."""

from __future__ import annotations

from typing import Any

from mockkibana.kibana.authorization import SpaceRights
from mockkibana.kibana.errors import KibanaError
from mockkibana.kibana.inbound import INBOUND, Inbound
from mockkibana.security.authentication import Unauthenticated
from mockkibana.security.identity import Identity
from mockkibana.security.security import Security

_SCHEMES = frozenset(("basic", "apikey", "bearer"))
# What Kibana asks Elasticsearch with the credentials of each request.
_REQUEST = "REST request [/_security/_authenticate]"


def who_asks(
    environ: dict[str, Any], *, anonymous: bool
) -> tuple[Identity | None, SpaceRights | None]:
    """Return the identity behind a WSGI environment, and the rights it has in the space.

    With `anonymous` both are None for a request that carries no credentials. Raises `KibanaError`
    401, with Elasticsearch's text for wrong credentials; these are refused with `anonymous` too.
    """
    inbound: Inbound = environ[INBOUND]
    world = inbound.world
    security: Security = world.security
    if inbound.trusted:
        identity = security.authentication.superuser()
    else:
        authorization = environ.get("HTTP_AUTHORIZATION", "")
        if authorization.lstrip().partition(" ")[0].lower() not in _SCHEMES:
            if anonymous:
                return None, None
            raise KibanaError(401)
        try:
            identity = security.authentication.of(authorization)
        except Unauthenticated as refused:
            raise KibanaError(401, _told(refused)) from None
    if inbound.call is not None:
        inbound.call.user = identity.username
    rights = SpaceRights(identity, inbound.space, inbound.settings.release, security, inbound.call)
    return identity, rights


def _told(refused: Unauthenticated) -> str:
    """Return what Kibana makes of a refusal of Elasticsearch's."""
    reason = refused.text(_REQUEST)
    return f"[security_exception\n\tRoot causes:\n\t\tsecurity_exception: {reason}]: {reason}"
