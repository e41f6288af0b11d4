"""The people of a site and what they may do: all that the rest of it asks about them."""

from __future__ import annotations

from mockkibana.jira.people.groups import Groups
from mockkibana.jira.people.users import Users
from mockkibana.jira.projects.counters import Counters
from mockkibana.jira.projects.permissions import Permissions
from mockkibana.jira.projects.projects import Projects
from mockkibana.jira.projects.roles import Roles
from mockkibana.jira.projects.visibility import Visibility
from mockkibana.store import Store


class People:
    """Users, groups, projects, roles, permissions and visibility, which need one another."""

    def __init__(self, store: Store, counters: Counters) -> None:
        self.users = Users(store)
        self.groups = Groups(store, self.users)
        self.projects = Projects(store, counters, self.users)
        self.roles = Roles(store, self.projects, self.users, self.groups)
        self.permissions = Permissions(self.users, self.groups, self.projects, self.roles)
        self.visibility = Visibility(self.users, self.groups, self.projects, self.roles)
