"""Project roles: who is what in which project."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockkibana.jira.errors import not_found
from mockkibana.jira.people.groups import ADMINISTRATORS, EVERYBODY, Groups
from mockkibana.jira.people.users import Users
from mockkibana.jira.projects import metadata
from mockkibana.jira.projects.projects import Projects
from mockkibana.jira.viewer import Viewer
from mockkibana.store import Document, Store

USER, GROUP = "user", "group"
KINDS = {USER: "atlassian-user-role-actor", GROUP: "atlassian-group-role-actor"}
"""What Jira calls the two kinds of actors."""


class Roles:
    """The roles of every project; where nobody has said otherwise, everybody is in each.

    A project's record has the actors by the id of the role: `{"user": account id}` or
    `{"group": name}`.
    """

    def __init__(self, store: Store, projects: Projects, users: Users, groups: Groups) -> None:
        self._store = store
        self._projects = projects
        self._users = users
        self._groups = groups

    def all(self) -> list[Document]:
        """Return the roles that a project can have, as they are shipped."""
        found: list[Document] = metadata.shipped()["roles"]
        return found

    def seen(self, id: str) -> Document:  # noqa: A002
        """Return a role. Raises `JiraError` 404."""
        role = metadata.find(self.all(), id=id)
        if role is None:
            raise not_found(f"Can not find role actor for role with id: {id}")
        return role

    def has(self, project: Document, names: Iterable[str], account_id: str) -> bool:
        """Tell whether a user is in one of the roles of those names."""
        wanted = set(names)
        for role in self.all():
            if role["name"] in wanted:
                for actor in actors(project, role["id"]):
                    if self._is(actor, account_id):
                        return True
        return False

    def _is(self, actor: Document, account_id: str) -> bool:
        if USER in actor:
            return bool(actor[USER] == account_id)
        group = self._groups.find(actor[GROUP])
        return group is not None and self._groups.has(group, account_id)

    def change(self, project: Document, role_id: str, changed: list[Document]) -> None:
        """Put actors into a role, in place of those that it has."""
        with self._store.transaction() as transaction:
            known = {**project.get("roles", {}), role_id: list(changed)}
            self._projects.put(transaction, {**project, "roles": known})

    def actor(self, kind: str, name: str) -> Document:
        """Return the actor of a name. Raises `JiraError` 404."""
        if kind == GROUP:
            return {GROUP: self._groups.seen(name)["name"]}
        user = self._users.find(name)
        if user is None:
            raise not_found(f"The user named '{name}' does not exist")
        return {USER: user["accountId"]}

    def show(self, project: Document, role: Document, viewer: Viewer) -> Document:
        """Return a role of a project with its actors; its `id` is a number."""
        shown = (
            self._show_actor(number, actor, viewer)
            for number, actor in enumerate(actors(project, role["id"]))
        )
        return {
            "self": f"{viewer.url}/rest/api/2/project/{project['id']}/role/{role['id']}",
            **show_role(role),
            "actors": list(shown),
        }

    def _show_actor(self, number: int, actor: Document, viewer: Viewer) -> Document:
        if GROUP in actor:
            name = actor[GROUP]
            about: dict[str, Any] = {"displayName": name, "name": name}
            about["actorGroup"] = {"name": name, "displayName": name}
            return {"id": 10240 + number, "type": KINDS[GROUP], **about}
        user = self._users.get(actor[USER]) or {}
        shown = {
            "id": 10240 + number,
            "displayName": user.get("displayName", actor[USER]),
            "type": KINDS[USER],
        }
        if viewer.flavour != "cloud":
            shown["name"] = user.get("name", actor[USER])
        if viewer.flavour != "server":
            shown["actorUser"] = {"accountId": actor[USER]}
        return shown


def actors(project: Document, role_id: str) -> list[Document]:
    """Return who is in a role of a project."""
    known = project.get("roles", {})
    if role_id in known:
        found: list[Document] = known[role_id]
        return found
    role = metadata.find(metadata.shipped()["roles"], id=role_id)
    administers = role is not None and role["name"] == "Administrators"
    return [{GROUP: ADMINISTRATORS if administers else EVERYBODY}]


def show_role(role: Document) -> Document:
    """Return a role as a list of all shows it."""
    return {
        "name": role["name"],
        "id": int(role["id"]),
        "description": f"A project role that represents {role['name'].lower()} in a project",
    }
