"""What an incident's fields are in Resilient, and how a push writes them (`resilient/utils.ts`)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from mockkibana.connectors.base import Thrown
from mockkibana.javascript import stringify
from mockkibana.json import Json, Record

_NAMES = {"incidentTypes": "incident_type_ids", "severityCode": "severity_code"}
# The types that values of a kind of field have, and the key under which they are sent.
_KINDS: dict[str, tuple[str, tuple[type, ...]]] = {
    "datetimepicker": ("date", (int, float)),
    "datepicker": ("date", (int, float)),
    "boolean": ("boolean", (bool,)),
    "number": ("object", (int, float)),
    "text": ("text", (str,)),
}


def created(fields: Sequence[Record], additional: Record) -> Record:
    """Return additional fields as a new incident has them: some are under a prefix."""
    properties = additional.get("properties")
    rest = {key: value for key, value in additional.items() if key != "properties"}
    data: Record = {}
    for key, value in {**(properties if isinstance(properties, dict) else {}), **rest}.items():
        field = _named(fields, key)
        if field is not None and field["input_type"] in ("select", "multiselect"):
            _check(field, value if isinstance(value, list) else [value])
        prefix = field and field.get("prefix")
        if prefix:
            data.setdefault(prefix, {})[key] = value
        else:
            data[key] = value
    return data


def changes(fields: Sequence[Record], old: Record, incident: Record) -> list[Record]:
    """Return what an update says of each field that it changes.

    Raises `Thrown` for a field that there is not, and for a value that it does not have.
    """
    additional = incident.get("additionalFields") or {}
    root = {key: value for key, value in incident.items() if key != "additionalFields"}
    return [_change(fields, old, key, value) for key, value in {**additional, **root}.items()]


def _change(fields: Sequence[Record], old: Record, key: str, value: Json) -> Record:
    name = _NAMES.get(key, key)
    field = _named(fields, name)
    if field is None:
        raise Thrown(f"No metadata found for field {name}")
    if field.get("prefix"):
        before = (old.get(field["prefix"]) or {}).get(key)
    else:
        before = old.get(name) or old.get(key)
    return {
        "field": {"name": name},
        "old_value": _shape(field, before),
        "new_value": _shape(field, value, before),
    }


def _named(fields: Sequence[Record], name: str) -> Record | None:
    return next((field for field in reversed(fields) if field["name"] == name), None)


def _shape(field: Record, value: Json, before: Json = None) -> Record:
    kind = field["input_type"]
    if kind == "textarea":
        return {"textarea": _text_area(value, before)}
    if value is None:
        return {}
    if kind in ("multiselect", "select"):
        values = value if kind == "multiselect" and isinstance(value, list) else [value]
        _check(field, values)
        return {"ids": values} if kind == "multiselect" else {"id": value}
    key, types = _KINDS.get(kind, ("", ()))
    fits = isinstance(value, types) and isinstance(value, bool) == (kind == "boolean")
    return {key: value} if fits else {}


def _text_area(value: Json, before: Json) -> Json:
    if value is None or (isinstance(value, dict) and {"format", "content"} <= value.keys()):
        return value
    had_format = isinstance(before, dict) and "format" in before
    return {"format": before["format"] if had_format else "text", "content": value}


def _check(field: Record, given: list[Json]) -> None:
    """Refuse what is none of the values that a field may have; each `value` is a number or text."""
    values = field.get("values")
    if not isinstance(values, list):
        return
    known = [(type(row["value"]), row["value"]) for row in values]
    if all((type(value), value) in known for value in given):
        return
    shown = json.dumps(given, indent=2, ensure_ascii=False)
    accepted = ",".join(f'{_text(row["value"])} (for "{row["label"]}")' for row in values)
    raise Thrown(
        f"Invalid values provided to {field['name']}: {shown}. Accepted values: {accepted}"
    )


def _text(value: Json) -> str:
    return value if isinstance(value, str) else stringify(value)
