"""What a seed is written to: an open transaction, and what the site is made of."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.jira.people.groups import Groups
from mockkibana.jira.people.users import Users
from mockkibana.jira.projects.counters import Counters
from mockkibana.jira.projects.projects import Projects
from mockkibana.store import Transaction


@dataclass(frozen=True, slots=True)
class SiteWriter:
    """Fills the projects, users and counters of a site, within one transaction."""

    transaction: Transaction
    counters: Counters
    users: Users
    projects: Projects
    groups: Groups

    def account(self, name: str) -> str:
        """Return the account id of a user, who comes into being if nobody knows them."""
        return self.users.register(self.transaction, name)

    def numbered(self, kind: str, id: str | None) -> str:  # noqa: A002
        """Return the id, and keep it from being given out; or a new one for None."""
        if id is None:
            return self.counters.take(self.transaction, kind)
        self.counters.raise_above(self.transaction, kind, id)
        return id
