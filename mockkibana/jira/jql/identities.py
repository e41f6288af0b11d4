"""Fields whose values are told apart: projects, people, statuses, labels, options, issues."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from mockkibana.jira.jql import history
from mockkibana.jira.jql.clauses import (
    EQUALITY,
    HISTORY,
    POSITIVE,
    RELATIONS,
    BadClause,
    JqlField,
    Part,
    Scope,
    SortKey,
    Test,
    each,
    has_empty,
    last,
)
from mockkibana.jira.jql.functions import called
from mockkibana.jira.jql.query import Clause, Empty, FunctionCall, Listing, Operand, Value
from mockkibana.jira.jql.values import Resolve
from mockkibana.jira.records.issue_index import Reader

Place = Callable[[str], Any]
Rank = Callable[[Scope], Place]


def no_such_value(clause: Clause, value: Value) -> str:
    """Say that there is nothing of that name or id."""
    if value.number:
        return f"A value with ID '{value.text}' does not exist for the field '{clause.field}'."
    return f"The value '{value.text}' does not exist for the field '{clause.field}'."


def no_such_function_value(clause: Clause, call: FunctionCall) -> str:
    """Say that a function returns something else."""
    return (
        f"A value provided by the function '{call.name}' is invalid for the field '{clause.field}'."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """The values of a field: ids, as `read` finds them in an issue's record, or else `within`.

    `resolve` finds those that a clause names; functions that return the `kind` may do so, too.
    `rank` makes of an id what it sorts by, which is what `<` and `>` compare; if the ranks are
    `falling`, what comes first is the greatest, as among priorities. Only ids of the same `family`
    are compared, if there are any. `nothing` is a name for EMPTY.
    """

    read: Reader | None = None
    within: Callable[[Scope], Reader] | None = None
    resolve: Resolve
    kind: str | None = None
    rank: Rank | None = None
    falling: bool = False
    family: Rank | None = None
    nothing: str | None = None
    unknown: Callable[[Clause, Value], str] = no_such_value
    unknown_call: Callable[[Clause, FunctionCall], str] = no_such_function_value

    def reader(self, scope: Scope) -> Reader:
        """Return what reads the values of an issue."""
        if self.read is not None:
            return self.read
        assert self.within is not None  # noqa: S101 - every field has one of them
        return self.within(scope)

    def named(self, operand: Operand, clause: Clause, scope: Scope) -> set[str]:
        """Return the ids of what an operand names. Raises `BadClause`."""
        return set().union(*each(operand, partial(self._ids, clause, scope), scope))

    def _ids(self, clause: Clause, scope: Scope, value: Value | FunctionCall) -> Collection[str]:
        if isinstance(value, FunctionCall):
            kind, ids = called(value, scope)
            if kind != self.kind:
                raise BadClause(self.unknown_call(clause, value))
            found: Collection[str] = ids
            return found
        if not (found := self.resolve(value, scope)):
            raise BadClause(self.unknown(clause, value))
        return found


def identity(
    *names: str,
    type: str,  # noqa: A002 - as Jira calls it
    values: Identities,
    operators: frozenset[str] = EQUALITY,
    changelog: str | None = None,
) -> JqlField:
    """Return a field; `changelog` is its id in histories, where its past can be searched for."""
    return JqlField(
        names=names,
        type=type,
        operators=operators | (HISTORY if changelog else frozenset()),
        test=partial(_test, names[0], values),
        sort=partial(_sort, values, values.rank) if values.rank else None,
        history=partial(_history, values, changelog) if changelog else None,
    )


def _test(name: str, values: Identities, clause: Clause, operation: str, scope: Scope) -> Part:
    operand = _with_empty(clause.operand, values.nothing) if values.nothing else clause.operand
    wanted, read = values.named(operand, clause, scope), values.reader(scope)
    if operation in RELATIONS:
        return Part(_related(values, operation, wanted, scope))
    empty = has_empty(operand)
    if operation not in POSITIVE:
        # An issue without a value fits no such clause, be EMPTY among the values or not.
        return Part(lambda issue: bool(found := read(issue)) and wanted.isdisjoint(found))
    if empty:
        return Part(lambda issue: not (found := read(issue)) or not wanted.isdisjoint(found))
    ids = scope.index.ids(name, values.read, wanted) if values.read is not None else None
    return Part(lambda issue: not wanted.isdisjoint(read(issue)), ids)


def _with_empty(operand: Operand, nothing: str) -> Operand:
    if isinstance(operand, Listing):
        return replace(operand, items=tuple(_with_empty(item, nothing) for item in operand.items))
    named = isinstance(operand, Value) and operand.text.casefold() == nothing
    return Empty() if named else operand


def _related(values: Identities, operation: str, wanted: set[str], scope: Scope) -> Test:
    assert values.rank is not None  # noqa: S101 - no other field has such operators
    read, rank, relation = values.reader(scope), values.rank(scope), RELATIONS[operation]
    family = values.family(scope) if values.family else None
    bounds = [(rank(id_), family and family(id_)) for id_ in wanted]

    def fits(id_: str) -> bool:
        place, mine = rank(id_), family and family(id_)
        return any(
            mine == theirs
            and (relation(bound, place) if values.falling else relation(place, bound))
            for bound, theirs in bounds
        )

    return lambda issue: any(map(fits, read(issue)))


def _sort(values: Identities, rank: Rank, scope: Scope) -> SortKey:
    read, place = values.reader(scope), rank(scope)
    return SortKey(last(lambda issue: min(map(place, read(issue)), default=None)))


def _history(
    values: Identities, changelog: str, clause: Clause, operation: str, scope: Scope
) -> Test:
    if values.nothing:
        operand = _with_empty(clause.operand, values.nothing)
        predicates = (
            replace(predicate, operand=_with_empty(predicate.operand, values.nothing))
            for predicate in clause.predicates
        )
        clause = replace(clause, operand=operand, predicates=tuple(predicates))
    named = partial(values.named, clause=clause, scope=scope)
    return history.test(changelog, values.reader(scope), named, clause, operation, scope)
