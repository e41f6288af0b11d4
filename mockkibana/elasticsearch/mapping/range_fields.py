"""Ranges: `integer_range`, `date_range`, `ip_range`, ... (`RangeFieldMapper`)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from mockkibana.elasticsearch.mapping import dates
from mockkibana.elasticsearch.mapping.fields import TYPES
from mockkibana.elasticsearch.mapping.number_fields import float_of
from mockkibana.elasticsearch.mapping.unfit import Check, Definition, Unfit
from mockkibana.json import Json

_BOUNDS = ("gt", "gte", "lt", "lte")


def _range(definition: Definition) -> Check:
    kind, name = definition["type"].removesuffix("_range"), definition["name"]
    formats = definition.get("format", dates.DEFAULT_FORMAT)
    bound = TYPES[kind]({**definition, "type": kind})

    def check(value: Json) -> None:
        if kind == "ip" and isinstance(value, str):
            _check_network(value)
            return
        if not isinstance(value, dict):
            last = name.rpartition(".")[2]
            raise _wrong(f"error parsing field [{name}], expected an object but got {last}")
        for key, item in value.items():
            if key not in _BOUNDS:
                reason = f"error parsing field [{name}], with unknown parameter [{key}]"
                raise _wrong(reason, key)
            if item is None:
                continue
            try:
                bound(item)
            except Unfit as unfit:
                unfit.path = (key, *unfit.path)
                raise _of_date(unfit) if kind == "date" else unfit from None
        low, high = (_first(value, names, kind, formats) for names in (_BOUNDS[:2], _BOUNDS[2:]))
        if low is not None and high is not None and low > high:
            raise Unfit(
                "illegal_argument_exception",
                f"min value ({low}) is greater than max value ({high})",
                at_end=True,
            )

    return check


def _wrong(reason: str, *path: str) -> Unfit:
    return Unfit("mapper_parsing_exception", reason, path=path)


def _of_date(unfit: Unfit) -> Unfit:
    """Return the error of a date that is read with date math."""
    reason = f"{unfit.reason}: [{unfit.reason}]"
    return Unfit("parse_exception", reason, caused_by=unfit.caused_by, path=unfit.path)


def _check_network(text: str) -> None:
    # Guess: Elasticsearch's words for a part of it that is wrong are others.
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        is_network = "/" in text
        raise Unfit(
            "illegal_argument_exception",
            f"'{text}' is not an IP string literal."
            if is_network
            else f"Expected [ip/prefix] but was [{text}]",
        ) from None
    if "/" not in text:
        reason = f"Expected [ip/prefix] but was [{text}]"
        raise Unfit("illegal_argument_exception", reason)


def _first(value: dict[str, Json], names: tuple[str, ...], kind: str, formats: str) -> float | None:
    """Return the bound of one side as a number, None where there is none to compare."""
    given = next((value[name] for name in names if value.get(name) is not None), None)
    if given in (None, "") or kind == "ip":
        return None  # Guess: addresses are not compared here
    if kind == "date":
        return dates.parse(str(given), formats)
    number = float_of(given) if isinstance(given, str) else given
    return int(number) if kind in ("integer", "long") else float(number)


CHECKS: dict[str, Callable[[Definition], Check]] = dict.fromkeys(
    (
        *("integer_range", "long_range", "float_range", "double_range"),
        *("date_range", "ip_range"),
    ),
    _range,
)
