"""Types whose values are objects of their own: `completion`, `join`, `histogram`, ..."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from mockkibana.elasticsearch.json import bodies, java
from mockkibana.elasticsearch.mapping.number_fields import as_double, float_of
from mockkibana.elasticsearch.mapping.unfit import Check, Definition, Frame, Unfit, not_numeric
from mockkibana.json import Json

_ILLEGAL = "illegal_argument_exception"
_MAX_WEIGHT = 2**31 - 1


def _bare(reason: str, *path: str | int, kind: str = _ILLEGAL) -> Unfit:
    return Unfit(kind, reason, frame="bare", path=path)


def _no_object(value: Json, frame: Frame) -> Unfit:
    reason = (
        "Failed to parse object: expecting token of type [START_OBJECT] but found "
        f"[{bodies.token_of(value)}]"
    )
    return Unfit("parsing_exception", reason, frame=frame)


def _completion(definition: Definition) -> Check:
    name = definition["name"]

    def check(value: Json) -> None:
        items = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for number, item in items:
            path = () if number is None else (number,)
            if isinstance(item, dict):
                _check_suggestion(item, name, path, has_contexts="contexts" in definition)
            elif not isinstance(item, str):
                current = "null" if path else name.rpartition(".")[2]
                raise _bare(
                    f"failed to parse [{current}]: expected text or object, but got "
                    f"{bodies.token_of(item)}",
                    *path,
                    kind="parsing_exception",
                )

    return check


def _check_suggestion(
    value: dict[str, Json], name: str, path: tuple[int, ...], *, has_contexts: bool
) -> None:
    for key, item in value.items():
        token = bodies.token_of(item)
        if key == "input":
            if isinstance(item, list):
                if odd := [each for each in item if not isinstance(each, str)]:
                    token = bodies.token_of(odd[0])
                    reason = f"input array must have string values, but was [{token}]"
                    raise _bare(reason, *path, key)
            elif not isinstance(item, str):
                reason = f"input must be a string or array, but was [{token}]"
                raise _bare(reason, *path, key)
        elif key == "weight":
            if isinstance(item, bool) or not isinstance(item, int | float | str):
                reason = f"weight must be a number or string, but was [{token}]"
                raise _bare(reason, *path, key)
            text = java.text(item)
            if not re.fullmatch(r"[+-]?\d{1,18}", text):
                raise _bare(f"weight must be an integer, but was [{text}]", *path, key)
            if not 0 <= int(text) <= _MAX_WEIGHT:
                reason = f"weight must be in the interval [0..{_MAX_WEIGHT}], but was [{text}]"
                raise _bare(reason, *path, key)
        elif key == "contexts":
            if not has_contexts:
                reason = f"contexts field is not supported for field: [{name}]"
                raise _bare(reason, *path, key)
        else:
            known = "[input, weight, contexts]"
            raise _bare(f"unknown field name [{key}], must be one of {known}", *path, key)


def _join(definition: Definition) -> Check:
    name = definition["name"]
    relations = definition.get("relations", {})
    children = {child for parent in relations for child in _children(relations[parent])}

    def check(value: Json) -> None:
        found: dict[str, Json] = {"name": value}
        if isinstance(value, dict):
            found = value
            for key, item in value.items():
                if key not in ("name", "parent"):
                    reason = f"unknown field name [{key}] in join field [{name}]"
                    raise _bare(reason, key)
                if isinstance(item, dict | list) or (key == "name" and not isinstance(item, str)):
                    # Guess: a real node passes over values of other kinds.
                    raise _bare(f"[{key}] of the join field [{name}] must be a string", key)
        elif not isinstance(value, str):
            reason = f"[{name}] expected START_OBJECT or VALUE_STRING but was: "
            raise _bare(reason + bodies.token_of(value), kind="illegal_state_exception")
        relation = found.get("name")
        if relation not in {*relations, *children}:
            raise _bare(f"unknown join name [{java.text(relation)}] for field [{name}]")
        if relation in children and found.get("parent") is None:
            raise _bare(f"[parent] is missing for join field [{name}]")

    return check


def _children(value: Json) -> Iterator[str]:
    yield from map(str, value if isinstance(value, list) else [value])


def _histogram(definition: Definition) -> Check:
    name = definition["name"]

    def check(value: Json) -> None:
        if not isinstance(value, dict):
            raise _no_object(value, "alone")
        for key, items in value.items():
            if key not in ("values", "counts"):
                raise _wrong_histogram(name, f"with unknown parameter [{key}]")
            _check_numbers(name, key, items)
        for key in ("values", "counts"):
            if key not in value:
                raise _wrong_histogram(name, f"expected field called [{key}]")
        _check_counts(name, value["values"], value["counts"])

    return check


def _wrong_histogram(name: str, reason: str) -> Unfit:
    text = f"error parsing field [{name}], {reason}"
    return Unfit("document_parsing_exception", text, frame="alone")


def _check_numbers(name: str, key: str, items: Json) -> None:
    if not isinstance(items, list):
        # Guess: the words.
        raise _wrong_histogram(name, f"expected an array for [{key}]")
    for item in items:
        if isinstance(item, bool) or not isinstance(item, int | float):
            reason = (
                "Failed to parse object: expecting token of type [VALUE_NUMBER] but found "
                f"[{bodies.token_of(item)}]"
            )
            raise Unfit("parsing_exception", reason, frame="alone")


def _check_counts(name: str, values: list[float], counts: list[float]) -> None:
    if len(values) != len(counts):
        sizes = f"[{len(values)} != {len(counts)}]"
        raise _wrong_histogram(
            name, f"expected same length from [values] and [counts] but got {sizes}"
        )
    for before, after in pairwise(values):
        if after < before:
            now, last = (java.text(as_double(value)) for value in (after, before))
            raise _wrong_histogram(
                name,
                f"[values] values must be in increasing order, got [{now}] but previous value was "
                f"[{last}]",
            )
    if negative := [count for count in counts if count < 0]:
        text = f"[counts] elements must be >= 0 but got {java.text(negative[0])}"
        raise _wrong_histogram(name, text)


def _aggregate_metric(definition: Definition) -> Check:
    name, metrics = definition["name"], definition.get("metrics", [])

    def check(value: Json) -> None:
        if not isinstance(value, dict):
            raise _no_object(value, "preview")
        for key, item in value.items():
            if key not in metrics:
                reason = f"Aggregate metric [{key}] does not exist in the mapping of field [{name}]"
                raise Unfit(_ILLEGAL, reason, path=(key,))
            try:
                number = float_of(item) if isinstance(item, str) else item
                if isinstance(item, bool) or not isinstance(number, int | float):
                    raise not_numeric(item)
            except Unfit as unfit:
                unfit.path = (key,)
                raise
            if key == "value_count" and number < 0:
                reason = f"Aggregate metric [{key}] of field [{name}] cannot be a negative number"
                raise Unfit(_ILLEGAL, reason, path=(key,))
        if not set(metrics) <= value.keys():
            listed = ", ".join(metrics)
            reason = f"Aggregate metric field [{name}] must contain all metrics [{listed}]"
            raise Unfit(_ILLEGAL, reason, at_end=True)

    return check


def _percolator(definition: Definition) -> Check:  # noqa: ARG001 - every query has one form
    def check(value: Json) -> None:
        if not isinstance(value, dict):
            reason = "[_na] query malformed, must start with start_object"
            raise _bare(reason, kind="parsing_exception")

    return check


CHECKS: dict[str, Callable[[Definition], Check]] = {
    "aggregate_metric_double": _aggregate_metric,
    "completion": _completion,
    "histogram": _histogram,
    "join": _join,
    "percolator": _percolator,
}
