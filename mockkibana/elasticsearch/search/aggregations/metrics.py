"""Aggregations that make one number of many, or a few: `avg`, `stats`, `cardinality`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mockkibana.elasticsearch.json import object_parser
from mockkibana.elasticsearch.json.parse_errors import illegal
from mockkibana.elasticsearch.search.aggregations import values
from mockkibana.elasticsearch.search.aggregations.aggregation import (
    AggregationParser,
    Context,
    Definition,
    Metric,
    Parts,
    Result,
)
from mockkibana.elasticsearch.search.aggregations.values import Values
from mockkibana.elasticsearch.search.number_format import Writer
from mockkibana.json import Json

Numbers = Sequence[float]
Number = Callable[[Numbers], float | None]


def numbers_of(source: Values, parts: Parts) -> list[float]:
    """Return all the numbers of some documents. Raises `ShardFailure`."""
    found: list[float] = []
    for part in parts:
        get = source.numbers(part.segment)
        for number in part.segment.budget.each(part.matches):
            found += get(number)
    return found


@dataclass(frozen=True, slots=True)
class Single(Metric):
    """One number: `value`, and what it looks like where that is another thing."""

    kind: str
    source: Values
    number: Number

    def run(self, parts: Parts, context: Context) -> Result:  # noqa: ARG002
        """Make one number of all."""
        value = self.number(numbers_of(self.source, parts))
        write = self.source.writer(parts)
        return Result(self.kind, with_text({"value": value}, {"value": value}, write))


def with_text(
    body: dict[str, Json], numbers: Mapping[str, float | None], write: Writer | None
) -> dict[str, Json]:
    """Return the body of a result with what some of its numbers look like, beside them."""
    if write is not None:
        for name, value in numbers.items():
            if value is not None:
                body[f"{name}_as_string"] = write(value)
    return body


def _sum(numbers: Numbers) -> float:
    return math.fsum(numbers) + 0.0


def _avg(numbers: Numbers) -> float | None:
    return math.fsum(numbers) / len(numbers) if numbers else None


def _min(numbers: Numbers) -> float | None:
    return float(min(numbers)) if numbers else None


def _max(numbers: Numbers) -> float | None:
    return float(max(numbers)) if numbers else None


def _deviation_of_median(numbers: Numbers) -> float | None:
    middle = quantile(sorted(numbers), 0.5)
    if middle is None:
        return None
    return quantile(sorted(abs(number - middle) for number in numbers), 0.5)


NUMBERS: dict[str, Number] = {
    "avg": _avg,
    "max": _max,
    "median_absolute_deviation": _deviation_of_median,
    "min": _min,
    "sum": _sum,
}


def _single(definition: Definition) -> Single:
    kinds = values.FIELDS | {"compression": "double", "execution_hint": "string"}
    source = values.of(definition.type, definition.fields(kinds))
    return Single(definition.type, source, NUMBERS[definition.type])


@dataclass(frozen=True, slots=True)
class Counted(Metric):
    """How many values there are, or how many different ones."""

    kind: str
    source: Values

    def run(self, parts: Parts, context: Context) -> Result:  # noqa: ARG002
        """Count all values, of whatever kind."""
        found = [
            value
            for part in parts
            for get in (self.source.terms(part.segment),)
            for number in part.segment.budget.each(part.matches)
            for value in get(number)
        ]
        number = len(set(found)) if self.kind == "cardinality" else len(found)
        return Result(self.kind, {"value": number})


def _counted(definition: Definition) -> Counted:
    kinds = values.FIELDS | {"precision_threshold": "long", "execution_hint": "string"}
    return Counted(definition.type, values.of(definition.type, definition.fields(kinds)))


def stats(numbers: Numbers, write: Writer | None, sigma: float | None) -> dict[str, Json]:
    """Return count, least, greatest, mean and sum, with `sigma` how far they are spread, too."""
    found = {
        "min": _min(numbers),
        "max": _max(numbers),
        "avg": _avg(numbers),
        "sum": _sum(numbers),
    }
    body = {"count": len(numbers), **found}
    if sigma is not None:
        body |= _spread(numbers, sigma)
    return with_text(body, found if numbers else {}, write)


@dataclass(frozen=True, slots=True)
class Stats(Metric):
    """Several numbers of the same values; with `sigma` those of `extended_stats`."""

    source: Values
    sigma: float | None = None

    def run(self, parts: Parts, context: Context) -> Result:  # noqa: ARG002
        """Count and add up all numbers."""
        body = stats(numbers_of(self.source, parts), self.source.writer(parts), self.sigma)
        return Result("stats" if self.sigma is None else "extended_stats", body)


def _spread(numbers: Numbers, sigma: float) -> dict[str, Json]:
    kinds = ("", "_population", "_sampling")
    bounds = [f"{side}{kind}" for kind in kinds for side in ("upper", "lower")]
    names = [f"{name}{kind}" for name in ("variance", "std_deviation") for kind in kinds]
    if not numbers:
        return {
            "sum_of_squares": None,
            **dict.fromkeys(names),
            "std_deviation_bounds": dict.fromkeys(bounds),
        }
    size = len(numbers)
    mean = math.fsum(numbers) / size
    squares = math.fsum(number * number for number in numbers)
    deviations = math.fsum((number - mean) ** 2 for number in numbers)
    population = deviations / size
    sampling = deviations / (size - 1) if size > 1 else math.nan
    wide, narrow = math.sqrt(population), math.sqrt(sampling)
    numbers_of_bounds = (
        *(mean + sigma * wide, mean - sigma * wide),
        *(mean + sigma * wide, mean - sigma * wide),
        *(mean + sigma * narrow, mean - sigma * narrow),
    )
    shown = (population, population, sampling, wide, wide, narrow)
    return {
        "sum_of_squares": squares,
        **dict(zip(names, map(_finite, shown), strict=True)),
        "std_deviation_bounds": dict(zip(bounds, map(_finite, numbers_of_bounds), strict=True)),
    }


def _finite(number: float) -> Json:
    """Return a number as Jackson writes a double that is none."""
    return number if math.isfinite(number) else "NaN"


def _stats(definition: Definition) -> Stats:
    return Stats(values.of(definition.type, definition.fields(values.FIELDS)))


def _extended_stats(definition: Definition) -> Stats:
    fields = definition.fields(values.FIELDS | {"sigma": "double"})
    sigma = fields.get("sigma", 2.0)
    if sigma < 0:
        text = f"[sigma] must be greater than or equal to 0. Found [{sigma}] in [{definition.name}]"
        raise illegal(text)
    return Stats(values.of(definition.type, fields), sigma)


def quantile(ordered: Numbers, part: float) -> float | None:
    """Return the number below which that part of some ordered numbers is (`SortingDigest`)."""
    if not ordered:
        return None
    at = part * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def _rank(ordered: Numbers, value: float) -> float | None:
    """Return which percentage of some ordered numbers is at most a value."""
    if not ordered:
        return None
    # Guess: a digest of few numbers counts those below, and half of those that are equal.
    below = sum(number < value for number in ordered)
    equal = sum(number == value for number in ordered)
    return 100 * (below + (equal / 2 if below + equal < len(ordered) else equal)) / len(ordered)


@dataclass(frozen=True, slots=True)
class Percentiles(Metric):
    """Which numbers some percentages are below, or the other way round."""

    kind: str
    source: Values
    asked: tuple[float, ...]
    keyed: bool

    def run(self, parts: Parts, context: Context) -> Result:  # noqa: ARG002
        """Put all numbers in order, and look where each percentage falls."""
        ordered = sorted(numbers_of(self.source, parts))
        ranks = self.kind == "percentile_ranks"
        found = [
            _rank(ordered, each) if ranks else quantile(ordered, each / 100) for each in self.asked
        ]
        write = self.source.writer(parts)
        rows: list[dict[str, Json]] = []
        for key, value in zip(self.asked, found, strict=True):
            number = None if value is None else float(value)
            row: dict[str, Json] = {"key": key, "value": number}
            if write is not None and number is not None:
                row["value_as_string"] = write(number)
            rows.append(row)
        if self.keyed:
            shown: Json = {}
            for row in rows:
                shown[str(row["key"])] = row["value"]
                if "value_as_string" in row:
                    shown[f"{row['key']}_as_string"] = row["value_as_string"]
        else:
            shown = rows
        return Result(f"tdigest_{self.kind}", {"values": shown})


PERCENTS = (1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0)
_DIGESTS = {"keyed": "boolean", "tdigest": "object", "hdr": "object"}


def _percentiles(definition: Definition) -> Percentiles:
    key = "values" if definition.type == "percentile_ranks" else "percents"
    fields = definition.fields(values.FIELDS | _DIGESTS | {key: "array"})
    asked = fields.get(key, None if key == "values" else PERCENTS)
    if asked is None or not asked:
        raise illegal(f"[{key}] must not be an empty array: [{definition.name}]")
    numbers = []
    for each in asked:
        if isinstance(each, bool) or not isinstance(each, (int, float)) or not math.isfinite(each):
            raise illegal(f"[{definition.type}] failed to parse field [{key}]")
        if key == "percents" and not 0 <= each <= 100:
            raise illegal(f"percent must be in [0,100], got [{float(each)}]: [{definition.name}]")
        numbers.append(float(each))
    source = values.of(definition.type, fields)
    return Percentiles(definition.type, source, tuple(numbers), fields.get("keyed", True))


@dataclass(frozen=True, slots=True)
class Weighted(Metric):
    """A mean in which each value counts as much as another field of its document says."""

    value: Values
    weight: Values

    def run(self, parts: Parts, context: Context) -> Result:  # noqa: ARG002
        """Add up values and weights of the documents that have both."""
        total = weights = 0.0
        for part in parts:
            value, weight = self.value.numbers(part.segment), self.weight.numbers(part.segment)
            for number in part.segment.budget.each(part.matches):
                if found := weight(number):
                    own = value(number)
                    total += math.fsum(own) * found[0]
                    weights += len(own) * found[0]
        return Result("weighted_avg", {"value": total / weights if weights else None})


def _weighted(definition: Definition) -> Weighted:
    fields = definition.fields({"value": "object", "weight": "object", "format": "string"})
    for name in ("value", "weight"):
        if name not in fields:
            raise illegal(f"Required [{name}]")
    own = [
        values.of(
            definition.type,
            object_parser.fields(
                definition.type, values.FIELDS, fields[name], (*definition.path, name)
            ),
        )
        for name in ("value", "weight")
    ]
    return Weighted(*own)


AGGREGATIONS: dict[str, AggregationParser] = {
    **dict.fromkeys(NUMBERS, _single),
    "cardinality": _counted,
    "extended_stats": _extended_stats,
    "percentile_ranks": _percentiles,
    "percentiles": _percentiles,
    "stats": _stats,
    "value_count": _counted,
    "weighted_avg": _weighted,
}
