"""What every project of the site shares: priorities, statuses, resolutions, transitions, fields."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from mockkibana.data import data
from mockkibana.json import Json
from mockkibana.remembered import remembered
from mockkibana.store import Document

# What is shown of shipped rows is made once for each URL of the site, and shared.
_SHARED = 256


@cache
def shipped() -> dict[str, Json]:
    """Return the site's metadata as data; shared, so nobody may mutate it."""
    value: dict[str, Json] = data("jira")
    return value


@cache
def _by_id(kind: str) -> dict[str, Document]:
    return {row["id"]: row for row in shipped()[kind]}


def row(kind: str, id: str) -> Document:  # noqa: A002
    """Return one of the `priorities`, `statuses`, `resolutions` or `transitions` by its id."""
    return _by_id(kind)[id]


def find(rows: Iterable[Document], *, id: Json = None, name: Json = None) -> Document | None:  # noqa: A002
    """Return the row with that id or, if no id is given, with exactly that name."""
    key, wanted = ("name", name) if id is None else ("id", str(id))
    return next((row for row in rows if row[key] == wanted), None)


def category(status_id: str) -> Document:
    """Return the category of a status."""
    wanted = row("statuses", status_id)["category"]
    return next(found for found in shipped()["status_categories"] if found["id"] == wanted)


def as_shown(kind: str, shown: Document, flavour: str) -> Document:
    """Return what a flavour shows of a kind of thing: a Server has not all keys of Cloud.

    The kinds are the `cloud_keys` of the metadata.
    """
    if flavour != "server":
        return shown
    cloud = shipped()["cloud_keys"][kind]
    return {key: value for key, value in shown.items() if key not in cloud}


@remembered(_SHARED)
def show_default_issue_type(id: str, url: str, flavour: str = "hybrid") -> Document:  # noqa: A002
    """Return one of the issue types that a project has which names none, shared."""
    return show_issue_type(_by_id("default_issue_types")[id], url, flavour)


def show_issue_type(issue_type: Document, url: str, flavour: str = "hybrid") -> Document:
    """Return an issue type as Jira shows it."""
    avatar = issue_type["avatarId"]
    path = f"universal_avatar/view/type/issuetype/avatar/{avatar}?size=medium"
    shown = {
        "self": f"{url}/rest/api/2/issuetype/{issue_type['id']}",
        "id": issue_type["id"],
        "description": issue_type["description"],
        "iconUrl": f"{url}/rest/api/2/{path}",
        "name": issue_type["name"],
        "subtask": issue_type["subtask"],
        "avatarId": avatar,
        "hierarchyLevel": issue_type["hierarchyLevel"],
    }
    return as_shown("issue_type", shown, flavour)


@remembered(_SHARED)
def show_priority(id: str, url: str) -> Document:  # noqa: A002
    """Return a priority as issues show it, shared."""
    priority = row("priorities", id)
    return {
        "self": f"{url}/rest/api/2/priority/{id}",
        "iconUrl": f"{url}{priority['icon']}",
        "name": priority["name"],
        "id": id,
    }


def show_priorities(url: str) -> list[Document]:
    """Return all priorities, highest first, with what only their list shows."""
    return [
        {
            **show_priority(priority["id"], url),
            "statusColor": priority["statusColor"],
            "description": priority["description"],
        }
        for priority in shipped()["priorities"]
    ]


@remembered(_SHARED)
def show_status(id: str, url: str) -> Document:  # noqa: A002
    """Return a status with its category, shared."""
    status = row("statuses", id)
    return {
        "self": f"{url}/rest/api/2/status/{id}",
        "description": status["description"],
        "iconUrl": f"{url}/",
        "name": status["name"],
        "id": id,
        "statusCategory": show_category(category(id), url),
    }


def show_category(category: Document, url: str) -> Document:
    """Return a status category; its `id` is a number."""
    return {"self": f"{url}/rest/api/2/statuscategory/{category['id']}", **category}


@remembered(_SHARED)
def show_resolution(id: str, url: str) -> Document:  # noqa: A002
    """Return a resolution as issues show it, shared."""
    resolution = row("resolutions", id)
    return {
        "self": f"{url}/rest/api/2/resolution/{id}",
        "id": id,
        "description": resolution["description"],
        "name": resolution["name"],
    }
