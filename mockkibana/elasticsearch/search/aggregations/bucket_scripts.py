"""Aggregations that run a script for each bucket that they are in: `bucket_selector`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.json.parse_errors import illegal, parsing
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.scripts import script
from mockkibana.elasticsearch.scripts.script import Script
from mockkibana.elasticsearch.scripts.values import Value
from mockkibana.elasticsearch.search.aggregations import pipelines
from mockkibana.elasticsearch.search.aggregations.aggregation import (
    AggregationParser,
    Bucket,
    Definition,
)
from mockkibana.elasticsearch.search.number_format import Writer, writer
from mockkibana.json import Json

_VARIABLES = frozenset({"params"})


@dataclass(frozen=True, slots=True)
class OfBucket:
    """A script, which is given the numbers at paths of a bucket, by their names."""

    name: str
    script: Script
    paths: Mapping[str, str]
    policy: str

    def run(self, bucket: Bucket) -> Value:
        """Return the value of the script, None where a number is missing.

        Raises `ElasticsearchError`.
        """
        params: dict[str, Value] = dict(self.script.params)
        for name, path in self.paths.items():
            number = pipelines.number(bucket, path, self.policy)
            if number is None and self.policy == "skip":
                return None
            params[name] = number
        return self.script.run({"params": params})


@dataclass(frozen=True, slots=True)
class BucketScript:
    """A number that a script makes of those of a bucket."""

    of: OfBucket
    write: Writer | None
    type = "bucket_script"
    in_a_row = False

    def over(self, name: str, rows: list[Bucket]) -> list[Bucket]:
        """Add the number to each bucket that has all that it needs. Raises `ElasticsearchError`."""
        for bucket in rows:
            value = self.of.run(bucket)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise ElasticsearchError(
                    400,
                    "aggregation_execution_exception",
                    f"series_arithmetic script for reducer [{name}] must return a Number",
                )
            number = float(value)
            shown = pipelines.simple_value(number, self.write)
            bucket[name] = shown if math.isfinite(number) else pipelines.not_finite(number)
        return rows


@dataclass(frozen=True, slots=True)
class BucketSelector:
    """The buckets for which a script is true."""

    of: OfBucket
    type = "bucket_selector"
    in_a_row = False

    def over(self, name: str, rows: list[Bucket]) -> list[Bucket]:
        """Leave out the other buckets. Raises `ElasticsearchError`."""
        kept = []
        for bucket in rows:
            value = self.of.run(bucket)
            if not isinstance(value, bool) and value is not None:
                # Guess: Java refuses to cast what a script returns.
                text = f"the script of [{name}] must return a boolean, got [{as_text(value)}]"
                raise ElasticsearchError(400, "class_cast_exception", text[:500])
            if value:
                kept.append(bucket)
        return kept


def _of_bucket(definition: Definition, fields: dict[str, Json]) -> OfBucket:
    if "script" not in fields:
        text = (
            f"Missing required field [script] for series_arithmetic aggregation [{definition.name}]"
        )
        raise parsing(text, definition.path)
    paths = _paths(definition, fields.get("buckets_path"))
    wanted = script.read(fields["script"], _VARIABLES, {})
    return OfBucket(definition.name, wanted, paths, pipelines.policy_of(definition, fields))


def _paths(definition: Definition, value: Json) -> dict[str, str]:
    path = (*definition.path, "buckets_path")
    if value is None:
        raise parsing(
            "Missing required field [buckets_path] for series_arithmetic aggregation "
            f"[{definition.name}]",
            definition.path,
        )
    if isinstance(value, str):
        return {"_value": value}
    if isinstance(value, list):
        value = {f"_value{place}": each for place, each in enumerate(value)}
    if not isinstance(value, dict):
        raise illegal(f"[buckets_path] of [{definition.name}] must hold texts", path)
    found = {}
    for name, each in value.items():
        if not isinstance(each, str):
            raise illegal(f"[buckets_path] of [{definition.name}] must hold texts", path)
        found[name] = each
    return found


_KINDS = {
    "buckets_path": "any",
    "script": "object or string",
    "gap_policy": "string",
    "format": "string",
}


def _bucket_script(definition: Definition) -> BucketScript:
    fields = definition.fields(_KINDS)
    write = writer(None, fields.get("format"))
    return BucketScript(_of_bucket(definition, fields), write)


def _bucket_selector(definition: Definition) -> BucketSelector:
    fields = definition.fields({name: kind for name, kind in _KINDS.items() if name != "format"})
    return BucketSelector(_of_bucket(definition, fields))


AGGREGATIONS: dict[str, AggregationParser] = {
    "bucket_script": _bucket_script,
    "bucket_selector": _bucket_selector,
}
