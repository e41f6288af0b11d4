"""Where an aggregation takes its values from: a field of the documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument
from mockkibana.elasticsearch.json.parse_errors import illegal, unsupported
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search.aggregations.aggregation import Parts
from mockkibana.elasticsearch.search.failures import ShardFailure, fielddata_disabled
from mockkibana.elasticsearch.search.field_index import Column
from mockkibana.elasticsearch.search.field_terms import (
    DATES,
    FLOATS,
    INTEGERS,
    KEYWORDS,
    SEARCHABLE,
    TEXTS,
    Term,
    address_text,
    converter,
)
from mockkibana.elasticsearch.search.number_format import Writer, writer
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

FIELDS = {
    "field": "string",
    "missing": "scalar",
    "format": "string",
    "script": "object or string",
    "value_type": "string",
    "time_zone": "scalar",
}

NUMERIC = INTEGERS | FLOATS | DATES | {"boolean"}

#: The values of a document, by its number; each once, in ascending order, unless they are numbers.
Getter = Callable[[int], Sequence[Any]]
_BOOLEANS = {"true": (1,), "false": (0,)}


def _numbers_of_booleans(column: Column) -> Getter:
    return lambda number: [value for term in column[number] for value in _BOOLEANS[str(term)]]


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one field; a document without any has the value `missing`, if there is one."""

    aggregation: str
    field: str
    missing: Json = None
    pattern: str | None = None

    def leaf(self, segment: Segment) -> Leaf | None:
        """Return the field, None where it is not mapped. Raises `ShardFailure`."""
        leaf = segment.leaf(self.field)
        if leaf is None:
            return None
        if leaf.type in TEXTS and leaf.definition.get("fielddata") not in (True, "true"):
            raise fielddata_disabled(self.field, segment.index.name)
        if leaf.type not in SEARCHABLE:
            raise illegal_argument(
                f"this mock does not aggregate fields of type [{leaf.type}]: [{self.field}]"
            )
        if leaf.definition.get("doc_values") in (False, "false"):
            raise ShardFailure(
                f"Can't load fielddata on [{self.field}] because fielddata is unsupported on "
                f"fields of type [{leaf.type}]. Use doc values instead.",
                type="illegal_argument_exception",
            )
        return leaf

    def any_leaf(self, parts: Parts) -> Leaf | None:
        """Return the field as the first index that has it maps it. Raises `ShardFailure`."""
        leaves = (self.leaf(part.segment) for part in parts)
        return next((leaf for leaf in leaves if leaf is not None), None)

    def terms(self, segment: Segment) -> Getter:
        """Return what gives the values of documents: texts, numbers, packed addresses.

        Booleans are 1 and 0, instants milliseconds. Raises `ShardFailure`.
        """
        if self.field == "_index":
            return lambda _: (segment.index.name,)
        if self.field == "_id":
            raise ShardFailure(
                "Fielddata access on the _id field is disallowed, you can re-enable it by updating "
                "the dynamic cluster setting: indices.id_field_data.enabled",
                type="illegal_argument_exception",
            )
        leaf = self.leaf(segment)
        if leaf is None:
            stand_in = () if self.missing is None else (self.missing,)
            return lambda _: stand_in
        column = segment.terms(leaf)
        get: Getter = column.__getitem__
        if leaf.type == "boolean":
            get = _numbers_of_booleans(column)
        if self.missing is None:
            return get
        filler = terms_of(leaf, self.missing)
        return lambda number: get(number) or filler

    def numbers(self, segment: Segment) -> Getter:
        """Return what gives the numbers of documents. Raises `ShardFailure`."""
        leaf = self.leaf(segment)
        if leaf is not None and leaf.type not in NUMERIC:
            raise ShardFailure(
                f"Field [{self.field}] of type [{leaf.type}] is not supported for aggregation "
                f"[{self.aggregation}]",
                type="illegal_argument_exception",
            )
        if leaf is None and self.missing is not None:
            filler = (number(self.missing),)
            return lambda _: filler
        return self.terms(segment)

    def writer(self, parts: Parts) -> Writer | None:
        """Return what writes the numbers, None where they need no other form."""
        return writer(self.any_leaf(parts), self.pattern)


def terms_of(leaf: Leaf | None, value: Json) -> Sequence[Any]:
    """Return a value of a request as the field has it. Raises `ShardFailure`."""
    if leaf is None:
        return (value,)
    if leaf.type in TEXTS or leaf.type in KEYWORDS:
        return (as_text(value),)  # it is a term already, which no analyzer changes
    try:
        found = converter(leaf)(value)
    except (ValueError, TypeError, OverflowError):
        text = f'For input string: "{as_text(value)}"'
        raise ShardFailure(text, type="number_format_exception") from None
    if leaf.type == "boolean":
        return [number for term in found for number in _BOOLEANS[str(term)]]
    return found


def number(value: Json) -> float:
    """Return a number, or what the text of one says. Raises `number_format_exception`."""
    try:
        found = float(value)
        if isfinite(found):
            return found
    except (ValueError, TypeError, OverflowError):
        pass
    text = f'For input string: "{as_text(value)}"'
    raise ElasticsearchError(400, "number_format_exception", text)


def of(aggregation: str, fields: dict[str, Json]) -> Values:
    """Return the values that the keys of an aggregation name. Raises `ParseError`."""
    if "script" in fields:
        raise unsupported(f"a [script] in [{aggregation}] yet")
    if "field" not in fields:
        raise illegal("Required one of fields [field, script], but none were specified. ")
    return Values(aggregation, fields["field"], fields.get("missing"), fields.get("format"))


def shown(key: Term) -> Json:
    """Return a term as a key of a bucket."""
    return address_text(key) if isinstance(key, bytes) else key


def kind_of(leaf: Leaf | None) -> str:
    """Return whether the terms of a field are texts (`s`), whole numbers (`l`) or others (`d`)."""
    if leaf is None or leaf.type in KEYWORDS | TEXTS | {"ip"}:
        return "s"
    return "d" if leaf.type in FLOATS else "l"
