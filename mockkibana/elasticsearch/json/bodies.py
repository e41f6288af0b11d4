"""Bodies of requests: JSON, and what Elasticsearch says when it is none."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass

from mockkibana.elasticsearch.errors import ElasticsearchError, cause, document_parsing
from mockkibana.json import Json, Malformed, loads, nodes

_MAX_SHOWN = 500  # bytes of the text that Jackson puts into its messages
_MAYBE_INFINITE = re.compile(r"[eE]\+?\d{3}|\d{309}")
_BARE_WORD = re.compile(r"[\w$]+")
_VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_FIELD_NAME = "was expecting double-quote to start field name"
_EXPECTATIONS = {
    "Expecting property name": _FIELD_NAME,
    "Illegal trailing comma before end of object": _FIELD_NAME,
    "Expecting ':'": "was expecting a colon to separate field name and value",
    "Expecting ','": "was expecting comma to separate {kind} entries",
}


@dataclass(frozen=True, slots=True)
class _JsonError:
    """What is wrong with a text, at which character; `ends` when it stops too early."""

    reason: str
    offset: int
    ends: bool = False


def read(raw: bytes) -> Json:
    """Read a JSON body.

    Raises `ElasticsearchError`: `x_content_parse_exception` (`x_content_e_o_f_exception` when the
    text stops too early) with `[line:column]` and Jackson's words.
    """
    try:
        text = raw.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        shown = raw.decode("utf-8", "replace")
        part = "start" if error.reason == "invalid start byte" else "middle"
        reason = f"Invalid UTF-8 {part} byte 0x{raw[error.start]:x}"
        raise _unreadable(shown, _JsonError(reason, error.start)) from None
    try:
        value = loads(text)
    except Malformed as error:
        raise _unreadable(text, _syntax_error(text, str(error))) from None
    if _MAYBE_INFINITE.search(text) and _has_infinity(value):
        raise ElasticsearchError(
            400,
            "illegal_argument_exception",
            # The text of Elasticsearch's number fields; it reads such a number and refuses later.
            "[float] supports only finite values, but got [Infinity]",
        )
    return value


def read_source(raw: bytes) -> dict[str, Json]:
    """Read the source of a document.

    Raises `ElasticsearchError` (`document_parsing_exception`).
    """
    if not raw.strip():
        raise document_parsing("[1:0] failed to parse, document is empty")
    try:
        value = read(raw)
    except ElasticsearchError as error:
        place = re.match(r"\[\d+:\d+\]", error.reason)
        where = place.group() if place else "[1:1]"
        raise document_parsing(f"{where} failed to parse", error.item()) from None
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


def without_surrogates(text: str) -> str:
    """Return the text as Java encodes it: half of a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def _unreadable(text: str, error: _JsonError) -> ElasticsearchError:
    line, column = _line_and_column(text, error.offset)
    shown = text.encode("utf-8", "replace")
    # A small body is one array of bytes to a real node; a large one it names by a Java class.
    source = f'(byte[])"{shown[:_MAX_SHOWN].decode("utf-8", "ignore")}"'
    if len(shown) > _MAX_SHOWN:
        source += f"[truncated {len(shown) - _MAX_SHOWN} bytes]"
    reason = f"{error.reason}\n at [Source: {source}; line: {line}, column: {column}]"
    word = "e_o_f" if error.ends else "parse"
    return ElasticsearchError(
        400,
        f"x_content_{word}_exception",
        f"[{line}:{column}] {reason}",
        caused_by=cause(f"json_{word}_exception", reason),
    )


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, offset) + 1
    column = len(text[start:offset].encode("utf-8", "replace")) + 1  # Jackson counts bytes
    return text.count("\n", 0, offset) + 1, column


def _syntax_error(text: str, complaint: str) -> _JsonError:
    """Say in Jackson's words why a text is no JSON: the frequent cases, from Python's words."""
    try:
        json.JSONDecoder(parse_constant=_refuse).decode(text)
    except json.JSONDecodeError as error:
        return _translated(text, error)
    except ValueError as error:  # NaN, Infinity
        word = str(error)
        reason = (
            f"Non-standard token '{word}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` "
            "to allow"
        )
        return _JsonError(reason, max(text.find(word), 0))
    except RecursionError:
        pass
    return _JsonError(complaint, 0)


def _refuse(name: str) -> Json:
    raise ValueError(name)


def _translated(text: str, error: json.JSONDecodeError) -> _JsonError:
    message, offset = error.msg, error.pos
    if message.startswith("Unterminated string"):
        return _JsonError("Unexpected end-of-input in VALUE_STRING", len(text), ends=True)
    if message.startswith("Invalid control character"):
        reason = (
            f"Illegal unquoted character ({_named(text[offset])}): has to be escaped using "
            "backslash to be included in string value"
        )
        return _JsonError(reason, offset)
    if message.startswith("Illegal trailing comma"):
        offset += 1  # Python names the comma, Jackson what follows it
    offset = _next_character(text, offset)
    if offset >= len(text):
        return _JsonError("Unexpected end-of-input", len(text), ends=True)
    unexpected = f"Unexpected character ({_named(text[offset])})"
    for beginning, expected in _EXPECTATIONS.items():
        if message.startswith(beginning):
            kind = "Array" if _within_array(text[:offset]) else "Object"
            return _JsonError(f"{unexpected}: {expected.format(kind=kind)}", offset)
    if word := _BARE_WORD.match(text, offset):
        reason = f"Unrecognized token '{word.group()}': was expecting {_VALUES}"
        return _JsonError(reason, offset)
    return _JsonError(f"{unexpected}: expected a valid value {_VALUES}", offset)


def _within_array(beginning: str) -> bool:
    open_brackets: list[str] = []
    for bracket in re.findall(r"[{}\[\]]", re.sub(r'"(?:[^"\\]|\\.)*"', "", beginning)):
        if bracket in "[{":
            open_brackets.append(bracket)
        elif open_brackets:
            open_brackets.pop()
    return open_brackets[-1:] == ["["]


def _next_character(text: str, offset: int) -> int:
    while offset < len(text) and text[offset] in " \t\r\n":
        offset += 1
    return offset


def _named(character: str) -> str:
    code = ord(character)
    return f"(CTRL-CHAR, code {code})" if code < 32 else f"'{character}' (code {code})"


def _has_infinity(value: Json) -> bool:
    return any(isinstance(node, float) and not math.isfinite(node) for node in nodes(value))
