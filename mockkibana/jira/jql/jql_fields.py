"""The fields of JQL: what a clause about one, and an order by it, mean for stored issues."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from mockkibana.budget import Budget
from mockkibana.jira.jql import jql_dates, text_search
from mockkibana.jira.jql.jql import Clause, Empty, FunctionCall, Listing, Operand, Value
from mockkibana.jira.projects import timestamps
from mockkibana.json import Json
from mockkibana.store import Document

Test = Callable[[Document], bool]
Read = TypeVar("Read")

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[0-9]+", re.ASCII)
_DATES = (
    "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', "
    "or a period format e.g. '-5d', '4w 2d'."
)
_RELATIONS: dict[str, Callable[[Json, Json], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EQUALITY = frozenset({"=", "!=", "in", "not in", "is", "is not"})
_ORDERED = _EQUALITY | _RELATIONS.keys()
_TEXT = frozenset({"~", "!~", "is", "is not"})
_FUNCTIONS = jql_dates.FUNCTIONS | {"currentuser"}


class BadClause(ValueError):
    """A clause asks for what there is not: the arguments are Jira's sentences about it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search sees: the projects of the caller, and a way to their issues.

    `find` takes an issue's id or key and returns the stored issue, or None. `budget` is how long
    the search may still take.
    """

    projects: list[Document]
    find: Callable[[str], Document | None]
    now: datetime
    budget: Budget


@dataclass(frozen=True, slots=True)
class JqlField:
    """A field that clauses may name, with the `operators` that it knows.

    `test` takes a clause, its operator or the opposite one, and the scope, and returns what an
    issue must satisfy. Raises `BadClause` with all values that the field cannot have.
    """

    operators: frozenset[str]
    test: Callable[[Clause, str, Scope], Test]


def _by_project(clause: Clause, operation: str, scope: Scope) -> Test:
    """Compare with projects: a key, a name (in any case), or an id."""

    def read(value: Operand) -> str:
        literal = _literal(clause, value)
        folded = literal.text.casefold()
        for names in (("id",), ("key", "name")) if literal.number else (("key", "name"), ("id",)):
            for project in scope.projects:
                if any(project[name].casefold() == folded for name in names):
                    found: str = project["id"]
                    return found
        if literal.number:
            raise _no_id(clause, literal)
        raise BadClause(
            f"The value '{literal.text}' does not exist for the field '{clause.field}'."
        )

    return _membership(operation, set(_each(clause, read, scope)), lambda issue: issue["project"])


def _by_key(clause: Clause, operation: str, scope: Scope) -> Test:
    """Compare with issues: keys, or ids where they are written as numbers.

    `<` and its like compare numbers within a project.
    """

    def read(value: Operand) -> Document:
        literal = _literal(clause, value)
        if not literal.number and not _KEY.fullmatch(literal.text):
            raise BadClause(
                f"The issue key '{literal.text}' for field '{clause.field}' is invalid."
            )
        if (issue := scope.find(literal.text)) is not None:
            return issue
        if literal.number:
            raise _no_id(clause, literal)
        raise BadClause(
            f"An issue with key '{literal.text}' does not exist for field '{clause.field}'."
        )

    issues = _each(clause, read, scope)
    if operation in _RELATIONS:
        relation, bound = _RELATIONS[operation], issues[0]
        return lambda issue: (
            issue["project"] == bound["project"] and relation(issue["number"], bound["number"])
        )
    return _membership(operation, {issue["id"] for issue in issues}, lambda issue: issue["id"])


def _by_text(name: str, clause: Clause, operation: str, _scope: Scope) -> Test:
    """Search the words of a field; an issue without a text fits neither `~` nor `!~`."""
    if isinstance(clause.operand, Empty):
        empty = operation in ("is", "~")
        return lambda issue: (not issue["fields"].get(name)) is empty
    searched = _literal(clause, clause.operand).text
    if not searched.strip():
        raise BadClause(
            f"The field '{clause.field}' does not support searching for an empty string."
        )
    if (first := searched.lstrip()[0]) in "?*":
        raise BadClause(
            f"The text query '{searched}' for field '{clause.field}' is not allowed to start with "
            f"'{first}'."
        )
    wanted = operation == "~"
    try:
        search = text_search.read(searched)
    except text_search.BadRange:
        raise BadClause(
            f"The text query '{searched}' for field '{clause.field}' is not valid: "
            "probably your range query is incorrect."
        ) from None
    except text_search.Unreadable:
        raise BadClause(
            f"Unable to parse the text '{searched}' for field '{clause.field}'."
        ) from None

    def test(issue: Document) -> bool:
        text = issue["fields"].get(name)
        return bool(text) and search.fits(text) is wanted

    return test


def _by_time(name: str, clause: Clause, operation: str, scope: Scope) -> Test:
    """Compare times, to the millisecond. Stored times are UTC texts, which sort as they are."""
    bounds = _each(clause, lambda value: timestamps.write(_date(clause, value, scope)), scope)
    if operation in _RELATIONS:
        relation, bound = _RELATIONS[operation], bounds[0]

        def test(issue: Document) -> bool:
            time = issue["fields"].get(name)
            return time is not None and relation(time, bound)

        return test
    return _membership(operation, set(bounds), lambda issue: issue["fields"].get(name))


def _date(clause: Clause, value: Operand, scope: Scope) -> datetime:
    if isinstance(value, FunctionCall) and value.name.lower() in jql_dates.FUNCTIONS:
        return _called(value, scope)
    if isinstance(value, FunctionCall):
        raise BadClause(
            f"A date for the field '{clause.field}' provided by the function '{value.name}' "
            "is not valid."
        )
    literal = _literal(clause, value)
    try:
        if literal.number:
            return timestamps.utc(int(literal.text))
        return jql_dates.from_text(literal.text, scope.now)
    except (jql_dates.BadDate, OverflowError):
        raise BadClause(
            f"Date value '{literal.text}' for field '{clause.field}' is invalid. {_DATES}"
        ) from None


def _called(call: FunctionCall, scope: Scope) -> datetime:
    name, expected = call.name.lower(), 0 if call.name.lower() == "now" else 1
    if len(call.arguments) > expected:
        raise BadClause(
            f"Function '{call.name}' expected '{expected}' arguments "
            f"but received '{len(call.arguments)}'."
        )
    try:
        return jql_dates.from_function(name, next(iter(call.arguments), None), scope.now)
    except jql_dates.BadDate:
        raise BadClause(
            f"Duration for function '{call.name}' should have the format (+/-)n(yMwdm), "
            "e.g -1M for 1 month earlier."
        ) from None


FIELDS: dict[str, JqlField] = {
    "project": JqlField(_EQUALITY, _by_project),
    **dict.fromkeys(("key", "issue", "issuekey", "id"), JqlField(_ORDERED, _by_key)),
    "summary": JqlField(_TEXT, partial(_by_text, "summary")),
    **dict.fromkeys(("created", "createddate"), JqlField(_ORDERED, partial(_by_time, "created"))),
    **dict.fromkeys(("updated", "updateddate"), JqlField(_ORDERED, partial(_by_time, "updated"))),
}


def test_of(clause: Clause, scope: Scope, *, negated: bool) -> Test:
    """Return what an issue must satisfy for a clause or, if `negated`, for its opposite.

    `NOT` turns an operator into its opposite, as Jira does: neither finds an issue without a value.
    Raises `BadClause`.
    """
    field = FIELDS.get(clause.field.lower())
    if field is None:
        raise BadClause(
            f"Field '{clause.field}' does not exist or you do not have permission to view it."
        )
    if clause.operator.startswith(("was", "changed")):
        raise BadClause(f"History searches do not support the '{clause.field}' field.")
    for value in _values(clause):
        if isinstance(value, FunctionCall) and value.name.lower() not in _FUNCTIONS:
            raise BadClause(f"Unable to find JQL function '{value.name}()'.")
    _check_usage(clause)
    if clause.operator not in field.operators:
        raise BadClause(
            f"The operator '{clause.operator}' is not supported by the '{clause.field}' field."
        )
    return field.test(clause, _OPPOSITES[clause.operator] if negated else clause.operator, scope)


_PAIRS = (("=", "!="), ("in", "not in"), ("is", "is not"), ("~", "!~"), ("<", ">="), (">", "<="))
_OPPOSITES = dict(_PAIRS) | {opposite: told for told, opposite in _PAIRS}


def _check_usage(clause: Clause) -> None:
    """Refuse an operand that its operator never takes, whatever the field."""
    told, operand = clause.operator, clause.operand
    if told in ("is", "is not"):
        if not isinstance(operand, Empty):
            raise BadClause(
                f"Operator '{told}' does not support searching for non-empty values "
                f"for field '{clause.field}'."
            )
    elif isinstance(operand, Empty):
        if told in ("in", "not in") or told in _RELATIONS:
            raise BadClause(
                f"Operator '{told}' does not support the empty value representation 'EMPTY' "
                f"for field '{clause.field}'."
            )
    elif isinstance(operand, Listing) is not (told in ("in", "not in")):
        kind = "list" if isinstance(operand, Listing) else "non-list"
        raise BadClause(
            f"Operator '{told}' does not support the {kind} value '{operand}' "
            f"for field '{clause.field}'."
        )


def _values(clause: Clause) -> Iterator[Operand]:
    """Yield the operands, those of nested lists too; `EMPTY` is none."""
    pending: list[Operand] = [clause.operand]
    while pending:
        operand = pending.pop()
        if isinstance(operand, Listing):
            pending.extend(reversed(operand.items))
        elif not isinstance(operand, Empty):
            yield operand


def _each(clause: Clause, read: Callable[[Operand], Read], scope: Scope) -> list[Read]:
    """Read every value. Raises one `BadClause` for all that cannot be read."""
    results: list[Read] = []
    problems: list[str] = []
    for value in scope.budget.each(_values(clause)):
        try:
            results.append(read(value))
        except BadClause as problem:
            problems += problem.args
    if problems:
        raise BadClause(*problems)
    return results


def _literal(clause: Clause, value: Operand) -> Value:
    if isinstance(value, FunctionCall):
        raise BadClause(
            f"A value provided by the function '{value.name}' is invalid "
            f"for the field '{clause.field}'."
        )
    assert isinstance(value, Value)  # noqa: S101 - lists and EMPTY were taken apart before
    return value


def _no_id(clause: Clause, literal: Value) -> BadClause:
    return BadClause(
        f"A value with ID '{literal.text}' does not exist for the field '{clause.field}'."
    )


def _membership(operation: str, wanted: set[str], value: Callable[[Document], Json]) -> Test:
    """Test for equality; without a wanted value the operand was EMPTY."""
    positive = operation in ("=", "in", "is")
    if not wanted:
        return lambda issue: (value(issue) is None) is positive
    if positive:
        return lambda issue: value(issue) in wanted
    return lambda issue: (found := value(issue)) is not None and found not in wanted


@dataclass(frozen=True, slots=True)
class SortKey:
    """How a field sorts: its value, and whether it falls when the query does not say."""

    value: Callable[[Document], Json]
    descending: bool = False


def sort_key(field: str, scope: Scope) -> SortKey:
    """Return how a field sorts. Raises `BadClause`."""
    keys = {project["id"]: project["key"] for project in scope.projects}
    match field.lower():
        case "project":
            return SortKey(lambda issue: keys.get(issue["project"], ""))
        case "key" | "issue" | "issuekey" | "id":
            return SortKey(lambda issue: (keys.get(issue["project"], ""), issue["number"]))
        case "summary":
            return SortKey(lambda issue: (issue["fields"].get("summary") or "").casefold())
        # A field's own order, which a query may leave open, is newest first for times.
        case "created" | "createddate":
            return SortKey(lambda issue: issue["fields"]["created"], descending=True)
        case "updated" | "updateddate":
            return SortKey(lambda issue: issue["fields"]["updated"], descending=True)
    raise BadClause(f"Not able to sort using field '{field}'.")
