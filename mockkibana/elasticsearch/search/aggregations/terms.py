"""Buckets by the terms of a field: `terms`, `rare_terms`, and of several fields: `multi_terms`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from mockkibana.elasticsearch.json.parse_errors import Path, illegal, parsing, unsupported
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search.aggregations import buckets, values
from mockkibana.elasticsearch.search.aggregations.aggregation import (
    AggregationParser,
    Bucketing,
    Context,
    Definition,
    Parts,
    Result,
    count,
    grouped,
)
from mockkibana.elasticsearch.search.aggregations.buckets import BY_COUNT, Order
from mockkibana.elasticsearch.search.aggregations.values import Getter, Values
from mockkibana.elasticsearch.search.field_terms import comparable
from mockkibana.elasticsearch.search.number_format import Writer
from mockkibana.elasticsearch.search.term_patterns import expression_test
from mockkibana.json import Json
from mockkibana.lucene_expressions import BadExpression

Wanted = Callable[[Any], bool]

_SIZES = {
    "size": "long",
    "shard_size": "long",
    "min_doc_count": "long",
    "shard_min_doc_count": "long",
    "order": "object or array",
    "show_term_doc_count_error": "boolean",
    "collect_mode": "string",
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """Which of the buckets of terms are shown, and in which order."""

    size: int = 10
    order: Sequence[Order] = BY_COUNT
    least: int = 1
    errors: bool = False

    @property
    def told(self) -> dict[str, Json]:
        """What each bucket says of how well it was counted."""
        return {"doc_count_error_upper_bound": 0} if self.errors else {}


def _sizes(definition: Definition, fields: dict[str, Json]) -> Sizes:
    size, least = fields.get("size", 10), fields.get("min_doc_count", 1)
    if size <= 0:
        text = f"[size] must be greater than 0. Found [{size}] in [{definition.name}]"
        raise illegal(text)
    if least < 0:
        raise illegal(
            "[min_doc_count] must be greater than or equal to 0. "
            f"Found [{least}] in [{definition.name}]"
        )
    order: Sequence[Order] = BY_COUNT
    if "order" in fields:
        order = buckets.orders(fields["order"], (*definition.path, "order"))
    return Sizes(size, order, least, fields.get("show_term_doc_count_error", False))


@dataclass(frozen=True, slots=True)
class Terms(Bucketing):
    """A bucket for each term, those with most documents first."""

    name: str
    source: Values
    sizes: Sizes
    wanted: Wanted | None

    def run(self, parts: Parts, context: Context) -> Result:
        """Put documents into buckets, and show the first of them."""
        buckets.check(self.sizes.order, self.inner, self.name)
        wanted = self.wanted

        def keys(part: Any) -> Getter:
            get = self.source.terms(part.segment)
            return get if wanted is None else lambda number: filter(wanted, get(number))  # type: ignore[return-value]

        groups: dict[Any, Parts] = dict(grouped(parts, keys))
        if self.sizes.least == 0:
            for part in parts:
                for number in part.segment.budget.each(range(len(part.segment))):
                    for key in keys(part)(number):
                        groups.setdefault(key, ())
        leaf = self.source.any_leaf(parts) if self.source.field != "_index" else None
        kind = values.kind_of(leaf)
        write = self.source.writer(parts) if kind != "s" else None
        found = _buckets(groups, self.sizes, context, self.inner, _head(kind, write))
        unmapped = leaf is None and not groups and self.source.field != "_index"
        return Result("umterms" if unmapped else f"{kind}terms", found)


def _head(kind: str, write: Writer | None) -> Callable[[Any], dict[str, Json]]:
    def head(key: Any) -> dict[str, Json]:
        shown = float(key) if kind == "d" else values.shown(key)
        body: dict[str, Json] = {"key": shown}
        if write is not None:
            body["key_as_string"] = write(key)
        return body

    return head


def _buckets(
    groups: dict[Any, Parts],
    sizes: Sizes,
    context: Context,
    inner: Any,
    head: Callable[[Any], dict[str, Json]],
) -> dict[str, Json]:
    enough = {key: found for key, found in groups.items() if count(found) >= sizes.least}
    total = sum(map(count, enough.values()))
    chosen = enough
    if sizes.order is BY_COUNT and len(enough) > sizes.size:
        # Only the first buckets are made, which is all that is shown.
        first = sorted(enough, key=lambda key: (-count(enough[key]), comparable(key)))
        chosen = {key: enough[key] for key in first[: sizes.size]}
    made = [
        {**context.bucket(head(key), found, inner), **sizes.told} for key, found in chosen.items()
    ]
    shown = buckets.ordered(made, sizes.order)[: sizes.size]
    others = total - sum(bucket["doc_count"] for bucket in shown)
    return {
        "doc_count_error_upper_bound": 0,
        "sum_other_doc_count": others,
        "buckets": inner.finished(shown),
    }


def _terms(definition: Definition) -> Terms:
    kinds = values.FIELDS | _SIZES
    kinds |= {"include": "any", "exclude": "any", "execution_hint": "string"}
    fields = definition.fields(kinds)
    include = _test(fields.get("include"), (*definition.path, "include"))
    exclude = _test(fields.get("exclude"), (*definition.path, "exclude"))
    wanted = include
    if exclude is not None:
        wanted = lambda term: (include is None or include(term)) and not exclude(term)  # noqa: E731
    source = values.of(definition.type, fields)
    return Terms(definition.inner, definition.name, source, _sizes(definition, fields), wanted)


def _test(value: Json, path: Path) -> Wanted | None:
    """Return the test of an `include` or `exclude`: a list of terms, or a regular expression."""
    if value is None:
        return None
    if isinstance(value, list):
        known = set(map(as_text, value))
        return lambda term: as_text(values.shown(term)) in known or _same(term, known)
    if isinstance(value, str):
        try:
            matches = expression_test(value)
        except BadExpression as bad:
            raise illegal(str(bad), path) from None
        return lambda term: matches(as_text(values.shown(term)))
    if isinstance(value, dict):
        raise unsupported("partitions of [terms]", path)
    raise parsing("Unrecognized token in include [VALUE_NUMBER]", path)


def _same(term: Any, known: Iterable[str]) -> bool:
    """Return whether a number is one of those in a list: 1 and 1.0 are the same."""
    return isinstance(term, (int, float)) and str(float(term)) in known


@dataclass(frozen=True, slots=True)
class RareTerms(Bucketing):
    """A bucket for each term that few documents have, the rarest first."""

    source: Values
    most: int

    def run(self, parts: Parts, context: Context) -> Result:
        """Put documents into buckets, and show the small ones."""
        groups = grouped(parts, lambda part: self.source.terms(part.segment))
        kind = values.kind_of(self.source.any_leaf(parts))
        head = _head(kind, self.source.writer(parts) if kind != "s" else None)
        made = [
            context.bucket(head(key), found, self.inner)
            for key, found in groups.items()
            if count(found) <= self.most
        ]
        order = (Order("_count", False), Order("_key", False))
        shown = self.inner.finished(buckets.ordered(made, order))
        return Result(f"{kind}rareterms" if kind != "d" else "lrareterms", {"buckets": shown})


def _rare_terms(definition: Definition) -> RareTerms:
    fields = definition.fields(values.FIELDS | {"max_doc_count": "long", "precision": "double"})
    most = fields.get("max_doc_count", 1)
    if not 0 < most <= 100:
        raise illegal(
            "[max_doc_count] must be smaller than 100 and greater than 0. "
            f"Found [{most}] in [{definition.name}]"
        )
    return RareTerms(definition.inner, values.of(definition.type, fields), most)


@dataclass(frozen=True, slots=True)
class MultiTerms(Bucketing):
    """A bucket for each combination of the terms of several fields."""

    name: str
    sources: tuple[Values, ...]
    sizes: Sizes

    def run(self, parts: Parts, context: Context) -> Result:
        """Put documents that have all of the fields into buckets."""
        buckets.check(self.sizes.order, self.inner, self.name)

        def keys(part: Any) -> Getter:
            getters = [source.terms(part.segment) for source in self.sources]
            return lambda number: list(product(*(dict.fromkeys(get(number)) for get in getters)))

        shows = [_key(source, parts) for source in self.sources]

        def head(key: Any) -> dict[str, Json]:
            shown = [show(each) for show, each in zip(shows, key, strict=True)]
            return {"key": shown, "key_as_string": "|".join(map(as_text, shown))}

        groups: dict[Any, Parts] = dict(grouped(parts, keys))
        return Result("multi_terms", _buckets(groups, self.sizes, context, self.inner, head))


def _key(source: Values, parts: Parts) -> Callable[[Any], Json]:
    """Return what shows a term in a key of several."""
    leaf = source.any_leaf(parts)
    if leaf is not None and leaf.type == "boolean":
        return bool
    return source.writer(parts) or values.shown


def _multi_terms(definition: Definition) -> MultiTerms:
    fields = definition.fields({"terms": "array", "format": "string"} | _SIZES)
    rows = fields.get("terms", [])
    if len(rows) < 2:
        raise illegal(
            "multi term aggregation must has at least 2 terms. Found "
            f"[{len(rows)}] in [{definition.name}]"
        )
    sources = []
    for number, row in enumerate(rows):
        path = (*definition.path, "terms", number)
        own = Definition(
            definition.name, definition.type, row, path, definition.inner, definition.query
        )
        sources.append(values.of(definition.type, own.fields(values.FIELDS)))
    sizes = _sizes(definition, fields)
    return MultiTerms(definition.inner, definition.name, tuple(sources), sizes)


AGGREGATIONS: dict[str, AggregationParser] = {
    "multi_terms": _multi_terms,
    "rare_terms": _rare_terms,
    "terms": _terms,
}
