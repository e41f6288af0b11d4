"""Projects of a seed: keys, issue types, fields and people, filled in where a person wrote none."""

from __future__ import annotations

import re

from mockkibana.jira.errors import BadSeed
from mockkibana.jira.projects import metadata, projects
from mockkibana.jira.projects.projects import ASSIGNEE_TYPES, EMPTY, PROJECTS, UNASSIGNED
from mockkibana.jira.seeds.fields import read_fields
from mockkibana.jira.seeds.record import Record, named
from mockkibana.jira.seeds.writer import SiteWriter
from mockkibana.json import Json
from mockkibana.store import Document

_KEY = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
CATEGORIES = "jira:categories"
_PART_KEYS = (
    *("id", "name", "archived", "released", "description"),
    *("startDate", "releaseDate", "assigneeType", "lead"),
)
_KEYS = (*EMPTY, "required", "last_number")
_TYPE_KEYS = ("id", "name", "description", "subtask", "avatarId", "hierarchyLevel")


def restore_project(writer: SiteWriter, value: Json, path: str) -> Document:
    """Put a project of a seed into the store; what it says of one that exists is added to it.

    Raises `BadSeed`.
    """
    record = named(value, path, "key", _KEYS)
    key = record.get("key", str, None, '"CK"')
    if key is None or not _KEY.fullmatch(key):
        raise BadSeed(record.at("key"), f'expected a project key such as "CK", got {key!r}')
    before = writer.projects.find(key)
    id_ = record.id() or (before["id"] if before else None)
    holder = writer.transaction.get(PROJECTS, id_) if id_ else None
    if holder is not None and holder["key"] != key:
        raise BadSeed(record.at("id"), f"the project {holder['key']} has this id already")
    project = {
        **(before or {**EMPTY, "fields": writer.projects.site_fields(writer.transaction)}),
        "id": writer.numbered("project", id_),
        "key": key,
        "name": record.get("name", str, before["name"] if before else key),
    }
    for name in ("description", "projectTypeKey", "url"):
        project[name] = record.get(name, str, project.get(name, ""))
    kind = record.get("assigneeType", str, project.get("assigneeType", UNASSIGNED))
    if kind not in ASSIGNEE_TYPES:
        told = ", ".join(ASSIGNEE_TYPES)
        raise BadSeed(record.at("assigneeType"), f"there is no {kind!r}; expected one of: {told}")
    project["assigneeType"] = kind
    if "lead" in record:
        project["lead"] = writer.account(record.get("lead", str))
    if "issue_types" in record:
        project["issue_types"] = _issue_types(writer, record)
    for name in ("components", "versions"):
        if name in record:
            project[name] = _named_rows(writer, record, name)
    if "users" in record:
        project["users"] = record.texts("users")
        for user in project["users"]:
            writer.account(user)
    _read_rest(writer, record, project)
    project["allow_unknown_fields"] = record.get(
        "allow_unknown_fields", bool, project["allow_unknown_fields"]
    )
    if "fields" in record or "required" in record:
        project["fields"] = read_fields(writer, record, project)
    writer.projects.put(writer.transaction, project, record.get("last_number", int, 0))
    return project


def _read_rest(writer: SiteWriter, record: Record, project: Document) -> None:
    """Read who is what in the project, and what its transitions' screens have."""
    if "category" in record:
        project["category"] = restore_category(
            writer, record.values["category"], record.at("category")
        )
    if "properties" in record:
        project["properties"] = record.get("properties", dict)
    if "screens" in record:
        screens = Record.of(record.get("screens", dict), record.at("screens"))
        project["screens"] = {name: screens.texts(name) for name in screens.values}
    if "roles" in record:
        given = Record.of(record.get("roles", dict), record.at("roles"))
        project["roles"] = {
            _role(given, name): [_actor(writer, value, path) for value, path in given.rows(name)]
            for name in given.values
        }


def _role(record: Record, name: str) -> str:
    roles = metadata.shipped()["roles"]
    found = metadata.find(roles, id=name) or metadata.find(roles, name=name)
    if found is None:
        told = ", ".join(row["name"] for row in roles)
        raise BadSeed(record.at(name), f"there is no such role; expected one of: {told}")
    id_: str = found["id"]
    return id_


def _actor(writer: SiteWriter, value: Json, path: str) -> Document:
    record = named(value, path, "user", ("user", "group"))
    if "group" in record:
        return {"group": record.get("group", str)}
    if "user" not in record:
        raise BadSeed(path, 'expected the name of a user, or {"group": its name}')
    return {"user": writer.account(record.get("user", str))}


def restore_category(writer: SiteWriter, value: Json, path: str) -> Document:
    """Put a category of projects into the store, unless it is there; return its record.

    Raises `BadSeed`.
    """
    record = named(value, path, known=("id", "name", "description", "self"))
    name = record.get("name", str)
    if not name:
        raise BadSeed(record.at("name"), "expected the name of a category")
    for known in writer.transaction.documents(CATEGORIES).values():
        if known["name"] == name:
            return known
    id_ = writer.numbered("category", record.id())
    row = {"id": id_, "name": name, "description": record.get("description", str, "")}
    writer.transaction.put(CATEGORIES, {id_: row})
    return row


def _issue_types(writer: SiteWriter, record: Record) -> list[Document]:
    types: list[Document] = []
    for value, path in record.rows("issue_types"):
        given = named(value, path, known=_TYPE_KEYS)
        name = given.get("name", str)
        shipped = metadata.shipped()["default_issue_types"]
        known = metadata.find(shipped, id=given.id(), name=name) or {}
        if name is None and not known:
            raise BadSeed(given.at("name"), "expected the name of an issue type")
        subtask = given.get("subtask", bool, known.get("subtask", False))
        row = {
            "id": given.id() or known.get("id") or writer.numbered("issue_type", None),
            "name": name or known["name"],
            "description": given.get("description", str, known.get("description", "")),
            "subtask": subtask,
            "avatarId": given.get("avatarId", int, known.get("avatarId", 10300)),
            "hierarchyLevel": given.get(
                "hierarchyLevel", int, -1 if subtask else known.get("hierarchyLevel", 0)
            ),
        }
        if any(other["id"] == row["id"] for other in types):
            raise BadSeed(given.at("id"), f"the project has an issue type {row['id']} already")
        types.append(row)
    if not types:
        raise BadSeed(record.at("issue_types"), "expected at least one issue type")
    return types


def _named_rows(writer: SiteWriter, record: Record, key: str) -> list[Document]:
    rows = []
    for value, path in record.rows(key):
        given = named(value, path, known=_PART_KEYS)
        name = given.get("name", str)
        if not name:
            raise BadSeed(given.at("name"), "expected a name")
        kind = "component" if key == "components" else "version"
        row: Document = {"id": writer.numbered(kind, given.id()), "name": name}
        if kind == "version":
            row["archived"] = given.get("archived", bool, False)
            row["released"] = given.get("released", bool, False)
        for text in ("description", "startDate", "releaseDate", "assigneeType"):
            if text in given:
                row[text] = given.get(text, str)
        if "lead" in given:
            row["lead"] = writer.account(given.get("lead", str))
        rows.append(row)
    return rows


def type_for(project: Document, level: int) -> Document:
    """Return the issue type that a person means who names none: a task, if there is one."""
    types = projects.issue_types(project)
    fitting = [row for row in types if row["hierarchyLevel"] == level] or types
    return next((row for row in fitting if row["name"] == "Task"), fitting[0])
