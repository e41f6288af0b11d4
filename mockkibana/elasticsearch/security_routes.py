"""The APIs under `/_security`, and those about the licence."""

from __future__ import annotations

from mockkibana.elasticsearch import (
    license_routes,
    security_api_keys,
    security_privileges,
    security_roles,
    security_tokens,
    security_users,
)
from mockkibana.elasticsearch.call import Route

ROUTES: tuple[Route, ...] = (
    *security_users.ROUTES,
    *security_roles.ROUTES,
    *security_api_keys.ROUTES,
    *security_tokens.ROUTES,
    *security_privileges.ROUTES,
    *license_routes.ROUTES,
)
