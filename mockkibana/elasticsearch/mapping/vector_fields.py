"""Vectors and features: numbers that score, of which Lucene takes only some."""

from __future__ import annotations

import math
from collections.abc import Callable

from mockkibana.elasticsearch.json import bodies, java
from mockkibana.elasticsearch.mapping.number_fields import as_double, float32, float_of
from mockkibana.elasticsearch.mapping.unfit import Check, Definition, Frame, Unfit, not_numeric
from mockkibana.json import Json

_SMALLEST = 1.1754943508222875e-38  # the least positive float that is normal
_UNIT = 1e-4  # how far a vector's length may be from 1


def _illegal(reason: str, *path: str | int, frame: Frame = "bare", at_end: bool = False) -> Unfit:
    return Unfit("illegal_argument_exception", reason, frame=frame, path=path, at_end=at_end)


def _check_feature(value: float, feature: str, field: str, *path: str, frame: Frame) -> None:
    number = float32(value)
    of = f"for feature {feature} on field {field}"
    if not math.isfinite(number):
        raise _illegal(
            f"featureValue must be finite, got: {java.text(number)} {of}", *path, frame=frame
        )
    if number < _SMALLEST:
        raise _illegal(
            f"featureValue must be a positive normal float, got: {java.text(value)} {of} which is "
            "less than the minimum positive normal float: 1.17549435E-38",
            *path,
            frame=frame,
        )


def _scored(value: float, definition: Definition) -> float:
    if definition.get("positive_score_impact") in (False, "false"):
        return 1 / value if value else math.inf
    return value


def _rank_feature(definition: Definition) -> Check:
    name = definition["name"]

    def check(value: Json) -> None:
        values = value if isinstance(value, list) else [value]
        found = [(number, item) for number, item in enumerate(values) if item is not None]
        for count, (number, item) in enumerate(found):
            path = (number,) if isinstance(value, list) else ()
            try:
                if isinstance(item, bool) or not isinstance(item, int | float | str):
                    raise not_numeric(item)
                score = float_of(item) if isinstance(item, str) else as_double(item)
                if count:
                    raise _illegal(
                        "[rank_feature] fields do not support indexing multiple values for the "
                        f"same field [{name}] in the same document",
                        frame="preview",
                    )
                _check_feature(_scored(score, definition), name, "_feature", frame="preview")
            except Unfit as unfit:
                unfit.path = path
                raise

    return check


def _features(definition: Definition) -> Check:
    kind, name = definition["type"], definition["name"]

    def check(value: Json) -> None:
        if not isinstance(value, dict):
            raise _illegal(
                f"[{kind}] fields must be json objects, expected a START_OBJECT but got: "
                f"{bodies.token_of(value)}"
            )
        for feature, item in value.items():
            if "." in feature and kind == "rank_features":
                raise _illegal(
                    "[rank_features] fields do not support dots in feature names but found "
                    f"[{feature}]",
                    feature,
                )
            if item is None:
                continue
            if isinstance(item, bool) or not isinstance(item, int | float | str):
                raise _illegal(
                    f"[{kind}] fields take hashes that map a feature to a strictly positive float, "
                    f"but got unexpected token {bodies.token_of(item)}",
                    feature,
                )
            try:
                score = float_of(item) if isinstance(item, str) else as_double(item)
            except Unfit as unfit:
                unfit.frame, unfit.path = "bare", (feature,)
                raise
            _check_feature(_scored(score, definition), feature, name, feature, frame="bare")

    return check


def _dense_vector(definition: Definition) -> Check:
    name, dims = definition["name"], definition.get("dims")
    element = definition.get("element_type", "float")
    similarity = definition.get("similarity")

    def check(value: Json) -> None:
        if isinstance(value, str) and element in ("byte", "bit"):
            return  # hexadecimal, whose length is not looked at
        if not isinstance(value, list):
            token = bodies.token_of(value)
            reason = f"Unsupported type [{token}] for provided value [{java.text(value)}]"
            raise Unfit("parsing_exception", reason, frame="bare")
        for number, item in enumerate(value):
            if isinstance(item, bool) or not isinstance(item, int | float):
                reason = (
                    "Failed to parse object: expecting token of type [VALUE_NUMBER] but found "
                    f"[{bodies.token_of(item)}]"
                )
                raise Unfit("parsing_exception", reason, frame="bare", path=(number,))
            if element == "byte" and not (-128 <= item <= 127 and item == int(item)):
                raise _illegal(
                    "element_type [byte] vectors only support integers between [-128, 127] but "
                    f"found [{java.text(item)}] at dim [{number}];",
                    number,
                )
        length = len(value) * (8 if element == "bit" else 1)
        if dims is not None and length != dims:
            relation = "more" if length > dims else "a different number of"
            counted = "" if length > dims else f" [{length}]"
            raise _illegal(
                f"The [dense_vector] field [{name}] in doc [document with id '{{id}}'] has "
                f"{relation} dimensions{counted} than defined in the mapping [{dims}]",
                at_end=True,
            )
        if element == "float":
            _check_length(value, similarity)

    return check


def _check_length(value: list[float], similarity: str | None) -> None:
    length = sum(float32(item) ** 2 for item in value)
    what = None
    if similarity == "cosine" and length == 0:
        what = "does not support vectors with zero magnitude"
    elif similarity == "dot_product" and abs(length - 1) > _UNIT:
        what = "can only be used with unit-length vectors"
    if what is not None:
        shown = ", ".join(java.text(as_double(item)) for item in value[:5])
        dots = ", ..." if len(value) > 5 else ""
        raise _illegal(
            f"The [{similarity}] similarity {what}. Preview of invalid vector: [{shown}{dots}]",
            at_end=True,
        )


CHECKS: dict[str, Callable[[Definition], Check]] = {
    "dense_vector": _dense_vector,
    "rank_feature": _rank_feature,
    "rank_features": _features,
    "sparse_vector": _features,
}
