"""Names in roles: wildcards with `*` and `?`, and regular expressions between slashes."""

from __future__ import annotations

from collections.abc import Iterable
from time import thread_time
from typing import Any

from mockkibana.lucene_expressions import compiled
from mockkibana.wildcards import Test, glob, wildcard

# Seconds for a name, and for all the names that took longer than the least: a bad expression
# would take for ever.
_PATIENCE, _LEAST, _ALLOWANCE = 0.1, 0.001, 0.5


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
        return _expression(pattern, patience)
    return glob(pattern)


def _expression(pattern: str, patience: Patience) -> Test:
    """Return the test of an expression of Lucene's, which has to match the whole name."""
    expression, wanted = compiled(pattern[1:-1], shown=pattern)
    return lambda name: patience.matches(expression, name) is wanted
