"""Fields that name issues: by key, or by id where it is written as a number."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import partial

from mockkibana.jira.jql.clauses import (
    ORDERED,
    POSITIVE,
    RELATIONS,
    JqlField,
    Part,
    Scope,
    SortKey,
    has_empty,
)
from mockkibana.jira.jql.identities import Identities
from mockkibana.jira.jql.query import Clause, FunctionCall, Value
from mockkibana.store import Document

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[0-9]+", re.ASCII)


def _resolve(value: Value, scope: Scope) -> Collection[str]:
    if not value.number and not _KEY.fullmatch(value.text):
        return ()
    issue = scope.find(value.text)
    return () if issue is None else (issue["id"],)


def _unknown(clause: Clause, value: Value) -> str:
    if value.number:
        return f"A value with ID '{value.text}' does not exist for the field '{clause.field}'."
    if not _KEY.fullmatch(value.text):
        return f"The issue key '{value.text}' for field '{clause.field}' is invalid."
    return f"An issue with key '{value.text}' does not exist for field '{clause.field}'."


def _unknown_call(clause: Clause, call: FunctionCall) -> str:
    return (
        f"A value provided by the function '{call.name}' for the field '{clause.field}' "
        "is not a valid issue key."
    )


issues = partial(
    Identities, resolve=_resolve, kind="issue", unknown=_unknown, unknown_call=_unknown_call
)
"""Values that are issues."""


def _test(clause: Clause, operation: str, scope: Scope) -> Part:
    """Compare issues; `<` and its like compare numbers within a project."""
    wanted = _KEYS.named(clause.operand, clause, scope)
    if operation in RELATIONS:
        relation = RELATIONS[operation]
        bounds = [issue for id_ in wanted if (issue := scope.find(id_))]
        return Part(
            lambda issue: any(
                issue["project"] == bound["project"] and relation(issue["number"], bound["number"])
                for bound in bounds
            )
        )
    if operation in POSITIVE:
        return Part(lambda issue: issue["id"] in wanted, wanted)
    if has_empty(clause.operand) and not wanted:
        return Part(lambda _issue: True)
    return Part(lambda issue: issue["id"] not in wanted)


def _sort(scope: Scope) -> SortKey:
    keys = {project["id"]: project["key"] for project in scope.projects}
    return SortKey(lambda issue: (keys.get(issue["project"], ""), issue["number"]))


def _own(issue: Document) -> Collection[str]:
    return (issue["id"],)


_KEYS = issues(read=_own)
KEY = JqlField(
    names=("issuekey", "key", "issue", "id", "workitem", "workitemkey"),
    type="com.atlassian.jira.issue.Issue",
    operators=ORDERED,
    test=_test,
    sort=_sort,
)
"""The issue itself."""
