"""The APIs about templates: composable, component and legacy ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.cluster.templates import invalid, missing
from mockkibana.elasticsearch.errors import illegal_argument, validation_failed
from mockkibana.elasticsearch.face.rest_request import RestRequest, RestRoute
from mockkibana.elasticsearch.indices import index_settings, templates
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.http.messages import Answer
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
_LEGACY_WARNING = "Legacy index templates are deprecated in favor of composable templates."


def _read(request: RestRequest, parser: str, kinds: Mapping[str, str]) -> dict[str, Json]:
    raw = request.required_body()
    body = request.object()
    with located(raw, body):
        return _parts(parser, kinds, body)


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


def put_composable(request: RestRequest) -> Answer:
    """Put a composable template; with `create` only a new one."""
    request.check_timeouts()
    name = _checked_name(request)
    template = _composable(name, _read(request, "index_template", _COMPOSABLE))
    create = request.parameters.flag("create")
    request.authorized_cluster().templates.put(name, template, create=create)
    return Answer(200, ACKNOWLEDGED)


def _composable(name: str, read: dict[str, Json]) -> dict[str, Json]:
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


def put_component(request: RestRequest) -> Answer:
    """Put a component template; with `create` only a new one."""
    request.check_timeouts()
    name = _checked_name(request)
    template = _read(request, "component_template", _COMPONENT)
    if "template" not in template:
        # Guess: the words of a ConstructingObjectParser.
        raise illegal_argument("Required [template]")
    create = request.parameters.flag("create")
    request.authorized_cluster().templates.put_component(name, template, create=create)
    return Answer(200, ACKNOWLEDGED)


def put_legacy(request: RestRequest) -> Answer:
    """Put a legacy template; a node warns of its kind."""
    request.check_timeouts()
    name = _checked_name(request)
    request.required_body()
    body = request.object()
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
    order = body.get("order", request.parameters.integer("order") or 0)
    template = {
        "order": int(order),
        **({"version": body["version"]} if body.get("version") is not None else {}),
        "index_patterns": patterns,
        "settings": index_settings.nested(index_settings.read(body.get("settings") or {})),
        "mappings": body.get("mappings") or {},
        "aliases": body.get("aliases") or {},
    }
    create = request.parameters.flag("create")
    request.authorized_cluster().templates.put_legacy(name, template, create=create)
    return Answer(200, ACKNOWLEDGED, {"Warning": request.warning(_LEGACY_WARNING)})


def _checked_name(request: RestRequest) -> str:
    name = request.names["name"]
    texts = [
        text
        for is_wrong, text in (
            (" " in name, "must not contain a space"),
            ("," in name, "must not contain a ','"),
            ("#" in name, "must not contain a '#'"),
            ("*" in name, "must not contain a '*'"),
            (name.startswith("_"), "must not start with '_'"),
            (name != name.lower(), "must be lower cased"),
        )
        if is_wrong
    ]
    if texts:
        numbered = "".join(f"{number}: name {text};" for number, text in enumerate(texts, 1))
        raise invalid(name, f"Validation Failed: {numbered}")
    return name


def get_composable(request: RestRequest) -> Answer:
    """Answer composable templates: all, or those that a name or wildcard means."""
    found = _found(request, "composable", "index template")
    flat = request.parameters.flag("flat_settings")
    listed = [
        {"name": name, "index_template": _shown(template, flat=flat)}
        for name, template in found.items()
    ]
    return Answer(200, {"index_templates": listed})


def get_component(request: RestRequest) -> Answer:
    """Answer component templates: all, or those that a name or wildcard means."""
    found = _found(request, "components", "component template")
    flat = request.parameters.flag("flat_settings")
    listed = [
        {"name": name, "component_template": _shown(template, flat=flat)}
        for name, template in found.items()
    ]
    return Answer(200, {"component_templates": listed})


def _shown(template: dict[str, Json], *, flat: bool) -> dict[str, Json]:
    settings = template.get("template", {}).get("settings")
    if not flat or not settings:
        return template
    shown = index_settings.read(settings)
    return {**template, "template": {**template["template"], "settings": shown}}


def _found(request: RestRequest, kind: str, told: str) -> dict[str, dict[str, Json]]:
    store = request.authorized_cluster().templates
    name = request.names.get("name", "*")
    found = store.find(getattr(store, kind)(), name)
    if not found and "*" not in name:
        raise missing(told, name)
    return found


def get_legacy(request: RestRequest) -> Answer:
    """Answer legacy templates; 404 where a name means none."""
    store = request.authorized_cluster().templates
    name = request.names.get("name", "*")
    found = store.find(store.legacy(), name)
    if request.parameters.flag("flat_settings"):
        found = {
            each: {**template, "settings": index_settings.read(template["settings"])}
            for each, template in found.items()
        }
    return Answer(200 if found or "*" in name else 404, found)


def composable_exists(request: RestRequest) -> Answer:
    """Answer whether there is such a composable template."""
    store = request.authorized_cluster().templates
    return Answer(200 if store.find(store.composable(), request.names["name"]) else 404)


def component_exists(request: RestRequest) -> Answer:
    """Answer whether there is such a component template."""
    store = request.authorized_cluster().templates
    return Answer(200 if store.find(store.components(), request.names["name"]) else 404)


def delete_composable(request: RestRequest) -> Answer:
    """Delete composable templates."""
    request.check_timeouts()
    request.authorized_cluster().templates.delete(request.names["name"])
    return Answer(200, ACKNOWLEDGED)


def delete_component(request: RestRequest) -> Answer:
    """Delete component templates."""
    request.check_timeouts()
    request.authorized_cluster().templates.delete_components(request.names["name"])
    return Answer(200, ACKNOWLEDGED)


def delete_legacy(request: RestRequest) -> Answer:
    """Delete legacy templates."""
    request.check_timeouts()
    request.authorized_cluster().templates.delete_legacy(request.names["name"])
    return Answer(200, ACKNOWLEDGED)


def simulate_index(request: RestRequest) -> Answer:
    """Answer what an index of that name would be made of; the body may hold a further template."""
    store = request.authorized_cluster().templates
    name = request.names["name"]
    known = store.composable()
    if request.body.strip():
        template = _composable("simulated", _read(request, "index_template", _COMPOSABLE))
        known = {**known, "simulated": template}
    found = templates.best(name, known)
    if found is None:
        parts: list[Json] = [*templates.legacy(name, store.legacy())]
    else:
        parts = templates.composed(known[found], store.components())
    overlapping = [
        {"name": each, "index_patterns": known[each]["index_patterns"]}
        for each in templates.matching(name, known)
        if each != found
    ]
    return Answer(200, {"template": store.simulate(parts), "overlapping": overlapping})


def simulate_template(request: RestRequest) -> Answer:
    """Answer what a template comes to: one that is there, or the one of the body."""
    store = request.authorized_cluster().templates
    name = request.names.get("name")
    if request.body.strip():
        template = _composable(name or "simulated", _read(request, "index_template", _COMPOSABLE))
    elif name is not None and name in store.composable():
        template = store.composable()[name]
    else:
        # Guess: the sentence is that of TransportSimulateTemplateAction.
        raise illegal_argument(f"unable to simulate template [{name}] that does not exist")
    overlapping = [
        {"name": each, "index_patterns": other["index_patterns"]}
        for each, other in store.composable().items()
        if each != name and templates.overlap(template["index_patterns"], other["index_patterns"])
    ]
    parts = templates.composed(template, store.components())
    return Answer(200, {"template": store.simulate(parts), "overlapping": overlapping})


def _routes(path: str, action: str, put: Any, get: Any, exists: Any, delete: Any) -> Any:
    one = f"{path}/{{name}}"
    yield RestRoute("PUT POST", one, put, f"{action}put", takes_body=True)
    yield RestRoute("GET", path, get, f"{action}get")
    yield RestRoute("GET", one, get, f"{action}get")
    yield RestRoute("HEAD", one, exists, f"{action}get")
    yield RestRoute("DELETE", one, delete, f"{action}delete")


_COMPOSABLES = "indices:admin/index_template/"
_COMPONENTS = "cluster:admin/component_template/"
_LEGACIES = "indices:admin/template/"
_SIMULATE = "/_index_template/_simulate"

ROUTES = (
    *_routes(
        "/_index_template",
        _COMPOSABLES,
        put_composable,
        get_composable,
        composable_exists,
        delete_composable,
    ),
    *_routes(
        "/_component_template",
        _COMPONENTS,
        put_component,
        get_component,
        component_exists,
        delete_component,
    ),
    *_routes("/_template", _LEGACIES, put_legacy, get_legacy, get_legacy, delete_legacy),
    RestRoute("POST", _SIMULATE, simulate_template, f"{_COMPOSABLES}simulate", takes_body=True),
    RestRoute(
        "POST",
        f"{_SIMULATE}/{{name}}",
        simulate_template,
        f"{_COMPOSABLES}simulate",
        takes_body=True,
    ),
    RestRoute(
        "POST",
        f"{_SIMULATE}_index/{{name}}",
        simulate_index,
        f"{_COMPOSABLES}simulate_index",
        takes_body=True,
    ),
)
