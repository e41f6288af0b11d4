"""Kibana's routes: methods, paths, and the views that take them, each imported on first use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mockkibana.settings.release import Release


class KibanaRoute(NamedTuple):
    """A method, a path, and the view that takes them: its module in this package, and its name.

    `needs` is the attribute of a `Release` that says whether it has the route; None for one that
    every release has.
    """

    method: str
    rule: str
    view: str
    needs: str | None = None


def routes_of(release: Release, routes: Iterable[KibanaRoute]) -> tuple[KibanaRoute, ...]:
    """Return those of some routes that a release has."""
    return tuple(row for row in routes if row.needs is None or getattr(release, row.needs))


FREQUENT = (
    KibanaRoute("POST", "/api/actions/connector", "views.create_connector"),
    KibanaRoute("POST", "/api/actions/connector/<optional:id>", "views.create_connector"),
    KibanaRoute("GET", "/api/actions/connector/<segment:id>", "views.get_connector"),
    KibanaRoute("PUT", "/api/actions/connector/<segment:id>", "views.update_connector"),
    KibanaRoute("DELETE", "/api/actions/connector/<segment:id>", "views.delete_connector"),
    KibanaRoute("GET", "/api/actions/connectors", "views.list_connectors"),
    KibanaRoute("GET", "/api/actions/connector_types", "views.list_connector_types"),
    KibanaRoute("POST", "/api/actions/connector/<segment:id>/_execute", "views.run_connector"),
    KibanaRoute(
        "GET", "/api/actions/connector/_oauth_callback", "oauth_callback.page", "oauth_callback"
    ),
    KibanaRoute(
        "GET",
        "/api/actions/connector/_oauth_callback_script",
        "oauth_callback.script",
        "oauth_callback",
    ),
    KibanaRoute("GET", "/api/status", "status.get_status"),
    KibanaRoute("GET", "/api/spaces/space", "views.list_spaces"),
    KibanaRoute("POST", "/api/spaces/space", "views.create_space"),
    KibanaRoute("GET", "/api/spaces/space/<segment:id>", "views.get_space"),
    KibanaRoute("PUT", "/api/spaces/space/<segment:id>", "views.update_space"),
    KibanaRoute("DELETE", "/api/spaces/space/<segment:id>", "views.delete_space"),
)

RARE = (
    KibanaRoute("POST", "/api/actions/action", "legacy.create_action", "legacy_routes"),
    KibanaRoute("GET", "/api/actions/action/<segment:id>", "legacy.get_action", "legacy_routes"),
    KibanaRoute("PUT", "/api/actions/action/<segment:id>", "legacy.update_action", "legacy_routes"),
    KibanaRoute(
        "DELETE", "/api/actions/action/<segment:id>", "legacy.delete_action", "legacy_routes"
    ),
    KibanaRoute("GET", "/api/actions", "legacy.list_actions", "legacy_routes"),
    KibanaRoute(
        "GET", "/api/actions/list_action_types", "legacy.list_action_types", "legacy_routes"
    ),
    KibanaRoute(
        "POST", "/api/actions/action/<segment:id>/_execute", "legacy.run_action", "legacy_routes"
    ),
    KibanaRoute(
        "GET",
        "/api/actions/connector/<segment:id>/_check_availability",
        "views.check_availability",
        "connector_availability",
    ),
    KibanaRoute("GET", "/internal/actions/connectors", "internal.list_connectors"),
    KibanaRoute("GET", "/internal/actions/connector_types", "internal.list_connector_types"),
    # The first is where the route was before stack_connectors had its own, the second is 8.x's.
    KibanaRoute(
        "GET",
        "/internal/actions/connector/_email_config/<segment:service>",
        "internal.get_email_config",
    ),
    KibanaRoute(
        "GET",
        "/internal/stack_connectors/_email_config/<segment:service>",
        "internal.get_email_config",
    ),
    KibanaRoute(
        "POST", "/internal/actions/connector/_oauth_access_token", "internal.get_oauth_access_token"
    ),
    KibanaRoute("GET", "/internal/security/me", "internal.get_current_user"),
    KibanaRoute("GET", "/api/security/role", "security.list_roles"),
    KibanaRoute("GET", "/api/security/role/<segment:name>", "security.get_role"),
    KibanaRoute("PUT", "/api/security/role/<segment:name>", "security.put_role"),
    KibanaRoute("DELETE", "/api/security/role/<segment:name>", "security.delete_role"),
    KibanaRoute("POST", "/api/security/role/_query", "security.find_roles"),
    KibanaRoute("POST", "/api/security/roles", "security.put_roles"),
    KibanaRoute("GET", "/api/features", "security.list_features"),
    KibanaRoute("GET", "/api/stats", "monitoring.get_stats"),
)
"""Routes that few processes are asked for."""
