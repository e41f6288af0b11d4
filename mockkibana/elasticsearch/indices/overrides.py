"""A field whose mapping is replaced in place, as no API of Elasticsearch does, and put back."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.elasticsearch.indices.indices import INDICES
from mockkibana.elasticsearch.mapping import definitions
from mockkibana.elasticsearch.mapping.unfit import Definition
from mockkibana.store import Store
from mockkibana.store.bends import bending


def definition_of(type: str) -> Definition:  # noqa: A002 - the name of the parameter
    """Return the definition of a field of that type. Raises `ElasticsearchError`."""
    read: Definition = definitions.read({"properties": {"field": {"type": type}}}, frozenset())
    field: Definition = read["properties"]["field"]
    return field


def override(store: Store, index: str, path: str, definition: Definition) -> Callable[[], None]:
    """Map a field (`host.name`) of an index that exists anew; returns what puts it back.

    Documents stay as they are, as they would behind an alias whose index was rolled over. Below a
    field that holds values nothing is changed: an object does not fit there anyway.
    """
    parts = path.split(".")
    with bending(store) as (transaction, bend):
        record = transaction.get(INDICES, index)
        assert record is not None  # noqa: S101 - the caller has just found it
        before = _at(record["mappings"], parts)
        mappings = _with(record["mappings"], parts, definition)
        transaction.put(INDICES, {index: {**record, "mappings": mappings}})
        uuid = record["uuid"]

    def put_back() -> None:
        with store.transaction() as transaction:
            bend.forget(transaction)
            record = transaction.get(INDICES, index)
            if record is None or record["uuid"] != uuid:
                return  # that index is gone, and with it the mapping
            mappings = _with(record["mappings"], parts, before)
            transaction.put(INDICES, {index: {**record, "mappings": mappings}})

    return put_back


def _at(mapping: Definition, parts: list[str]) -> Definition | None:
    for part in parts:
        inner = mapping.get("properties", {}).get(part)
        if inner is None:
            return None
        mapping = inner
    return mapping


def _with(mapping: Definition, parts: list[str], field: Definition | None) -> Definition:
    """Return a mapping with a field, or without one."""
    head, *rest = parts
    properties = dict(mapping.get("properties", {}))
    if rest:
        inner = properties.get(head, {})
        if inner.get("type", "object") not in definitions.OBJECTS:
            return mapping
        properties[head] = _with(inner, rest, field)
    elif field is None:
        properties.pop(head, None)
    else:
        properties[head] = field
    return {**mapping, "properties": properties}
