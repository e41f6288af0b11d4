"""Every API under `/_security`."""

from __future__ import annotations

from mockkibana.elasticsearch.face.call import Route
from mockkibana.elasticsearch.face.security import api_keys, privileges, roles, tokens, users

ROUTES: tuple[Route, ...] = (
    *users.ROUTES,
    *roles.ROUTES,
    *api_keys.ROUTES,
    *tokens.ROUTES,
    *privileges.ROUTES,
)
