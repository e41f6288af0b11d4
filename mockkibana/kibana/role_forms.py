"""Roles translated between Kibana's form and Elasticsearch's, where Kibana is an application."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mockkibana.json import Json
from mockkibana.kibana.errors import KibanaError
from mockkibana.kibana.privileges import APPLICATION, EVERYWHERE
from mockkibana.kibana.role_schema import BASE_PRIVILEGES

Feature = Mapping[str, Any]
Entry = Mapping[str, Any]

_SPACE = "space:"
_SPACE_BASE = "space_"
_RESERVED = "reserved_"
_FEATURE = "feature_"
_FEATURE_PRIVILEGE = re.compile(r"feature_([a-zA-Z0-9_\-]+)\.([a-zA-Z0-9_\-]+)")
# Elasticsearch's own roles name Kibana so: any Kibana, or any application.
_WILDCARDS = ("kibana-*", "*")
_KIBANAS = (APPLICATION, *_WILDCARDS)
_PARTS = ("cluster", "remote_cluster", "indices", "remote_indices", "run_as")


def to_elasticsearch(role: Mapping[str, Any], known: Mapping[str, Any] | None) -> dict[str, Json]:
    """Return the body with which Kibana puts a role, checked by `PutRole`, into Elasticsearch.

    `known` is the role's present descriptor, whose grants on other applications are kept.
    """
    given = role["elasticsearch"]
    body: dict[str, Json] = {}
    if role.get("description"):
        body["description"] = role["description"]
    if "metadata" in role:
        body["metadata"] = role["metadata"]
    for part in _PARTS:
        if part in given or not part.startswith("remote_"):
            body[part] = given.get(part, [])
    body["applications"] = [
        *(_application(entry) for entry in role.get("kibana", ())),
        *(
            entry
            for entry in (known or {}).get("applications", ())
            if entry["application"] != APPLICATION
        ),
    ]
    return body


def _application(entry: Entry) -> dict[str, Json]:
    everywhere = entry["spaces"] == [EVERYWHERE]
    prefix = "" if everywhere else _SPACE_BASE
    return {
        "application": APPLICATION,
        "privileges": [
            *(prefix + name for name in entry.get("base", ())),
            *(
                f"{_FEATURE}{feature}.{name}"
                for feature, names in entry.get("feature", {}).items()
                for name in names
            ),
        ],
        "resources": (
            [EVERYWHERE] if everywhere else [_SPACE + space for space in entry["spaces"]]
        ),
    }


def to_kibana(
    name: str, descriptor: Mapping[str, Any], features: Iterable[Feature]
) -> dict[str, Json]:
    """Return a role of Elasticsearch's form in Kibana's.

    What cannot be said in Kibana's form leaves `kibana` empty, with a `_transform_error`.
    Raises `KibanaError` (500) for an entry that holds nowhere.
    """
    applications = descriptor["applications"]
    entries = [entry for entry in applications if entry["application"] in _KIBANAS]
    if any(not entry["resources"] for entry in entries):
        raise KibanaError(
            500, "ES returned an application entry without resources, can't process this"
        )
    told = _is_told(entries, list(features))
    role: dict[str, Json] = {"name": name}
    if descriptor.get("description"):
        role["description"] = descriptor["description"]
    role["metadata"] = descriptor["metadata"]
    role["transient_metadata"] = descriptor.get("transient_metadata", {"enabled": True})
    role["elasticsearch"] = {part: descriptor[part] for part in _PARTS if part in descriptor}
    role["kibana"] = [_entry(entry) for entry in entries] if told else []
    role["_transform_error"] = [] if told else ["kibana"]
    named = dict.fromkeys(entry["application"] for entry in applications)
    role["_unrecognized_applications"] = [name for name in named if name not in _KIBANAS]
    return role


def _is_told(entries: Sequence[Entry], features: Sequence[Feature]) -> bool:
    """Tell whether Kibana's form can say all that is granted (`elasticsearch_role.ts`)."""
    if not all(map(_is_regular, entries)):
        return False
    own = [entry for entry in entries if entry["application"] == APPLICATION]
    resources = [resource for entry in own for resource in entry["resources"]]
    if len(resources) > len(set(resources)):
        return False
    if any(place != EVERYWHERE and not place.startswith(_SPACE) for place in resources):
        return False
    return not any(_is_refused(entry, feature) for entry in entries for feature in features)


