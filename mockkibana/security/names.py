"""Names in roles: wildcards with `*` and `?`, and regular expressions between slashes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from time import thread_time
from typing import Any

from mockkibana.wildcards import Test, glob, wildcard

# Seconds for a name, and for all the names that took longer than the least: a bad expression
# would take for ever.
_PATIENCE, _LEAST, _ALLOWANCE = 0.1, 0.001, 0.5
# Compiling is recursive, and writes out what is repeated.
_DEEPEST, _LARGEST = 50, 1_000_000


class BadExpression(ValueError):
    """A name in slashes is no regular expression, or uses operators that are not supported here."""


class Patience:
    """How long the expressions of some roles may still take, together."""

    def __init__(self) -> None:
        self._left = _ALLOWANCE

    def matches(self, expression: Any, name: str) -> bool | None:
        """Tell whether an expression matches a whole name; None where it takes too long."""
        if self._left <= 0:
            return None
        begun = thread_time()
        try:
            # Other threads go on meanwhile.
            found = expression.fullmatch(name, timeout=_PATIENCE, concurrent=True)
        except TimeoutError:
            self._left -= _PATIENCE
            return None
        if (took := thread_time() - begun) > _LEAST:
            self._left -= took
        return found is not None


def matcher(patterns: Iterable[str], patience: Patience | None = None) -> Test:
    """Return a test whether a name matches one of the patterns of a role. Raises BadExpression.

    An expression that takes too long matches nothing, so it gives no rights.
    """
    patience = patience or Patience()
    tests = [_test(pattern, patience) for pattern in patterns]
    if len(tests) == 1:
        return tests[0]
    return lambda name: any(test(name) for test in tests)


def is_pattern(name: str) -> bool:
    """Tell whether a name is a pattern: it holds a wildcard, or is an expression in slashes."""
    return "*" in name or "?" in name or _is_expression(name)


def covers(patterns: Iterable[str], pattern: str) -> bool:
    """Tell whether these patterns together match every name that another pattern matches.

    A simplification: Elasticsearch compares automata, here one of the patterns has to be the same,
    or have stars where the other one has stars or anything else.
    """
    if _is_expression(pattern):
        return any(known in (pattern, "*") for known in patterns)
    return any(
        known == pattern
        or ("?" not in known and not _is_expression(known) and wildcard(known)(pattern))
        for known in patterns
    )


def _is_expression(name: str) -> bool:
    return len(name) > 1 and name[0] == name[-1] == "/"


def _test(pattern: str, patience: Patience) -> Test:
    if _is_expression(pattern):
        return _expression(_SIGN.findall(pattern[1:-1]), pattern, patience)
    return glob(pattern)


# An escape, a class, a repetition, the beginning of what Lucene does not have, or one sign.
_SIGN = re.compile(
    r"\\.|\[\^?+(?:\\.|[^\\])(?:\\.|[^\]\\])*\]|\{[0-9]+(?:,[0-9]*)?\}|\(\?|.", re.DOTALL
)
_MEMBER = re.compile(r"(\\.|.)(?:-(\\.|.))?", re.DOTALL)
# Lucene's intervals, intersections, any text, nothing, literals and complements.
_UNSUPPORTED = frozenset({*'<>&@#"~', "(?"})
_CLASSES = frozenset("dDsSwW")
_DEPTHS = {"(": 1, ")": -1}


def _expression(signs: list[str], pattern: str, patience: Patience) -> Test:
    """Return the test of an expression of Lucene's, which has to match the whole name."""
    wanted = not _is_complement(signs)
    expression = _compiled(_translated(signs if wanted else signs[2:-1], pattern), pattern)
    return lambda name: patience.matches(expression, name) is wanted


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
        elif sign in ("[", "\\", "{"):
            raise _bad(pattern, f"[{sign}] is not complete")
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


def _compiled(text: str, pattern: str) -> Any:
    import regex  # few roles need one

    try:
        return regex.compile(text, regex.DOTALL | regex.ASCII, cache_pattern=False)
    except regex.error as error:
        raise _bad(pattern, str(error)) from None


def _bad(pattern: str, reason: str) -> BadExpression:
    return BadExpression(f"[{pattern}] is no regular expression: {reason}")
