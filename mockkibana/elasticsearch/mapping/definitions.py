"""Mappings as users write them: which are valid, and how they are kept."""

from __future__ import annotations

import math
from collections.abc import Container

from mockkibana.elasticsearch.errors import mapper_parsing
from mockkibana.elasticsearch.json import java
from mockkibana.elasticsearch.mapping import dates
from mockkibana.elasticsearch.mapping.fields import TYPES
from mockkibana.elasticsearch.mapping.refused import Refused, integer, number, refuse_argument
from mockkibana.elasticsearch.mapping.unfit import Definition
from mockkibana.elasticsearch.vocabulary import names, parameters
from mockkibana.json import Json

OBJECTS = frozenset(("object", "nested", "passthrough"))
_DATES = ("date", "date_nanos", "date_range")


def read(mappings: Json, analyzers: Container[str] = ()) -> Definition:
    """Return the mapping as it is kept: names without dots, parameters in one form.

    `analyzers` are the names that the index itself defines. Raises `mapper_parsing_exception`.
    """
    if set(mappings) == {"_doc"}:
        mappings = mappings["_doc"]
    try:
        _refuse_unknown("root", mappings, "Root mapping definition")
        _check_root(mappings)
        result = _object("", mappings, analyzers)
    except Refused as refused:
        raise refused.error() from None
    return result


def read_field(path: str, name: str, definition: Definition) -> Definition:
    """Return the definition of one field as it is kept; raises as `read` does."""
    try:
        return _field(path, name, definition, ())
    except Refused as refused:
        raise refused.error() from None


def _refuse_unknown(group: str, definition: Definition, start: str) -> None:
    known = names("mapping", group)
    unknown = [f" [{key} : {java.text(definition[key])}]" for key in definition if key not in known]
    if unknown:
        raise Refused(f"{start} has unsupported parameters: {''.join(unknown)}")


def _check_root(mappings: Definition) -> None:
    runtime = mappings.get("runtime", {})
    if not isinstance(runtime, dict):
        # Guess: the words.
        raise Refused(f"Expected map for runtime fields definition but got {_class_of(runtime)}")
    for name, definition in runtime.items():
        if definition is None:
            continue  # takes the field away
        if not isinstance(definition, dict) or "type" not in definition:
            raise Refused(f"No type specified for runtime field [{name}]")
        kind = java.text(definition["type"])
        if kind not in names("mapping", "runtime_types"):
            raise Refused(f"No handler for type [{kind}] declared on runtime field [{name}]")
    for formats in _list_of("dynamic_date_formats", mappings):
        _check_format("dynamic_date_formats", formats)
    for template in _list_of("dynamic_templates", mappings):
        if not isinstance(template, dict) or len(template) != 1:
            raise Refused("A dynamic template must be defined with a name")
        name, body = next(iter(template.items()))
        if not isinstance(body, dict) or not isinstance(body.get("mapping"), dict):
            raise Refused(f"template [{name}] must have either mapping or runtime set")
        if body.get("match_pattern", "simple") != "simple":
            refuse_argument(
                f"mockkibana knows no match_pattern but [simple]: dynamic template [{name}]"
            )


def _list_of(name: str, mappings: Definition) -> list[Json]:
    value = mappings.get(name, [])
    if not isinstance(value, list):
        raise Refused(
            "Dynamic template syntax error. An array of named objects is expected."
            if name == "dynamic_templates"
            else f"[{name}] must be an array but was {_class_of(value)}"
        )
    return value


def _check_format(where: str, formats: Json) -> None:
    try:
        dates.parsers(java.text(formats))
    except dates.BadFormat as bad:
        refuse_argument(f"Error parsing [format] on field [{where}]: {bad}")


def _class_of(value: Json) -> str:
    return f"a {java.class_name(value)}"


def _object(path: str, definition: Definition, analyzers: Container[str]) -> Definition:
    result = {key: value for key, value in definition.items() if key != "properties"}
    if "dynamic_date_formats" in result:
        result["dynamic_date_formats"] = list(map(java.text, result["dynamic_date_formats"]))
    if result.get("type") == "object":
        del result["type"]
    if "dynamic" in result:
        result["dynamic"] = _dynamic(result["dynamic"])
    properties = definition.get("properties", {})
    if isinstance(properties, list) and not properties:
        properties = {}  # an empty PHP array is taken (ObjectMapper.TypeParser)
    if not isinstance(properties, dict):
        raise Refused("properties must be a map type")
    fields: dict[str, Json] = {}
    flat = result.get("subobjects") in (False, "false")
    for name, field in properties.items():
        _add(fields, path, name, field, analyzers, flat=flat)
    result["properties"] = fields
    return result


def _dynamic(value: Json) -> str:
    text = java.text(value).lower()
    if text not in ("true", "false", "strict", "runtime"):
        refuse_argument(
            "No enum constant org.elasticsearch.index.mapper.ObjectMapper.Dynamic."
            + java.text(value).upper()
        )
    return text


def _add(
    fields: dict[str, Json],
    path: str,
    name: str,
    field: Json,
    analyzers: Container[str],
    *,
    flat: bool,
) -> None:
    parts = [name] if flat else name.split(".")
    if not all(part.strip() for part in parts):
        refuse_argument("field name cannot be an empty string" if not name else _ambiguous(name))
    for part in parts[:-1]:
        path = f"{path}.{part}" if path else part
        fields = fields.setdefault(part, {"properties": {}}).setdefault("properties", {})
    path = f"{path}.{parts[-1]}" if path else parts[-1]
    fields[parts[-1]] = _field(path, parts[-1], field, analyzers)


def _ambiguous(name: str) -> str:
    return f"field name cannot contain only whitespace: ['{name}']"


