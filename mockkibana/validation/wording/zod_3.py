"""The issues that zod 3 makes of refusals, in Kibana 9.3."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from marshmallow import missing

from mockkibana.javascript import stringify
from mockkibana.json import Json, Record
from mockkibana.json_errors import json_error
from mockkibana.settings.release import Release
from mockkibana.validation.failure import Failure
from mockkibana.validation.wording.issues import Path, kind, singly

_TYPES = {"record": "object"}


def issues(failure: Failure, _: Release, around: Path = ()) -> Iterator[Record]:
    """Iterate over the issues, their keys in zod's order; `around` are the segments before it."""
    for single, path in singly(failure, around):
        if single.code == "union":
            yield from _union(single, _, path)
        else:
            yield from _ISSUES[single.code](single, list(path))


def _union(failure: Failure, release: Release, path: Path) -> Iterator[Record]:
    if dirty := next(filter(_is_dirty, failure.branches), None):
        yield from issues(dirty, release, path)
        return
    errors = [
        {"issues": list(issues(branch, release, path)), "name": "ZodError"}
        for branch in failure.branches
    ]
    message = failure.expected or "Invalid input"
    yield {"code": "invalid_union", "unionErrors": errors, "path": list(path), "message": message}


def _is_dirty(failure: Failure) -> bool:
    """Tell whether a value has the right types all the same; then the union is taken for it."""
    if failure.code == "several":
        return all(map(_is_dirty, failure.branches))
    return failure.is_limit or failure.code == "unknown_keys"


def _type(failure: Failure, path: list[Json]) -> Iterator[Record]:
    expected = _TYPES.get(failure.expected, failure.expected)
    yield _invalid_type(expected, kind(failure.received), path)


def _invalid_type(expected: str, received: str, path: list[Json]) -> Record:
    return {
        "code": "invalid_type",
        "expected": expected,
        "received": received,
        "path": path,
        "message": "Required"
        if received == "undefined"
        else f"Expected {expected}, received {received}",
    }


def _not_finite(failure: Failure, path: list[Json]) -> Iterator[Record]:  # noqa: ARG001
    yield _invalid_type("number", "nan", path)


def _unknown_keys(failure: Failure, path: list[Json]) -> Iterator[Record]:
    keys = list(failure.expected)
    message = f"Unrecognized key(s) in object: {_words(keys, ', ')}"
    yield {"code": "unrecognized_keys", "keys": keys, "path": path, "message": message}


def _words(values: Iterable[Json], between: str = " | ") -> str:
    return between.join(
        f"'{value}'" if isinstance(value, str) else stringify(value) for value in values
    )


def _literal(failure: Failure, path: list[Json]) -> Iterator[Record]:
    issue: Record = {"code": "invalid_literal", "expected": failure.expected, "path": path}
    if failure.received is not missing:
        issue = {"received": failure.received, **issue}
    yield {
        **issue,
        "message": f"Invalid literal value, expected {stringify(failure.expected)}",
    }


def _literals(failure: Failure, path: list[Json]) -> Iterator[Record]:
    expected, received = _words(failure.expected), failure.received
    if not isinstance(received, str):
        yield _invalid_type(expected, kind(received), path)
        return
    yield {
        "received": received,
        "code": "invalid_enum_value",
        "options": list(failure.expected),
        "path": path,
        "message": f"Invalid enum value. Expected {expected}, received '{received}'",
    }


def _discriminator(failure: Failure, path: list[Json]) -> Iterator[Record]:
    yield {
        "code": "invalid_union_discriminator",
        "options": list(failure.expected),
        "path": path,
        "message": f"Invalid discriminator value. Expected {_words(failure.expected)}",
    }


def _limit(type_: str, bound: str, amount: str) -> Callable[..., Iterator[Record]]:
    """Return what makes the issues of a limit: `minimum` or `maximum`, of a type."""
    code = "too_small" if bound == "minimum" else "too_big"

    def made(failure: Failure, path: list[Json]) -> Iterator[Record]:
        yield {
            "code": code,
            bound: failure.expected,
            "type": type_,
            "inclusive": True,
            "exact": False,
            "message": amount.format(stringify(failure.expected)),
            "path": path,
        }

    return made


def _format(failure: Failure, path: list[Json]) -> Iterator[Record]:
    name = failure.expected
    message = f"Invalid {name}"
    yield {"validation": name, "code": "invalid_string", "message": message, "path": path}


def _json(failure: Failure, path: list[Json]) -> Iterator[Record]:
    yield {"code": "custom", "message": json_error(failure.received), "path": path}
    yield from _type(failure, path)


def _custom(failure: Failure, path: list[Json]) -> Iterator[Record]:
    yield {"code": "custom", "message": failure.expected, "path": path}


_STRING = "String must contain at {} {{}} character(s)"
_ARRAY = "Array must contain at {} {{}} element(s)"
_NUMBER = "Number must be {} than or equal to {{}}"
_ISSUES: dict[str, Callable[[Failure, list[Json]], Iterator[Record]]] = {
    "type": _type,
    "not_finite": _not_finite,
    "unknown_keys": _unknown_keys,
    "literal": _literal,
    "literals": _literals,
    "discriminator": _discriminator,
    "min": _limit("number", "minimum", _NUMBER.format("greater")),
    "max": _limit("number", "maximum", _NUMBER.format("less")),
    "min_length": _limit("string", "minimum", _STRING.format("least")),
    "max_length": _limit("string", "maximum", _STRING.format("most")),
    "min_size": _limit("array", "minimum", _ARRAY.format("least")),
    "max_size": _limit("array", "maximum", _ARRAY.format("most")),
    "format": _format,
    "json": _json,
    "custom": _custom,
}
