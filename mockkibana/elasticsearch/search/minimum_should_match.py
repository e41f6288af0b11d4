"""How many of several optional clauses `minimum_should_match` asks for."""

from __future__ import annotations

import re

from mockkibana.elasticsearch.json.parse_errors import illegal
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.json import Json

_MINIMUM = r"-?\d{1,9}%?"
_MINIMUM_SHOULD_MATCH = re.compile(
    rf"\s*(?:{_MINIMUM}|\d{{1,9}}\s*<\s*{_MINIMUM}(?:\s+\d{{1,9}}\s*<\s*{_MINIMUM})*)\s*"
)


def parse(value: Json) -> str | None:
    """Return the text of one, such as `2`, `-1`, `75%` or `3<90% 5<-2`. Raises `ParseError`."""
    if value is None:
        return None
    text = as_text(value)
    if not _MINIMUM_SHOULD_MATCH.fullmatch(text):
        raise illegal(f'For input string: "{text}"')
    return text


def required(text: str, optional: int) -> int:
    """Return how many of so many clauses it asks for (`Queries.calculateMinShouldMatch`)."""
    needed = optional
    for part in text.replace(" <", "<").replace("< ", "<").split():
        bound, conditional, value = part.rpartition("<")
        if conditional and optional <= int(bound):
            break
        count = int(value.removesuffix("%"))
        if value.endswith("%"):
            count = int(optional * count / 100)
        needed = optional + count if value.startswith("-") else count
    return max(needed, 0)
