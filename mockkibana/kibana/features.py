"""Kibana's features: what spaces can hide and roles can grant.

All keys of the feature `actions` and of the features of Kibana's core are known; of most others
only the ids, names, orders and privileges.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from typing import Any

from mockkibana.data import data
from mockkibana.json import Json
from mockkibana.settings.license import License
from mockkibana.settings.release import Release
from mockkibana.validation import Boolean, Schema

Feature = dict[str, Any]

# `applyAutomaticPrivilegeGrants`: what every privilege of every feature grants.
_SHARED = ("config", "config-global", "url", "tag")
_SHARED_FOR_READERS = ("config", "config-global", "telemetry", "url", "tag")


class FeaturesQuery(Schema):
    """The query of `GET /api/features`."""

    ignoreValidLicenses = Boolean(load_default=False)  # noqa: N815 - Kibana's own name


def listed(release: Release, license: License | None) -> list[Json]:  # noqa: A002
    """Return the features of a Kibana in their order, without the deprecated ones.

    What needs a higher level than the licence is left out, even if the licence has expired; with
    None nothing is left out.
    """
    features = [feature for feature in registered(release) if "deprecated" not in feature]
    if license is not None:
        level = replace(license, is_active=True)
        features = [_licensed(feature, level) for feature in features if _is_within(feature, level)]
    # Python's sort is stable, as JavaScript's is.
    return sorted(features, key=lambda feature: feature.get("order", float("inf")))


@lru_cache(maxsize=8)
def registered(release: Release) -> tuple[Feature, ...]:
    """Return all features of a Kibana, deprecated ones too, which roles can still name."""
    # Guess: what the privileges of most features grant in detail; the list is not complete.
    table = data("features")
    return tuple(
        _registered(feature, table["categories"], release)
        for feature in table["features"]
        if release.has(feature.get("since"), feature.get("until"))
    )


def has_privilege(release: Release, name: str) -> bool:
    """Tell whether a feature has a privilege, named as in Elasticsearch's roles.

    `feature_actions.read` is one, and so are the `minimal_` ones and those of sub-features.
    """
    feature_id, _, privilege = name.removeprefix("feature_").partition(".")
    return any(
        feature["id"] == feature_id and privilege in _privileges(feature)
        for feature in registered(release)
    )


def privileges_ever(feature_id: str) -> list[str]:
    """Return the privileges that a feature has in some release, sorted; none for one unknown."""
    rows = (row for row in data("features")["features"] if row["id"] == feature_id)
    return sorted({name for row in rows for name in _privileges(row)})


def _privileges(feature: Feature) -> set[str]:
    own = set(feature["privileges"] or ())
    names = own | {f"minimal_{name}" for name in own}
    for part in feature.get("subFeatures", ()):
        for group in part["privilegeGroups"]:
            names |= {privilege["id"] for privilege in group["privileges"]}
    return names


def _registered(row: Feature, categories: Mapping[str, Any], release: Release) -> Feature:
    """Return a feature of the fixture as Kibana has it.

    `since` and `until` are the versions that have the row; `deprecated_since` is the first one in
    which the feature is deprecated.
    """
    feature: Feature = {}
    for key, value in row.items():
        match key:
            case "since" | "until":
                pass
            case "deprecated_since":
                if release.has(since=value):
                    feature["deprecated"] = True
            case "category":
                feature["category"] = _category(categories[value], release)
            case "privileges":
                feature["privileges"] = value and {
                    name: _granted(name, privilege, release) for name, privilege in value.items()
                }
            case _:
                feature[key] = value
    return feature


def _category(category: Feature, release: Release) -> Feature:
    label = category["label"]
    return {**category, "label": label if isinstance(label, str) else release.value(label)}


def _granted(name: str, privilege: Feature, release: Release) -> Feature:
    objects = privilege["savedObject"]
    more: tuple[str, ...] = ("cloud",) if release.features_read_cloud else ()
    changed = [*objects["all"], "telemetry"] if name == "all" else objects["all"]
    shared = _SHARED if name == "all" else _SHARED_FOR_READERS
    seen = [*objects["read"], *shared, *more]
    return {
        **privilege,
        "savedObject": {"all": list(dict.fromkeys(changed)), "read": list(dict.fromkeys(seen))},
    }


def _licensed(feature: Feature, license: License) -> Feature:  # noqa: A002
    """Return a feature without the privileges of its parts that need a higher level."""
    if "subFeatures" not in feature:
        return feature
    feature = deepcopy(feature)
    for part in feature["subFeatures"]:
        for group in part["privilegeGroups"]:
            group["privileges"] = [
                privilege for privilege in group["privileges"] if _is_within(privilege, license)
            ]
    return feature


def _is_within(thing: Feature, license: License) -> bool:  # noqa: A002
    return license.check(thing.get("minimumLicense", "basic")) == "valid"
