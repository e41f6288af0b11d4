"""Clauses: what a search looks at, what a field makes of one, and what each must be."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from mockkibana.budget import Budget
from mockkibana.jira.jql.query import Clause, Empty, FunctionCall, Listing, Operand, Value
from mockkibana.jira.people.users import Users
from mockkibana.jira.projects.people import People
from mockkibana.jira.records.issue_index import IssueIndex
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json
from mockkibana.store import Document, Store

Test = Callable[[Document], bool]
Read = TypeVar("Read")

RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
EMPTINESS = frozenset({"is", "is not"})
EQUALITY = EMPTINESS | {"=", "!=", "in", "not in"}
ORDERED = EQUALITY | RELATIONS.keys()
TEXT = EMPTINESS | {"~", "!~"}
HISTORY = frozenset({"was", "was not", "was in", "was not in", "changed"})
_PAIRS = (
    *(("=", "!="), ("in", "not in"), ("is", "is not"), ("~", "!~"), ("<", ">="), (">", "<=")),
    *(("was", "was not"), ("was in", "was not in"), ("changed", "not changed")),
)
OPPOSITES = dict(_PAIRS) | {opposite: told for told, opposite in _PAIRS}
"""What `NOT` makes of an operator. Neither of a pair finds an issue without a value, as in Jira;
those of the history are the exception."""
POSITIVE = frozenset(told for told, _ in _PAIRS)


class BadClause(ValueError):
    """A clause asks for what there is not: the arguments are Jira's sentences about it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search sees: the records of the viewer's projects, and a way to their issues.

    `find` takes an issue's id or key and returns the stored issue, or None. `budget` is how long
    the search may still take. `filtered` takes the text of another query and returns what that
    asks for; it raises `BadClause`.
    """

    store: Store
    users: Users
    index: IssueIndex
    projects: list[Document]
    find: Callable[[str], Document | None]
    viewer: Viewer
    now: datetime
    budget: Budget
    people: People
    filtered: Callable[[str], Part]

    def admits(self, visibility: Json, issue: Document) -> bool:
        """Tell whether whoever searches sees what has this visibility on an issue."""
        return self.people.visibility.admits(visibility, issue, self.viewer)

    @property
    def me(self) -> str:
        """The account id of whoever searches."""
        account_id: str = self.users.caller(self.viewer.user)["accountId"]
        return account_id

    def user(self, text: str) -> str | None:
        """Return the account id of the user of that name, e-mail address or account id."""
        found = self.users.find(text) or self.users.caller(self.viewer.user)
        names = (found[key] for key in ("name", "accountId", "key", "emailAddress"))
        return found["accountId"] if text.casefold() in map(str.casefold, names) else None

    def project(self, text: str) -> Document | None:
        """Return the record of the project of that key, name or id, in this order."""
        folded = text.casefold()
        for name in ("key", "name", "id"):
            for project in self.projects:
                if project[name].casefold() == folded:
                    return project
        return None


@dataclass(frozen=True, slots=True)
class Part:
    """What an issue must satisfy; `ids` names all issues that may, None any of them."""

    test: Test
    ids: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class SortKey:
    """How a field sorts: its value, and whether it falls when the query does not say."""

    value: Callable[[Document], Any]
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JqlField:
    """A field that clauses may name, by any of its `names`, with the `operators` that it knows.

    `test` takes a clause, its operator or the opposite one, and the scope. Raises `BadClause` with
    all values that the field cannot have. `history` does the same for `WAS` and `CHANGED`, where
    the field has one. `type` is what Jira says of the field's values where it completes a query.
    """

    names: tuple[str, ...]
    type: str
    operators: frozenset[str]
    test: Callable[[Clause, str, Scope], Part]
    sort: Callable[[Scope], SortKey] | None = None
    history: Callable[[Clause, str, Scope], Test] | None = None


def check_usage(clause: Clause, is_list: Callable[[FunctionCall], bool]) -> None:
    """Refuse an operand that its operator never takes, whatever the field. Raises `BadClause`."""
    told, operand = clause.operator, clause.operand
    if told in EMPTINESS:
        if not isinstance(operand, Empty):
            raise BadClause(
                f"Operator '{told}' does not support searching for non-empty values "
                f"for field '{clause.field}'."
            )
        return
    takes_list = told.endswith("in")
    if isinstance(operand, Empty):
        if takes_list or told in RELATIONS:
            raise BadClause(
                f"Operator '{told}' does not support the empty value representation 'EMPTY' "
                f"for field '{clause.field}'."
            )
        return
    listed = isinstance(operand, Listing) or (
        isinstance(operand, FunctionCall) and is_list(operand)
    )
    if listed is not takes_list:
        kind = "list" if listed else "non-list"
        raise BadClause(
            f"Operator '{told}' does not support the {kind} value '{operand}' "
            f"for field '{clause.field}'."
        )


def operands(operand: Operand) -> Iterator[Value | FunctionCall]:
    """Yield the values and calls, those of nested lists too; `EMPTY` is none."""
    pending: list[Operand] = [operand]
    while pending:
        operand = pending.pop()
        if isinstance(operand, Listing):
            pending.extend(reversed(operand.items))
        elif not isinstance(operand, Empty):
            yield operand


def each(
    operand: Operand, read: Callable[[Value | FunctionCall], Read], scope: Scope
) -> list[Read]:
    """Read every value. Raises one `BadClause` for all that cannot be read."""
    results: list[Read] = []
    problems: list[str] = []
    for value in scope.budget.each(operands(operand)):
        try:
            results.append(read(value))
        except BadClause as problem:
            problems += problem.args
    if problems:
        raise BadClause(*problems)
    return results


def has_empty(operand: Operand) -> bool:
    """Tell whether `EMPTY` is, or is among, what a clause names."""
    if isinstance(operand, Listing):
        return any(map(has_empty, operand.items))
    return isinstance(operand, Empty)


def last(value: Callable[[Document], Any]) -> Callable[[Document], Any]:
    """Return a key that sorts issues without a value, None, behind all others."""

    # Guess: where a rising order of Jira has them.
    def key(issue: Document) -> Any:
        found = value(issue)
        return (True,) if found is None else (False, found)

    return key
