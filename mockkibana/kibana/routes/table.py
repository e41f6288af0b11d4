"""Kibana's routes: methods, paths, and the views that take them, each imported on first use."""

from __future__ import annotations

FREQUENT = (
    ("POST", "/api/actions/connector", "views.create_connector"),
    ("POST", "/api/actions/connector/", "views.create_connector"),
    ("POST", "/api/actions/connector/<segment:id>", "views.create_connector"),
    ("GET", "/api/actions/connector/<segment:id>", "views.get_connector"),
    ("PUT", "/api/actions/connector/<segment:id>", "views.update_connector"),
    ("DELETE", "/api/actions/connector/<segment:id>", "views.delete_connector"),
    ("GET", "/api/actions/connectors", "views.list_connectors"),
    ("GET", "/api/actions/connector_types", "views.list_connector_types"),
    ("POST", "/api/actions/connector/<segment:id>/_execute", "views.run_connector"),
    ("GET", "/api/status", "status.get_status"),
    ("GET", "/api/spaces/space", "views.list_spaces"),
    ("POST", "/api/spaces/space", "views.create_space"),
    ("GET", "/api/spaces/space/<segment:id>", "views.get_space"),
    ("PUT", "/api/spaces/space/<segment:id>", "views.update_space"),
    ("DELETE", "/api/spaces/space/<segment:id>", "views.delete_space"),
)

RARE = (
    ("POST", "/api/actions/action", "legacy.create_action"),
    ("GET", "/api/actions/action/<segment:id>", "legacy.get_action"),
    ("PUT", "/api/actions/action/<segment:id>", "legacy.update_action"),
    ("DELETE", "/api/actions/action/<segment:id>", "legacy.delete_action"),
    ("GET", "/api/actions", "legacy.list_actions"),
    ("GET", "/api/actions/list_action_types", "legacy.list_action_types"),
    ("POST", "/api/actions/action/<segment:id>/_execute", "legacy.run_action"),
    ("GET", "/internal/actions/connectors", "internal.list_connectors"),
    ("GET", "/internal/actions/connector_types", "internal.list_connector_types"),
    # The first is where the route was before stack_connectors had its own, the second is 8.x's.
    (
        "GET",
        "/internal/actions/connector/_email_config/<segment:service>",
        "internal.get_email_config",
    ),
    (
        "GET",
        "/internal/stack_connectors/_email_config/<segment:service>",
        "internal.get_email_config",
    ),
    ("POST", "/internal/actions/connector/_oauth_access_token", "internal.get_oauth_access_token"),
    ("GET", "/internal/security/me", "internal.get_current_user"),
    ("GET", "/api/security/role", "security.list_roles"),
    ("GET", "/api/security/role/<segment:name>", "security.get_role"),
    ("PUT", "/api/security/role/<segment:name>", "security.put_role"),
    ("DELETE", "/api/security/role/<segment:name>", "security.delete_role"),
    ("POST", "/api/security/role/_query", "security.find_roles"),
    ("POST", "/api/security/roles", "security.put_roles"),
    ("GET", "/api/features", "security.list_features"),
    ("GET", "/api/stats", "monitoring.get_stats"),
)
"""Routes that few processes are asked for."""
