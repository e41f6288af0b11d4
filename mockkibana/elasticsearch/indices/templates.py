"""Index templates: what a new index starts with because of its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockkibana.data import data
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.indices import index_settings
from mockkibana.elasticsearch.mapping import definitions
from mockkibana.elasticsearch.mapping.unfit import Definition
from mockkibana.json import Json
from mockkibana.settings import Settings
from mockkibana.wildcards import wildcard

Template = dict[str, Json]
Templates = Mapping[str, Template]


@dataclass(frozen=True, slots=True)
class Parts:
    """What templates and a request give to an index: flat settings, a mapping, aliases."""

    settings: index_settings.Flat = field(default_factory=dict)
    mappings: Definition = field(default_factory=dict)
    aliases: dict[str, Json] = field(default_factory=dict)


def shipped(kind: str) -> Templates:
    """Return what every node has: its `index_templates` or `component_templates`, by name."""
    found: Templates = data("elasticsearch_templates")[kind]
    return found


def kibanas(settings: Settings) -> Templates:
    """Return the index templates that Kibana has put, by name, as `GET /_index_template` shows.

    The alert history's exists with `preconfigured_alert_history_es_index`: Kibana puts it when it
    starts (elastic/kibana, `create_alert_history_index_template.ts`).
    """
    return shipped("kibana") if settings.preconfigured_alert_history_es_index else {}


def matching(name: str, templates: Templates) -> list[str]:
    """Return the names of the templates with a pattern that an index's name fits."""
    return [
        each
        for each, template in templates.items()
        if any(wildcard(pattern)(name) for pattern in template["index_patterns"])
    ]


def best(name: str, templates: Templates) -> str | None:
    """Return the name of the composable template of the highest priority that fits, if any does."""
    return max(matching(name, templates), key=lambda each: priority(templates[each]), default=None)


def priority(template: Template) -> int:
    """Return the priority of a composable template."""
    return int(template.get("priority") or 0)


def composed(template: Template, components: Templates) -> list[Json]:
    """Return what a composable template is made of, later parts winning."""
    parts = [components[name] for name in template.get("composed_of", ()) if name in components]
    return [part.get("template") or {} for part in (*parts, template)]


def legacy(name: str, templates: Templates, *, is_hidden: bool = False) -> list[Json]:
    """Return the legacy templates for an index, later parts winning: those of a higher order.

    A template for all indices is none for a hidden one (`MetadataIndexTemplateService`).
    """
    found = [
        templates[each]
        for each in matching(name, templates)
        if not (is_hidden and "*" in templates[each]["index_patterns"])
    ]
    return sorted(found, key=lambda template: int(template.get("order") or 0))


def merged(parts: Iterable[Json]) -> Parts:
    """Merge `settings`, `mappings` and `aliases` of several parts, later ones winning.

    Raises `ElasticsearchError` for settings or a mapping that are not valid.
    """
    parts = list(parts)
    settings: index_settings.Flat = {}
    aliases: dict[str, Json] = {}
    for part in parts:
        settings |= index_settings.read(part.get("settings") or {})
        aliases |= part.get("aliases") or {}
    analyzers = index_settings.analyzers(settings)
    mappings: Definition = definitions.read({}, analyzers)
    for part in parts:
        if part.get("mappings"):
            mappings = merge_mappings(mappings, definitions.read(part["mappings"], analyzers))
    return Parts(settings, mappings, aliases)


def merge_mappings(below: Definition, above: Definition) -> Definition:
    """Return a mapping with another laid over it: objects are merged, a field is replaced whole.

    Dynamic templates keep their places by name, and new ones go to the end (`RootObjectMapper`).
    """
    result: dict[str, Any] = {**below, **above}
    if "properties" in below and "properties" in above:
        properties = dict(below["properties"])
        for name, definition in above["properties"].items():
            before = properties.get(name, {})
            is_object = "properties" in before and "properties" in definition
            properties[name] = merge_mappings(before, definition) if is_object else definition
        result["properties"] = properties
    if "dynamic_templates" in below and "dynamic_templates" in above:
        named = {next(iter(each)): each for each in below["dynamic_templates"]}
        named |= {next(iter(each)): each for each in above["dynamic_templates"]}
        result["dynamic_templates"] = list(named.values())
    if "_meta" in below and "_meta" in above:
        result["_meta"] = {**below["_meta"], **above["_meta"]}
    return result


def overlap(one: Iterable[str], other: Iterable[str]) -> bool:
    """Return whether there is a name that patterns of both fit (`Automatons.intersection`)."""
    return any(_intersect(left, right) for left in one for right in other)


def _intersect(one: str, other: str) -> bool:
    """Tell whether some name fits both patterns; follows all ways through the two."""
    places, seen = [(0, 0)], set()
    while places:
        place = places.pop()
        left, right = place
        if place in seen or left > len(one) or right > len(other):
            continue
        seen.add(place)
        if place == (len(one), len(other)):
            return True
        here, there = one[left : left + 1], other[right : right + 1]
        if "*" in (here, there):
            places += [(left + 1, right), (left, right + 1)]
        elif here == there:
            places.append((left + 1, right + 1))
    return False


def invalid(name: str, text: str) -> ElasticsearchError:
    """Return the refusal of a template."""
    return ElasticsearchError(
        400, "invalid_index_template_exception", f"index_template [{name}] invalid, cause [{text}]"
    )
