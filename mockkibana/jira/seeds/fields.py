"""Fields of a seed: of one project, or of every project of the site."""

from __future__ import annotations

from mockkibana.jira.errors import BadSeed
from mockkibana.jira.projects import fields, metadata, projects, timestamps
from mockkibana.jira.projects.projects import EMPTY, PROJECTS
from mockkibana.jira.records.records import ISSUES
from mockkibana.jira.seeds.record import Record, expect, named
from mockkibana.jira.seeds.writer import SiteWriter
from mockkibana.json import Json
from mockkibana.store import Document

_TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
_FIELD_KEYS = (
    "required",
    "schema",
    "name",
    "fieldId",
    "hasDefaultValue",
    "operations",
    "autoCompleteUrl",
    "required_level",
    "allowedValues",
    "defaultValue",
    "issue_types",
)
_FIELD_KINDS = {
    "required": bool,
    "name": str,
    "hasDefaultValue": bool,
    "autoCompleteUrl": str,
    "required_level": int,
}


def restore_fields(writer: SiteWriter, record: Record) -> None:
    """Put the `fields` of a record into all projects, those to come included. Raises `BadSeed`."""
    if not record.get("fields", list):
        return
    before = writer.projects.site_fields(writer.transaction)
    after = read_fields(writer, record, {**EMPTY, "fields": before})
    changed = [field for field in after if field not in before]
    writer.counters.put(writer.transaction, fields=after)
    for project in list(writer.transaction.documents(PROJECTS).values()):
        own = projects.merged(project["fields"], changed)
        _check_values(writer, record, project, own)
        writer.transaction.put(PROJECTS, {project["id"]: {**project, "fields": own}})


def read_fields(writer: SiteWriter, record: Record, project: Document) -> list[Document]:
    """Return the own fields of a project, with what the record says. Raises `BadSeed`."""
    own = {field["fieldId"]: field for field in project["fields"]}
    for value, path in record.rows("fields"):
        field = _field(writer, Record.of(value, path, ("id", *_FIELD_KEYS)), project)
        own[field["fieldId"]] = field
    known = {**fields.of_project(project), **own}
    for name, path in record.rows("required"):
        if expect(name, path, str) not in known:
            told = ", ".join(known)
            raise BadSeed(path, f"there is no field {name!r}; expected one of: {told}")
        field = {**known[name], "required": True}
        if known[name]["required"] and "required_level" in field:
            field["required_level"] = None  # at every level, not only where it was anyway
        own[name] = field
    _check_values(writer, record, project, list(own.values()))
    return list(own.values())


def _check_values(
    writer: SiteWriter, record: Record, project: Document, after: list[Document]
) -> None:
    """Raise `BadSeed` where an issue of a project has a value that its field could not have."""
    before = fields.of_project(project)
    changed = {
        field["fieldId"]: field
        for field in after
        if _type(field) != _type(before.get(field["fieldId"]))
    }
    if not changed or writer.transaction.get(PROJECTS, project.get("id", "")) is None:
        return
    for issue in writer.transaction.documents(ISSUES).values():
        if issue["project"] != project["id"]:
            continue
        for id_ in changed.keys() & issue["fields"].keys():
            value = issue["fields"][id_]
            if value is not None and not _fits(writer, changed[id_], value):
                told = f"{issue['key']} has {value!r:.60} in {id_}, which a field of this type"
                raise BadSeed(record.at("fields"), f"{told} cannot have")


def _type(field: Document | None) -> tuple[Json, Json]:
    schema = {} if field is None else field["schema"]
    return schema.get("type"), schema.get("items")


def _fits(writer: SiteWriter, field: Document, value: Json) -> bool:
    """Tell whether a field could have a value that is stored."""
    kind, items = _type(field)
    if kind == "array":
        return isinstance(value, list) and all(_is_a(writer, items, each) for each in value)
    return _is_a(writer, kind, value)


def _is_a(writer: SiteWriter, kind: Json, value: Json) -> bool:
    if kind == "number":
        return type(value) in (int, float)
    if kind == "option":
        return isinstance(value, dict) and "id" in value
    if kind not in ("string", "user", "date", "datetime"):
        return kind not in ("component", "version")  # those of a project are ids
    if not isinstance(value, str) or kind == "string":
        return isinstance(value, str)
    if kind == "user":
        return writer.users.get(value) is not None
    try:
        time = timestamps.from_milliseconds(timestamps.to_milliseconds(value))
    except (ValueError, OverflowError):
        return False
    return value == (time if kind == "datetime" else time[:10])


