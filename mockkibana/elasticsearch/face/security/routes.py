"""Every API under `/_security`."""

from __future__ import annotations

from mockkibana.elasticsearch.face.rest_request import RestRoute
from mockkibana.elasticsearch.face.security import api_keys, privileges, roles, tokens, users

ROUTES: tuple[RestRoute, ...] = (
    *users.ROUTES,
    *roles.ROUTES,
    *api_keys.ROUTES,
    *tokens.ROUTES,
    *privileges.ROUTES,
)