def _field(path: str, name: str, field: Json, analyzers: Container[str]) -> Definition:
    if not isinstance(field, dict):
        raise Refused(
            f"Expected map for property [fields] on field [{name}] but got a "
            f"{java.class_name(field)}"
        )
    kind = field.get("type")
    if isinstance(kind, dict | list):
        raise Refused(f"No handler for type [{java.text(kind)}] declared on field [{name}]")
    if kind is None:
        if "properties" not in field and set(field) != {"enabled"}:
            raise Refused(f"No type specified for field [{name}]")
        kind = "object"
    if kind in OBJECTS:
        _refuse_unknown("object", field, f"Mapping definition for [{name}]")
        return _object(path, field, analyzers)
    if not isinstance(kind, str) or kind not in TYPES:
        raise Refused(f"No handler for type [{kind}] declared on field [{name}]")
    return _leaf(path, name, str(kind), field, analyzers)


def _leaf(
    path: str, name: str, kind: str, field: Definition, analyzers: Container[str]
) -> Definition:
    known = parameters(kind)
    for key, value in field.items():
        if key == "properties" or (known is not None and key not in known):
            raise Refused(f"unknown parameter [{key}] on mapper [{name}] of type [{kind}]")
        if value is None and key != "null_value":
            raise Refused(
                f"[{key}] on mapper [{name}] of type [{kind}] must not have a [null] value"
            )
        if key in ("analyzer", "search_analyzer", "search_quote_analyzer"):
            _check_analyzer(value, analyzers)
    _check_required(path, name, kind, field)
    result = dict(field)
    if kind == "dense_vector":
        from mockkibana.elasticsearch.mapping.vector_definitions import complete

        result = complete(name, result)
    if "ignore_above" in field:
        result["ignore_above"] = integer(field["ignore_above"])
    if kind in _DATES and "format" in field:
        result["format"] = java.text(field["format"])
    if "copy_to" in field:
        targets = field["copy_to"]
        result["copy_to"] = list(map(java.text, targets if type(targets) is list else [targets]))
    if "fields" in field:
        fields = field["fields"] or {}
        if not isinstance(fields, dict):
            raise Refused(
                f"expected map for property [fields] on field [{name}] but got a "
                f"{java.class_name(fields)}"
            )
        result["fields"] = {
            inner: _multi_field(f"{path}.{inner}", inner, value, analyzers)
            for inner, value in fields.items()
        }
    return result


def _multi_field(path: str, name: str, field: Json, analyzers: Container[str]) -> Definition:
    if isinstance(field, dict):
        kind = field.get("type", "object" if "properties" in field else "")
        if kind in list(OBJECTS):
            raise Refused(f"Type [{kind}] cannot be used in multi field")
    return _field(path, name, field, analyzers)


def _check_analyzer(value: Json, analyzers: Container[str]) -> None:
    name = java.text(value)
    if name not in names("mapping", "analyzers") and name not in analyzers:
        refuse_argument(f"analyzer [{name}] has not been configured in mappings")


def _check_required(path: str, name: str, kind: str, field: Definition) -> None:
    if kind == "scaled_float" and "scaling_factor" not in field:
        refuse_argument("Field [scaling_factor] is required")
    if kind == "scaled_float" and not 0 < (factor := number(field["scaling_factor"])) < math.inf:
        refuse_argument(f"[scaling_factor] must be a positive number, got [{java.text(factor)}]")
    if kind == "aggregate_metric_double":
        for key in ("metrics", "default_metric"):
            if key not in field:
                refuse_argument(f"Property [{key}] is required for field [{name}].")
        if not isinstance(field["metrics"], list):
            # Guess: the words, here and for [relations].
            raise Refused(f"[metrics] must be an array but was {_class_of(field['metrics'])}")
    if kind == "join" and not isinstance(field.get("relations", {}), dict):
        raise Refused(f"[relations] must be an object but was {_class_of(field['relations'])}")
    if kind == "alias" and not (field.get("path") and isinstance(field["path"], str)):
        raise Refused(f"The [path] property must be specified for field [{name}].")
    if kind in _DATES and "format" in field:
        _check_format(path, field["format"])


def check_aliases(mappings: Definition) -> None:
    """Raise `mapper_parsing_exception` for a field alias that leads to no field."""
    known = dict(walk(mappings))
    for path, definition in known.items():
        if definition.get("type") != "alias":
            continue
        target = known.get(definition["path"])
        start = f"Invalid [path] value [{definition['path']}] for field alias [{path}]: an alias "
        if definition["path"] == path:
            raise mapper_parsing(f"{start}cannot refer to itself.")
        if target is None or "properties" in target:
            raise mapper_parsing(f"{start}must refer to an existing field in the mappings.")
        if target.get("type") == "alias":
            raise mapper_parsing(f"{start}cannot refer to another alias.")


def walk(mappings: Definition, path: str = "") -> list[tuple[str, Definition]]:
    """Return every field with its full path: objects, leaves and multi-fields, parents first."""
    result: list[tuple[str, Definition]] = []
    for group in ("properties", "fields"):
        for name, definition in mappings.get(group, {}).items():
            full = f"{path}.{name}" if path else name
            result.append((full, definition))
            result.extend(walk(definition, full))
    return result


def render(mappings: Definition) -> Definition:
    """Return a mapping as Elasticsearch shows it: fields by name, empty objects with their type."""
    result = {key: value for key, value in mappings.items() if key not in ("properties", "fields")}
    for group in ("fields", "properties"):
        inner = mappings.get(group)
        if inner:
            result[group] = {name: _rendered(inner[name]) for name in sorted(inner)}
    return result


def _rendered(definition: Definition) -> Definition:
    if "properties" in definition and not definition["properties"] and "type" not in definition:
        return {"type": "object", **render(definition)}
    return render(definition)
