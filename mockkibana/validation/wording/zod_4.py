"""The issues that zod 4 makes of refusals, in Kibana 9.4 and later."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from mockkibana.javascript import stringify
from mockkibana.json import Json, Record
from mockkibana.json_errors import json_error
from mockkibana.settings.release import Release
from mockkibana.validation.failure import Failure
from mockkibana.validation.wording.issues import Path, kind, singly

_FORMATS = {"url": "URL", "email": "email address"}


def issues(failure: Failure, release: Release, around: Path = ()) -> Iterator[Record]:
    """Iterate over the issues, their keys in zod's order; `around` are the segments before it."""
    for single, path in singly(failure, around):
        limits = [branch for branch in single.branches if branch.is_limit]
        if single.code == "union" and len(limits) != 1:
            yield _union(single, release, path)
            continue
        if single.code != "union":
            yield _ISSUES[single.code](single, list(path), release)
        # Of a union this is what the one alternative says that has the value's type; of a type it
        # is what the limits of a length say, which look at whatever has one.
        for limit in limits:
            yield from issues(limit, release, path)


def _union(failure: Failure, release: Release, path: Path) -> Record:
    return {
        "code": "invalid_union",
        "errors": [list(issues(branch, release)) for branch in failure.branches],
        "path": list(path),
        "message": failure.expected or "Invalid input",
    }


def _type(failure: Failure, path: list[Json], _: Release) -> Record:
    expected, received = failure.expected, kind(failure.received)
    message = f"Invalid input: expected {expected}, received {received}"
    return {"expected": expected, "code": "invalid_type", "path": path, "message": message}


def _not_finite(failure: Failure, path: list[Json], _: Release) -> Record:
    what, kind_ = ("NaN", "NaN") if math.isnan(failure.expected) else ("Infinity", "number")
    return {
        "expected": "number",
        "code": "invalid_type",
        "received": what,
        "path": path,
        "message": f"Invalid input: expected number, received {kind_}",
    }


def _unknown_keys(failure: Failure, path: list[Json], _: Release) -> Record:
    keys = list(failure.expected)
    message = f"Unrecognized key{'s' if len(keys) > 1 else ''}: " + ", ".join(map(_word, keys))
    return {"code": "unrecognized_keys", "keys": keys, "path": path, "message": message}


def _values(failure: Failure, path: list[Json], _: Release) -> Record:
    values = list(failure.expected) if failure.code == "literals" else [failure.expected]
    words = "|".join(map(_word, values))
    what = "input: expected" if len(values) == 1 else "option: expected one of"
    message = f"Invalid {what} {words}"
    return {"code": "invalid_value", "values": values, "path": path, "message": message}


def _word(value: Json) -> str:
    # zod does not escape what it puts in quotation marks.
    return f'"{value}"' if isinstance(value, str) else stringify(value)


def _discriminator(failure: Failure, path: list[Json], release: Release) -> Record:
    issue: Record = {
        "code": "invalid_union",
        "errors": [],
        "note": "No matching discriminator",
        "discriminator": path[-1],
    }
    message = "Invalid input"
    if release.names_discriminators:
        issue["options"] = list(failure.expected)
        words = " | ".join(f"'{word}'" for word in failure.expected)
        message = f"Invalid discriminator value. Expected {words}"
    return {**issue, "path": path, "message": message}


def _limit(origin: str, bound: str, amount: str) -> Callable[..., Record]:
    """Return what makes the issues of a limit: `minimum` or `maximum`, of values of a type."""
    size = "small" if bound == "minimum" else "big"

    def made(failure: Failure, path: list[Json], _: Release) -> Record:
        expected = amount.format(stringify(failure.expected))
        return {
            "origin": origin,
            "code": f"too_{size}",
            bound: failure.expected,
            "inclusive": True,
            "path": path,
            "message": f"Too {size}: expected {origin} {expected}",
        }

    return made


def _format(failure: Failure, path: list[Json], _: Release) -> Record:
    return {
        "code": "invalid_format",
        "format": failure.expected,
        "path": path,
        "message": f"Invalid {_FORMATS[failure.expected]}",
    }


def _json(failure: Failure, path: list[Json], _: Release) -> Record:
    return {"code": "custom", "message": json_error(failure.received), "path": path}


def _custom(failure: Failure, path: list[Json], _: Release) -> Record:
    return {"code": "custom", "message": failure.expected, "path": path}


_ISSUES: dict[str, Callable[[Failure, list[Any], Release], Record]] = {
    "type": _type,
    "not_finite": _not_finite,
    "unknown_keys": _unknown_keys,
    "literal": _values,
    "literals": _values,
    "discriminator": _discriminator,
    "min": _limit("number", "minimum", "to be >={}"),
    "max": _limit("number", "maximum", "to be <={}"),
    "min_length": _limit("string", "minimum", "to have >={} characters"),
    "max_length": _limit("string", "maximum", "to have <={} characters"),
    "min_size": _limit("array", "minimum", "to have >={} items"),
    "max_size": _limit("array", "maximum", "to have <={} items"),
    "format": _format,
    "json": _json,
    "custom": _custom,
}