def _is_regular(entry: Entry) -> bool:
    """Tell whether the privileges of an entry may stand together, and on its resources."""
    names, resources = entry["privileges"], entry["resources"]
    everywhere = EVERYWHERE in resources
    if everywhere and len(resources) > 1:
        return False
    reserved = any(name.startswith(_RESERVED) for name in names)
    if entry["application"] in _WILDCARDS:
        if not all(name.startswith(_RESERVED) or name == "*" for name in names):
            return False
    elif reserved:
        return False
    base = any(name in BASE_PRIVILEGES for name in names)
    space_base = any(map(_is_space_base, names))
    if (everywhere and space_base) or (not everywhere and (base or reserved)):
        return False
    of_features = [name for name in names if name.startswith(_FEATURE)]
    if of_features and (base or space_base):
        return False
    return all(_FEATURE_PRIVILEGE.fullmatch(name) for name in of_features)


def _is_refused(entry: Entry, feature: Feature) -> bool:
    """Tell whether an entry grants a disabled privilege, or one that needs all spaces in some."""
    everywhere = EVERYWHERE in entry["resources"]
    return any(
        (privilege.get("disabled") or (privilege.get("requireAllSpaces") and not everywhere))
        and f"{_FEATURE}{feature['id']}.{name}" in entry["privileges"]
        for name, privilege in (feature["privileges"] or {}).items()
    )


def _entry(entry: Entry) -> dict[str, Json]:
    names, resources = entry["privileges"], entry["resources"]
    everywhere = resources == [EVERYWHERE]
    told: dict[str, Json] = {}
    if reserved := [name.removeprefix(_RESERVED) for name in names if name.startswith(_RESERVED)]:
        told["_reserved"] = reserved
    told["base"] = (
        [name for name in names if name in BASE_PRIVILEGES]
        if everywhere
        else [name.removeprefix(_SPACE_BASE) for name in names if _is_space_base(name)]
    )
    feature: dict[str, list[Json]] = {}
    for name in names:
        if match := _FEATURE_PRIVILEGE.fullmatch(name):
            held = feature.setdefault(match[1], [])
            if match[2] not in held:
                held.append(match[2])
    told["feature"] = feature
    told["spaces"] = (
        [EVERYWHERE] if everywhere else [place.removeprefix(_SPACE) for place in resources]
    )
    return told


def _is_space_base(name: str) -> bool:
    return name.startswith(_SPACE_BASE) and name.removeprefix(_SPACE_BASE) in BASE_PRIVILEGES


def feature_errors(entries: Iterable[Entry], features: Iterable[Feature]) -> list[str]:
    """Return a sentence for each privilege that a role's `kibana` wants and a feature lacks.

    Unknown features and privileges are no errors here (`role_utils.ts`).
    """
    known = {feature["id"]: feature for feature in features}
    return [
        text
        for entry in entries
        for feature_id, names in entry.get("feature", {}).items()
        if feature_id in known
        for text in _errors(entry, known[feature_id], names)
    ]


def _errors(entry: Entry, feature: Feature, names: Sequence[str]) -> Iterable[str]:
    spaces = entry["spaces"]
    needs_all = f"requires all spaces to be selected but received [{','.join(spaces)}]"
    for name in BASE_PRIVILEGES:
        if name not in names:
            continue
        privilege = (feature["privileges"] or {}).get(name, {})
        if privilege.get("disabled"):
            yield f"Feature [{feature['id']}] does not support privilege [{name}]."
        if privilege.get("requireAllSpaces") and EVERYWHERE not in spaces:
            yield f"Feature privilege [{feature['id']}.{name}] {needs_all}"
    for part in feature.get("subFeatures", ()):
        if not part.get("requireAllSpaces") or EVERYWHERE in spaces:
            continue
        ids = {
            privilege["id"]
            for group in part["privilegeGroups"]
            for privilege in group["privileges"]
        }
        if not ids.isdisjoint(names):
            yield f"Sub-feature privilege [{feature['name']} - {part['name']}] {needs_all}"
