"""Regular expressions of Lucene's (`RegExp`), for an engine that can be given a time limit."""

from __future__ import annotations

import re
from typing import Any

# Compiling is recursive, and writes out what is repeated.
_DEEPEST, _LARGEST = 50, 1_000_000


class BadExpression(ValueError):
    """A text is no regular expression, or uses operators that are not supported here."""


def compiled(
    pattern: str, *, shown: str | None = None, ignore_case: bool = False
) -> tuple[Any, bool]:
    """Return an expression of `regex`, and whether a text that it matches as a whole is meant.

    It is False where the pattern is the complement of the expression. The error calls the pattern
    `shown`. Raises BadExpression.
    """
    shown = pattern if shown is None else shown
    signs = _signs(pattern, shown)
    wanted = not _is_complement(signs)
    text = _translated(signs if wanted else signs[2:-1], shown)
    return _compiled(text, shown, ignore_case=ignore_case), wanted


# An escape, a class, a repetition, the beginning of what Lucene does not have, or one sign.
_SIGN = re.compile(
    r"\\.|\[\^?+(?:\\.|[^\\])(?:\\.|[^\]\\])*\]|\{[0-9]+(?:,[0-9]*)?\}|\(\?|.", re.DOTALL
)
_MEMBER = re.compile(r"(\\.|.)(?:-(\\.|.))?", re.DOTALL)
# Lucene's intervals, intersections, any text, nothing, literals and complements.
_UNSUPPORTED = frozenset({*'<>&@#"~', "(?"})
_CLASSES = frozenset("dDsSwW")
_DEPTHS = {"(": 1, ")": -1}


def _signs(pattern: str, shown: str) -> list[str]:
    signs = []
    for found in _SIGN.finditer(pattern):
        sign = found[0]
        if sign in ("[", "\\", "{"):  # at once: each looks through the whole rest for its end
            raise _bad(shown, f"[{sign}] is not complete")
        signs.append(sign)
    return signs


def _is_complement(signs: list[str]) -> bool:
    """Tell whether an expression is `~(...)`, everything but that, as a whole."""
    if signs[:2] != ["~", "("]:
        return False
    depth = 0
    for number, sign in enumerate(signs):
        depth += _DEPTHS.get(sign, 0)
        if number > 1 and depth == 0:
            return number == len(signs) - 1
    return False


def _translated(signs: list[str], pattern: str) -> str:
    """Translate an expression from Lucene's syntax (`RegExp`) to Python's."""
    parts: list[str] = []
    depth, size = 0, len(pattern)
    was_quantifier = False
    for sign in signs:
        is_quantifier = sign in ("*", "+", "?") or (sign[0] == "{" and len(sign) > 1)
        if sign in _UNSUPPORTED or (is_quantifier and was_quantifier):
            # In Python the second of two quantifiers changes only the manner of the first one.
            raise BadExpression(
                f"this mock does not support [{sign}] in the expression [{pattern}]"
            )
        was_quantifier = is_quantifier
        depth += _DEPTHS.get(sign, 0)
        if is_quantifier and sign[0] == "{":
            size *= max(int(number) for number in re.findall("[0-9]{1,9}", sign)) or 1
        if depth > _DEEPEST or size > _LARGEST:
            raise BadExpression(f"the expression [{pattern}] is too complex")
        if is_quantifier or sign in ("(", ")", "|", "."):
            parts.append(sign)
        else:
            parts.append(_class(sign) if sign[0] == "[" else _literal(sign))
    return "".join(parts)


def _class(text: str) -> str:
    body = text[1:-1]
    start = "[^" if body[0] == "^" else "["
    ranges = (
        _literal(first) + (f"-{_literal(last)}" if last else "")
        for first, last in _MEMBER.findall(body[len(start) - 1 :])
    )
    return f"{start}{''.join(ranges)}]"


def _literal(text: str) -> str:
    import regex

    sign = text[-1]
    return text if text[0] == "\\" and sign in _CLASSES else str(regex.escape(sign))


def _compiled(text: str, pattern: str, *, ignore_case: bool) -> Any:
    import regex  # few need one

    flags = regex.DOTALL | regex.ASCII | (regex.IGNORECASE if ignore_case else 0)
    try:
        return regex.compile(text, flags, cache_pattern=False)
    except regex.error as error:
        raise _bad(pattern, str(error)) from None


def _bad(pattern: str, reason: str) -> BadExpression:
    return BadExpression(f"[{pattern}] is no regular expression: {reason}")
