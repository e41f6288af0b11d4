"""What the bodies of templates may say, and how it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockkibana.elasticsearch.errors import illegal_argument, validation_failed
from mockkibana.elasticsearch.indices import index_settings
from mockkibana.elasticsearch.indices.templates import invalid
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.json import Json

_TEMPLATE = {
    "settings": "object",
    "mappings": "object",
    "aliases": "object",
    "lifecycle": "object",
    "data_stream_options": "object",
}
_COMPOSABLE = {
    "index_patterns": "strings",
    "template": "object",
    "composed_of": "strings",
    "priority": "long",
    "version": "long",
    "_meta": "object",
    "data_stream": "object",
    "allow_auto_create": "boolean",
    "ignore_missing_component_templates": "strings",
    "deprecated": "boolean",
}
_STREAM = {"hidden": "boolean", "allow_custom_routing": "boolean"}
_COMPONENT = {
    "template": "object",
    "version": "long",
    "_meta": "object",
    "deprecated": "boolean",
    "allow_auto_create": "boolean",
}
_LEGACY = ("index_patterns", "settings", "mappings", "aliases", "order", "version")


def composable(name: str, body: dict[str, Json]) -> dict[str, Json]:
    """Read a composable template. Raises `ParseError` and `ElasticsearchError`."""
    read = _parts("index_template", _COMPOSABLE, body)
    if not read.get("index_patterns"):
        raise validation_failed(["index patterns are missing"])
    if read.get("priority", 0) < 0:
        raise validation_failed(["index template priority must be >= 0"])
    for pattern in read["index_patterns"]:
        if pattern.startswith("_") or " " in pattern or "," in pattern or "#" in pattern:
            text = f"index_pattern [{pattern}] must not contain a space, a comma or '#'"
            raise invalid(name, f"Validation Failed: 1: {text};")
    order = ("index_patterns", "template", "composed_of")
    whole: dict[str, Any] = {"composed_of": [], **read}
    return {key: whole[key] for key in (*order, *whole) if key in whole}


def component(body: dict[str, Json]) -> dict[str, Json]:
    """Read a component template. Raises `ParseError` and `ElasticsearchError`."""
    template = _parts("component_template", _COMPONENT, body)
    if "template" not in template:
        # Guess: the words of a ConstructingObjectParser.
        raise illegal_argument("Required [template]")
    return template


def legacy(body: dict[str, Json], order: int = 0) -> dict[str, Json]:
    """Read a legacy template, which may have an `order` of its own. Raises `ElasticsearchError`."""
    for key in body:
        if key not in _LEGACY:
            raise illegal_argument(f"unknown key [{key}] in the template ")
    patterns = body.get("index_patterns")
    if not patterns:
        raise validation_failed(["index patterns are missing"])
    patterns = patterns if isinstance(patterns, list) else [patterns]
    if not all(isinstance(pattern, str) for pattern in patterns):
        raise illegal_argument("Malformed [index_patterns] value, should be a list of strings")
    for key in ("settings", "mappings", "aliases"):
        if not isinstance(body.get(key, {}), dict | None):
            raise illegal_argument(f"Malformed [{key}] section, should include an inner object")
    for key in ("order", "version"):
        if isinstance(body.get(key, 0), (dict, list)):
            raise illegal_argument(f"Malformed [{key}] value, should be an integer")
    try:
        number = int(body.get("order", order))
    except (TypeError, ValueError, OverflowError):
        raise illegal_argument("Malformed [order] value, should be an integer") from None
    return {
        "order": number,
        **({"version": body["version"]} if body.get("version") is not None else {}),
        "index_patterns": patterns,
        "settings": index_settings.nested(index_settings.read(body.get("settings") or {})),
        "mappings": body.get("mappings") or {},
        "aliases": body.get("aliases") or {},
    }


def _parts(parser: str, kinds: Mapping[str, str], body: Json) -> dict[str, Json]:
    """Read a template; to be called within `located`."""
    body = {name: value for name, value in body.items() if value is not None}
    read = fields(parser, kinds, body, ())
    if "template" in read:
        path = ("template",)
        given = {name: value for name, value in read["template"].items() if value is not None}
        template = fields("template", _TEMPLATE, given, path)
        if "settings" in template:
            flat = index_settings.read(template["settings"])
            template["settings"] = index_settings.nested(flat)
        read["template"] = template
    if "data_stream" in read:
        given = fields("data_stream_template", _STREAM, read["data_stream"], ("data_stream",))
        read["data_stream"] = {"hidden": False, "allow_custom_routing": False, **given}
    return read
