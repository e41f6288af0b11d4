"""Numbers of the buckets of another aggregation: `avg_bucket`, `stats_bucket` and the like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.json.parse_errors import illegal
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search.aggregations import metrics, pipelines
from mockkibana.elasticsearch.search.aggregations.aggregation import (
    AggregationParser,
    Bucket,
    Definition,
    Result,
)
from mockkibana.elasticsearch.search.number_format import Writer, writer
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class OfBuckets:
    """A sum of what is at a path in each bucket of an aggregation beside this one."""

    name: str
    type: str
    path: str
    policy: str
    write: Writer | None
    options: Mapping[str, Json]

    def beside(self, results: Mapping[str, Result]) -> Result:
        """Take the numbers of all buckets. Raises `ElasticsearchError`."""
        first, inner = _split(self.path)
        found = [
            (bucket, number)
            for bucket in self._buckets(results.get(first))
            if (number := pipelines.number(bucket, inner, self.policy)) is not None
        ]
        numbers = [number for _, number in found]
        if self.type in ("min_bucket", "max_bucket"):
            best = (min if self.type == "min_bucket" else max)(numbers, default=None)
            keys = [_key(bucket) for bucket, number in found if number == best]
            return Result("bucket_metric_value", {**self._single(best), "keys": keys})
        if self.type in _NUMBERS:
            return Result(
                "simple_value", self._single(metrics.NUMBERS[_NUMBERS[self.type]](numbers))
            )
        if self.type == "percentiles_bucket":
            return Result(self.type, self._percentiles(sorted(numbers)))
        return Result(self.type, metrics.stats(numbers, self.write, self.options.get("sigma")))

    def _single(self, value: float | None) -> dict[str, Json]:
        return metrics.with_text({"value": value}, {"value": value}, self.write)

    def _percentiles(self, ordered: Sequence[float]) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for percent in self.options.get("percents", metrics.PERCENTS):
            # The nearest of the numbers, not one between two of them.
            place = round(float(percent) / 100 * len(ordered) + 0.5) - 1
            place = min(max(place, 0), len(ordered) - 1)
            found[str(float(percent))] = ordered[place] if ordered else None
        return {"values": found}

    def _buckets(self, found: Result | None) -> Sequence[Bucket]:
        if found is None:
            raise _invalid(
                f"buckets_path aggregation does not exist for aggregation [{self.name}]: "
                f"{self.path}"
            )
        rows = found.get("buckets")
        if isinstance(rows, dict):
            return [{"key": key, **bucket} for key, bucket in rows.items()]
        if not isinstance(rows, list):
            raise _invalid(
                "The first aggregation in buckets_path must be a multi-bucket aggregation for "
                f"aggregation [{self.name}] found :{found.kind} for buckets path: {self.path}"
            )
        return rows


def _split(path: str) -> tuple[str, str]:
    """Return the aggregation that a path begins with, and the path within its buckets."""
    first, deeper, rest = path.partition(">")
    if not deeper:
        first, _, rest = path.partition(".")
    return first, rest


def _invalid(why: str) -> ElasticsearchError:
    text = f"Validation Failed: 1: {why};"
    return ElasticsearchError(400, "action_request_validation_exception", text)


def _key(bucket: Bucket) -> str:
    return as_text(bucket.get("key_as_string", bucket.get("key")))


_NUMBERS = {"avg_bucket": "avg", "sum_bucket": "sum"}
_OPTIONS = {
    "extended_stats_bucket": {"sigma": "double"},
    "percentiles_bucket": {"percents": "array", "keyed": "boolean"},
}


def _of_buckets(definition: Definition) -> OfBuckets:
    kinds = pipelines.FIELDS | _OPTIONS.get(definition.type, {})
    fields = definition.fields(kinds)
    path = pipelines.path_of(definition, fields)
    if definition.type == "extended_stats_bucket":
        fields.setdefault("sigma", 2.0)
    for percent in fields.get("percents", ()):
        is_number = isinstance(percent, (int, float)) and not isinstance(percent, bool)
        if not is_number or not 0 <= percent <= 100:
            raise illegal("percents must only contain non-null doubles from 0.0-100.0 inclusive")
    write = writer(None, fields.get("format"))
    policy = pipelines.policy_of(definition, fields)
    return OfBuckets(definition.name, definition.type, path, policy, write, fields)


AGGREGATIONS: dict[str, AggregationParser] = dict.fromkeys(
    (
        "avg_bucket",
        "extended_stats_bucket",
        "max_bucket",
        "min_bucket",
        "percentiles_bucket",
        "stats_bucket",
        "sum_bucket",
    ),
    _of_buckets,
)
