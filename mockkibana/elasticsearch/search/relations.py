"""Parents and children: what the documents of a segment are to each other by a `join` field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.json import Json


def join_field(fields: Iterable[object]) -> Leaf | None:
    """Return the `join` field of a mapping, which may have one."""
    return next(
        (field for field in fields if isinstance(field, Leaf) and field.type == "join"), None
    )


def _children(join: Leaf) -> Mapping[str, Sequence[str]]:
    relations = join.definition.get("relations", {})
    return {
        parent: [str(name) for name in (value if isinstance(value, list) else [value])]
        for parent, value in relations.items()
    }


class Relations:
    """Which documents are of which name, and whose children they are."""

    def __init__(self, join: Leaf, ids: Sequence[str], values: Iterable[Sequence[Json]]) -> None:
        self._ids = ids
        #: The names of the children of each parent, and of the parent of each child.
        self.children = _children(join)
        self.parent_names = {
            child: parent for parent, names in self.children.items() for child in names
        }
        #: The documents of each name, in their order.
        self.named: dict[str, list[int]] = {}
        #: The `_id` of the parent of each document that has one.
        self.parent_ids: dict[int, str] = {}
        for number, found in enumerate(values):
            for value in found:
                name = value
                if isinstance(value, dict):
                    name = value.get("name")
                    if value.get("parent") is not None:
                        self.parent_ids[number] = as_text(value["parent"])
                self.named.setdefault(str(name), []).append(number)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The document of each `_id`."""
        return {id_: number for number, id_ in enumerate(self._ids)}

    def parent(self, number: int) -> int:
        """Return the document that is the parent of one, -1 where there is none."""
        id_ = self.parent_ids.get(number)
        return -1 if id_ is None else self.numbers.get(id_, -1)

    def parents_of(self, name: str) -> set[int]:
        """Return the documents that may be parents of those of a name."""
        return {*self.named.get(self.parent_names.get(name, ""), ())}
