"""The REST API of Elasticsearch as its specification lists it: paths, methods, parameters."""

from __future__ import annotations

from functools import cache

from mockkibana.data import data


@cache
def parameters(method: str, pattern: str) -> frozenset[str]:
    """Return the names of the parameters that a node takes there, without those of every API."""
    # The data is `{pattern: {methods: parameters}}`, of 8.19.
    rows = data("elasticsearch_api")[pattern].items()
    names = next(names for methods, names in rows if method in methods.split())
    return frozenset(names.split())
