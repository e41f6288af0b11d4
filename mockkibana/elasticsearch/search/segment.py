"""An index as a search sees it: its documents, and the indexed values of each field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from typing import TYPE_CHECKING

from mockkibana.budget import Budget
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search import source_values
from mockkibana.elasticsearch.search.field_index import Column, FieldIndex
from mockkibana.elasticsearch.search.field_terms import KEYWORDS, Term, converted, converter
from mockkibana.json import Json
from mockkibana.wildcards import wildcard

if TYPE_CHECKING:
    from mockkibana.elasticsearch.search.relations import Relations

#: A stored document: `_source`, `_version`, `_seq_no`, perhaps `_routing`
Record = dict[str, Json]


class Segment:
    """The documents of one index at a moment, or the nested objects at a path of them.

    Documents are numbered from 0 in the order of their last writes. What is computed is kept;
    `budget` is how long the search may still take for which it is computed.
    """

    def __init__(self, index: Index, rows: Sequence[tuple[str, Record]], budget: Budget) -> None:
        self.index = index
        self.budget = budget
        self.ids = [id_ for id_, _ in rows]
        self.records = [record for _, record in rows]
        self.sources: list[Json] = [record["_source"] for record in self.records]
        #: The place among the indices of a search at a point in time.
        self.ordinal = 0
        #: The path of the nested objects that this holds, empty for the documents themselves.
        self.scope = ""
        #: For each nested object the document that it is in, and its place among those there.
        self.parents: Sequence[int] = ()
        self.offsets: Sequence[int] = ()
        #: What these objects are in, where that is not the documents, and which of it they are in.
        self._between: tuple[Segment, Sequence[int]] | None = None
        self._columns: dict[str, Column] = {}
        self._fields: dict[str, FieldIndex] = {}
        self._existing: dict[str, list[int]] = {}
        self._nested: dict[str, Segment] = {}
        self._relations: dict[str, Relations] = {}

    def within(self, budget: Budget, ordinal: int | None = None) -> Segment:
        """Return the same for another search: what either computes is kept for both."""
        other = copy(self)
        other.budget = budget
        if ordinal is not None:
            other.ordinal = ordinal
        return other

    def __len__(self) -> int:
        return len(self.ids)

    def nested(self, path: str) -> Segment:
        """Return the nested objects at a path, which must be one of these, as documents."""
        known = self._nested.get(path)
        if known is None:
            known = self._nested[path] = self._objects(path)
        return known.within(self.budget)

    def _objects(self, path: str) -> Segment:
        between = [
            name
            for name in _ancestors(path)
            if name.startswith(_start(self.scope)) and self.is_nested(name)
        ]
        outer = self.nested(between[-1]) if between else self
        parts = path.removeprefix(_start(outer.scope)).split(".")
        inner = Segment(self.index, (), self.budget)
        inner.scope = path
        parents, offsets, numbers = [], [], []
        for number, source in enumerate(self.budget.each(outer.sources)):
            for offset, value in enumerate(source_values.extract(source, parts)):
                if isinstance(value, dict):
                    inner.sources.append(value)
                    offsets.append(offset)
                    numbers.append(number)
                    parents.append(outer.parents[number] if between else number)
        inner._between = (outer, numbers) if outer.scope else None
        inner.parents, inner.offsets = parents, offsets
        inner.ids = [self.ids[number] for number in parents]
        inner.records = [self.records[number] for number in parents]
        return inner

    def whereabouts(self, number: int) -> dict[str, Json]:
        """Return where a nested object is, as a hit shows it (`_nested`)."""
        if self._between is None:
            return {"field": self.scope, "offset": self.offsets[number]}
        outer, numbers = self._between
        field = self.scope.removeprefix(f"{outer.scope}.")
        return _innermost(outer.whereabouts(numbers[number]), field, self.offsets[number])

    def is_nested(self, path: str) -> bool:
        """Return whether a path is that of nested objects."""
        return getattr(self.index.mapping.fields.get(path), "type", "") == "nested"

    def has_nested(self, path: str) -> bool:
        """Return whether a path is that of nested objects in these documents, however deep."""
        return path.startswith(_start(self.scope)) and self.is_nested(path)

    def leaf(self, path: str) -> Leaf | None:
        """Return the field that holds values, following an alias; None when there is none.

        Fields of nested objects are none: they belong to documents of their own. Raises
        `ElasticsearchError` for a runtime field.
        """
        fields = self.index.mapping.fields
        field = fields.get(path)
        if isinstance(field, Leaf) and field.type == "alias":
            field = fields.get(str(field.definition.get("path")))
        if field is None and "." in path:
            field = self._key_of_flattened(path)
        if field is None and path in self.index.mapping.definition.get("runtime", ()):
            raise illegal_argument(f"this mock does not search runtime fields: [{path}]")
        if not isinstance(field, Leaf) or not self._has(field.path):
            return None
        return field

    def _key_of_flattened(self, path: str) -> Leaf | None:
        """Return what a key of a `flattened` field is: a field as the whole of it."""
        for name in _ancestors(path):
            field = self.index.mapping.fields.get(name)
            if isinstance(field, Leaf):
                is_key = field.type == "flattened"
                return Leaf(path, field.type, field.definition, field.check, {}) if is_key else None
        return None

    def _has(self, path: str) -> bool:
        """Return whether these documents have the field themselves."""
        for name in reversed(_ancestors(path)):
            if name == self.scope:
                return True
            if self.is_nested(name):
                definition = self.index.mapping.fields[name].definition
                if not self.scope and definition.get("include_in_root") in (True, "true"):
                    return True
                if definition.get("include_in_parent") not in (True, "true"):
                    return False
        return not self.scope

    def leaves(self, path: str) -> list[Leaf]:
        """Return the field at a path, or the fields within the object there.

        The path may be a pattern with `*`.
        """
        if "*" in path:
            matches = wildcard(path)
            named = (self.leaf(name) for name in self.index.mapping.fields if matches(name))
            return [leaf for leaf in named if leaf is not None]
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
        known = self._existing.get(leaf.path)
        if known is None:
            known = [number for number, values in enumerate(self.values(leaf)) if values]
            self._existing[leaf.path] = known
        return known

    def _indexed(self, leaf: Leaf) -> Column:
        convert = converter(leaf, self.index)
        # Equal terms become one object, since words repeat a lot.
        known: dict[Term, Term] = {}
        same = known.setdefault
        return [
            [same(term, term) for term in converted(convert, values)] if values else ()
            for values in self.budget.each(self.values(leaf))
        ]

    @property
    def join(self) -> Leaf | None:
        """The `join` field, None where there is none."""
        # Imported here, as few indices have such a field.
        from mockkibana.elasticsearch.search.relations import join_field

        return join_field(self.index.mapping.fields.values())

    def relations(self, join: Leaf) -> Relations:
        """Return what the documents are to each other by their `join` field."""
        known = self._relations.get(join.path)
        if known is None:
            from mockkibana.elasticsearch.search.relations import Relations

            known = self._relations[join.path] = Relations(join, self.ids, self.values(join))
        return known

    def values(self, leaf: Leaf) -> Iterator[list[Json]]:
        """Yield the values of a field for each document, as they are in the sources."""
        return map(self.reader(leaf), self.budget.each(self.sources))

    def reader(self, leaf: Leaf) -> source_values.ValuesOf:
        """Return what takes the values of a field from one of the sources."""
        return source_values.reader(self.index.mapping, leaf, _start(self.scope))


def _innermost(place: dict[str, Json], field: str, offset: int) -> dict[str, Json]:
    """Return a place with one more at its innermost end."""
    inner = place.get("_nested")
    inner = (
        {"field": field, "offset": offset} if inner is None else _innermost(inner, field, offset)
    )
    return {**place, "_nested": inner}


def _start(scope: str) -> str:
    return f"{scope}." if scope else ""


def _ancestors(path: str) -> list[str]:
    """Return the paths of what a field is in, the outermost first."""
    parts = path.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]
