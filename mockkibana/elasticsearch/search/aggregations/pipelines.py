"""Aggregations that work on the buckets they are in: `bucket_sort`, `cumulative_sum`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mockkibana.elasticsearch.json.parse_errors import Path, illegal, parsing, unsupported
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search import sorting
from mockkibana.elasticsearch.search.aggregations import buckets, instants
from mockkibana.elasticsearch.search.aggregations.aggregation import (
    AggregationParser,
    Bucket,
    Definition,
    Result,
)
from mockkibana.elasticsearch.search.number_format import Writer, writer
from mockkibana.json import Json

FIELDS = {"buckets_path": "array or string", "gap_policy": "string", "format": "string"}

_POLICIES = ("skip", "insert_zeros", "keep_values")


def path_of(definition: Definition, fields: dict[str, Json]) -> str:
    """Return the `buckets_path` of a pipeline. Raises `ParseError`."""
    path: Json = fields.get("buckets_path")
    if isinstance(path, list) and len(path) == 1:
        [path] = path
    if not isinstance(path, str) or not path:
        raise parsing(
            f"Missing required field [buckets_path] for aggregation [{definition.name}]",
            definition.path,
        )
    return path


def policy_of(definition: Definition, fields: dict[str, Json]) -> str:
    """Return the `gap_policy` of a pipeline. Raises `ParseError`."""
    policy: str = fields.get("gap_policy", "skip")
    if policy not in _POLICIES:
        path = (*definition.path, "gap_policy")
        known = ", ".join(_POLICIES)
        raise parsing(f"Invalid gap policy: [{policy}], accepted values: [{known}]", path)
    return policy


def number(bucket: Bucket, path: str, policy: str) -> float | None:
    """Return the number at a path of a bucket; what a gap stands for is the policy's.

    Raises `ElasticsearchError`.
    """
    value = bucket["doc_count"] if path in ("", "_count") else buckets.number_at(bucket, path)
    if path not in ("", "_count") and not bucket["doc_count"] and policy != "keep_values":
        value = None
    if value is None and policy == "insert_zeros":
        return 0.0
    return None if value is None else float(value)


@dataclass(frozen=True, slots=True)
class CumulativeSum:
    """The sum of a number of a bucket and of all before it."""

    path: str
    write: Writer | None
    type = "cumulative_sum"
    in_a_row = True

    def over(self, name: str, rows: list[Bucket]) -> list[Bucket]:
        """Add the sum to each bucket. Raises `ElasticsearchError`."""
        total = 0.0
        for bucket in rows:
            total += number(bucket, self.path, "insert_zeros") or 0.0
            bucket[name] = simple_value(total, self.write)
        return rows


def not_finite(value: float) -> Result:
    """Return the result that Java writes for a number that is none."""
    named = {math.inf: "Infinity", -math.inf: "-Infinity"}
    return Result("simple_value", {"value": named.get(value, "NaN")})


def simple_value(value: float, write: Writer | None) -> Result:
    """Return a number as a pipeline answers it."""
    body: dict[str, Json] = {"value": value}
    if write is not None:
        body["value_as_string"] = write(value)
    return Result("simple_value", body)


def _cumulative_sum(definition: Definition) -> CumulativeSum:
    fields = definition.fields({"buckets_path": "array or string", "format": "string"})
    return CumulativeSum(path_of(definition, fields), writer(None, fields.get("format")))


@dataclass(frozen=True, slots=True)
class Difference:
    """How much a number has changed since an earlier bucket, `lag` before.

    With a `unit`, in milliseconds, the change in that time is shown, too.
    """

    type: str
    path: str
    policy: str
    write: Writer | None
    lag: int = 1
    unit: int | None = None
    in_a_row = True

    def over(self, name: str, rows: list[Bucket]) -> list[Bucket]:
        """Add the change to each bucket that has one before. Raises `ElasticsearchError`."""
        earlier: list[tuple[float, Bucket]] = []
        for bucket in rows:
            value = number(bucket, self.path, self.policy)
            if value is None:
                continue
            if len(earlier) >= self.lag:
                before, start = earlier[-self.lag]
                bucket[name] = self._change(value - before, bucket["key"] - start["key"])
            earlier.append((value, bucket))
        return rows

    def _change(self, change: float, width: float) -> Result:
        shown = simple_value(change, self.write)
        if self.type == "serial_diff":
            return shown
        if self.unit is not None and width:
            shown["normalized_value"] = change / (width / self.unit)
        return Result("derivative", shown)


def _derivative(definition: Definition) -> Difference:
    fields = definition.fields(FIELDS | {"unit": "string"})
    unit = None
    if "unit" in fields:
        unit = instants.unit(definition.type, fields["unit"], definition.path)
    path, policy = path_of(definition, fields), policy_of(definition, fields)
    return Difference(definition.type, path, policy, writer(None, fields.get("format")), unit=unit)


def _serial_diff(definition: Definition) -> Difference:
    fields = definition.fields(FIELDS | {"lag": "long"})
    lag = fields.get("lag", 1)
    if lag <= 0:
        text = f"Lag must be a positive integer. Value supplied was: {lag}"
        raise illegal(text)
    path, policy = path_of(definition, fields), policy_of(definition, fields)
    return Difference(definition.type, path, policy, writer(None, fields.get("format")), lag)


@dataclass(frozen=True, slots=True)
class BucketSort:
    """The buckets in another order, and a page of them."""

    orders: Sequence[buckets.Order]
    start: int
    size: int | None
    policy: str
    type = "bucket_sort"
    in_a_row = False

    def over(self, name: str, rows: list[Bucket]) -> list[Bucket]:  # noqa: ARG002
        """Put the buckets in order; those without a number to sort by are left out.

        Raises `ElasticsearchError`.
        """
        paths = [order.path for order in self.orders if order.path != "_key"]
        if self.policy != "insert_zeros":
            rows = [
                bucket
                for bucket in rows
                if all(number(bucket, path, self.policy) is not None for path in paths)
            ]
        rows = buckets.ordered(rows, self.orders)
        return rows[self.start :][: self.size]


def _bucket_sort(definition: Definition) -> BucketSort:
    kinds = {"sort": "any", "from": "long", "size": "long", "gap_policy": "string"}
    fields = definition.fields(kinds)
    start, size = fields.get("from", 0), fields.get("size")
    if start < 0:
        raise illegal(f"[from] must be a non-negative integer: [{start}]")
    if size is not None and size <= 0:
        raise illegal(f"[size] must be a positive integer: [{size}]")
    orders = _orders(fields.get("sort", []), (*definition.path, "sort"))
    return BucketSort(orders, start, size, policy_of(definition, fields))


def _orders(value: Json, path: Path) -> tuple[buckets.Order, ...]:
    found = []
    for sort in sorting.parse(value, path):
        if sort.mode is not None or sort.unmapped_type is not None or sort.missing != "_last":
            raise unsupported("these options of [sort] in [bucket_sort]", path)
        found.append(buckets.Order(as_text(sort.field), sort.descending))
    return tuple(found)


AGGREGATIONS: dict[str, AggregationParser] = {
    "bucket_sort": _bucket_sort,
    "cumulative_sum": _cumulative_sum,
    "derivative": _derivative,
    "serial_diff": _serial_diff,
}
