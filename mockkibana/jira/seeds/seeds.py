"""Seeds: a site written down, by a person or by `dump`."""

from __future__ import annotations

from mockkibana.jira.errors import BadSeed
from mockkibana.jira.issues.records import COMMENTS, HISTORIES, ISSUES
from mockkibana.jira.projects.counters import FIRST, SITE, TABLE
from mockkibana.jira.projects.projects import Projects
from mockkibana.jira.projects.users import USERS
from mockkibana.jira.seeds.issues import SeedIssues
from mockkibana.jira.seeds.projects import restore_project
from mockkibana.jira.seeds.record import Record
from mockkibana.jira.seeds.writer import SiteWriter
from mockkibana.json import Json
from mockkibana.store import Document, Store

__all__ = ["SiteWriter", "dump", "restore"]

_KEYS = ("auto_create_projects", "counters", "users", "projects", "issues")
_USER_TEXTS = ("accountId", "key", "name", "emailAddress", "displayName")


def restore(block: Json, writer: SiteWriter, path: str) -> None:
    """Add what a seed's block tells to the site. Raises `BadSeed`."""
    if not block:
        return
    record = Record.of(block, path, _KEYS)
    writer.counters.begin(writer.transaction)
    if "auto_create_projects" in record:
        wanted = record.get("auto_create_projects", bool)
        writer.counters.put(writer.transaction, auto_create_projects=wanted)
    for value, where in record.rows("users"):
        _restore_user(writer, value, where)
    for value, where in record.rows("projects"):
        restore_project(writer, value, where)
    issues = SeedIssues(writer)
    for value, where in record.rows("issues"):
        issues.add(value, where)
    issues.store()
    counters = Record.of(record.get("counters", dict, {}), record.at("counters"), tuple(FIRST))
    for key in counters.values:
        number = max(counters.get(key, int, 0), writer.counters.begin(writer.transaction)[key])
        writer.counters.put(writer.transaction, **{key: number})


def _restore_user(writer: SiteWriter, value: Json, path: str) -> None:
    if isinstance(value, str):
        writer.account(value)
        return
    record = Record.of(value, path, (*_USER_TEXTS, "active"))
    texts = {key: record.get(key, str) for key in _USER_TEXTS if key in record}
    name = texts.get("emailAddress") or texts.get("name") or texts.get("accountId")
    if not name:
        raise BadSeed(path, 'expected an "emailAddress" or a "name"')
    known = writer.users.find(texts.get("accountId") or name)
    if known is None:
        texts.setdefault("key", texts.get("name", writer.users.new(name)["key"]))
    else:  # somebody who is there keeps the names by which records name them
        texts = {"displayName": texts.get("displayName", known["displayName"])}
    base = known or writer.users.new(name)
    active = record.get("active", bool, base["active"])
    writer.users.put(writer.transaction, {**base, **texts, "active": active})


def dump(store: Store, projects: Projects) -> Document:
    """Return the site as a block of a seed; nothing for a site that nobody has written to."""
    with store.transaction():
        site = store.table(TABLE).row(SITE)
        if site is None:
            return {}
        return {
            "auto_create_projects": site["auto_create_projects"],
            "counters": {key: value for key, value in site.items() if type(value) is int},
            "users": list(store.table(USERS).rows().values()),
            "projects": [
                {**project, "last_number": projects.last_number(project)}
                for project in projects.all()
            ],
            "issues": [_dump_issue(store, issue) for issue in store.table(ISSUES).rows().values()],
        }


def _dump_issue(store: Store, issue: Document) -> Document:
    return {
        "id": issue["id"],
        "key": issue["key"],
        "fields": issue["fields"],
        "comments": _without_links(COMMENTS.members(store, issue)),
        "changelog": _without_links(HISTORIES.members(store, issue)),
    }


def _without_links(rows: list[Document]) -> list[Document]:
    return [
        {key: value for key, value in row.items() if key not in ("issue", COMMENTS.previous)}
        for row in rows
    ]
