"""Fields: which of them an issue has, and how their metadata looks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from mockkibana.jira.projects import metadata
from mockkibana.json import Json
from mockkibana.store import Document

_RICH = "com.atlassian.jira.plugin.system.customfieldtypes:textarea"


@cache
def _standard() -> dict[str, Document]:
    return {field["fieldId"]: field for field in metadata.shipped()["screen_fields"]}


def of_project(project: Document) -> dict[str, Document]:
    """Return all fields of a project by id: the standard ones in Jira's order, then its own."""
    if not project["fields"]:
        return _standard()
    fields = dict(_standard())
    fields.update((field["fieldId"], field) for field in project["fields"])
    return fields


@dataclass(frozen=True, slots=True)
class Screen:
    """The fields that issues of one type have, by id, and the ids of those that need a value."""

    fields: dict[str, Document]
    required: frozenset[str]


def screen(project: Document, issue_type: Document) -> Screen:
    """Return the screen of an issue type, on which issues are created and edited."""
    about = issue_type["id"], issue_type["name"], issue_type["hierarchyLevel"]
    return _screen(of_project(project), *about) if project["fields"] else _standard_screen(*about)


@lru_cache(maxsize=64)
def _standard_screen(type_id: str, type_name: str, level: int) -> Screen:
    return _screen(_standard(), type_id, type_name, level)


def _screen(known: dict[str, Document], type_id: str, type_name: str, level: int) -> Screen:
    names = {type_id, type_name}
    shown = {
        id_: field
        for id_, field in known.items()
        if "issue_types" not in field or not names.isdisjoint(field["issue_types"])
    }
    return Screen(shown, frozenset(id_ for id_ in shown if _is_required(shown[id_], level)))


def _is_required(field: Document, level: int) -> bool:
    """Tell whether issues of a level of the hierarchy must have a value in the field.

    A field with a `required_level` is required at that level alone: a sub-task needs a parent, and
    Epic Name, where a project requires it, is asked of an epic only.
    """
    return bool(field["required"]) and field.get("required_level", level) in (None, level)


def is_custom(field_id: str) -> bool:
    """Tell whether the field is a custom field."""
    return field_id.startswith("customfield_")


def is_rich(field: Document) -> bool:
    """Tell whether the field holds rich text."""
    schema = field["schema"]
    return schema.get("system") in ("description", "environment") or schema.get("custom") == _RICH


def show_screen(
    screen: Screen, url: str, key: str, values: Mapping[str, Json], flavour: str = "hybrid"
) -> list[Document]:
    """Return the fields of a screen as create metadata lists them.

    `values` are the allowed values that are not the field's own, by field id; `key` the project's.
    """
    shown = (
        _show_meta(field, url, key, values, required=id_ in screen.required)
        for id_, field in screen.fields.items()
    )
    return [metadata.as_shown("field", meta, flavour) for meta in shown]


def _show_meta(
    field: Document, url: str, key: str, values: Mapping[str, Json], *, required: bool
) -> Document:
    id_ = field["fieldId"]
    shown: Document = {
        "required": required,
        "schema": field["schema"],
        "name": field["name"],
        "key": id_,
        "fieldId": id_,
    }
    if "autoCompleteUrl" in field:
        shown["autoCompleteUrl"] = url + field["autoCompleteUrl"].replace("{key}", key)
    shown["hasDefaultValue"] = field["hasDefaultValue"]
    shown["operations"] = field["operations"]
    allowed = values.get(id_, field.get("allowedValues"))
    if allowed is not None:
        shown["allowedValues"] = [_with_self(value, field, url) for value in allowed]
    if id_ == "priority" and "defaultValue" not in field:
        shown["defaultValue"] = metadata.show_priority(metadata.shipped()["default_priority"], url)
    elif "defaultValue" in field:
        shown["defaultValue"] = field["defaultValue"]
    return shown


def _with_self(value: Json, field: Document, url: str) -> Json:
    if not isinstance(value, dict) or "self" in value or not is_custom(field["fieldId"]):
        return value
    return {"self": f"{url}/rest/api/2/customFieldOption/{value.get('id')}", **value}


def show_all(projects: list[Document], flavour: str = "hybrid") -> list[Document]:
    """Return the fields of the whole site, as `GET field` lists them."""
    shown = {field["fieldId"]: _show(field) for field in _standard().values()}
    for other in metadata.shipped()["other_fields"]:
        schema = {"schema": other["schema"]} if other["schema"] else {}
        rest = {key: value for key, value in other.items() if key not in ("id", "schema")}
        shown[other["id"]] = {
            "id": other["id"],
            "key": other["id"],
            "custom": False,
            **rest,
            **schema,
        }
    for project in projects:
        for field in project["fields"]:
            shown.setdefault(field["fieldId"], _show(field))
    return [metadata.as_shown("field", row, flavour) for row in shown.values()]


def names(rows: list[Document], shown: Collection[str]) -> dict[str, str]:
    """Return the names of the fields that are shown, by id; `rows` are of `show_all`."""
    return {row["id"]: row["name"] for row in rows if row["id"] in shown}


def schemas(rows: list[Document], shown: Collection[str]) -> Document:
    """Return the schemas of the fields that are shown and have one; `rows` are of `show_all`."""
    return {row["id"]: row["schema"] for row in rows if row["id"] in shown and "schema" in row}


def _show(field: Document) -> Document:
    id_ = field["fieldId"]
    clauses = metadata.shipped()["clause_names"].get(id_)
    if clauses is None:
        custom = is_custom(id_)
        clauses = [f"cf[{id_.removeprefix('customfield_')}]", field["name"]] if custom else [id_]
    return {
        "id": id_,
        "key": id_,
        "name": field["name"],
        "custom": is_custom(id_),
        "orderable": True,
        "navigable": id_ != "attachment",
        "searchable": True,
        "clauseNames": clauses,
        "schema": field["schema"],
    }
