"""The tokens of a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mockkibana.elasticsearch.scripts.errors import ScriptError

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*|/\*(?s:.*?)\*/)
    |(?P<number>0[xX][0-9a-fA-F]+[lL]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[lLfFdD]?)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<sign>\?\.|\?:|===|!==|==~|==|!=|=~|<=|>=|&&|\|\||\+\+|--|<<|>>|[-+*/%&|^]=|->|::
        |[-+*/%<>!?:;,.(){}\[\]=&|^~])
    """,
    re.VERBOSE | re.ASCII,
)
_ESCAPES = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `kind` is `number`, `name`, `text`, `sign` or `end`."""

    kind: str
    text: str
    offset: int


def tokens(source: str) -> Iterator[Token]:
    """Yield the tokens of a script, `end` last. Raises `ScriptError`."""
    offset = 0
    while offset < len(source):
        match = _TOKEN.match(source, offset)
        if match is None or (source.startswith("/*", offset) and match.lastgroup != "space"):
            raise ScriptError(f"unexpected character [{source[offset]}].", offset)
        kind = str(match.lastgroup)
        if kind != "space":
            yield Token(kind, match.group(), offset)
        offset = match.end()
    yield Token("end", "<EOF>", offset)


def text_of(token: Token) -> str:
    """Return what a text in quotes says."""
    return _ESCAPES.sub(
        lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), token.text[1:-1]
    )


def number_of(token: Token) -> int | float:
    """Return what a number says. Raises `ScriptError` for one that no long or double holds."""
    digits = token.text.lower()
    if digits.startswith("0x"):
        return _within(int(digits.rstrip("l"), 16), token)
    if digits[-1] in "fd" or "." in digits or "e" in digits:
        return float(digits.rstrip("fd"))
    if len(digits) > 20:
        raise ScriptError(f"Invalid int constant [{token.text[:50]}].", token.offset)
    return _within(int(digits.rstrip("l")), token)


def _within(number: int, token: Token) -> int:
    if number >= 2**63 or (number >= 2**31 and token.text[-1] not in "lL"):
        raise ScriptError(f"Invalid int constant [{token.text[:50]}].", token.offset)
    return number
