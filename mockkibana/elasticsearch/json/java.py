"""How Java prints values: parts of Elasticsearch's error texts are Java's `toString`."""

from __future__ import annotations

from decimal import Decimal
from math import isinf, isnan

from mockkibana.json import Json


def text(value: Json) -> str:
    """Return what `toString` gives for a value read from JSON, maps being `HashMap`s."""
    if isinstance(value, dict):
        pairs = (f"{key}={text(value[key])}" for key in _hash_order(value))
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(text, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _double(value) if isinstance(value, float) else str(value)


def class_name(value: Json) -> str:
    """Return the name of the Java class that holds a value read from JSON."""
    if isinstance(value, bool):
        return "java.lang.Boolean"
    if isinstance(value, int):
        return "java.lang.Integer" if -(2**31) <= value < 2**31 else "java.lang.Long"
    names = {str: "java.lang.String", float: "java.lang.Double", list: "java.util.ArrayList"}
    return names.get(type(value), "java.util.LinkedHashMap")


def _double(value: float) -> str:
    if isnan(value):
        return "NaN"
    if isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    number = Decimal(repr(value))
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        plain = f"{number:f}"
        return plain if "." in plain else f"{plain}.0"
    sign, digits, _ = number.normalize().as_tuple()
    fraction = "".join(map(str, digits[1:])) or "0"
    return f"{'-' if sign else ''}{digits[0]}.{fraction}E{number.adjusted()}"


def _hash_order(keys: dict[str, Json]) -> list[str]:
    """Order keys as a `java.util.HashMap` iterates over them."""
    buckets = 16
    while len(keys) > buckets * 3 // 4:
        buckets *= 2
    return sorted(keys, key=lambda key: _spread(key) & (buckets - 1))


def _spread(key: str) -> int:
    code = 0
    units = key.encode("utf-16-be", "surrogatepass")
    for high, low in zip(units[::2], units[1::2], strict=True):
        code = (31 * code + (high << 8 | low)) & 0xFFFFFFFF
    return code ^ code >> 16
