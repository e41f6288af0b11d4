"""Fields for values without parts: strings, numbers, booleans, literals and the like."""

from __future__ import annotations

import io
import math
import re
from typing import Any as AnyValue

from marshmallow import missing

from mockkibana.json import Json
from mockkibana.settings.release import Release
from mockkibana.validation.failure import Failure
from mockkibana.validation.field import EVERY_TYPE, NO_TYPE, Field

MAX_SAFE_INTEGER = 2**53 - 1

# What joi reads as a number: no hexadecimal, no Infinity, no empty string.
_NUMERIC = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)


def utf16_length(text: str) -> int:
    """Return the length of a text as JavaScript counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def beyond(value: Json, least: int | None, most: int | None) -> tuple[Failure, ...]:
    """Return what limits of a length say of a value, also of one of another type, as zod's do."""
    if isinstance(value, str):
        length, what = utf16_length(value), "length"
    elif isinstance(value, list):
        length, what = len(value), "size"
    else:
        return ()
    if least is not None and length < least:
        return (Failure(f"min_{what}", least, value),)
    if most is not None and length > most:
        return (Failure(f"max_{what}", most, value),)
    return ()


def _is_hostname(text: str) -> bool:
    from mockkibana.validation.formats import is_hostname  # slow to import, and rarely needed

    return is_hostname(text)


class String(Field):
    """A string; nothing else is turned into one. An empty one is fine unless `min_length` says no.

    Lengths count UTF-16 units, as JavaScript does. With `hostname` the value is a host name as in
    RFC 1123, or an IP address, and not empty.
    """

    takes = frozenset((str,))
    passes = frozenset((str,))

    def __init__(
        self,
        *,
        min_length: int | None = None,
        max_length: int | None = None,
        hostname: bool = False,
        **options: AnyValue,
    ) -> None:
        super().__init__(**options)
        self.min_length = min_length
        self.max_length = max_length
        self.hostname = hostname
        if hostname or min_length is not None or max_length is not None:
            self.passes = NO_TYPE

    def _check(self, value: Json) -> AnyValue:
        if not isinstance(value, str):
            further = beyond(value, self.min_length, self.max_length) if self.exact else ()
            return Failure("type", "hostname" if self.hostname else "string", value, (), further)
        if self.hostname and not value:
            return Failure("empty", None, value)
        if self.hostname and not _is_hostname(value):
            return Failure("format", "hostname", value)
        if self.min_length is not None and utf16_length(value) < self.min_length:
            return Failure("min_length", self.min_length, value)
        if self.max_length is not None and utf16_length(value) > self.max_length:
            return Failure("max_length", self.max_length, value)
        return value


class Boolean(Field):
    """A boolean, or the words true and false in any letter case."""

    takes = frozenset((bool, str))
    passes = frozenset((bool,))

    def _derive(self) -> None:
        if self.exact:
            self.takes = frozenset((bool,))

    def _check(self, value: Json) -> AnyValue:
        if value is True or value is False:
            return value
        if isinstance(value, str) and not self.exact:
            word = value.lower()
            if word in ("true", "false"):
                return word == "true"
        return Failure("type", "boolean", value)


class Number(Field):
    """A number, or a string that holds a decimal one; `min` and `max` are inclusive.

    With `coerced` an exact one takes whatever JavaScript makes a finite number of.
    """

    takes = frozenset((int, float, str))

    def __init__(
        self,
        *,
        min: float | None = None,  # noqa: A002 - config-schema's name
        max: float | None = None,  # noqa: A002
        coerced: bool = False,
        **options: AnyValue,
    ) -> None:
        super().__init__(**options)
        self.min = min
        self.max = max
        self.coerced = coerced

    def _derive(self) -> None:
        if self.exact:
            self.takes = EVERY_TYPE if self.coerced else frozenset((int, float))

    def _check(self, value: Json) -> AnyValue:
        number = value
        if self.exact and self.coerced:
            from mockkibana.javascript_numbers import to_number  # a start need not wait for it

            number = math.nan if value is missing else to_number(value)
            # zod 3 takes an infinite number; none could be sent on.
            if not math.isfinite(number):
                return Failure("not_finite", number, value)
        elif isinstance(value, str) and not self.exact:
            number = _number(value)
            if type(number) is Failure:
                return number
        if isinstance(number, bool) or not isinstance(number, int | float) or number != number:
            return Failure("type", "number", value)
        if not self.exact and not -MAX_SAFE_INTEGER <= number <= MAX_SAFE_INTEGER:
            return Failure("unsafe_number", None, value)
        if self.min is not None and number < self.min:
            return Failure("min", self.min, number)
        if self.max is not None and number > self.max:
            return Failure("max", self.max, number)
        return number


def _number(text: str) -> Json:
    """Return the number that a text stands for, the text itself for none, or the `Failure`.

    As in joi, a number that a double cannot hold to its last digit is not safe.
    """
    numeric = _NUMERIC.fullmatch(text)
    if numeric is None:
        return text
    number = float(text)
    # JavaScript writes such a small number with an exponent; joi does not compare these.
    tiny = 0 < abs(number) < 1e-6 and numeric[1] is None
    if not tiny and _digits(text) != _digits(repr(number)):
        return Failure("unsafe_number", None, text)
    return int(number) if number.is_integer() else number


def _digits(text: str) -> str:
    """Return the significant digits of a decimal number."""
    mantissa = text.strip().lower().partition("e")[0].lstrip("+-")
    return mantissa.replace(".", "").strip("0") if "." in mantissa else mantissa.strip("0")


class Literal(Field):
    """One value and no other: a string, a number, a boolean or None for null."""

    def __init__(self, value: Json, **options: AnyValue) -> None:
        super().__init__(**options)
        self.value = value
        # 1 equals True in Python, not in JSON.
        numeric = type(value) in (int, float)
        self.takes = frozenset((int, float) if numeric else (type(value),))
        if value is None and self.rule is None:
            self.passes = self.takes

    def _check(self, value: Json) -> AnyValue:
        if type(value) in self.takes and value == self.value:
            return value
        return Failure("literal", self.value, value)


class Any(Field):
    """Any value at all, null too, but not an absent one.

    zod takes no offence at an absent one either, up to a release.
    """

    passes = EVERY_TYPE
    may_be_absent = False

    def resolved(self, release: Release, exact: bool) -> Field:
        """Return the field as a release has it: itself where it does not differ."""
        made = super().resolved(release, exact)
        if isinstance(made, Any):
            made.may_be_absent = exact and release.absent_any
        return made

    def _check(self, value: Json) -> AnyValue:
        if value is missing and not self.may_be_absent:
            return Failure("type", "nonoptional" if self.exact else "any", value)
        return value


class Never(Field):
    """No value: the key has to be absent."""

    takes = NO_TYPE

    def _check(self, value: Json) -> AnyValue:
        return value if value is missing else Failure("present", None, value)


class Buffer(Field):
    """Bytes: the body of a request with the content type application/octet-stream."""

    takes = frozenset((bytes,))
    passes = frozenset((bytes,))

    def _check(self, value: Json) -> AnyValue:
        if isinstance(value, bytes):
            return value
        return Failure("type", "buffer", value)


class Stream(Field):
    """A binary file object: a body that is read piece by piece."""

    takes = NO_TYPE

    def _check(self, value: Json) -> AnyValue:
        if isinstance(value, io.IOBase):
            return value
        return Failure("type", "stream", value)
