"""Dynamic mapping: which definition a field gets from its first value."""

from __future__ import annotations

import re
from typing import Any

from mockkibana.elasticsearch.mapping import dates, definitions
from mockkibana.elasticsearch.mapping.dynamic_templates import DynamicTemplates
from mockkibana.elasticsearch.mapping.unfit import Definition
from mockkibana.json import Json

_RUNTIME = {"text": "keyword", "float": "double"}


def definition_for(
    path: str, name: str, value: Json, root: Definition, templates: DynamicTemplates
) -> Definition:
    """Return the definition of a new leaf, by the rules at the root of the mapping."""
    definition = _detected(value, root)
    kind = str(definition["type"])
    template_type = {"text": "string", "float": "double"}.get(kind, kind)
    return _from_template(path, name, template_type, templates) or definition


def object_for(path: str, name: str, templates: DynamicTemplates) -> Definition:
    """Return the definition of a new object."""
    return {"properties": {}, **(_from_template(path, name, "object", templates) or {})}


def runtime_for(value: Json, root: Definition) -> Definition:
    """Return the definition of a new runtime field (`dynamic: runtime`)."""
    kind = _detected(value, root)["type"]
    return {"type": _RUNTIME.get(kind, kind)}


def _detected(value: Json, root: Definition) -> Definition:
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int):
        return {"type": "long"}
    if isinstance(value, float):
        return {"type": "float"}
    return _of_text(str(value), root)


def _of_text(text: str, root: Definition) -> Definition:
    if _NUMBER.fullmatch(text):
        if root.get("numeric_detection") in (True, "true"):
            return {"type": "long" if _INTEGER.fullmatch(text) else "float"}
    elif root.get("date_detection") not in (False, "false") and (
        "dynamic_date_formats" in root or _may_be_date(text)
    ):
        for formats in root.get("dynamic_date_formats", dates.DYNAMIC_FORMATS):
            if dates.parse(text, formats) is not None:
                is_default = formats == dates.DYNAMIC_FORMATS[0]
                return {"type": "date"} if is_default else {"type": "date", "format": formats}
    return {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}


def _may_be_date(text: str) -> bool:
    """Return whether a text begins as one of the default formats does: most do not."""
    return text[:1].isdigit() or text[:1] in ("+", "-")


_INTEGER = re.compile(r"[+-]?\d{1,19}")
_NUMBER = re.compile(r"[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?[dDfF]?")


def _from_template(
    path: str, name: str, kind: str, templates: DynamicTemplates
) -> Definition | None:
    mapping = templates.mapping_for(path, name, kind)
    return None if mapping is None else _filled(mapping, path, name, kind)


def _filled(mapping: Definition, path: str, name: str, kind: str) -> Definition:
    dynamic_type = {"string": "text"}.get(kind, kind)

    def fill(value: Json) -> Any:
        if isinstance(value, str):
            return value.replace("{name}", name).replace("{dynamic_type}", dynamic_type)
        if isinstance(value, dict):
            return {fill(key): fill(inner) for key, inner in value.items()}
        return [fill(inner) for inner in value] if isinstance(value, list) else value

    filled: Definition = fill(mapping)
    if kind != "object":
        filled = {"type": dynamic_type, **filled}
    elif "type" not in filled:
        filled = {"type": "object", **filled}
    return definitions.read_field(path, name, filled)
