"""What JavaScript says of a text that is no JSON: the messages of `JSON.parse` in Node 20 (V8)."""

from __future__ import annotations

import re

_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_DIGITS = re.compile(r"[0-9]*")
_LITERALS = {"t": "true", "f": "false", "n": "null"}
_SPECIAL = ("NaN", "Infinity", "undefined", "[object Object]")
_CONTEXT = 10  # characters on either side that a message shows of a long text


class _NotJson(Exception):
    """The text stops being JSON; the message is V8's."""


def json_error(text: str) -> str | None:
    """Return the message of the SyntaxError that `JSON.parse(text)` throws, None if it throws none.

    Positions count UTF-16 code units in V8; here they count characters, which differ only behind a
    character beyond the BMP.
    """
    try:
        _Reader(text).read()
    except _NotJson as error:
        return str(error)
    return None


class _Reader:
    """Walks a text as V8's parser does, with a stack of its own for what is open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self) -> None:
        open_brackets: list[str] = []
        begun = self._begin(open_brackets)
        while open_brackets or not begun:
            begun = self._go_on(open_brackets) if begun else self._begin(open_brackets)
        self._skip()
        if self._at < len(self._text):
            message = "Unexpected non-whitespace character after JSON at position"
            raise _NotJson(f"{message} {self._at}")

    def _begin(self, open_brackets: list[str]) -> bool:
        """Read a value, or the beginning of one that holds others; tell whether it is complete."""
        self._skip()
        character = self._peek()
        if character == "{":
            self._at += 1
            self._skip()
            if self._peek() == "}":
                self._at += 1
                return True
            open_brackets.append("{")
            self._key("Expected property name or '}'")
            return False
        if character == "[":
            self._at += 1
            self._skip()
            if self._peek() == "]":
                self._at += 1
                return True
            open_brackets.append("[")
            return False
        if character == '"':
            self._string()
        elif character in _LITERALS:
            self._literal(_LITERALS[character])
        elif character == "-" or self._is_digit():
            self._number()
        else:
            raise self._unexpected()
        return True

    def _go_on(self, open_brackets: list[str]) -> bool:
        """Read what follows a value; tell whether what is around it is complete."""
        self._skip()
        is_object = open_brackets[-1] == "{"
        character = self._peek()
        if character == ",":
            self._at += 1
            if is_object:
                self._skip()
                self._key("Expected double-quoted property name")
            return False
        if character != ("}" if is_object else "]"):
            what = "'}' after property value" if is_object else "']' after array element"
            raise self._at_position(f"Expected ',' or {what}")
        self._at += 1
        open_brackets.pop()
        return True

    def _key(self, expected: str) -> None:
        if self._peek() != '"':
            raise self._at_position(expected)
        self._string()
        self._skip()
        if self._peek() != ":":
            raise self._at_position("Expected ':' after property name")
        self._at += 1

    def _string(self) -> None:
        self._at += 1
        while True:
            self._match(_PLAIN)
            character = self._peek()
            if character == '"':
                self._at += 1
                return
            if not character:
                raise self._at_position("Unterminated string")
            if character != "\\":
                raise self._at_position("Bad control character in string literal")
            self._at += 1
            self._escape()

    def _escape(self) -> None:
        character = self._peek()
        if not character:
            raise self._unexpected()
        if character not in '"\\/bfnrtu':
            raise self._at_position("Bad escaped character")
        self._at += 1
        if character != "u":
            return
        for _ in range(4):
            if not (self._peek() and self._peek() in "0123456789abcdefABCDEF"):
                raise self._at_position("Bad Unicode escape")
            self._at += 1

    def _literal(self, word: str) -> None:
        for expected in word:
            if self._peek() != expected:
                raise self._unexpected()
            self._at += 1

    def _number(self) -> None:
        if self._peek() == "-":
            self._at += 1
            self._digit("No number after minus sign")
        if self._peek() == "0":
            self._at += 1
            if self._is_digit():
                raise self._at_position("Unexpected number")
        else:
            self._match(_DIGITS)
        if self._peek() == ".":
            self._at += 1
            self._digit("Unterminated fractional number")
            self._match(_DIGITS)
        if self._peek() in ("e", "E"):
            self._at += 1
            if self._peek() in ("+", "-"):
                self._at += 1
            self._digit("Exponent part is missing a number")
            self._match(_DIGITS)

    def _digit(self, otherwise: str) -> None:
        if not self._is_digit():
            raise self._at_position(otherwise)

    def _is_digit(self) -> bool:
        return bool(self._peek()) and self._peek() in "0123456789"

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self) -> None:
        self._match(_SPACE)

    def _match(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        assert found is not None  # noqa: S101 - each pattern matches nothing, too
        self._at = found.end()

    def _at_position(self, message: str) -> _NotJson:
        return _NotJson(f"{message} in JSON at position {self._at}")

    def _unexpected(self) -> _NotJson:
        character, text, at = self._peek(), self._text, self._at
        if not character:
            return _NotJson("Unexpected end of JSON input")
        if character == '"':
            return self._at_position("Unexpected string")
        if character == "-" or self._is_digit():
            return self._at_position("Unexpected number")
        if text in _SPECIAL:
            return _NotJson(f'"{text}" is not valid JSON')
        start, end = 0, len(text)
        if len(text) > 2 * _CONTEXT:
            start = at - _CONTEXT if at >= _CONTEXT else 0
            end = at + _CONTEXT if at < len(text) - _CONTEXT else len(text)
        before, behind = "..." if start else "", "..." if end < len(text) else ""
        shown = f'{before}"{text[start:end]}"{behind}'
        return _NotJson(f"Unexpected token '{character}', {shown} is not valid JSON")
