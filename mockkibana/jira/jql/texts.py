"""Fields whose words are searched: summaries, descriptions, comments, all of an issue's texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from mockkibana.jira.jql import text_search
from mockkibana.jira.jql.clauses import TEXT, BadClause, JqlField, Part, Scope, SortKey, last
from mockkibana.jira.jql.query import Clause, Empty, FunctionCall, Value
from mockkibana.store import Document

Read = Callable[[Document], str | None]
Several = Callable[[Document], Iterable[str | None]]


def text(*names: str, read: Read, operators: frozenset[str] = TEXT) -> JqlField:
    """Return a field that holds one text."""
    return JqlField(
        names=names,
        type="java.lang.String",
        operators=operators,
        test=partial(_test_one, read),
        sort=lambda _scope: SortKey(
            last(lambda issue: found.casefold() if (found := read(issue)) else None)
        ),
    )


def several_texts(
    *names: str, within: Callable[[Scope], Several], operators: frozenset[str]
) -> JqlField:
    """Return a field of texts, one of which must fit."""
    return JqlField(
        names=names,
        type="java.lang.String",
        operators=operators,
        test=partial(_test_several, within),
    )


def _test_one(read: Read, clause: Clause, operation: str, _scope: Scope) -> Part:
    """Search the words of a text; an issue without one fits neither `~` nor `!~`."""
    if isinstance(clause.operand, Empty):
        empty = operation in ("is", "~")
        return Part(lambda issue: (not read(issue)) is empty)
    fits, wanted = _search(clause).fits, operation == "~"
    if wanted:
        return Part(lambda issue: fits(read(issue)))
    return Part(lambda issue: bool(found := read(issue)) and not fits(found))


def _test_several(
    within: Callable[[Scope], Several], clause: Clause, operation: str, scope: Scope
) -> Part:
    read = within(scope)
    if isinstance(clause.operand, Empty):
        empty = operation in ("is", "~")
        return Part(lambda issue: (not any(read(issue))) is empty)
    fits, wanted = _search(clause).fits, operation == "~"
    if wanted:
        return Part(lambda issue: any(map(fits, read(issue))))
    return Part(lambda issue: any(texts := list(read(issue))) and not any(map(fits, texts)))


def _search(clause: Clause) -> text_search.TextSearch:
    operand = clause.operand
    if isinstance(operand, FunctionCall):
        raise BadClause(
            f"A value provided by the function '{operand.name}' is invalid "
            f"for the field '{clause.field}'."
        )
    assert isinstance(operand, Value)  # noqa: S101 - `~` takes no list
    searched = operand.text
    if not searched.strip():
        raise BadClause(
            f"The field '{clause.field}' does not support searching for an empty string."
        )
    if (first := searched.lstrip()[0]) in "?*":
        raise BadClause(
            f"The text query '{searched}' for field '{clause.field}' is not allowed to start with "
            f"'{first}'."
        )
    try:
        return text_search.read(searched)
    except text_search.BadRange:
        raise BadClause(
            f"The text query '{searched}' for field '{clause.field}' is not valid: "
            "probably your range query is incorrect."
        ) from None
    except text_search.Unreadable:
        raise BadClause(
            f"Unable to parse the text '{searched}' for field '{clause.field}'."
        ) from None