def _field(writer: SiteWriter, record: Record, project: Document) -> Document:
    id_ = record.get("fieldId", str) or record.get("id", str) or _id_of(record, project)
    if id_ in {other["id"] for other in metadata.shipped()["other_fields"]}:
        raise BadSeed(record.path, f"the field {id_} is Jira's own and on no screen")
    number = (id_ or "").removeprefix("customfield_")
    if id_ is None or (id_ != number and number.isdecimal()):
        number = writer.numbered("custom_field", number or None)
        id_ = f"customfield_{number}"
    known = fields.of_project(project).get(id_)
    given = {
        key: record.values[key]
        for key in _FIELD_KEYS
        if key in record or (key == "required_level" and key in record.values)
    }
    if given.get("name") == id_:
        del given["name"]  # it was named by its id
    schema = _schema(record, known, number)
    if "allowedValues" in given:
        given["allowedValues"] = [
            _option(writer, row, path, schema) for row, path in record.rows("allowedValues")
        ]
    base = known or {
        "required": False,
        "name": id_,
        "hasDefaultValue": False,
        "operations": ["add", "set", "remove"] if schema["type"] == "array" else ["set"],
    }
    for key, kind in _FIELD_KINDS.items():
        record.get(key, kind)
    for key in ("issue_types", "operations"):
        record.texts(key)
    if known is None and (id_ == number or not number.isdecimal()):
        told = f"there is no field {id_!r}; a new one is customfield_ and digits"
        raise BadSeed(record.path, told)
    _check_types(record, project)
    if "defaultValue" in given:
        given.setdefault("hasDefaultValue", True)
    field = {**base, **given, "schema": schema, "fieldId": id_}
    return {key: field[key] for key in _FIELD_KEYS if key in field}


def _check_types(record: Record, project: Document) -> None:
    """Raise `BadSeed` for a field that no issue of a project could have, by a slip."""
    wanted = set(record.texts("issue_types"))
    types = projects.issue_types(project)
    if project["key"] and wanted and not any(wanted & {row["id"], row["name"]} for row in types):
        told = ", ".join(row["name"] for row in types)
        raise BadSeed(record.at("issue_types"), f"the project has none of them; it has: {told}")


def _id_of(record: Record, project: Document) -> str | None:
    """Return the id of the field that has the name of one without an id; None for a new one."""
    name = record.get("name", str)
    if not name:
        raise BadSeed(record.at("name"), "expected the name of a field")
    known = {id_: field["name"] for id_, field in fields.of_project(project).items()}
    known |= {other["id"]: other["name"] for other in metadata.shipped()["other_fields"]}
    return next((id_ for id_, told in known.items() if name in (id_, told)), None)


def _schema(record: Record, known: Document | None, number: str) -> Document:
    if "schema" in record:
        value = record.values["schema"]
        schema = {"type": value} if isinstance(value, str) else record.get("schema", dict)
        expect(schema.get("type"), f"{record.at('schema')}.type", str, '"string"')
    elif known is not None:
        schema = known["schema"]
    else:
        schema = {"type": "option" if "allowedValues" in record else "string"}
    if "system" in schema or "custom" in schema:
        return schema
    kind = "select" if schema["type"] == "option" else "textfield"
    customs = {"number": "float", "date": "datepicker", "datetime": "datetime", "array": "labels"}
    custom = f"{_TYPES}:{customs.get(schema['type'], kind)}"
    return {**schema, "custom": custom, **({"customId": int(number)} if number.isdecimal() else {})}


def _option(writer: SiteWriter, value: Json, path: str, schema: Document) -> Json:
    if "option" not in (schema["type"], schema.get("items")):
        return value
    given = named(value, path, "value")
    id_ = writer.numbered("option", given.id())
    text = given.get("value", str)
    if text is None:
        raise BadSeed(given.at("value"), "expected the text of an option")
    return {"value": text, "id": id_}
