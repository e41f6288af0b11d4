"""The REST API of Elasticsearch as its specification lists it: paths, methods, parameters."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from mockkibana.http.route_table import Match, Table


@cache
def parameters(method: str, pattern: str) -> frozenset[str]:
    """Return the names of the parameters that a node takes there, without those of every API."""
    rows = _paths()[pattern].items()
    names = next(names for methods, names in rows if method in methods.split())
    return frozenset(names.split())


def match(method: str, path: str) -> Match[None]:
    """Return which API of a node a request is for. Raises `NoRoute` or `WrongMethod`."""
    return _table().match(method, path)


@cache
def _table() -> Table[None]:
    table: Table[None] = Table()
    for pattern, rows in _paths().items():
        for methods in rows:
            table.add(methods, pattern, None)
    return table


@cache
def _paths() -> dict[str, dict[str, str]]:
    """Return `{pattern: {methods: parameters}}`, of 8.19."""
    text = files("mockkibana.fixtures").joinpath("elasticsearch_api.json").read_text("utf-8")
    paths: dict[str, dict[str, str]] = json.loads(text)
    return paths
