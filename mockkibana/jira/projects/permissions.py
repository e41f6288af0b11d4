"""Permissions: what a user may do, by the roles that they are in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from mockkibana.data import data
from mockkibana.jira.errors import JiraError
from mockkibana.jira.people.groups import ADMINISTRATORS, Groups
from mockkibana.jira.people.users import Users
from mockkibana.jira.projects.projects import Projects
from mockkibana.jira.projects.roles import Roles
from mockkibana.jira.viewer import Viewer
from mockkibana.store import Document

# Guess: some of the words, after those on creating and on deleting.
_REFUSALS: Mapping[str, str] = {
    "EDIT_ISSUES": "You do not have permission to edit issues in this project.",
    "DELETE_ISSUES": "You do not have permission to delete issues in this project.",
    "ADD_COMMENTS": "You do not have the permission to comment on this issue.",
    "TRANSITION_ISSUES": "You do not have permission to transition issues in this project.",
    "ASSIGN_ISSUES": "You do not have permission to assign issues.",
    "LINK_ISSUES": "No Link Issue Permission for issue '{key}'",
    "CREATE_ATTACHMENTS": "You do not have permission to create attachments for this issue.",
    "WORK_ON_ISSUES": "You do not have the permission to associate a worklog to this issue.",
    "MANAGE_WATCHERS": "You do not have permission to manage the watchers of this issue.",
    "ADMINISTER_PROJECTS": "You cannot edit the configuration of this project.",
    "ADMINISTER": "You are not authorized to perform this operation. Administrator privileges "
    "are required.",
}
_OTHERWISE = "You do not have the permission to do this."
# Guess: the words. The statuses are those that Jira's documentation states.
_REFUSALS_OF_OWN: Mapping[str, tuple[int, str]] = {
    "EDIT_{}_COMMENTS": (400, "You do not have permission to edit this comment."),
    "DELETE_{}_COMMENTS": (400, "You do not have permission to delete this comment."),
    "EDIT_{}_WORKLOGS": (400, "You do not have permission to edit this worklog."),
    "DELETE_{}_WORKLOGS": (400, "You do not have permission to delete this worklog."),
    "DELETE_{}_ATTACHMENTS": (403, "You do not have permission to delete this attachment."),
}


class Permissions:
    """The one permission scheme of the site, which is data: each permission and its roles.

    One without roles has whoever sees the project.
    Who has no name, the administrator, may do everything.
    """

    def __init__(self, users: Users, groups: Groups, projects: Projects, roles: Roles) -> None:
        self._users = users
        self._groups = groups
        self._projects = projects
        self._roles = roles

    def has(self, permission: Document, viewer: Viewer, project: Document | None = None) -> bool:
        """Tell whether the viewer has a permission: in a project, or in any for None."""
        if viewer.user is None:
            return True
        account_id = self._users.caller(viewer.user)["accountId"]
        if permission["type"] == "GLOBAL":
            group = self._groups.find(ADMINISTRATORS)
            everybody = len(permission["roles"]) > 1
            return everybody or group is None or self._groups.has(group, account_id)
        among = [project] if project is not None else self._projects.all(viewer)
        return any(
            self._projects.visible(each, viewer.user)
            and (
                permission["roles"] is None
                or self._roles.has(each, permission["roles"], account_id)
            )
            for each in among
        )

    def allows(self, key: str, viewer: Viewer, project: Document) -> bool:
        """Tell whether the viewer has the permission of that key in a project."""
        if viewer.user is None or self._is_open(project):
            return True
        return self.has(_of(key), viewer, project)

    def _is_open(self, project: Document) -> bool:
        """Tell whether nobody has set who sees a project, who is in its roles or in a group."""
        unset = project["users"] is None and not project.get("roles")
        return unset and not self._groups.any_made

    def of(self, viewer: Viewer) -> Callable[[str, Document], bool]:
        """Return what tells whether the viewer has the permission of a key in a project."""
        return lambda key, project: self.allows(key, viewer, project)

    def hidden_fields(self, viewer: Viewer, project: Document) -> set[str]:
        """Return the ids of the fields that the viewer may not set in a project."""
        needed = data("jira")["field_permissions"]
        return {id_ for id_, key in needed.items() if not self.allows(key, viewer, project)}

    def require(
        self, key: str, viewer: Viewer, project: Document | None = None, issue: str = ""
    ) -> None:
        """Raise `JiraError` 403 unless the viewer has the permission of that key."""
        if viewer.user is not None and not self.has(_of(key), viewer, project):
            told = _REFUSALS.get(key, _OTHERWISE).format(key=issue)
            raise JiraError(403, messages=[told])

    def require_own(self, key: str, author: str, viewer: Viewer, project: Document) -> None:
        """Raise `JiraError` unless the viewer has a permission for what somebody has made.

        `key` is that of two permissions (`EDIT_{}_COMMENTS`): for `ALL`, and for one's `OWN`.
        """
        if viewer.user is None or self.allows(key.format("ALL"), viewer, project):
            return
        is_own = self._users.caller(viewer.user)["accountId"] == author
        if not is_own or not self.allows(key.format("OWN"), viewer, project):
            status, told = _REFUSALS_OF_OWN[key]
            raise JiraError(status, messages=[told])

    def show(
        self, viewer: Viewer, project: Document | None = None, keys: list[str] | None = None
    ) -> Document:
        """Return every permission, or those of some keys, and whether the viewer has it."""
        shown = {}
        for permission in all_permissions():
            if keys is None or permission["key"] in keys:
                about = {key: value for key, value in permission.items() if key != "roles"}
                has = self.has(permission, viewer, project)
                shown[permission["key"]] = {**about, "havePermission": has}
        return {"permissions": shown}


def all_permissions() -> list[Document]:
    """Return the permissions, as they are shipped."""
    found: list[Document] = data("jira")["permissions"]
    return found


@cache
def _of(key: str) -> Document:
    return next(permission for permission in all_permissions() if permission["key"] == key)
