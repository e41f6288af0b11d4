"""The changelog: what each edit and each transition has changed, as Jira tells it."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.jira.people.users import Users
from mockkibana.jira.projects import fields, metadata, projects
from mockkibana.json import Json, dumps
from mockkibana.store import Document, Store

# What changes with every edit, or along with another field, is no news.
_SILENT = frozenset({"updated", "statuscategorychangedate", "resolutiondate"})


class Changelog:
    """Finds the words for changes of stored values."""

    def __init__(self, store: Store, users: Users) -> None:
        self._store = store
        self._users = users

    def items(self, project: Document, before: Document, after: Document) -> list[Json]:
        """Return the items of a history: one for each field whose value is another now."""
        known = fields.of_project(project)
        return [
            self._item(project, known.get(name), name, before.get(name), value)
            for name, value in after.items()
            if name not in _SILENT and value != before.get(name)
        ]

    def _item(
        self, project: Document, field: Document | None, name: str, before: Json, after: Json
    ) -> Document:
        from_, from_text = self._told(project, field, name, before)
        to, to_text = self._told(project, field, name, after)
        custom = fields.is_custom(name)
        return {
            "field": field["name"] if custom and field else _NAMES.get(name, name),
            "fieldtype": "custom" if custom else "jira",
            "fieldId": name,
            "from": from_,
            "fromString": from_text,
            "to": to,
            "toString": to_text,
        }

    def _told(
        self, project: Document, field: Document | None, name: str, value: Json
    ) -> tuple[str | None, str | None]:
        """Return a value's id, if it has one, and its text."""
        kind = field["schema"]["type"] if field else None
        if name == "labels":
            return "", " ".join(value)
        if value is None or value == []:
            return None, None
        if name in _BY_ID:
            return value, _BY_ID[name](value)
        match name, kind:
            case "issuetype", _:
                return value, projects.issue_type(project, value)["name"]
            case "parent", _:
                parent = self._store.table("jira:issues").row(value)
                return value, parent["key"] if parent else None
            case "components" | "fixVersions" | "versions", _:
                rows = project["components" if name == "components" else "versions"]
                names = [row["name"] for row in rows if row["id"] in value]
                return ", ".join(value), ", ".join(names)
            case _, "user":
                user = self._users.get(value)
                return value, user["displayName"] if user else None
            case _, "option":
                return str(value.get("id")), str(value.get("value"))
        return None, value if isinstance(value, str) else dumps(value)


def _name_of(kind: str) -> Callable[[str], str]:
    return lambda id_: metadata.row(kind, id_)["name"]


_BY_ID = {
    "status": _name_of("statuses"),
    "priority": _name_of("priorities"),
    "resolution": _name_of("resolutions"),
}
_NAMES = {
    "components": "Component",
    "fixVersions": "Fix Version",
    "versions": "Version",
    "parent": "Parent",
}
