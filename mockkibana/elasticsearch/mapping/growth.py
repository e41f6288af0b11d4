"""A mapping that the documents of one request extend, one after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from mockkibana.elasticsearch.mapping.mapping import (
    Field,
    Mapping,
    ObjectField,
    compile_field,
    merge_field,
)
from mockkibana.elasticsearch.mapping.unfit import Definition

T = TypeVar("T")


class Growth:
    """A mapping of one's own; `mapping` is what it is by now, until the next `add`.

    Its parts are copied when they first change, and from then on changed in place: a bulk may bring
    thousands of new fields one by one, and a copy for each would take longer and longer.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self._own: dict[int, object] = {}  # by `id`, which is another's once the part is gone

    def add(self, update: Definition) -> None:
        """Extend the mapping by what is new in a document that fits (`document_parser.parse`)."""
        before = self.mapping
        root = self._extended(before.root, update)
        if "runtime" in update:
            runtime = self._owned(root.definition.get("runtime", {}))
            runtime.update(update["runtime"])
            root.definition["runtime"] = runtime
        self.mapping = Mapping(root.definition, root, before.templates)

    def _extended(self, node: ObjectField, update: Definition) -> ObjectField:
        properties = self._owned(node.definition.get("properties", {}))
        children = self._owned(node.children)
        size = node.size
        for name, given in update["properties"].items():
            child = children.get(name)
            grown: Field
            if isinstance(child, ObjectField) and "properties" in given:
                grown = self._extended(child, given)
                properties[name] = grown.definition
            else:
                path = node.join(name)
                definition = given if child is None else merge_field(path, child.definition, given)
                grown = compile_field(path, definition, node.dynamic)
                properties[name] = definition
            children[name] = grown
            size += grown.size - (0 if child is None else child.size)
        definition = {**node.definition, "properties": properties}
        return replace(node, definition=definition, children=children, size=size)

    def _owned(self, part: dict[str, T]) -> dict[str, T]:
        if id(part) in self._own:
            return part
        own = dict(part)
        self._own[id(own)] = own
        return own
