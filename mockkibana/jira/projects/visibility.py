"""Visibility: to which role or group a comment, or work that is logged, is shown."""

from __future__ import annotations

from mockkibana.jira.errors import BAD_PAYLOAD, bad_request, refused
from mockkibana.jira.people.groups import Groups
from mockkibana.jira.people.users import Users
from mockkibana.jira.projects.projects import Projects
from mockkibana.jira.projects.roles import Roles
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json
from mockkibana.store import Document


class Visibility:
    """Reads `{"type": "role", "value": "Administrators"}`, and tells whom it lets see."""

    def __init__(self, users: Users, groups: Groups, projects: Projects, roles: Roles) -> None:
        self._users = users
        self._groups = groups
        self._projects = projects
        self._roles = roles

    def read(self, body: dict[str, Json]) -> Json:
        """Return what a body says; None for everybody. Raises `JiraError` 400."""
        visibility = body.get("visibility")
        if not visibility:
            return None
        if not isinstance(visibility, dict):
            raise bad_request(BAD_PAYLOAD)
        level, name = _told(visibility)
        if level not in ("role", "group") or not isinstance(name, str):
            raise bad_request(BAD_PAYLOAD)
        if level == "role" and not any(name in role.values() for role in self._roles.all()):
            raise refused("commentLevel", f"Role with id: {name} does not exist.")
        if level == "group" and self._groups.find(name) is None:
            # Guess: after the sentence on roles.
            raise refused("commentLevel", f"Group: {name} does not exist.")
        return visibility

    def admits(self, visibility: Json, issue: Document, viewer: Viewer) -> bool:
        """Tell whether the viewer sees what is on a stored issue with this visibility."""
        if visibility is None or viewer.user is None:
            return True
        account_id = self._users.caller(viewer.user)["accountId"]
        level, name = _told(visibility)
        if level == "group":
            group = self._groups.find(str(name))
            return group is not None and self._groups.has(group, account_id)
        names = [role["name"] for role in self._roles.all() if name in role.values()]
        return self._roles.has(self._projects.get(issue["project"]), names, account_id)


def _told(visibility: dict[str, Json]) -> tuple[Json, Json]:
    return visibility.get("type"), visibility.get("value", visibility.get("identifier"))
