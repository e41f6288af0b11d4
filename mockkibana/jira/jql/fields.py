"""The fields of JQL by name, and what a clause about one, and an order by it, mean."""

from __future__ import annotations

from mockkibana.data import data
from mockkibana.jira.jql.clauses import (
    HISTORY,
    OPPOSITES,
    BadClause,
    JqlField,
    Part,
    Scope,
    SortKey,
    check_usage,
    operands,
)
from mockkibana.jira.jql.custom_fields import custom_field
from mockkibana.jira.jql.functions import check, is_list
from mockkibana.jira.jql.hanging_fields import HANGING_FIELDS
from mockkibana.jira.jql.query import Clause, FunctionCall
from mockkibana.jira.jql.system_fields import SYSTEM_FIELDS

_FIELDS = (*SYSTEM_FIELDS, *HANGING_FIELDS)
_BY_NAME = {name.casefold(): field for field in _FIELDS for name in field.names}


def all_fields() -> tuple[JqlField, ...]:
    """Return every field of Jira's own."""
    return _FIELDS


def find_field(name: str, scope: Scope) -> JqlField:
    """Return the field that a query names. Raises `BadClause`."""
    folded = name.casefold()
    field = _BY_NAME.get(folded) or custom_field(name, scope)
    if field is not None:
        return field
    lacking = {key.casefold(): why for key, why in data("jql_missing")["fields"].items()}
    if (why := lacking.get(folded)) is not None:
        raise BadClause(f"The mock knows Jira's field '{name}' but cannot search by it: {why}.")
    raise BadClause(f"Field '{name}' does not exist or you do not have permission to view it.")


def part_of(clause: Clause, scope: Scope, *, negated: bool) -> Part:
    """Return what an issue must satisfy for a clause or, if `negated`, for its opposite.

    `NOT` turns an operator into its opposite, as Jira does: neither finds an issue without a value.
    Raises `BadClause`.
    """
    field = find_field(clause.field, scope)
    told = clause.operator
    if told in HISTORY and field.history is None:
        raise BadClause(f"History searches do not support the '{clause.field}' field.")
    for value in scope.budget.each(operands(clause.operand)):
        if isinstance(value, FunctionCall):
            check(value)
    if told != "changed":
        check_usage(clause, is_list)
    if told not in field.operators:
        raise BadClause(f"The operator '{told}' is not supported by the '{clause.field}' field.")
    operation = OPPOSITES[told] if negated else told
    if told in HISTORY:
        assert field.history is not None  # noqa: S101 - it was asked for above
        return Part(field.history(clause, operation, scope))
    return field.test(clause, operation, scope)


def sort_key(name: str, scope: Scope) -> SortKey:
    """Return how a field sorts. Raises `BadClause`."""
    try:
        field = find_field(name, scope)
    except BadClause:
        field = None
    if field is None or field.sort is None:
        raise BadClause(f"Not able to sort using field '{name}'.")
    return field.sort(scope)
