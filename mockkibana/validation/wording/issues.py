"""What the issues of all versions of zod have in common: their places, and the names of types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from marshmallow import missing

from mockkibana.json import Json
from mockkibana.validation.failure import Failure

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices, from the outermost one."""

_KINDS: dict[type, str] = {
    type(missing): "undefined",
    type(None): "null",
    bool: "boolean",
    str: "string",
    int: "number",
    float: "number",
    list: "array",
    dict: "object",
}


def kind(value: Json) -> str:
    """Return the word for the type of a value, `missing` being none."""
    return _KINDS[type(value)]


def singly(failure: Failure, around: Path = ()) -> Iterator[tuple[Failure, Path]]:
    """Iterate over the failures of which one consists, each with its place below `around`."""
    path = (*around, *failure.path)
    if failure.code != "several":
        yield failure, path
        return
    for branch in failure.branches:
        yield from singly(branch, path)
