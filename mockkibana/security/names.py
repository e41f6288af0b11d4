"""Names in roles: wildcards with `*` and `?`, and regular expressions between slashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from mockkibana.wildcards import wildcard

_PATIENCE = 0.1  # seconds; a bad expression would take for ever

Test = Callable[[str], bool]


class BadExpression(ValueError):
    """A name in slashes is no regular expression."""


def matcher(patterns: Iterable[str]) -> Test:
    """Return a test whether a name matches one of the patterns of a role. Raises BadExpression."""
    tests = [_test(pattern) for pattern in patterns]
    if len(tests) == 1:
        return tests[0]
    return lambda name: any(test(name) for test in tests)


@lru_cache(maxsize=1024)
def _test(pattern: str) -> Test:
    if len(pattern) > 1 and pattern[0] == pattern[-1] == "/":
        return _expression(pattern[1:-1])
    if "?" in pattern:
        import regex

        parts = (_SIGNS.get(sign) or regex.escape(sign) for sign in pattern)
        return _expression("(?s:" + "".join(parts) + ")")
    return wildcard(pattern)


_SIGNS = {"*": ".*", "?": "."}


def _expression(text: str) -> Test:
    """Return the test of an expression of Lucene's, which has to match the whole name.

    Of Lucene's own signs only `~(...)`, everything but that, around the whole is known.
    """
    import regex  # few roles need one

    if text.startswith("~(") and text.endswith(")"):
        inner = _expression(text[2:-1])
        return lambda name: not inner(name)
    try:
        compiled: Any = regex.compile(text)
    except regex.error as error:
        raise BadExpression(f"[/{text}/] is no regular expression: {error}") from None

    def matches(name: str) -> bool:
        try:
            return compiled.fullmatch(name, timeout=_PATIENCE) is not None
        except TimeoutError:
            return False

    return matches
