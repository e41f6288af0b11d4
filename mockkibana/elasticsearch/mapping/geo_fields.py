"""Points and shapes: `geo_point`, `point`, `geo_shape` and `shape` (`GenericPointParser`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from mockkibana.elasticsearch.errors import Error, cause
from mockkibana.elasticsearch.json import java
from mockkibana.elasticsearch.mapping.number_fields import as_double
from mockkibana.elasticsearch.mapping.unfit import Check, Definition, Unfit, not_numeric
from mockkibana.json import Json

_GEOHASH = frozenset("0123456789bcdefghjkmnpqrstuvwxyz")
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_DOUBLE = re.compile(rf"\s*{_NUMBER}[dDfF]?\s*")
_WKT = re.compile(rf"\s*POINT\s*(?:Z\s*)?\(\s*({_NUMBER}(?:\s+{_NUMBER}){{1,2}})\s*\)\s*", re.I)
_WKT_SHAPE = re.compile(
    r"\s*(?:(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION|BBOX|ENVELOPE|CIRCLE)"
    r"\s*(?:Z\s*)?(?:\(|EMPTY)",
    re.IGNORECASE,
)
_SHAPES = frozenset(
    (
        *("point", "multipoint", "linestring", "multilinestring", "polygon", "multipolygon"),
        *("geometrycollection", "envelope", "circle"),
    )
)
# By type: the names of the coordinates in an object, how texts call them, and their limits.
_COORDINATES = {
    "geo_point": (("lon", "lat"), ("longitude", "latitude"), (180.0, 90.0)),
    "point": (("x", "y"), ("x", "y"), (3.4028234663852886e38, 3.4028234663852886e38)),
}
Point = tuple[float, float]


def _wrong(reason: str, caused_by: Error | None = None, *, kind: str = "parse_exception") -> Unfit:
    return Unfit(kind, reason, caused_by=caused_by, frame="alone")


def _point(definition: Definition) -> Check:
    kind, name = definition["type"], definition["name"]
    _, words, limits = _COORDINATES[kind]
    normalizes = definition.get("ignore_malformed") in (True, "true")

    def within_limits(point: Point) -> None:
        if normalizes:
            return
        for word, limit, value in reversed(list(zip(words, limits, point, strict=True))):
            if not -limit <= value <= limit:
                raise _wrong(
                    f"illegal {word} value [{java.text(value)}] for {name}",
                    kind="illegal_argument_exception",
                )

    def check(value: Json) -> None:
        if not isinstance(value, list):
            within_limits(_parsed(kind, value))
        elif value and _is_number(value[0]):
            try:
                within_limits(_of_numbers(value))
            except Unfit as unfit:
                unfit.frame, unfit.at_end = "bare", True  # here nobody catches it
                raise
        else:
            for number, item in enumerate(value):
                try:
                    if item is not None:
                        within_limits(_parsed(kind, item))
                except Unfit as unfit:
                    unfit.path = (number,)
                    raise

    return check


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _of_numbers(values: list[Json]) -> Point:
    if len(values) < 2:
        raise not_numeric(values)
    if not _is_number(values[1]):
        raise not_numeric(values[1])
    if len(values) > 3 or not all(map(_is_number, values)):
        raise _wrong("field type does not accept > 3 dimensions")
    return as_double(values[0]), as_double(values[1])


def _parsed(kind: str, value: Json) -> Point:
    """Read one point, but for one that is a list at the top."""
    if isinstance(value, dict):
        return _of_object(kind, value)
    if isinstance(value, list):
        if len(value) > 3:
            raise _wrong(f"[{kind}] field type does not accept > 3 dimensions")
        if not all(map(_is_number, value)):
            raise _wrong("numeric value expected")
        x, y = [*map(as_double, value), 0.0, 0.0][:2]
        return x, y
    if isinstance(value, str):
        return _of_text(kind, value)
    raise _wrong(f"{kind} expected")


def _of_object(kind: str, value: dict[str, Json]) -> Point:
    (first, second), words, _ = _COORDINATES[kind]
    readers: dict[str, Callable[[Json], Json]] = {
        first: partial(_double, words[0]),
        second: partial(_double, words[1]),
        "z": partial(_double, "z"),
        "type": partial(_string, "type"),
        "coordinates": _coordinates,
    }
    shapes = f"{first}/{second}"
    error = "field must be either x/y or type/coordinates"
    if kind == "geo_point":
        readers["geohash"] = partial(_string, "geohash")
        error = "field must be either lat/lon, geohash string or type/coordinates"
    found = {}
    for key, item in value.items():
        if key not in readers:
            known = ", ".join(readers)
            raise _wrong(f"field [{key}] not supported - must be one of: {known}")
        found[key] = readers[key](item)
    is_geojson = {"type", "coordinates"} <= found.keys()
    formats = ["geohash"] if "geohash" in found else []
    formats += [shapes] if {first, second} <= found.keys() else []
    formats += ["GeoJSON"] if is_geojson else []
    if len(formats) > 1:
        raise _wrong(f"fields matching more than one point format found: [{', '.join(formats)}]")
    if not formats:
        pairs = {first: second, second: first, "coordinates": "type", "type": "coordinates"}
        lacking = next((other for key, other in pairs.items() if key in found), None)
        raise _wrong(error if lacking is None else f"Required [{lacking}]")
    if "geohash" in found:
        if found.keys() - {"geohash", "z"}:
            raise _wrong(error)
        return _of_geohash(found["geohash"])
    if not is_geojson:
        return found[first], found[second]
    if found["type"].lower() != "point":
        raise _wrong(f"[type] for {kind} can only be 'Point'")
    if len(found["coordinates"]) < 2:
        raise _wrong("[coordinates] must contain at least two values")
    if len(found["coordinates"]) > 3:
        raise _wrong(f"[{kind}] field type does not accept > 3 dimensions")
    return found["coordinates"][0], found["coordinates"][1]


def _double(name: str, value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _wrong(f"{name} must be a number")
    if isinstance(value, str) and not _DOUBLE.fullmatch(value):
        inner = cause("number_format_exception", f'For input string: "{value}"')
        raise _wrong(f"[{name}] must be a valid double value", inner)
    return float(value.strip().rstrip("dDfF")) if isinstance(value, str) else as_double(value)


def _string(name: str, value: Json) -> str:
    if not isinstance(value, str):
        raise _wrong(f"[{name}] must be a string")
    return value


def _coordinates(value: Json) -> list[float]:
    if not isinstance(value, list):
        raise _wrong("[coordinates] must be an array")
    return [_double("coordinates", item) for item in value]


def _of_text(kind: str, text: str) -> Point:
    if "point" in text.lower():
        match = _WKT.fullmatch(text)
        if match is None:
            raise _wrong("Invalid WKT format")
        x, y = map(float, match[1].split()[:2])
        return x, y
    if kind == "geo_point" and "," not in text:
        return _of_geohash(text)
    values = text.rstrip(",").split(",")
    if not 2 <= len(values) <= 3:
        raise _wrong(
            f"failed to parse [[{', '.join(values)}]], expected 2 or 3 coordinates but found: "
            f"[{len(values)}]"
        )
    names = ("latitude", "longitude") if kind == "geo_point" else ("x", "y")
    for name, value in zip(names, values, strict=False):
        if not _DOUBLE.fullmatch(value):
            raise _wrong(f"{name} must be a number")
    one, other = (float(value.strip().rstrip("dDfF")) for value in values[:2])
    return (other, one) if kind == "geo_point" else (one, other)


def _of_geohash(text: str) -> Point:
    reason = "empty geohash" if not text else None
    for character in text[:12]:
        if character not in _GEOHASH:
            reason = f"unsupported symbol [{character}] in geohash [{text}]"
            break
    if reason is not None:
        raise _wrong(reason, cause("illegal_argument_exception", reason))
    return 0.0, 0.0  # wherever it is, it is on earth


def _shape(definition: Definition) -> Check:  # noqa: ARG001 - all shapes are checked alike
    def check(value: Json) -> None:
        if isinstance(value, str):
            if not _WKT_SHAPE.match(value):
                word = value.split("(")[0].strip() or value
                raise _wrong(f"Unknown geometry type: {word}")
        elif isinstance(value, dict):
            _check_geojson(value)
        else:
            raise _wrong("shape must be an object consisting of type and coordinates")

    return check


def _check_geojson(value: dict[str, Json]) -> None:
    # Guess: what wraps the refusals of its `ObjectParser` is left out.
    for name in (
        "type",
        "geometries" if value.get("type") == "GeometryCollection" else "coordinates",
    ):
        if name not in value:
            raise _wrong(f"Required [{name}]", kind="illegal_argument_exception")
    kind = value["type"]
    if not isinstance(kind, str) or kind.lower() not in _SHAPES:
        reason = f"unknown geo_shape [{java.text(kind)}]"
        raise _wrong(reason, kind="illegal_argument_exception")


CHECKS: dict[str, Callable[[Definition], Check]] = {
    "geo_point": _point,
    "point": _point,
    "geo_shape": _shape,
    "shape": _shape,
}
