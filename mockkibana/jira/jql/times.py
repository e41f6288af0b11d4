"""Fields that hold a point in time, or a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from mockkibana.jira.jql import jql_dates
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
from mockkibana.jira.jql.functions import called
from mockkibana.jira.jql.jql_dates import BadDate
from mockkibana.jira.jql.query import Clause, FunctionCall, Value
from mockkibana.jira.projects import timestamps
from mockkibana.store import Document

__all__ = ["FORMATS", "BadDate", "point", "time"]

FORMATS = (
    "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', "
    "or a period format e.g. '-5d', '4w 2d'."
)
_DAY = len("2024-05-01")

Read = Callable[[Document], str | None]


def time(
    *names: str,
    read: Read | None = None,
    within: Callable[[Scope], Read] | None = None,
    day: bool = False,
    operators: frozenset[str] = ORDERED,
) -> JqlField:
    """Return a field of times as the store has them: UTC texts, which sort as they are, or days."""

    def reader(scope: Scope) -> Read:
        if read is not None:
            return read
        assert within is not None  # noqa: S101 - every field has one of them
        return within(scope)

    return JqlField(
        names=names,
        type="java.util.Date",
        operators=operators,
        test=partial(_test, reader, _DAY if day else None),
        # A field's own order, which a query may leave open, is newest first for times.
        sort=lambda scope: SortKey(last(reader(scope)), descending=True),
    )


def several_times(
    *names: str, within: Callable[[Scope], Callable[[Document], Iterable[str]]]
) -> JqlField:
    """Return a field of days, one of which must fit."""

    def test(clause: Clause, operation: str, scope: Scope) -> Part:
        read = within(scope)
        bounds = [bound[:_DAY] for bound in each(clause.operand, _bound(clause, scope), scope)]
        empty = has_empty(clause.operand)

        def fits(day: str) -> bool:
            if operation in RELATIONS:
                return bool(RELATIONS[operation](day, bounds[0]))
            return (day in bounds) is (operation in POSITIVE)

        def matches(issue: Document) -> bool:
            days = [time[:_DAY] for time in read(issue)]
            if not days:
                return empty and operation in POSITIVE
            return any(map(fits, days))

        return Part(matches)

    return JqlField(names=names, type="java.util.Date", operators=ORDERED, test=test)


def _bound(clause: Clause, scope: Scope) -> Callable[[Value | FunctionCall], str]:
    return lambda value: timestamps.write(_date(clause, value, scope))


def point(value: Value, scope: Scope) -> datetime:
    """Return the time that a literal names. Raises `BadDate`."""
    if not value.number:
        return jql_dates.from_text(value.text, scope.now)
    try:
        return timestamps.utc(int(value.text))
    except OverflowError:
        raise BadDate(value.text) from None


def _test(
    reader: Callable[[Scope], Read],
    length: int | None,
    clause: Clause,
    operation: str,
    scope: Scope,
) -> Part:
    """Compare to the millisecond, or as many characters of a time as a field has."""
    read = reader(scope)
    bounds = [bound[:length] for bound in each(clause.operand, _bound(clause, scope), scope)]
    if operation in RELATIONS:
        relation, bound = RELATIONS[operation], bounds[0]
        return Part(lambda issue: (found := read(issue)) is not None and relation(found, bound))
    wanted: set[str | None] = {*bounds}
    if operation in POSITIVE:
        if has_empty(clause.operand):
            wanted.add(None)
        return Part(lambda issue: read(issue) in wanted)
    return Part(lambda issue: (found := read(issue)) is not None and found not in wanted)


def _date(clause: Clause, value: Value | FunctionCall, scope: Scope) -> datetime:
    if isinstance(value, FunctionCall):
        kind, found = called(value, scope)
        if kind != "date":
            raise BadClause(
                f"A date for the field '{clause.field}' provided by the function '{value.name}' "
                "is not valid."
            )
        when: datetime = found
        return when
    try:
        return point(value, scope)
    except BadDate:
        raise BadClause(
            f"Date value '{value.text}' for field '{clause.field}' is invalid. {FORMATS}"
        ) from None
