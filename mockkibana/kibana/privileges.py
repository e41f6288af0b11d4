"""Kibana's privileges: how roles name them, and which actions they grant."""

from __future__ import annotations

from collections.abc import Iterable

from mockkibana.settings.release import Release

APPLICATION = "kibana-.kibana"
"""Under which name Kibana keeps its privileges in Elasticsearch's roles."""

EVERYWHERE = "*"
"""In the place of a space: all of them at once."""

LOGIN = "login:"
"""The action of entering a space; every privilege in it grants that."""

MANAGE_SPACES = "space:manage"
READ_FEATURES = "api:read_features"

_GET = "saved_object:action/get"
OPERATIONS = {
    "get": (_GET,),
    "execute": (_GET, "saved_object:action_task_params/create"),
    "create": ("saved_object:action/create",),
    "update": ("saved_object:action/update",),
    "delete": ("saved_object:action/delete",),
}
"""The actions that each operation on connectors needs (`actions_authorization.ts`)."""

_READ = {LOGIN, *OPERATIONS["execute"]}
_ALL = _READ.union(*OPERATIONS.values())
_GLOBAL = {MANAGE_SPACES, READ_FEATURES}
_INTO_SPACES = {
    "ui:savedObjectsManagement/copyIntoSpace",
    "ui:savedObjectsManagement/shareIntoSpace",
}


def granted(privileges: frozenset[str], release: Release) -> frozenset[str]:
    """Return the actions that privileges, named as in Elasticsearch's roles, grant."""
    return frozenset(action for name in privileges for action in _granted_by(name, release))


def _granted_by(name: str, release: Release) -> Iterable[str]:
    special = {release.endpoint_security_action}
    match name:
        case "*" | "all":
            return _ALL | _GLOBAL | _INTO_SPACES | special
        case "space_all":
            return _ALL | _INTO_SPACES | special
        case "feature_actions.all":
            return _ALL | special
        case "feature_savedObjectsManagement.all" | "feature_savedObjectsManagement.minimal_all":
            return {LOGIN} | _INTO_SPACES
        case "feature_actions.minimal_all":
            return _ALL if release.endpoint_security_sub_feature else _ALL | special
        case "read" | "space_read" | "feature_actions.read" | "feature_actions.minimal_read":
            return _READ
        case "feature_actions.endpoint_security_execute":
            return {LOGIN} | special if release.endpoint_security_sub_feature else {LOGIN}
    if name.startswith("feature_"):
        from mockkibana.kibana.features import has_privilege  # few roles have others

        # What other features grant is of no account here, but that one may enter the space.
        return {LOGIN} if has_privilege(release, name) else ()
    return ()


def privilege_for(action: str, release: Release) -> str:
    """Return the privilege that grants an action, in words for the journal."""
    if action in _GLOBAL:
        return "the Kibana base privilege `all`"
    if action == LOGIN:
        return "any Kibana privilege"
    for privilege in ("read", "endpoint_security_execute", "all"):
        if action in _granted_by(f"feature_actions.{privilege}", release):
            return f"the privilege `{privilege}` of the Kibana feature `actions`"
    return f"`{action}`"


def resource_of(space: str) -> str:
    """Return the resource that stands for a space, or for `EVERYWHERE`, in a role."""
    return space if space == EVERYWHERE else f"space:{space}"
