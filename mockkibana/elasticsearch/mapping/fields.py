"""Field types: which JSON values a leaf of the mapping takes."""

from __future__ import annotations

import binascii
import ipaddress
import re
from base64 import b64decode
from collections.abc import Callable
from typing import Literal

from mockkibana.elasticsearch.errors import Error, cause
from mockkibana.elasticsearch.json.scalars import not_boolean
from mockkibana.elasticsearch.mapping import dates
from mockkibana.json import Json

Definition = dict[str, Json]
Check = Callable[[Json], None]

MAX_TERM = 32_766  # bytes: Lucene's IndexWriter.MAX_TERM_LENGTH


class Unfit(Exception):
    """A field does not take a value: what becomes the `caused_by` of the error.

    `place` says where the text names the position of the value: nowhere, before the reason as
    `[line:column]` (of what follows the value's token), or behind it as ` at line:column`.
    """

    def __init__(
        self,
        type: str,  # noqa: A002
        reason: str,
        *,
        place: Literal["", "before", "behind"] = "",
        caused_by: Error | None = None,
    ) -> None:
        super().__init__(reason)
        self.type = type
        self.reason = reason
        self.place = place
        self.caused_by = caused_by


def _illegal(reason: str, caused_by: Error | None = None) -> Unfit:
    return Unfit("illegal_argument_exception", reason, caused_by=caused_by)


def token(value: Json) -> str:
    """Return Jackson's name of the token that a value begins with."""
    if value is None:
        return "VALUE_NULL"
    if isinstance(value, bool):
        return "VALUE_TRUE" if value else "VALUE_FALSE"
    names: dict[type, str] = {
        str: "VALUE_STRING",
        int: "VALUE_NUMBER_INT",
        float: "VALUE_NUMBER_FLOAT",
        dict: "START_OBJECT",
        list: "START_ARRAY",
    }
    return names[type(value)]


