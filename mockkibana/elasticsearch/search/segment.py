"""An index as a search sees it: its documents, and the indexed values of each field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy

from mockkibana.budget import Budget
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search.field_index import Column, FieldIndex
from mockkibana.elasticsearch.search.field_terms import KEYWORDS, Term, converted, converter
from mockkibana.json import Json

#: A stored document: `_source`, `_version`, `_seq_no`, perhaps `_routing`
Record = dict[str, Json]


class Segment:
    """The documents of one index at a moment, or with a `scope` the nested objects at that path.

    Documents are numbered from 0 in the order of their last writes. What is computed is kept;
    `budget` is how long the search may still take for which it is computed.
    """

    def __init__(self, index: Index, rows: Sequence[tuple[str, Record]], budget: Budget) -> None:
        self.index = index
        self.budget = budget
        self.ids = [id_ for id_, _ in rows]
        self.records = [record for _, record in rows]
        self.sources = [record["_source"] for record in self.records]
        self._columns: dict[str, Column] = {}
        self._fields: dict[str, FieldIndex] = {}

    def within(self, budget: Budget) -> Segment:
        """Return the same for another search: what either computes is kept for both."""
        other = copy(self)
        other.budget = budget
        return other

    def __len__(self) -> int:
        return len(self.ids)

    def leaf(self, path: str) -> Leaf | None:
        """Return the field that holds values, following an alias; None when there is none.

        Fields of nested objects are none: they belong to documents of their own.
        """
        field = self.index.mapping.fields.get(path)
        if isinstance(field, Leaf) and field.type == "alias":
            field = self.index.mapping.fields.get(str(field.definition.get("path")))
        if not isinstance(field, Leaf) or self._nested(field.path):
            return None
        return field

    def _nested(self, path: str) -> bool:
        parts = path.split(".")
        ancestors = (".".join(parts[:end]) for end in range(1, len(parts)))
        fields = self.index.mapping.fields
        return any(getattr(fields.get(name), "type", "") == "nested" for name in ancestors)

    def leaves(self, path: str) -> list[Leaf]:
        """Return the field at a path, or the fields within the object there."""
        leaf = self.leaf(path)
        if leaf is not None:
            return [leaf]
        below = (name for name in self.index.mapping.fields if name.startswith(f"{path}."))
        return [leaf for name in below if (leaf := self.leaf(name)) is not None]

    def field(self, leaf: Leaf) -> FieldIndex:
        """Return what is indexed of a field, as queries look for it."""
        known = self._fields.get(leaf.path)
        if known is None:
            known = FieldIndex(leaf, self.terms(leaf), self.budget)
            self._fields[leaf.path] = known
        return known

    def terms(self, leaf: Leaf) -> Column:
        """Return what is indexed of a field for each document: words, numbers, ..."""
        column = self._columns.get(leaf.path)
        if column is None:
            column = self._columns[leaf.path] = self._indexed(leaf)
        return column

    def existing(self, leaf: Leaf) -> list[int]:
        """Return the documents that have a value in a field.

        A keyword that is too long is not indexed, so it does not exist either.
        """
        if leaf.type in KEYWORDS:
            return self.field(leaf).having
        return [number for number, values in enumerate(self.values(leaf)) if values]

    def _indexed(self, leaf: Leaf) -> Column:
        convert = converter(leaf)
        # Equal terms become one object, since words repeat a lot.
        known: dict[Term, Term] = {}
        same = known.setdefault
        return [
            [same(term, term) for term in converted(convert, values)] if values else ()
            for values in self.budget.each(self.values(leaf))
        ]

    def values(self, leaf: Leaf) -> list[list[Json]]:
        """Return the values of a field for each document, as they are in the sources."""
        paths = [self._source_path(leaf.path)]
        paths += [
            name
            for name, field in self.index.mapping.fields.items()
            if isinstance(field, Leaf) and leaf.path in field.copy_to
        ]
        null = leaf.definition.get("null_value")
        split = [path.split(".") for path in paths]
        return [
            [
                null if value is None else value
                for parts in split
                for value in _extract(source, parts)
                if value is not None or null is not None
            ]
            for source in self.budget.each(self.sources)
        ]

    def _source_path(self, path: str) -> str:
        """Return where the values of a field are in the source: a multi-field has its parent's."""
        parent = path.rpartition(".")[0]
        if isinstance(self.index.mapping.fields.get(parent), Leaf):
            return self._source_path(parent)
        return path


def _extract(source: Json, parts: Sequence[str]) -> Iterable[Json]:
    """Return the values at a path; a name in the source may hold several of its parts."""
    if isinstance(source, list):
        return [value for item in source for value in _extract(item, parts)]
    if not parts:
        return (source,)
    if not isinstance(source, dict):
        return ()
    if len(parts) == 1:
        if parts[0] not in source:
            return ()
        value = source[parts[0]]
        return _extract(value, ()) if isinstance(value, list) else (value,)
    names = (".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return [
        value
        for end, name in enumerate(names, 1)
        if name in source
        for value in _extract(source[name], parts[end:])
    ]
