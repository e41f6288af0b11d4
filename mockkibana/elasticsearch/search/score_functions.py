"""Functions of documents that change their scores: weights, fields, distances, chance."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.json import time_values
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search.failures import ShardFailure, not_created
from mockkibana.elasticsearch.search.field_terms import DATES, FLOATS, INTEGERS
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.search.terms import formats_of, instant, number_of, searchable
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.search.scripted import Scripted

ValueOf = Callable[[int], float]
"""Returns the value of a document of a segment, by its number."""

_ILLEGAL = "illegal_argument_exception"


class Function(Protocol):
    """A function of documents; a frozen value."""

    def of(self, segment: Segment) -> ValueOf:
        """Return what computes it for one segment. Raises `ShardFailure`."""


@dataclass(frozen=True, slots=True)
class One:
    """What only a weight makes different."""

    def of(self, segment: Segment) -> ValueOf:  # noqa: ARG002
        """Return 1 for each document."""
        return lambda number: 1.0  # noqa: ARG005


@dataclass(frozen=True, slots=True)
class Chance:
    """Numbers from 0 to 1 that look random: the same for the same seed and document."""

    seed: str
    field: str | None = None

    def of(self, segment: Segment) -> ValueOf:
        """Return the number of each document."""
        terms: Sequence[Any] = segment.ids
        if self.field is not None and self.field not in ("_id", "_seq_no"):
            leaf = searchable(segment, self.field)
            if leaf is None:
                raise ShardFailure(
                    f"Field [{self.field}] is not mapped on [{segment.index.name}] and cannot be "
                    "used as a source of random numbers.",
                    type=_ILLEGAL,
                )
            terms = segment.terms(leaf)

        def value_of(number: int) -> float:
            key = f"{self.seed}\0{terms[number]}".encode(errors="surrogatepass")
            return int.from_bytes(blake2b(key, digest_size=3).digest()) / 2**24

        return value_of


@dataclass(frozen=True, slots=True)
class OfScript:
    """The number that a script makes; it is not told the score of the document."""

    script: Scripted

    def of(self, segment: Segment) -> ValueOf:
        """Return the number of each document."""
        run = self.script.of(segment)

        def value_of(number: int) -> float:
            value = run(number, 0.0)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
                raise ShardFailure(
                    f"script_score script returned an invalid score [{value}] for doc [{number}]. "
                    "Must be a non-negative score!",
                    type=_ILLEGAL,
                )
            return float(value)

        return value_of


#: What a `field_value_factor` does with its value.
MODIFIERS: dict[str, Callable[[float], float]] = {
    "none": lambda value: value,
    "log": lambda value: math.log10(value),
    "log1p": lambda value: math.log10(value + 1),
    "log2p": lambda value: math.log10(value + 2),
    "ln": lambda value: math.log(value),
    "ln1p": lambda value: math.log1p(value),
    "ln2p": lambda value: math.log1p(value + 1),
    "square": lambda value: value * value,
    "sqrt": lambda value: math.sqrt(value),
    "reciprocal": lambda value: 1 / value,
}


_ADVICE = {
    "ln": "; consider using ln1p or ln2p instead of ln to avoid negative scores",
    "log": "; consider using log1p or log2p instead of log to avoid negative scores",
}


@dataclass(frozen=True, slots=True)
class FieldValue:
    """The first value of a field of numbers, times a factor, modified."""

    field: str
    factor: float = 1.0
    modifier: str = "none"
    missing: float | None = None

    def of(self, segment: Segment) -> ValueOf:
        """Return the value of each document."""
        leaf = searchable(segment, self.field)
        if leaf is None and self.missing is None:
            raise ShardFailure(
                f"Unable to find a field mapper for field [{self.field}]. No 'missing' value "
                "defined.",
                type="exception",
            )
        if leaf is not None and leaf.type not in INTEGERS | FLOATS | DATES:
            raise ShardFailure(
                f"Field [{self.field}] of type [{leaf.type}] is not supported for "
                "field_value_factor",  # Guess: the words.
                type=_ILLEGAL,
            )
        column = None if leaf is None else segment.terms(leaf)
        modify = MODIFIERS[self.modifier]

        def value_of(number: int) -> float:
            found = column[number] if column is not None else ()
            value = float(min(found)) if found else self.missing
            if value is None:
                raise ShardFailure(f"Missing value for field [{self.field}]", type="exception")
            try:
                result = modify(value * self.factor)
            except (ValueError, ZeroDivisionError, OverflowError):
                result = math.nan
            if not result >= 0 or math.isinf(result):
                advice = _ADVICE.get(self.modifier, "")
                raise ShardFailure(
                    "field value function must not produce negative scores, but got: "
                    f"[{result}] for field value: [{value}]{advice}",
                    type=_ILLEGAL,
                )
            return result

        return value_of


#: What a decay function makes of a distance; each reaches `decay` at the distance `scale`.
DECAYS: dict[str, Callable[[float, float, float], float]] = {
    "gauss": lambda distance, scale, decay: math.exp(math.log(decay) * (distance / scale) ** 2),
    "exp": lambda distance, scale, decay: math.exp(math.log(decay) * distance / scale),
    "linear": lambda distance, scale, decay: max(0.0, 1 - (1 - decay) * distance / scale),
}
MODES: dict[str, Callable[[Sequence[float]], float]] = {
    "min": min,
    "max": max,
    "avg": lambda values: sum(values) / len(values),
    "sum": sum,
}


_PARAMETERS = ("decay", "offset", "origin", "scale")


@dataclass(frozen=True, slots=True)
class Decay:
    """Less, the farther a number or a date is from an origin.

    `options` may hold an `origin`, a `scale`, an `offset` and a `decay`: what they mean depends on
    the type of the field.
    """

    kind: str
    field: str
    options: Mapping[str, Json]
    mode: str
    now: int

    def of(self, segment: Segment) -> ValueOf:
        """Return the value of each document; 1 for one without a value."""
        leaf = searchable(segment, self.field)
        if leaf is None:
            raise ShardFailure(f"unknown field [{self.field}]", type="parsing_exception")
        if leaf.type not in INTEGERS | FLOATS | DATES:
            # A simplification: Elasticsearch tells the Java class of the type.
            raise ShardFailure(
                f"field [{self.field}] is of type [{leaf.type}], but only numeric types are "
                "supported.",
                type="parsing_exception",
            )
        origin, scale, offset, decay = self._numbers(leaf)
        column = segment.terms(leaf)
        shape, combine = DECAYS[self.kind], MODES[self.mode]

        def value_of(number: int) -> float:
            values = column[number]
            if not values:
                return 1.0
            distances = [max(0.0, abs(float(value) - origin) - offset) for value in values]
            try:
                return shape(combine(distances), scale, decay)
            except OverflowError:
                return 0.0

        return value_of

    def _numbers(self, leaf: Leaf) -> tuple[float, float, float, float]:
        options = {name: value for name, value in self.options.items() if value is not None}
        for name, value in options.items():
            if name not in _PARAMETERS or isinstance(value, (dict, list)):
                raise not_created(f"parameter [{name}] not supported!", "parse_exception")
        is_date = leaf.type in DATES
        if "scale" not in options or not (is_date or "origin" in options):
            which = "[scale]" if is_date else "both [scale] and [origin]"
            kind = "date" if is_date else "numeric"
            raise not_created(f"{which} must be set for {kind} fields.", "parse_exception")
        if is_date:
            text = as_text(options.get("origin", "now"))
            origin = float(instant(text, formats_of(leaf), self.now, UTC))
        else:
            origin = _finite(leaf, options["origin"])
        scale = _span(leaf, "scale", options["scale"])
        offset = _span(leaf, "offset", options.get("offset", 0))
        decay = _finite(leaf, options.get("decay", 0.5))
        if scale <= 0:
            raise not_created("function_score : scale must be > 0.0.")
        if not 0 < decay < 1:
            raise not_created("function_score : decay must be in the range [0..1].")
        if offset < 0:
            raise not_created("function_score : offset must be > 0.0")
        return origin, scale, offset, decay


def _span(leaf: Leaf, name: str, value: Json) -> float:
    if leaf.type not in DATES:
        return _finite(leaf, value)
    try:
        return float(time_values.milliseconds(as_text(value), f"DecayFunctionParser.{name}"))
    except ElasticsearchError as error:
        raise not_created(error.reason) from None


def _finite(leaf: Leaf, value: Json) -> float:
    try:
        if math.isfinite(number := float(number_of(leaf, value))):
            return number
    except OverflowError:
        pass
    raise not_created(f'For input string: "{as_text(value)[:100]}"', "number_format_exception")
