"""The REST API of Elasticsearch as its specification lists it: paths, methods, parameters."""

from __future__ import annotations

from functools import cache

from mockkibana.data import data
from mockkibana.http.route_table import Match, Table


@cache
def parameters(method: str, pattern: str) -> frozenset[str]:
    """Return the names of the parameters that a node takes there, without those of every API."""
    # The data is `{pattern: {methods: parameters}}`, of 8.19.
    rows = data("elasticsearch_api")[pattern].items()
    names = next(names for methods, names in rows if method in methods.split())
    return frozenset(names.split())


def match(method: str, path: str) -> Match[None]:
    """Return which API of a node a request is for. Raises `NoRoute` or `WrongMethod`."""
    return _table().match(method, path)


@cache
def _table() -> Table[None]:
    table: Table[None] = Table()
    for pattern, rows in data("elasticsearch_api").items():
        for methods in rows:
            table.add(methods, pattern, None)
    return table
