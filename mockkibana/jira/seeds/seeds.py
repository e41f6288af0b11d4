"""Seeds: a site written down, by a person or by `dump`."""

from __future__ import annotations

from collections.abc import Iterator

from mockkibana.jira.errors import BadSeed
from mockkibana.jira.people.users import USERS
from mockkibana.jira.projects.counters import NUMBERED, SITE, TABLE
from mockkibana.jira.projects.projects import Projects
from mockkibana.jira.records import records, webhooks
from mockkibana.jira.records.records import (
    ATTACHMENTS,
    COMMENTS,
    CONTENTS,
    HISTORIES,
    ISSUES,
    LINKS,
    REMOTE_LINKS,
    WORKLOGS,
)
from mockkibana.jira.seeds.attached import restore_link_type
from mockkibana.jira.seeds.fields import restore_fields
from mockkibana.jira.seeds.issues import SeedIssues
from mockkibana.jira.seeds.projects import restore_category, restore_project
from mockkibana.jira.seeds.record import Record, named
from mockkibana.jira.seeds.writer import SiteWriter
from mockkibana.json import Json
from mockkibana.store import Document, Store

__all__ = ["SiteWriter", "dump", "restore"]

_KEYS = (
    *("auto_create_projects", "counters", "users", "groups", "categories", "fields", "projects"),
    *("issues", "link_types", "links", "filters", "webhooks"),
)
_FILTER = ("id", "name", "description", "jql", "owner", "favourites")
_CATEGORY = ("id", "name", "description")
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
    for value, where in _groups(record):
        _restore_group(writer, value, where)
    for value, where in record.rows("categories"):
        restore_category(writer, value, where)
    restore_fields(writer, record)
    for key, restore_one in _RESTORED:
        for value, where in record.rows(key):
            restore_one(writer, value, where)
    issues = SeedIssues(writer)
    for value, where in record.rows("issues"):
        issues.add(value, where)
    for value, where in record.rows("links"):
        issues.link(value, where)
    issues.store()
    counters = Record.of(record.get("counters", dict, {}), record.at("counters"), NUMBERED)
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


def _groups(record: Record) -> Iterator[tuple[Json, str]]:
    """Yield groups, which a person may write as an object: members by the name of the group."""
    if isinstance(record.values.get("groups"), dict):
        for name, users in record.get("groups", dict).items():
            yield {"name": name, "users": users}, f"{record.at('groups')}.{name}"
    else:
        yield from record.rows("groups")


def _restore_group(writer: SiteWriter, value: Json, path: str) -> None:
    record = named(value, path, known=("name", "groupId", "users"))
    name = record.get("name", str)
    if not name:
        raise BadSeed(record.at("name"), "expected the name of a group")
    users = [writer.account(user) for user in record.texts("users")]
    writer.groups.put(writer.transaction, name, users)


def _restore_filter(writer: SiteWriter, value: Json, path: str) -> None:
    record = Record.of(value, path, _FILTER)
    name, text = record.get("name", str), record.get("jql", str, "")
    if not name:
        raise BadSeed(record.at("name"), "expected the name of a filter")
    id_ = writer.numbered("filter", record.id())
    row = {
        "id": id_,
        "name": name,
        "description": record.get("description", str, ""),
        "jql": text,
        "owner": writer.account(record.get("owner", str, "admin")),
        "favourites": [writer.account(user) for user in record.texts("favourites")],
    }
    writer.transaction.put("jira:filters", {id_: row})


def _restore_webhook(writer: SiteWriter, value: Json, path: str) -> None:
    record = Record.of(value, path)
    try:
        webhook = webhooks.read(record.values, {})
    except webhooks.BadWebhook as problem:
        raise BadSeed(path, str(problem)) from None
    id_ = writer.numbered("webhook", record.id())
    writer.transaction.put(webhooks.TABLE, {id_: {"id": id_, **webhook}})


_RESTORED = (
    ("link_types", restore_link_type),
    ("projects", restore_project),
    ("filters", _restore_filter),
    ("webhooks", _restore_webhook),
)


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
            "groups": list(store.table("jira:groups").rows().values()),
            "categories": list(store.table("jira:categories").rows().values()),
            "fields": projects.site_fields(),
            "projects": [
                {**project, "last_number": projects.last_number(project)}
                for project in projects.all()
            ],
            "issues": [_dump_issue(store, issue) for issue in store.table(ISSUES).rows().values()],
            "link_types": list(store.table("jira:link_types").rows().values()),
            "links": list(store.table(LINKS).rows().values()),
            "filters": list(store.table("jira:filters").rows().values()),
            "webhooks": list(store.table(webhooks.TABLE).rows().values()),
        }


def _dump_issue(store: Store, issue: Document) -> Document:
    return {
        "id": issue["id"],
        "key": issue["key"],
        "fields": issue["fields"],
        "comments": _without_links(COMMENTS.members(store, issue)),
        "changelog": _without_links(HISTORIES.members(store, issue)),
        "worklogs": _without_links(WORKLOGS.members(store, issue)),
        "attachments": [
            {**row, **(store.table(CONTENTS).row(row["id"]) or {})}
            for row in _without_links(ATTACHMENTS.members(store, issue))
        ],
        "remoteLinks": _without_links(REMOTE_LINKS.members(store, issue)),
        "watchers": records.watchers(issue),
        "voters": records.voters(issue),
        "properties": records.properties(issue),
    }


def _without_links(rows: list[Document]) -> list[Document]:
    return [
        {key: value for key, value in row.items() if key not in ("issue", COMMENTS.previous)}
        for row in rows
    ]