def _text(value: Json) -> str:
    """Return what `XContentParser.text()` gives."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        reason = f"Can't get text on a {token(value)}"
        raise Unfit("illegal_state_exception", reason, place="behind")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _any(value: Json) -> None:
    """Take every value: what a type does with it is beyond this fake."""


def _string(value: Json) -> None:
    _text(value)


def _keyword(definition: Definition) -> Check:
    ignore_above = int(definition.get("ignore_above", 2**31 - 1))
    name = definition["name"]

    def check(value: Json) -> None:
        text = _text(value)
        if len(text) * 4 <= MAX_TERM or len(text) > ignore_above:
            return
        data = text.encode("utf-8", "surrogatepass")
        if len(data) > MAX_TERM:
            prefix = [byte - 256 if byte > 127 else byte for byte in data[:30]]
            raise _illegal(
                f'Document contains at least one immense term in field="{name}" (whose UTF8 '
                f"encoding is longer than the max length {MAX_TERM}), all of which were skipped. "
                "Please correct the analyzer to not produce such terms. The prefix of the first "
                f"immense term is: '{prefix}...'"
            )

    return check


def _not_numeric(value: Json) -> Unfit:
    return _wrong_token(
        f"Current token ({token(value)}) not numeric, can not use numeric value accessors"
    )


def _wrong_token(reason: str) -> Unfit:
    """Return the error of Jackson, whose words these are; its own text has more, on its input."""
    inner = cause("json_parse_exception", reason)
    return Unfit("x_content_parse_exception", reason, place="before", caused_by=inner)


_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_LIMITS = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "integer": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "unsigned_long": (0, 2**64 - 1),
}
_INFINITE = (float("inf"), float("-inf"))  # what a JSON text such as 1e400 is read as
_ARTICLES = {"integer": "an integer", "unsigned_long": "unsigned long"}
_CLASSES = {"long": "Long", "byte": "Integer", "short": "Integer", "integer": "Integer"}


def _integral(definition: Definition) -> Check:
    kind = definition["type"]
    lowest, highest = _LIMITS[kind]
    coerce = _true(definition.get("coerce", True))
    class_name = _CLASSES.get(kind, "Long")
    out_of_range = f"is out of range for {_ARTICLES.get(kind, f'a {kind}')}"

    def check(value: Json) -> None:
        if type(value) is int and lowest <= value <= highest:
            return
        if isinstance(value, int | float) and not isinstance(value, bool):
            number: int | float = value
        elif isinstance(value, str):
            if not value and coerce:
                return  # an empty text is no value (NumberFieldMapper.value)
            if not coerce:
                raise _illegal(f"{class_name} value passed as String")
            number = _number_of(value, kind)
        elif isinstance(value, dict):
            raise _illegal("Cannot parse object as number")
        else:
            raise _not_numeric(value)
        if number in _INFINITE or not lowest <= int(number) <= highest:
            raise _out_of_range(value)
        if not coerce and number != int(number):
            raise _illegal(f"{value} cannot be converted to {class_name} without data loss")

    def _out_of_range(value: Json) -> Unfit:
        if isinstance(value, str) or kind in ("byte", "short", "unsigned_long"):
            return _illegal(f"Value [{value}] {out_of_range}")
        # Guess: the exception's name. Jackson refuses the number, the text is Jackson's.
        name = "long" if kind == "long" else "int"
        reason = f"Numeric value ({value}) out of range of {name} ({lowest} - {highest})"
        return Unfit("input_coercion_exception", reason)

    return check


def _number_of(text: str, kind: str) -> int | float:
    if not _DECIMAL.fullmatch(text.strip() if kind != "long" else text):
        name = "illegal_argument_exception" if kind == "long" else "number_format_exception"
        raise Unfit(name, f'For input string: "{text}"')
    return int(text) if re.fullmatch(r"[+-]?\d{1,400}", text) else float(text)


_FLOAT_LIMITS = {"half_float": 65_520.0, "float": 3.4028235677973366e38}


def _floating(definition: Definition) -> Check:
    kind = definition["type"]
    coerce = _true(definition.get("coerce", True))
    limit = _FLOAT_LIMITS.get(kind, float("inf"))
    class_name = "Double" if kind in ("double", "scaled_float") else "Float"

    def check(value: Json) -> None:
        if isinstance(value, str):
            if not value and coerce:
                return
            if not coerce:
                raise _illegal(f"{class_name} value passed as String")
            number = _float_of(value)
        elif isinstance(value, dict):
            raise _illegal("Cannot parse object as number")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            raise _not_numeric(value)
        else:
            number = _finite(value)
        if not abs(number) < limit:
            shown = "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
            raise _illegal(f"[{kind}] supports only finite values, but got [{shown}]")

    return check


def _float_of(text: str) -> float:
    stripped = text.strip()
    if stripped in ("NaN", "Infinity", "-Infinity") or _DECIMAL.fullmatch(stripped.rstrip("dDfF")):
        return float(stripped.rstrip("dDfF") if stripped[-1] in "dDfF" else stripped)
    raise Unfit("number_format_exception", f'For input string: "{text}"')


def _finite(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _boolean(value: Json) -> None:
    if isinstance(value, bool):
        return
    if isinstance(value, str):
        if value not in ("true", "false", ""):
            raise _illegal(not_boolean(value))
        return
    raise _wrong_token(f"Current token ({token(value)}) not of boolean type")


def _date(definition: Definition) -> Check:
    formats = definition.get("format", dates.DEFAULT_FORMAT)
    single = "||" not in formats
    dates.parsers(formats)

    def check(value: Json) -> None:
        text = _text(value)
        if not text:
            raise _illegal("cannot parse empty date")
        if dates.parse(text, formats) is None:
            inner = (
                f"Text '{text}' could not be parsed at index 0"
                if single
                else "Failed to parse with all enclosed parsers"
            )
            raise _illegal(
                f"failed to parse date field [{text}] with format [{formats}]",
                cause("date_time_parse_exception", inner),
            )

    return check


def _ip(value: Json) -> None:
    text = _text(value)
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise _illegal(f"'{text}' is not an IP string literal.") from None


def _flattened(value: Json) -> None:
    if not isinstance(value, dict):
        reason = (
            "Failed to parse object: expecting token of type [START_OBJECT] but found "
            f"[{token(value)}]"
        )
        raise Unfit("parsing_exception", reason)


def _binary(value: Json) -> None:
    try:
        b64decode(_text(value), validate=True)
    except (binascii.Error, ValueError) as error:
        # Guess: Java's decoder words this in several ways.
        raise _illegal(f"Input byte array is no base64: {error}") from None


def _constant_keyword(definition: Definition) -> Check:
    name, constant = definition["name"], definition.get("value")

    def check(value: Json) -> None:
        text = _text(value)
        if constant is not None and text != str(constant):
            raise _illegal(
                f"[constant_keyword] field [{name}] only accepts values that are equal to the "
                f"value defined in the mappings [{constant}], but got [{text}]"
            )

    return check


def _true(value: Json) -> bool:
    return value in (True, "true")


def _plain(check: Check) -> Callable[[Definition], Check]:
    return lambda definition: check  # noqa: ARG005


_NUMBERS = dict.fromkeys(_LIMITS, _integral) | dict.fromkeys(
    ("float", "double", "half_float", "scaled_float"), _floating
)
_STRINGS = ("text", "match_only_text", "search_as_you_type", "annotated_text", "version")
# Their values may be objects, lists or texts; what is in them is not looked at.
_LENIENT = (
    "geo_point",
    "geo_shape",
    "point",
    "shape",
    "completion",
    "dense_vector",
    "sparse_vector",
    "semantic_text",
    "rank_feature",
    "rank_features",
    "percolator",
    "join",
    "histogram",
    "aggregate_metric_double",
    "integer_range",
    "long_range",
    "float_range",
    "double_range",
    "date_range",
    "ip_range",
    "token_count",
    "murmur3",
)

#: Every leaf type, with what makes its check from a definition (which holds its `name` too).
TYPES: dict[str, Callable[[Definition], Check]] = {
    **_NUMBERS,
    **dict.fromkeys(_STRINGS, _plain(_string)),
    **dict.fromkeys(_LENIENT, _plain(_any)),
    "keyword": _keyword,
    "wildcard": _plain(_string),
    "constant_keyword": _constant_keyword,
    "boolean": _plain(_boolean),
    "date": _date,
    "date_nanos": _date,
    "ip": _plain(_ip),
    "flattened": _plain(_flattened),
    "binary": _plain(_binary),
    "alias": _plain(_any),
}

#: Types whose values are vectors: a search may leave them out of the source.
VECTORS = frozenset(("dense_vector", "sparse_vector"))

#: Types whose values may be lists as a whole: their elements are not values of their own.
TAKES_LISTS = frozenset(
    ("dense_vector", "geo_point", "completion", "sparse_vector", "semantic_text", "rank_features")
)
