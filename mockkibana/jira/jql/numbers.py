"""Fields that hold a number: counts, ratios, and spans of time."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from mockkibana.jira.jql.clauses import (
    ORDERED,
    POSITIVE,
    RELATIONS,
    BadClause,
    JqlField,
    Part,
    Scope,
    SortKey,
    each,
    has_empty,
    last,
)
from mockkibana.jira.jql.query import Clause, FunctionCall, Value
from mockkibana.store import Document

Number = int | float
Read = Callable[[Document], Number | None]

_LONGEST = 20
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)


def decimal(text: str) -> Number | None:
    """Read a number; None for none."""
    return float(text) if len(text) <= _LONGEST and _DECIMAL.fullmatch(text) else None


def whole(text: str) -> Number | None:
    """Read an integer; None for none."""
    found = decimal(text)
    return found if found is not None and "." not in text else None


def count(text: str) -> Number | None:
    """Read an integer from 0 on; None for none."""
    found = whole(text)
    return found if found is not None and found >= 0 else None


def number(
    *names: str,
    within: Callable[[Scope], Read],
    convert: Callable[[str], Number | None] = decimal,
    wanted: str = "is not a valid number",
    operators: frozenset[str] = ORDERED,
) -> JqlField:
    """Return a field; `wanted` ends the sentence about what `convert` cannot read."""
    return JqlField(
        names=names,
        type="java.lang.Number",
        operators=operators,
        test=partial(_test, within, convert, wanted),
        sort=lambda scope: SortKey(last(within(scope))),
    )


def _test(
    within: Callable[[Scope], Read],
    convert: Callable[[str], Number | None],
    wanted: str,
    clause: Clause,
    operation: str,
    scope: Scope,
) -> Part:
    read = within(scope)

    def value(operand: Value | FunctionCall) -> Number:
        if isinstance(operand, FunctionCall):
            told = f"A value provided by the function '{operand.name}'"
        elif (found := convert(operand.text)) is not None:
            return found
        else:
            told = f"The value '{operand.text}'"
        raise BadClause(f"{told} for the field '{clause.field}' {wanted}.")

    bounds = each(clause.operand, value, scope)
    if operation in RELATIONS:
        relation, bound = RELATIONS[operation], bounds[0]
        return Part(lambda issue: (found := read(issue)) is not None and relation(found, bound))
    sought: set[Number | None] = {*bounds}
    if operation in POSITIVE:
        if has_empty(clause.operand):
            sought.add(None)
        return Part(lambda issue: read(issue) in sought)
    return Part(lambda issue: (found := read(issue)) is not None and found not in sought)
