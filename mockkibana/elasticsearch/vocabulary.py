"""The names that Elasticsearch itself knows, whether this mock does something with them or not."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


@cache
def names(kind: str, group: str) -> frozenset[str]:
    """Return a group of names, such as `names("settings", "dynamic")`: see the data."""
    return frozenset(_data()[kind][group])


@cache
def parameters(field_type: str) -> frozenset[str] | None:
    """Return the parameters that the mapping of a field of that type may have, None for any."""
    for types, found in _data()["parameters"].items():
        if field_type in types.split():
            return frozenset(found)
    return None


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    text = files("mockkibana.fixtures").joinpath("elasticsearch.json").read_text("utf-8")
    data: dict[str, dict[str, list[str]]] = json.loads(text)
    return data
