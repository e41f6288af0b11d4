"""Collapsing: of all hits with the same value in a field the first one only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mockkibana.elasticsearch.json import object_parser
from mockkibana.elasticsearch.json.parse_errors import Path, illegal, unknown_field
from mockkibana.elasticsearch.search import field_values, hits, page
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_terms import FLOATS, INTEGERS, KEYWORDS
from mockkibana.elasticsearch.search.field_values import Pattern
from mockkibana.elasticsearch.search.hits import Hit, Part
from mockkibana.elasticsearch.search.page import Page
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class Collapse:
    """The field by whose value hits are one group, and what of each group is shown, by name."""

    field: str
    inner: tuple[tuple[str, Page], ...] = ()

    def first(self, wanted: Page, parts: Sequence[Part]) -> Sequence[Hit]:
        """Return the first hit of each group, in the order of a page. Raises `ShardFailure`."""
        every = replace(wanted, start=0, size=sum(len(part.matches) for part in parts))
        groups: dict[Any, Hit] = {}
        for hit in hits.on_page(every, parts):
            groups.setdefault(self.key(hit.part.segment, hit.number), hit)
        return list(groups.values())[wanted.start : wanted.start + wanted.size]

    def key(self, segment: Segment, number: int) -> Any:
        """Return the value of a document, None where it has none. Raises `ShardFailure`."""
        leaf = segment.leaf(self.field)
        if leaf is None:
            raise ShardFailure(
                f"no mapping found for `{self.field}` in order to collapse on",
                type="illegal_argument_exception",
            )
        if leaf.type not in KEYWORDS | INTEGERS | FLOATS:
            raise ShardFailure(
                f"collapse is not supported for the field [{self.field}] of the type [{leaf.type}]",
                type="illegal_argument_exception",
            )
        terms = segment.terms(leaf)[number]
        if len(terms) > 1:
            raise ShardFailure(
                f"failed to collapse {number}, the collapse field must be single valued",
                type="illegal_state_exception",
            )
        return terms[0] if terms else None

    def add(self, parts: Sequence[Part], found: Sequence[Hit], bodies: Sequence[Json]) -> None:
        """Add to each hit its value, and what is shown of its group."""
        pattern = (Pattern("docvalue_fields", self.field),)
        for hit, body in zip(found, bodies, strict=True):
            values = field_values.shown(pattern, hit.part.segment, hit.number)
            body["fields"] = {**body.get("fields", {}), **(values or {self.field: [None]})}
            if self.inner:
                group = self._group(parts, self.key(hit.part.segment, hit.number))
                body["inner_hits"] = {name: _shown(each, group) for name, each in self.inner}

    def _group(self, parts: Sequence[Part], key: Any) -> list[Part]:
        return [
            part.only(number for number in part.matches if self.key(part.segment, number) == key)
            for part in parts
        ]


def _shown(wanted: Page, parts: Sequence[Part]) -> dict[str, Json]:
    return {"hits": hits.body(wanted, parts, hits.on_page(wanted, parts))}


def parse(value: Json, path: Path) -> Collapse:
    """Parse the `collapse` of a search. Raises `ParseError`."""
    kinds = {
        "field": "string",
        "inner_hits": "object or array",
        "max_concurrent_group_searches": "long",
    }
    fields = object_parser.fields("collapse", kinds, value, path)
    if not fields.get("field"):
        raise illegal("field must be non-null")
    given = fields.get("inner_hits", [])
    there = (*path, "inner_hits")
    if isinstance(given, list):
        inner = [_inner(row, (*there, place)) for place, row in enumerate(given)]
    else:
        inner = [_inner(given, there)]
    return Collapse(fields["field"], tuple(inner))


def _inner(row: Json, path: Path) -> tuple[str, Page]:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str):
        raise illegal("inner_hits must have a [name] toward the collapse", path)
    found: dict[str, Any] = {"size": 3}
    for name, value in row.items():
        if name in page.KEYS:
            found |= page.read(name, value, (*path, name))
        elif name not in ("name", "ignore_unmapped"):
            raise unknown_field("inner_hits", name, path)
    return row["name"], page.checked(Page(**found))
