"""Dynamic mapping: which definition a field gets from its first value."""

from __future__ import annotations

import re
from typing import Any

from mockkibana.elasticsearch.json import java
from mockkibana.elasticsearch.mapping import dates, definitions
from mockkibana.elasticsearch.mapping.unfit import Definition
from mockkibana.json import Json
from mockkibana.wildcards import wildcard

_RUNTIME = {"text": "keyword", "float": "double"}


def definition_for(path: str, name: str, value: Json, root: Definition) -> Definition:
    """Return the definition of a new leaf, by the rules at the root of the mapping."""
    definition = _detected(value, root)
    kind = str(definition["type"])
    template_type = {"text": "string", "float": "double"}.get(kind, kind)
    return _from_template(path, name, template_type, root) or definition


def object_for(path: str, name: str, root: Definition) -> Definition:
    """Return the definition of a new object."""
    return {"properties": {}, **(_from_template(path, name, "object", root) or {})}


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
    elif root.get("date_detection") not in (False, "false"):
        for formats in root.get("dynamic_date_formats", dates.DYNAMIC_FORMATS):
            if dates.parse(text, formats) is not None:
                is_default = formats == dates.DYNAMIC_FORMATS[0]
                return {"type": "date"} if is_default else {"type": "date", "format": formats}
    return {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}


_INTEGER = re.compile(r"[+-]?\d{1,19}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?")


def _from_template(path: str, name: str, kind: str, root: Definition) -> Definition | None:
    for entry in root.get("dynamic_templates", ()):
        for template in entry.values():
            if _matches(template, path, name, kind) and "mapping" in template:
                return _filled(template["mapping"], path, name, kind)
    return None


def _matches(template: Definition, path: str, name: str, kind: str) -> bool:
    # Each new field is held against each template, so only what the template has is looked at.
    for key, value in template.items():
        if key not in _CONDITIONS:
            continue
        patterns = value if isinstance(value, list) else [value]
        if key == "match_mapping_type":
            types = list(map(java.text, patterns))
            if types and "*" not in types and kind not in types:
                return False
            continue
        subject = path if key.startswith("path") else name
        fits = any(wildcard(java.text(pattern))(subject) for pattern in patterns)
        if patterns and fits == ("unmatch" in key):
            return False
    return True


_CONDITIONS = frozenset({"match_mapping_type", "match", "path_match", "unmatch", "path_unmatch"})


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
