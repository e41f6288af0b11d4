"""Bodies of requests: JSON, and what Elasticsearch says when it is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockkibana.elasticsearch.errors import ElasticsearchError, document_parsing
from mockkibana.json import Json, Malformed, has_infinity, loads

if TYPE_CHECKING:
    from mockkibana.elasticsearch.json.syntax_errors import Unreadable

# A number that no double holds has a large exponent, or as many digits.
_DIGITS_AND_EXPONENTS = bytes(
    ord("0") if 48 <= byte < 58 else ord("e") if byte in b"eE" else 32 for byte in range(256)
)
_MAYBE_INFINITE = (b"e000", b"e 000", b"0" * 309)


def read(raw: bytes) -> Json:
    """Read a JSON body.

    Raises `ElasticsearchError`: `x_content_parse_exception` (`x_content_e_o_f_exception` when the
    text stops too early) with `[line:column]` and Jackson's words.
    """
    try:
        return _parsed(raw)
    except (UnicodeDecodeError, Malformed) as error:
        raise _unreadable(raw, error).answer() from None


def _parsed(raw: bytes) -> Json:
    value = loads(raw.decode().removeprefix("\ufeff"), unique_names=True)
    numbers = raw.translate(_DIGITS_AND_EXPONENTS)
    if any(part in numbers for part in _MAYBE_INFINITE) and has_infinity(value):
        raise ElasticsearchError(
            400,
            "illegal_argument_exception",
            # The text of Elasticsearch's number fields; it reads such a number and refuses later.
            "[float] supports only finite values, but got [Infinity]",
        )
    return value


def _unreadable(raw: bytes, error: UnicodeDecodeError | Malformed) -> Unreadable:
    # Imported here, as most bodies can be read.
    from mockkibana.elasticsearch.json.syntax_errors import JsonError, Unreadable, first_error

    if isinstance(error, Malformed):
        text = raw.decode().removeprefix("\ufeff")
        return Unreadable(text, first_error(text, str(error)))
    part = "start" if error.reason == "invalid start byte" else "middle"
    reason = f"Invalid UTF-8 {part} byte 0x{raw[error.start]:x}"
    return Unreadable(raw.decode("utf-8", "replace"), JsonError(reason, error.start))


def read_source(raw: bytes) -> dict[str, Json]:
    """Read the source of a document.

    Raises `ElasticsearchError` (`document_parsing_exception`).
    """
    if not raw.strip():
        raise document_parsing("[1:0] failed to parse, document is empty")
    try:
        value = _parsed(raw)
    except (UnicodeDecodeError, Malformed) as error:
        raise _unreadable(raw, error).of_document() from None
    except ElasticsearchError as error:
        raise document_parsing("[1:1] failed to parse", error.item()) from None
    if not isinstance(value, dict):
        raise document_parsing("[1:1] Malformed content, must start with an object")
    return value


def token_of(value: Json) -> str:
    """Return the name of the token that a JSON value starts with (`START_OBJECT`, ...)."""
    if value is None:
        return "VALUE_NULL"
    if isinstance(value, bool):
        return "VALUE_BOOLEAN"
    if isinstance(value, (int, float)):
        return "VALUE_NUMBER"
    if isinstance(value, str):
        return "VALUE_STRING"
    return "START_ARRAY" if isinstance(value, list) else "START_OBJECT"
