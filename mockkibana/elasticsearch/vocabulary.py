"""The names that Elasticsearch itself knows, whether this mock does something with them or not."""

from __future__ import annotations

from functools import cache

from mockkibana.data import data


@cache
def names(kind: str, group: str) -> frozenset[str]:
    """Return a group of names, such as `names("settings", "dynamic")`: see the data."""
    return frozenset(data("elasticsearch")[kind][group])


@cache
def parameters(field_type: str) -> frozenset[str] | None:
    """Return the parameters that the mapping of a field of that type may have, None for any."""
    for types, found in data("elasticsearch")["parameters"].items():
        if field_type in types.split():
            return frozenset(found)
    return None
