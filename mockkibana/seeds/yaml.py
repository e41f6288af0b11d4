"""Says why a text is no YAML without repeating any of it: such files hold secrets."""

from __future__ import annotations

import re

from mockkibana.json import Malformed

# What PyYAML's constructors raise beside its own errors, e.g. KeyError for `!!bool x`.
WRONG_VALUES = (ValueError, TypeError, LookupError, AttributeError, RecursionError)

# PyYAML quotes single characters and `<tokens>`, which say what is wrong, but also whole tags,
# anchors and aliases: `apiToken: *secret`.
_QUOTATION = re.compile(r""" ['"](?!.['"]|\\.['"]|<).*""", re.DOTALL)


def problem(error: Exception) -> str:
    """Return in one line what a `YAMLError` or one of `WRONG_VALUES` says, and where."""
    if isinstance(error, Malformed):
        return str(error)
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    told = (getattr(error, "context", None), getattr(error, "problem", None))
    text = ", ".join(_QUOTATION.sub("", part) for part in told if part)
    mark = getattr(error, "problem_mark", None)
    place = "" if mark is None else f" in line {mark.line + 1}, column {mark.column + 1}"
    return f"{text or 'a value does not fit its type or its tag'}{place}"
