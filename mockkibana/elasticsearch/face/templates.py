"""The APIs about templates: composable, component and legacy ones."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.cluster.templates import missing
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices import index_settings, template_bodies, templates
from mockkibana.elasticsearch.indices.templates import invalid
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.http.messages import Answer
from mockkibana.json import Json

_LEGACY_WARNING = "Legacy index templates are deprecated in favor of composable templates."


def _read(
    request: RestRequest, read: Callable[[dict[str, Json]], dict[str, Json]]
) -> dict[str, Json]:
    raw = request.required_body()
    body = request.object()
    with located(raw, body):
        return read(body)


def put_composable(request: RestRequest) -> Answer:
    """Put a composable template; with `create` only a new one."""
    request.check_timeouts()
    name = _checked_name(request)
    template = _read(request, lambda body: template_bodies.composable(name, body))
    create = request.parameters.flag("create")
    request.authorized_cluster().templates.put(name, template, create=create)
    return Answer(200, ACKNOWLEDGED)


def put_component(request: RestRequest) -> Answer:
    """Put a component template; with `create` only a new one."""
    request.check_timeouts()
    name = _checked_name(request)
    template = _read(request, template_bodies.component)
    create = request.parameters.flag("create")
    request.authorized_cluster().templates.put_component(name, template, create=create)
    return Answer(200, ACKNOWLEDGED)


def put_legacy(request: RestRequest) -> Answer:
    """Put a legacy template; a node warns of its kind."""
    request.check_timeouts()
    name = _checked_name(request)
    order = request.parameters.integer("order") or 0
    template = _read(request, lambda body: template_bodies.legacy(body, order))
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


def _simulated(request: RestRequest, name: str) -> dict[str, Json]:
    return _read(request, lambda body: template_bodies.composable(name, body))


def simulate_index(request: RestRequest) -> Answer:
    """Answer what an index of that name would be made of; the body may hold a further template."""
    store = request.authorized_cluster().templates
    name = request.names["name"]
    known = store.composable()
    if request.body.strip():
        template = _simulated(request, "simulated")
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
        template = _simulated(request, name or "simulated")
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
