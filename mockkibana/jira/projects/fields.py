"""Fields: which of them an issue has, and how their metadata looks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from mockkibana.jira.projects import metadata
from mockkibana.json import Json

Document = dict[str, Json]

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


def on_screen(project: Document, issue_type: Document) -> dict[str, Document]:
    """Return the fields that issues of this type have, by id."""
    identifiers = (issue_type["id"], issue_type["name"])
    return {
        id_: field
        for id_, field in of_project(project).items()
        if "issue_types" not in field or any(name in field["issue_types"] for name in identifiers)
    }


def is_required(field: Document, issue_type: Document) -> bool:
    """Tell whether issues of this type must have a value in the field.

    A field with a `required_level` is required at that level of the hierarchy alone: a sub-task
    needs a parent, and Epic Name, where a project requires it, is asked of an epic only.
    """
    if not field["required"]:
        return False
    level: int | None = field.get("required_level")
    return level is None or bool(level == issue_type["hierarchyLevel"])


def is_custom(field_id: str) -> bool:
    """Tell whether the field is a custom field."""
    return field_id.startswith("customfield_")


def is_rich(field: Document) -> bool:
    """Tell whether the field holds rich text."""
    schema = field["schema"]
    return schema.get("system") in ("description", "environment") or schema.get("custom") == _RICH


def show_meta(
    field: Document, issue_type: Document, url: str, key: str, values: Mapping[str, Json]
) -> Document:
    """Return a field as an element of create metadata.

    `values` are the allowed values that are not the field's own, by field id; `key` the project's.
    """
    id_ = field["fieldId"]
    shown: Document = {
        "required": is_required(field, issue_type),
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


def show_all(projects: list[Document]) -> list[Document]:
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
    return list(shown.values())


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
