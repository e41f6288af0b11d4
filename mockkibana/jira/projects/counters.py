"""The site's counters and its time, which live in the store beside what they number."""

from __future__ import annotations

from mockkibana.clock import Clock
from mockkibana.jira.projects.timestamps import from_milliseconds
from mockkibana.json import Json
from mockkibana.store import Transaction

TABLE = "jira:site"
SITE = "site"

# All tables of the site, in the order in which they come into being: together, with the first
# write, so that the order does not tell what happened.
TABLES = (
    TABLE,
    "jira:users",
    "jira:user_names",
    "jira:projects",
    "jira:project_keys",
    "jira:numbers",
    "jira:issues",
    "jira:issue_keys",
    "jira:comments",
    "jira:histories",
    "jira:worklogs",
    "jira:attachments",
    "jira:contents",
    "jira:links",
    "jira:remote_links",
    "jira:groups",
    "jira:filters",
    "jira:categories",
    "jira:webhooks",
    "jira:link_types",
)

FIRST: dict[str, Json] = {
    "auto_create_projects": True,
    "fields": [],
    "time": 0,
    "project": 10000,
    "issue": 10000,
    "comment": 10000,
    "history": 10000,
    "component": 10000,
    "version": 10000,
    "option": 10000,
    "issue_type": 10100,
    "custom_field": 10100,
    "worklog": 10000,
    "attachment": 10000,
    "link": 10000,
    "remote_link": 10000,
    "filter": 10000,
    "category": 10000,
    "webhook": 1,
    "link_type": 10100,
}
NUMBERED = tuple(key for key, value in FIRST.items() if type(value) is int)
"""The keys of what is counted."""


class Counters:
    """Numbers that are given out once: `project`, `issue`, `comment`, ... ; and the site's time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def begin(self, transaction: Transaction) -> dict[str, Json]:
        """Return the record of the site; the site's first write makes it, and all tables."""
        site = transaction.get(TABLE, SITE)
        if site is None:
            for table in TABLES:
                transaction.put(table, {})
            site = FIRST
            transaction.put(TABLE, {SITE: site})
        elif len(site) < len(FIRST):  # an earlier version made it
            site = {**FIRST, **site}
        return site

    def put(self, transaction: Transaction, **values: Json) -> None:
        """Set values of the site's record."""
        transaction.put(TABLE, {SITE: {**self.begin(transaction), **values}})

    def take(self, transaction: Transaction, kind: str) -> str:
        """Return the next id of a kind; ids of deleted things are never given out again."""
        number = self.begin(transaction)[kind]
        self.put(transaction, **{kind: number + 1})
        return str(number)

    def raise_above(self, transaction: Transaction, kind: str, id: str) -> None:  # noqa: A002
        """See to it that `id`, which somebody has chosen, is never given out."""
        if id.isdecimal() and int(id) >= self.begin(transaction)[kind]:
            self.put(transaction, **{kind: int(id) + 1})

    def time(self, transaction: Transaction) -> str:
        """Return the time of an operation: at least a millisecond after the one before it.

        Tools compare `updated` with what they saw last, also when the clock stands still.
        """
        return self.stamp(transaction)[0]

    def stamp(self, transaction: Transaction, *kinds: str) -> list[str]:
        """Return the `time` of an operation and the next id of each kind, in one write."""
        site = self.begin(transaction)
        time = max(self._clock.milliseconds(), site["time"] + 1)
        taken = {kind: site[kind] + 1 for kind in kinds}
        transaction.put(TABLE, {SITE: {**site, "time": time, **taken}})
        return [from_milliseconds(time), *[str(site[kind]) for kind in kinds]]
