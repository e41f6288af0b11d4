"""Field types: which JSON values a leaf of the mapping takes."""

from __future__ import annotations

import ipaddress
import re
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib import import_module

from mockkibana.clock import iso
from mockkibana.elasticsearch.errors import cause
from mockkibana.elasticsearch.json.scalars import not_boolean
from mockkibana.elasticsearch.mapping import dates
from mockkibana.elasticsearch.mapping.dates import EPOCH
from mockkibana.elasticsearch.mapping.number_fields import NUMBERS
from mockkibana.elasticsearch.mapping.unfit import (
    Check,
    Definition,
    Unfit,
    illegal,
    text_of,
    token,
    wrong_token,
)
from mockkibana.json import Json

MAX_TERM = 32_766  # bytes: Lucene's IndexWriter.MAX_TERM_LENGTH


def _any(value: Json) -> None:
    """Take every value: of an alias, which takes none, and of texts that only a model reads."""


def _string(value: Json) -> None:
    text_of(value)


def _keyword(definition: Definition) -> Check:
    ignore_above = int(definition.get("ignore_above", 2**31 - 1))
    name = definition["name"]

    def check(value: Json) -> None:
        text = text_of(value)
        if len(text) * 4 <= MAX_TERM or len(text) > ignore_above:
            return
        data = text.encode("utf-8", "surrogatepass")
        if len(data) > MAX_TERM:
            prefix = [byte - 256 if byte > 127 else byte for byte in data[:30]]
            raise illegal(
                f'Document contains at least one immense term in field="{name}" (whose UTF8 '
                f"encoding is longer than the max length {MAX_TERM}), all of which were skipped. "
                "Please correct the analyzer to not produce such terms. The prefix of the first "
                f"immense term is: '{prefix}...'"
            )

    return check


def _boolean(value: Json) -> None:
    if isinstance(value, bool):
        return
    if isinstance(value, str):
        if value not in ("true", "false", ""):
            raise illegal(not_boolean(value))
        return
    raise wrong_token(f"Current token ({token(value)}) not of boolean type")


def _date(definition: Definition) -> Check:
    formats = definition.get("format", dates.DEFAULT_FORMAT)
    single = "||" not in formats
    dates.parsers(formats)

    def check(value: Json) -> None:
        text = text_of(value)
        if not text:
            raise illegal("cannot parse empty date")
        if dates.parse(text, formats) is None:
            inner = (
                f"Text '{text}' could not be parsed at index 0"
                if single
                else "Failed to parse with all enclosed parsers"
            )
            raise illegal(
                f"failed to parse date field [{text}] with format [{formats}]",
                cause("date_time_parse_exception", inner),
            )

    return check


_LAST_NANOSECOND = 9_223_372_036_854  # in milliseconds: a long counts the nanoseconds


def _date_nanos(definition: Definition) -> Check:
    formats = definition.get("format", dates.DEFAULT_FORMAT)
    is_date = _date(definition)

    def check(value: Json) -> None:
        is_date(value)
        milliseconds = dates.parse(text_of(value), formats) or 0
        if 0 <= milliseconds <= _LAST_NANOSECOND:
            return
        try:
            shown = iso(EPOCH + timedelta(milliseconds=milliseconds)).replace(".000Z", "Z")
        except OverflowError:
            shown = text_of(value)
        limit = (
            "before the epoch in 1970"
            if milliseconds < 0
            else "after 2262-04-11T23:47:16.854775807"
        )
        raise illegal(f"date[{shown}] is {limit} and cannot be stored in nanosecond resolution")

    return check


def ip(value: Json) -> None:
    """Take an IP address."""
    text = text_of(value)
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise illegal(f"'{text}' is not an IP string literal.") from None


def _flattened(value: Json) -> None:
    if not isinstance(value, dict):
        reason = (
            "Failed to parse object: expecting token of type [START_OBJECT] but found "
            f"[{token(value)}]"
        )
        raise Unfit("parsing_exception", reason)


_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/=\s]")


def _binary(value: Json) -> None:
    if not isinstance(value, str):
        raise wrong_token(
            f"Current token ({token(value)}) not VALUE_STRING or VALUE_EMBEDDED_OBJECT, can not "
            "access as binary"
        )
    start = "Failed to decode VALUE_STRING as base64 (MIME-NO-LINEFEEDS): "
    if match := _NO_BASE64.search(value):
        sign = match.group()
        raise wrong_token(
            f"{start}Illegal character '{sign}' (code 0x{ord(sign):x}) in base64 content"
        )
    try:
        b64decode(value)
    except ValueError:
        # Guess: Jackson has words of their own for padding in the wrong place.
        raise wrong_token(
            f"{start}Unexpected end of base64-encoded String: base64 variant 'MIME-NO-LINEFEEDS' "
            "expects padding (one or more '=' characters) at the end. This Base64Variant might "
            "have been incorrectly configured"
        ) from None


def _constant_keyword(definition: Definition) -> Check:
    name, constant = definition["name"], definition.get("value")

    def check(value: Json) -> None:
        text = text_of(value)
        if constant is not None and text != str(constant):
            raise illegal(
                f"[constant_keyword] field [{name}] only accepts values that are equal to the "
                f"value defined in the mappings [{constant}], but got [{text}]"
            )

    return check


def _plain(check: Check) -> Callable[[Definition], Check]:
    return lambda definition: check  # noqa: ARG005


_STRINGS = (
    *("text", "match_only_text", "search_as_you_type", "annotated_text", "version"),
    *("wildcard", "token_count", "murmur3"),
)
# Types whose values have a structure, by the modules that check them.
_STRUCTURED = {
    "geo_fields": ("geo_point", "geo_shape", "point", "shape"),
    "range_fields": (
        *("integer_range", "long_range", "float_range", "double_range"),
        *("date_range", "ip_range"),
    ),
    "vector_fields": ("dense_vector", "rank_feature", "rank_features", "sparse_vector"),
    "object_fields": (
        *("aggregate_metric_double", "completion", "histogram", "join", "percolator"),
    ),
}


def _structured(module: str, definition: Definition) -> Check:
    """Return the check of a type from its module, which is imported on first use."""
    made: Check = import_module(f"{__package__}.{module}").CHECKS[definition["type"]](definition)
    return made


#: Every leaf type, with what makes its check from a definition (which holds its `name` too).
TYPES: dict[str, Callable[[Definition], Check]] = {
    **NUMBERS,
    **dict.fromkeys(_STRINGS, _plain(_string)),
    **{
        name: partial(_structured, module)
        for module, names in _STRUCTURED.items()
        for name in names
    },
    "semantic_text": _plain(_any),
    "keyword": _keyword,
    "constant_keyword": _constant_keyword,
    "boolean": _plain(_boolean),
    "date": _date,
    "date_nanos": _date_nanos,
    "ip": _plain(ip),
    "flattened": _plain(_flattened),
    "binary": _plain(_binary),
    "alias": _plain(_any),
}

#: Types whose values are vectors: a search may leave them out of the source.
VECTORS = frozenset(("dense_vector", "sparse_vector"))

#: Types whose values may be lists as a whole: their elements are not values of their own.
TAKES_LISTS = frozenset(
    ("completion", "dense_vector", "geo_point", "point", "rank_feature", "semantic_text")
)
