"""Elasticsearch's durations: `30s`, `7d` (`TimeValue`)."""

from __future__ import annotations

import re

from mockkibana.elasticsearch.errors import ElasticsearchError, cause, illegal_argument

# In the order in which Elasticsearch looks for them; only minutes are bound to lower case.
_UNITS = {"nanos": 1e-6, "micros": 1e-3, "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}
_DAY = 86_400_000
_NUMBER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_FRACTION = re.compile(r"[+-]?\d*\.\d+", re.ASCII)


def milliseconds(text: str, setting: str) -> int:
    """Return a duration in milliseconds, which is -1 for the text `-1`.

    Raises `ElasticsearchError` (`illegal_argument_exception`).
    """
    normalized = text.lower().strip()
    if normalized in ("-1", "0"):
        return int(normalized)
    for unit, factor in {**_UNITS, "d": _DAY}.items():
        if normalized.endswith(unit) and (unit != "m" or text.strip().endswith("m")):
            return int(_number(text, normalized.removesuffix(unit).strip(), setting) * factor)
    raise _unparsed(text, setting, "unit is missing or unrecognized")


def _unparsed(text: str, setting: str, why: str) -> ElasticsearchError:
    """Return the refusal of a text that is no duration."""
    return illegal_argument(
        f"failed to parse setting [{setting}] with value [{text}] as a time value: {why}"
    )


def _number(text: str, number: str, setting: str) -> int:
    if _NUMBER.fullmatch(number):
        if number.startswith("-"):
            raise _unparsed(text, setting, "negative durations are not supported")
        return int(number)
    if _FRACTION.fullmatch(number):
        raise illegal_argument(
            f"failed to parse [{text}], fractional time values are not supported"
        )
    raise illegal_argument(
        f"failed to parse [{text}]",
        cause("number_format_exception", f'For input string: "{number}"'),
    )
