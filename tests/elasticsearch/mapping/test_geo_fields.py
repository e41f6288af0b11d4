"""Points and shapes: which values are places, and how others are refused."""

from __future__ import annotations

import pytest
from document_fits import fit, refusal

from mockkibana.json import Json


@pytest.mark.parametrize(
    ("definition", "values"),
    [
        (
            "geo_point",
            [
                "1,2",
                "1.5, -2,3",
                "u33dc0",
                {"lat": "1.5", "lon": 2},
                {"lat": 90, "lon": 180, "z": 5},
                {"geohash": "u33"},
                {"type": "Point", "coordinates": [1, 2]},
                [1, 2],
                [1, 2, 3],
                [],
                None,
                [[1, 2], {"lat": 1, "lon": 2}, "1,2", None],
                "POINT (1 2)",
            ],
        ),
        ("point", ["1,200", {"x": 1, "y": 1000}, [500, 600], "POINT(1 2)"]),
        (
            "geo_shape",
            [
                "POINT (1 2)",
                "MULTIPOLYGON(((1 2,3 4)))",
                {"type": "Polygon", "coordinates": [[[1, 2]]]},
                {"type": "GeometryCollection", "geometries": []},
            ],
        ),
        ("shape", [{"type": "envelope", "coordinates": [[0, 1], [1, 0]]}]),
    ],
    ids=str,
)
def test_values_that_a_type_takes(definition: Json, values: list[Json]) -> None:
    for value in values:
        fit(definition, value)


ILLEGAL = "illegal_argument_exception"


@pytest.mark.parametrize(
    ("definition", "value", "where", "kind", "inner"),
    [
        (
            "geo_point",
            {"lat": 100, "lon": 0},
            "1:24 alone",
            ILLEGAL,
            "illegal latitude value [100.0] for f",
        ),
        (
            "geo_point",
            {"lat": 0, "lon": 200.5},
            "1:26 alone",
            ILLEGAL,
            "illegal longitude value [200.5] for f",
        ),
        ("geo_point", True, "1:6 alone", "parse_exception", "geo_point expected"),
        ("geo_point", 5, "1:6 alone", "parse_exception", "geo_point expected"),
        (
            "geo_point",
            "nonsense",
            "1:6 alone",
            "parse_exception",
            "unsupported symbol [o] in geohash [nonsense]",
        ),
        ("geo_point", "91,0", "1:6 alone", ILLEGAL, "illegal latitude value [91.0] for f"),
        ("geo_point", "a,b", "1:6 alone", "parse_exception", "latitude must be a number"),
        (
            "geo_point",
            "1,2,3,4",
            "1:6 alone",
            "parse_exception",
            "failed to parse [[1, 2, 3, 4]], expected 2 or 3 coordinates but found: [4]",
        ),
        ("geo_point", "", "1:6 alone", "parse_exception", "empty geohash"),
        ("geo_point", {"lat": 1}, "1:14 alone", "parse_exception", "Required [lon]"),
        (
            "geo_point",
            {},
            "1:7 alone",
            "parse_exception",
            "field must be either lat/lon, geohash string or type/coordinates",
        ),
        (
            "geo_point",
            {"lat": True, "lon": 1},
            "1:25 alone",
            "parse_exception",
            "latitude must be a number",
        ),
        (
            "geo_point",
            {"lat": "x", "lon": 1},
            "1:24 alone",
            "parse_exception",
            "[latitude] must be a valid double value",
        ),
        (
            "geo_point",
            {"a": 1},
            "1:12 alone",
            "parse_exception",
            ("field [a] not supported - must be one of: lon, lat, z, type, coordinates, geohash"),
        ),
        (
            "geo_point",
            {"geohash": "u33!"},
            "1:23 alone",
            "parse_exception",
            "unsupported symbol [!] in geohash [u33!]",
        ),
        (
            "geo_point",
            {"type": "Polygon", "coordinates": [1, 2]},
            "1:43 alone",
            "parse_exception",
            "[type] for geo_point can only be 'Point'",
        ),
        (
            "geo_point",
            {"type": "Point", "coordinates": [1]},
            "1:39 alone",
            "parse_exception",
            "[coordinates] must contain at least two values",
        ),
        ("geo_point", [200, 0], "1:12 bare", ILLEGAL, "illegal longitude value [200.0] for f"),
        (
            "geo_point",
            [1],
            "1:8 bare",
            "x_content_parse_exception",
            ("[1:9] Current token (START_ARRAY) not numeric, can not use numeric value accessors"),
        ),
        (
            "geo_point",
            [1, 2, 3, 4],
            "1:14 bare",
            "parse_exception",
            "field type does not accept > 3 dimensions",
        ),
        (
            "geo_point",
            [{"lat": 1, "lon": 2}, "91,0"],
            "1:25 alone",
            ILLEGAL,
            "illegal latitude value [91.0] for f",
        ),
        ("geo_point", [[1, 2], ["a"]], "1:17 alone", "parse_exception", "numeric value expected"),
        (
            "geo_point",
            "POINT (1 200)",
            "1:6 alone",
            ILLEGAL,
            "illegal latitude value [200.0] for f",
        ),
        ("geo_point", "POINT 1", "1:6 alone", "parse_exception", "Invalid WKT format"),
        (
            "geo_point",
            {"lat": 1, "lon": 2, "geohash": "u"},
            "1:36 alone",
            "parse_exception",
            "fields matching more than one point format found: [geohash, lon/lat]",
        ),
        (
            "point",
            "1",
            "1:6 alone",
            "parse_exception",
            "failed to parse [[1]], expected 2 or 3 coordinates but found: [1]",
        ),
        ("point", {"x": 1}, "1:12 alone", "parse_exception", "Required [y]"),
        ("point", False, "1:6 alone", "parse_exception", "point expected"),
        (
            "geo_shape",
            5,
            "1:6 alone",
            "parse_exception",
            "shape must be an object consisting of type and coordinates",
        ),
        ("geo_shape", {"type": "foo"}, "1:19 alone", ILLEGAL, "Required [coordinates]"),
        ("geo_shape", {"coordinates": []}, "1:23 alone", ILLEGAL, "Required [type]"),
        (
            "geo_shape",
            {"type": "foo", "coordinates": []},
            "1:36 alone",
            ILLEGAL,
            "unknown geo_shape [foo]",
        ),
        ("geo_shape", "nowhere", "1:6 alone", "parse_exception", "Unknown geometry type: nowhere"),
    ],
    ids=str,
)
def test_other_values_are_refused(
    definition: Json, value: Json, where: str, kind: str, inner: str
) -> None:
    assert refusal(definition, value) == (where, kind, inner)


def test_malformed_points_can_be_ignored_also_objects() -> None:
    definition = {"type": "geo_point", "ignore_malformed": True}
    for value in ("nonsense", {"lat": 1}, {"lat": 100, "lon": 0}, True, [{"lat": 1}]):
        assert fit(definition, value) is None
