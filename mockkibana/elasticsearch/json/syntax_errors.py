"""What Jackson says of a text that is no JSON, and where."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from mockkibana.elasticsearch.errors import ElasticsearchError, cause, document_parsing
from mockkibana.elasticsearch.json.scalars import without_surrogates
from mockkibana.json import Json

_MAX_SHOWN = 500  # bytes of the text that Jackson puts into its messages
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?(?P<name>(?=\s*:))?|[{}\[\]]|[^\s{}\[\]:,"]+', re.DOTALL)
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
class JsonError:
    """What is wrong with a text, at which character; `ends` when it stops too early."""

    reason: str
    offset: int
    ends: bool = False


class Unreadable(Exception):
    """A body is no JSON: its text, and what is wrong with it."""

    def __init__(self, text: str, error: JsonError) -> None:
        super().__init__(error.reason)
        self.text = text
        self.error = error

    def answer(self) -> ElasticsearchError:
        """Return the error with which Elasticsearch refuses the body."""
        line, column = _line_and_column(self.text, self.error.offset)
        shown = self.text.encode("utf-8", "replace")
        # A small body is one array of bytes to a real node; a large one it names by a Java class.
        source = f'(byte[])"{shown[:_MAX_SHOWN].decode("utf-8", "ignore")}"'
        if len(shown) > _MAX_SHOWN:
            source += f"[truncated {len(shown) - _MAX_SHOWN} bytes]"
        reason = f"{self.error.reason}\n at [Source: {source}; line: {line}, column: {column}]"
        word = "e_o_f" if self.error.ends else "parse"
        return ElasticsearchError(
            400,
            f"x_content_{word}_exception",
            f"[{line}:{column}] {reason}",
            caused_by=cause(f"json_{word}_exception", reason),
        )

    def of_document(self) -> ElasticsearchError:
        """Return the error with which Elasticsearch refuses a document.

        Within its object it names the token that the parser has read last
        (`DocumentParser.wrapInDocumentParsingException`).
        """
        error, end = self.answer(), self.error.offset
        depth = last = 0
        for match in _TOKEN.finditer(self.text):
            if match.end() > end or (match.end() == end and match["name"] is not None):
                break
            depth += (match.group() in "{[") - (match.group() in "}]")
            last = match.start()
        if not depth:
            place = error.reason.partition(" ")[0]
            return document_parsing(f"{place} {error.reason}", error.item())
        line, column = _line_and_column(self.text, last)
        reason = f"[{line}:{column}] failed to parse: {error.reason}"
        return document_parsing(reason, error.item())


def first_error(text: str, complaint: str) -> JsonError:
    """Return what a parser finds first that reads a text but once.

    `complaint` is why our own reader refuses it.
    """
    error, duplicate = _syntax_error(text, complaint), _duplicate(text)
    if duplicate is None or (error.reason != complaint and error.offset < duplicate.offset):
        return error
    return duplicate


def _duplicate(text: str) -> JsonError | None:
    """Return the error of the first name that stands twice in one object, at its end."""
    objects: list[set[str]] = []
    for match in _TOKEN.finditer(text):
        part = match.group()
        if part == "{":
            objects.append(set())
        elif part == "}" and objects:
            objects.pop()
        elif match["name"] is not None and objects:
            try:
                name = without_surrogates(json.loads(part, strict=False))
            except ValueError:
                return None  # that is what is wrong
            if name in objects[-1]:
                return JsonError(f"Duplicate field '{name}'", match.end())
            objects[-1].add(name)
    return None


def _syntax_error(text: str, complaint: str) -> JsonError:
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
        return JsonError(reason, max(text.find(word), 0))
    except RecursionError:
        pass
    return JsonError(complaint, 0)


def _refuse(name: str) -> Json:
    raise ValueError(name)


def _translated(text: str, error: json.JSONDecodeError) -> JsonError:
    message, offset = error.msg, error.pos
    if message.startswith("Unterminated string"):
        return JsonError("Unexpected end-of-input in VALUE_STRING", len(text), ends=True)
    if message.startswith("Invalid control character"):
        reason = (
            f"Illegal unquoted character ({_named(text[offset])}): has to be escaped using "
            "backslash to be included in string value"
        )
        return JsonError(reason, offset)
    if message.startswith("Illegal trailing comma"):
        offset += 1  # Python names the comma, Jackson what follows it
    offset = _next_character(text, offset)
    if offset >= len(text):
        return JsonError("Unexpected end-of-input", len(text), ends=True)
    unexpected = f"Unexpected character ({_named(text[offset])})"
    for beginning, expected in _EXPECTATIONS.items():
        if message.startswith(beginning):
            kind = "Array" if _within_array(text[:offset]) else "Object"
            return JsonError(f"{unexpected}: {expected.format(kind=kind)}", offset)
    if word := _BARE_WORD.match(text, offset):
        reason = f"Unrecognized token '{word.group()}': was expecting {_VALUES}"
        return JsonError(reason, offset)
    return JsonError(f"{unexpected}: expected a valid value {_VALUES}", offset)


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


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, offset) + 1
    column = len(text[start:offset].encode("utf-8", "replace")) + 1  # Jackson counts bytes
    return text.count("\n", 0, offset) + 1, column
