"""The order of buckets, and the values in them that an order or a pipeline names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import Path, parsing
from mockkibana.elasticsearch.search.aggregations.aggregation import Aggregations, Bucket
from mockkibana.elasticsearch.search.field_terms import comparable
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class Order:
    """One key of the order of buckets: `_count`, `_key`, or a path to a number in a bucket."""

    path: str
    descending: bool


_RENAMED = {"_term": "_key", "_time": "_key"}
BY_COUNT = (Order("_count", True), Order("_key", False))
BY_KEY = (Order("_key", False),)


def orders(value: Json, path: Path) -> tuple[Order, ...]:
    """Parse the `order` of buckets; equal ones are put in order by their keys.

    Raises `ParseError`.
    """
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        if not isinstance(item, dict) or len(item) != 1:
            text = f"Must specify exactly one order by path and direction, found [{item}]"
            raise parsing(text[:500], path)
        [(name, direction)] = item.items()
        if direction not in ("asc", "desc"):
            if not isinstance(direction, str):
                token = bodies.token_of(direction)
                raise parsing(f"Unexpected token [{token}] for [order]", path)
            raise parsing(f"Unknown order direction [{direction}]", path)
        found.append(Order(_RENAMED.get(name, str(name)), direction == "desc"))
    if not any(order.path == "_key" for order in found):
        found.append(Order("_key", False))
    return tuple(found)


def check(wanted: Sequence[Order], inner: Aggregations, name: str) -> None:
    """Refuse an order by what is not in the buckets. Raises `ElasticsearchError`."""
    for order in wanted:
        first = order.path.partition(">")[0].partition(".")[0].partition("[")[0]
        if order.path not in ("_count", "_key") and first not in inner.plain:
            raise ElasticsearchError(
                400,
                "aggregation_execution_exception",
                f"Invalid aggregator order path [{order.path}]. The provided aggregation [{first}] "
                "either does not exist, or is a pipeline aggregation and cannot be used to sort "
                f"the buckets of [{name}].",
            )


def ordered(buckets: Sequence[Bucket], wanted: Sequence[Order]) -> list[Bucket]:
    """Return buckets in their order; those without a number are last."""
    result = list(buckets)
    for order in reversed(wanted):
        if order.path == "_key":
            result.sort(key=lambda bucket: comparable(bucket["key"]), reverse=order.descending)
            continue
        numbers = {id(bucket): number_at(bucket, order.path) for bucket in result}
        present = [bucket for bucket in result if numbers[id(bucket)] is not None]
        absent = [bucket for bucket in result if numbers[id(bucket)] is None]
        present.sort(key=lambda bucket: _number(numbers, bucket), reverse=order.descending)
        result = present + absent
    return result


def _number(numbers: dict[int, float | None], bucket: Bucket) -> float:
    return numbers[id(bucket)] or 0.0


def number_at(bucket: Bucket, path: str) -> float | None:
    """Return the number at a path in a bucket, None for none: `sales>price.avg`, `_count`.

    Raises `ElasticsearchError` for a path that leads to no number.
    """
    value: Json = bucket
    for name in path.split(">"):
        value = _step(value, name, path)
    if isinstance(value, dict):
        if "value" not in value and "doc_count" in value:
            value = value["doc_count"]
        elif "value" in value:
            value = value["value"]
    if value is None or (isinstance(value, str) and value == "NaN"):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _no_number(path)
    return value


def _step(value: Json, name: str, path: str) -> Json:
    if not isinstance(value, dict):
        raise _no_number(path)
    if name in ("_count", "_key"):
        return value.get("doc_count" if name == "_count" else "key")
    if name in value:
        return value[name]
    first, dot, rest = name.partition(".")
    if dot and first in value:
        inner = value[first]
        if isinstance(inner, dict):
            if rest in inner:
                return inner[rest]
            values = inner.get("values")  # of percentiles
            if isinstance(values, dict):
                return values.get(rest, values.get(f"{rest}.0"))
            if rest == "_count":
                return inner.get("doc_count")
    raise _no_number(path)


def _no_number(path: str) -> ElasticsearchError:
    return ElasticsearchError(
        400,
        "aggregation_execution_exception",
        f"buckets_path must reference either a number value or a single value numeric metric "
        f"aggregation, got: [{path}]",
    )
