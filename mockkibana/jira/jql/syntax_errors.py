"""The sentences in which Jira refuses a query that is no JQL."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from mockkibana.data import data

KEYWORDS = {
    **{word: word.upper() for word in ("and", "or", "not", "in", "is", "was", "changed")},
    **{word: word.upper() for word in ("order", "by", "asc", "desc", "cf", "empty")},
    "null": "EMPTY",
    **dict.fromkeys(("after", "before", "during", "from", "on", "to"), "PREDICATE"),
}
_ESCAPES = r"""\', \", \t, \n, \r, \\, '\ ' and \uXXXX"""
_OPERATORS = "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'"
_ESCAPE = re.compile(r"""\\(?:u[0-9a-fA-F]{0,3}.?|.)?""", re.DOTALL)
_GOOD_ESCAPE = re.compile(r"""\\(?:[tnr'"\\ ]|u[0-9a-fA-F]{4})""")
_SINGLE = {"BY": "by", "LSQB": "[", "RSQB": "]", "IN": "IN", "NOT": "NOT"}


@cache
def reserved_words() -> frozenset[str]:
    """Return the words, lower-case, that Jira keeps for later versions of the language."""
    return frozenset(data("jql_reserved_words"))


def at(text: str, position: int) -> str:
    """Return ` (line 1, character 9)` for an index into the text."""
    line = text.count("\n", 0, position) + 1
    return f" (line {line}, character {position - text.rfind(chr(10), 0, position)})"


def reserved_word(word: str) -> str:
    """Refuse a bare word of `reserved_words`."""
    return (
        f"'{word}' is a reserved JQL word. You must surround it in quotation marks "
        "to use it in a query."
    )


def bad_number(digits: str) -> str:
    """Refuse a number that no Java `long` holds."""
    return (
        f"'{digits}' is not a valid number. Numbers must be between "
        "-9,223,372,036,854,775,808 and 9,223,372,036,854,775,807."
    )


def bad_character(text: str, position: int) -> str:
    """Say why no token begins at `position`: the sentence with its place."""
    character = text[position]
    if character == "\\":
        return _bad_escape(text, position)
    if character in "\"'":
        return _bad_string(text, position)
    if ord(character) < 0x20 or ord(character) >= 0x7F:
        return _control_character(text, position)
    return (
        f"The character '{character}' is a reserved JQL character. You must enclose it in a string "
        f"or use the escape '\\u{ord(character):04x}' instead.{at(text, position)}"
    )


def _bad_string(text: str, start: int) -> str:
    quote, position = text[start], start + 1
    while position < len(text):
        character = text[position]
        if character == "\\":
            escape = _GOOD_ESCAPE.match(text, position)
            if escape is None:
                return _bad_escape(text, position)
            position = escape.end()
            continue
        if character == quote:  # the string is complete, so what breaks it lies before
            break
        if _is_control(character):
            return _control_character(text, position)
        position += 1
    rest = text[start + 1 :]
    told = f"The quoted string '{rest}'" if rest else "The quoted string"
    return f"{told} has not been completed.{at(text, start)}"


def _is_control(character: str) -> bool:
    code = ord(character)
    return (
        (code < 0x20 and character not in "\t\n\r")
        or 0x7F <= code <= 0x9F
        or 0xFDD0 <= code <= 0xFDEF
        or code in (0xFFFE, 0xFFFF)
    )


def _control_character(text: str, position: int) -> str:
    code, place = f"{ord(text[position]):04x}", at(text, position)
    line, character = place.strip(" ()").removeprefix("line ").split(", character ")
    return (
        f"The character 'U+{code.upper()}' on line {line} at position {character} must be escaped. "
        f"Use the escape '\\u{code}' instead.{place}"
    )


def _bad_escape(text: str, position: int) -> str:
    found = _ESCAPE.match(text, position)
    sequence = found.group() if found else "\\"
    told = (
        "The escape sequence has not been completed."
        if sequence == "\\"
        else f"'{sequence}' is an illegal JQL escape sequence."
    )
    return f"{told} The valid escape sequences are {_ESCAPES}.{at(text, position)}"


def unexpected(got: str | None, kind: str, accepted: Collection[str], *, in_call: bool) -> str:
    """Say what should stand where `got` stands (None: where the query ends).

    `kind` is the token's, `accepted` are the kinds that could follow; `in_call` says that the place
    is between the parentheses of a function.
    """
    end = got is None
    if "CF" in accepted:
        return _field_expected(got)
    if "LIKE" in accepted:
        told = "before the end of the query" if end else f"but got '{got}'"
        return f"Expecting operator {told}. The valid operators are {_OPERATORS}."
    if "EMPTY" in accepted:
        return _operand_expected(got, after_is=kind == "BANG" and "NOT" in accepted)
    if "WORD" in accepted:
        return _argument_expected(got, kind, first="RPAR" in accepted)
    return _expected(_wanted(accepted, at_end=end, in_call=in_call), got)


def _wanted(accepted: Collection[str], *, at_end: bool, in_call: bool) -> str:
    if "POSITIVE" in accepted:
        return "a custom field id (a positive number)"
    if "RPAR" in accepted:
        return "')' or ','" if in_call and not at_end else "')'"
    if "AND" in accepted:
        return "either 'OR' or 'AND'"
    if "ASC" in accepted:
        return "either 'ASC' or 'DESC'"
    single = [_SINGLE[kind] for kind in _SINGLE if kind in accepted]
    return f"'{single[0]}'" if single else "','"


def _expected(wanted: str, got: str | None) -> str:
    if got is None:
        return f"Expecting {wanted} before the end of the query."
    return f"Expecting {wanted} but got '{got}'."


def _field_expected(got: str | None) -> str:
    if got is None:
        return "Expecting a field name at the end of the query."
    if got == "[":
        return "Expecting a field name but got '['. Did you mean 'cf['?"
    return (
        f"Expecting a field name but got '{got}'. "
        f"You must surround '{got}' in quotation marks to use it as a field name."
    )


def _operand_expected(got: str | None, *, after_is: bool) -> str:
    if after_is:
        return _expected("'NOT'", got)
    told = _expected("either a value, list or function", got)
    if got is None:
        return told
    return f"{told} You must surround '{got}' in quotation marks to use it as a value."


def _argument_expected(got: str | None, kind: str, *, first: bool) -> str:
    if got is None:
        if first:
            return _expected("')'", got)
        return "Expecting a function argument at the end of the query."
    if kind == "RPAR":
        return "Function argument must be specified."
    if kind == "COMMA" and first:
        return _expected("')'", got)
    return (
        f"{_expected('a function argument', got)} "
        f"You must surround '{got}' in quotation marks to use it as an argument."
    )
