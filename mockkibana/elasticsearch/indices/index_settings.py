"""Settings of an index: which exist, which values they take, and how they are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockkibana.elasticsearch.errors import (
    FLOOD_STAGE,
    cause,
    illegal_argument,
)
from mockkibana.elasticsearch.json.scalars import as_text, require_boolean
from mockkibana.elasticsearch.vocabulary import names
from mockkibana.json import Json
from mockkibana.settings.release import Release

Flat = dict[str, Json]

SHARDS = "index.number_of_shards"
REPLICAS = "index.number_of_replicas"
AUTO_EXPAND = "index.auto_expand_replicas"

CREATED = "index.version.created"
TOTAL_FIELDS = "index.mapping.total_fields.limit"
DEPTH = "index.mapping.depth.limit"
_MINIMUM = {SHARDS: 1, REPLICAS: 0, "index.max_result_window": 1, TOTAL_FIELDS: 0, DEPTH: 1}
_MAX_SHARDS = 1024


def read(settings: Json) -> Flat:
    """Return settings as users write them (nested or flat, with or without `index.`) as flat ones.

    Values are texts or lists of texts; None asks for the default. Raises `ElasticsearchError` for
    what is no setting, or no value of it.
    """
    flat: Flat = {}
    flatten(settings, "", flat)
    result = {
        name if name.startswith("index.") else f"index.{name}": value
        for name, value in flat.items()
    }
    for name, value in result.items():
        _validate(name, value)
    return result


def flatten(value: Json, path: str, flat: Flat) -> None:
    """Put settings, nested or not, into `flat`, by their full names and as texts."""
    if isinstance(value, dict):
        for name, inner in value.items():
            flatten(inner, f"{path}.{name}" if path else name, flat)
    elif isinstance(value, list):
        flat[path] = [as_text(inner) for inner in value]
    else:
        flat[path] = None if value is None else as_text(value)


def _validate(name: str, value: Json) -> None:
    if name in names("settings", "private"):
        # Guess: the frame; the sentence is that of MetadataCreateIndexService.
        raise illegal_argument(f"private index setting [{name}] can not be set explicitly")
    if not (_is_one("static", name) or _is_one("dynamic", name)):
        raise illegal_argument(
            f"unknown setting [{name}] please check that any required plugins are installed, or "
            "check the breaking changes documentation for removed settings"
        )
    if value is None:
        return
    text = str(value)
    if name in _MINIMUM:
        _validate_number(name, text)
    elif name.startswith(BLOCKS) or name == "index.hidden":
        require_boolean(text)
    elif name == AUTO_EXPAND and not re.fullmatch(r"false|\d+-(\d+|all)", text):
        raise illegal_argument(f"failed to parse [{name}] from value: [{text}] at index -1")


def _is_one(kind: str, name: str) -> bool:
    groups = tuple(names("settings", f"{kind}_groups"))
    return name in names("settings", kind) or name.startswith(groups)


def _validate_number(name: str, value: str) -> None:
    start = f"Failed to parse value [{value}] for setting [{name}]"
    if not re.fullmatch(r"[+-]?\d{1,18}", value):
        raise illegal_argument(
            start, cause("number_format_exception", f'For input string: "{value}"')
        )
    if int(value) < _MINIMUM[name]:
        raise illegal_argument(f"{start} must be >= {_MINIMUM[name]}")
    if name == SHARDS and int(value) > _MAX_SHARDS:
        raise illegal_argument(f"{start} must be <= {_MAX_SHARDS}")


def complete(settings: Mapping[str, Json], release: Release) -> Flat:
    """Return the settings of a new index: those given, and the defaults that every index shows."""
    flat = {name: value for name, value in settings.items() if value is not None}
    flat.setdefault(SHARDS, "1")
    flat.setdefault(REPLICAS, "1")
    flat.setdefault(CREATED, release.index_version)
    return _expanded(flat)


def _expanded(flat: Flat) -> Flat:
    """One node has room for no replica: `0-1` expands to none."""
    expand = flat.get(AUTO_EXPAND, "false")
    if expand != "false":
        return {**flat, REPLICAS: expand.partition("-")[0]}
    return flat


def update(existing: Flat, change: Flat, index: str, uuid: str, *, is_open: bool = True) -> Flat:
    """Return the settings of an index after a change; None takes a setting away."""
    for name in change:
        if name in names("settings", "static"):
            raise illegal_argument(f"final {index} setting [{name}], not updateable")
        if is_open and _is_one("static", name):
            raise illegal_argument(
                f"Can't update non dynamic settings [[{name}]] for open indices [[{index}/{uuid}]]"
            )
    merged = {**existing, **change}
    if merged.get(REPLICAS) is None:
        merged[REPLICAS] = "1"
    return _expanded({name: value for name, value in merged.items() if value is not None})


def shown(settings: Flat, *, name: str, uuid: str, creation_date: int) -> Flat:
    """Return all the settings of an index that are shown, by their full names."""
    return {
        "index.routing.allocation.include._tier_preference": "data_content",
        **settings,
        "index.provided_name": name,
        "index.creation_date": str(creation_date),
        "index.uuid": uuid,
    }


def nested(flat: Flat) -> dict[str, Json]:
    """Return settings as `GET /{index}/_settings` shows them, under `index`."""
    result: dict[str, Json] = {}
    for key, value in flat.items():
        *groups, last = key.split(".")
        node = result
        for group in groups:
            inner = node.get(group)
            if not isinstance(inner, dict):
                inner = node[group] = {}
            node = inner
        node[last] = value
    return result


def blocks(settings: Flat) -> dict[str, tuple[str, ...]]:
    """Return the texts of the blocks of an index, by what they block: `write`, `read`, ..."""
    texts: dict[str, tuple[str, ...]] = {}
    for name, (text, levels) in _BLOCKS.items():
        if settings.get(f"{BLOCKS}{name}") == "true":
            texts |= {level: (*texts.get(level, ()), text) for level in levels}
    return texts


def lifts_blocks(change: Flat) -> bool:
    """Return whether a change is for those who unblock an index, so that no block refuses it."""
    # TransportUpdateSettingsAction.checkBlock
    names = {name.removeprefix(BLOCKS) for name in change if name.startswith(BLOCKS)}
    return bool(names & {"read_only", "read_only_allow_delete"}) or (
        names == {"metadata"} and len(change) == 1
    )


BLOCKS = "index.blocks."
# The levels of `ClusterBlockLevel`; `delete` is the deletion of the index itself.
_BLOCKS = {
    "read_only": ("FORBIDDEN/5/index read-only (api)", ("write", "metadata_write", "delete")),
    "read": ("FORBIDDEN/7/index read (api)", ("read",)),
    "write": ("FORBIDDEN/8/index write (api)", ("write",)),
    "metadata": (
        "FORBIDDEN/9/index metadata (api)",
        ("metadata_read", "metadata_write", "delete"),
    ),
    "read_only_allow_delete": (FLOOD_STAGE, ("write", "metadata_write")),
}


def analyzers(settings: Flat) -> frozenset[str]:
    """Return the names of the analyzers that the settings define."""
    prefix = "index.analysis.analyzer."
    return frozenset(
        name.removeprefix(prefix).split(".")[0] for name in settings if name.startswith(prefix)
    )
