"""What issues have been: `WAS` and `CHANGED`, answered by their histories."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mockkibana.jira.jql.clauses import POSITIVE, BadClause, Scope, Test, each, has_empty
from mockkibana.jira.jql.functions import called
from mockkibana.jira.jql.query import (
    Clause,
    FunctionCall,
    Operand,
    Predicate,
    Value,
)
from mockkibana.jira.jql.times import FORMATS, BadDate, point
from mockkibana.jira.projects import timestamps
from mockkibana.jira.records.issue_index import Reader
from mockkibana.jira.records.records import HISTORIES
from mockkibana.store import Document

_DAY = timedelta(days=1)
_CHANGES_ONLY = frozenset({"from", "to"})
_FOREVER = "9999"

Named = Callable[[Operand], set[str]]


@dataclass(frozen=True, slots=True)
class Span:
    """What a field held from one change to the next: `before` it something else, or nothing.

    `end` is the time of the next change, after all times if there is none.
    """

    before: frozenset[str]
    held: frozenset[str]
    start: str
    end: str
    author: str | None


Fits = Callable[[Span], bool]


def test(
    field: str, read: Reader, named: Named, clause: Clause, operation: str, scope: Scope
) -> Test:
    """Return what an issue must have been. Raises `BadClause`.

    `field` is the id under which histories tell of the field, `read` its present values, `named`
    the ids of what a clause names.
    """
    changes = clause.operator == "changed"
    fits: list[Fits] = []
    problems: list[str] = []
    try:
        fits.append(_changed if changes else _held(clause.operand, named))
    except BadClause as problem:
        problems += problem.args
    for predicate in clause.predicates:
        try:
            fits.append(_predicate(predicate, named, clause, scope, changes=changes))
        except BadClause as problem:
            problems += problem.args
    if problems:
        raise BadClause(*problems)
    wanted = operation in POSITIVE

    def matches(issue: Document) -> bool:
        found = any(all(fit(span) for fit in fits) for span in _spans(issue, field, read, scope))
        return found is wanted

    return matches


def _spans(issue: Document, field: str, read: Reader, scope: Scope) -> Iterator[Span]:
    """Yield what the field has held, latest first: changes are taken back one by one."""
    held, end = frozenset(read(issue)), _FOREVER
    if issue[HISTORIES.last] is not None:
        for row in reversed(HISTORIES.members(scope.store, issue)):
            for item in reversed(row["items"]):
                if item["fieldId"] != field:
                    continue
                before = (held - _ids(item["to"])) | _ids(item["from"])
                yield Span(before, held, row["created"], end, row["author"])
                held, end = before, row["created"]
    fields = issue["fields"]
    yield Span(held, held, fields["created"], end, fields["creator"])


def _ids(told: str | None) -> frozenset[str]:
    return frozenset(told.split(", ")) if told else frozenset()


def _changed(span: Span) -> bool:
    return span.before != span.held


def _held(operand: Operand, named: Named) -> Fits:
    wanted, empty = named(operand), has_empty(operand)
    return lambda span: _holds(span.held, wanted, empty=empty)


def _holds(held: Collection[str], wanted: set[str], *, empty: bool) -> bool:
    return not wanted.isdisjoint(held) or (empty and not held)


def _predicate(
    predicate: Predicate, named: Named, clause: Clause, scope: Scope, *, changes: bool
) -> Fits:
    if predicate.name in _CHANGES_ONLY:
        if not changes:
            # Guess: after the sentence on operators that a field does not support.
            raise BadClause(
                f"The predicate '{predicate.name}' is not supported by the operator "
                f"'{clause.operator}'."
            )
        return _moved(predicate, named)
    if predicate.name == "by":
        people = set().union(*each(predicate.operand, lambda value: _people(value, scope), scope))
        return lambda span: span.author in people
    return _timely(predicate, scope, changes=changes)


def _moved(predicate: Predicate, named: Named) -> Fits:
    wanted, empty = named(predicate.operand), has_empty(predicate.operand)
    if predicate.name == "from":
        return lambda span: _holds(
            span.before - span.held if span.before else (), wanted, empty=empty
        )
    return lambda span: _holds(span.held - span.before if span.held else (), wanted, empty=empty)


def _people(value: Value | FunctionCall, scope: Scope) -> Collection[str]:
    # Guess: Jira's sentences on people in predicates, after those on people in clauses.
    if isinstance(value, FunctionCall):
        kind, found = called(value, scope)
        if kind != "user":
            raise BadClause(
                f"A value provided by the function '{value.name}' is invalid for the predicate "
                "'by'."
            )
        people: Collection[str] = found
        return people
    person = scope.user(value.text)
    if person is None:
        raise BadClause(f"The value '{value.text}' does not exist for the predicate 'by'.")
    return (person,)


def _timely(predicate: Predicate, scope: Scope, *, changes: bool) -> Fits:
    times = each(predicate.operand, lambda value: _time(value, predicate, scope), scope)
    expected = 2 if predicate.name == "during" else 1
    if len(times) != expected:
        dates = "exactly two dates" if expected == 2 else "exactly one date"
        # Guess: the words.
        raise BadClause(f"The predicate '{predicate.name}' takes {dates}.")
    first = timestamps.write(times[0])
    match predicate.name:
        case "after":
            return lambda span: (span.start if changes else span.end) > first
        case "before":
            return lambda span: span.start < first
        case "on":
            following = timestamps.write(times[0] + _DAY)
        case _:
            following = timestamps.write(times[1])
    if changes:
        return lambda span: first <= span.start < following
    return lambda span: span.start < following and first < span.end


def _time(value: Value | FunctionCall, predicate: Predicate, scope: Scope) -> datetime:
    if isinstance(value, FunctionCall):
        kind, found = called(value, scope)
        if kind != "date":
            raise BadClause(
                f"A date for the predicate '{predicate.name}' provided by the function "
                f"'{value.name}' is not valid."
            )
        time: datetime = found
        return time
    try:
        return point(value, scope)
    except BadDate:
        raise BadClause(
            f"Date value '{value.text}' for predicate '{predicate.name}' is invalid. {FORMATS}"
        ) from None
