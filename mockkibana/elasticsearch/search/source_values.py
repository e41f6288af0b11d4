"""The values of a field in the source of a document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mockkibana.elasticsearch.mapping.mapping import Leaf, Mapping
from mockkibana.json import Json

ValuesOf = Callable[[Json], list[Json]]


def reader(mapping: Mapping, leaf: Leaf, start: str = "") -> ValuesOf:
    """Return what takes the values of a field from a source, copied ones (`copy_to`) too.

    With a `start` such as `items.` the source is that of a nested object.
    """
    constant = leaf.definition.get("value")
    if leaf.type == "constant_keyword" and constant is not None:
        return lambda source: [constant]  # noqa: ARG005 - every document has it
    paths = [_source_path(mapping, leaf.path)]
    paths += [
        name
        for name, field in mapping.fields.items()
        if isinstance(field, Leaf) and leaf.path in field.copy_to
    ]
    split = [path.removeprefix(start).split(".") for path in paths if path.startswith(start)]
    null = leaf.definition.get("null_value")
    if null is None and len(split) == 1 and len(split[0]) == 1:
        return _simple(split[0][0])

    def values_of(source: Json) -> list[Json]:
        return [
            null if value is None else value
            for parts in split
            for value in extract(source, parts)
            if value is not None or null is not None
        ]

    return values_of


def _simple(name: str) -> ValuesOf:
    """Most fields are at the root and hold one value."""

    def values_of(source: Json) -> list[Json]:
        value = source.get(name)
        if value is None:
            return []
        if type(value) is not list:
            return [value]
        return [inner for inner in extract(value, ()) if inner is not None]

    return values_of


def _source_path(mapping: Mapping, path: str) -> str:
    """Return where the values of a field are in the source: a multi-field has its parent's."""
    parent = path.rpartition(".")[0]
    field = mapping.fields.get(parent)
    if isinstance(field, Leaf) and field.type != "flattened":
        return _source_path(mapping, parent)
    return path


def extract(source: Json, parts: Sequence[str]) -> Iterable[Json]:
    """Return the values at a path; a name in the source may hold several of its parts."""
    if isinstance(source, list):
        return [value for item in source for value in extract(item, parts)]
    if not parts:
        return (source,)
    if not isinstance(source, dict):
        return ()
    if len(parts) == 1:
        if parts[0] not in source:
            return ()
        value = source[parts[0]]
        return extract(value, ()) if isinstance(value, list) else (value,)
    names = (".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return [
        value
        for end, name in enumerate(names, 1)
        if name in source
        for value in extract(source[name], parts[end:])
    ]
