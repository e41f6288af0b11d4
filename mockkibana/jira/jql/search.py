"""Search: the issues that a query finds, in its order."""

from __future__ import annotations

from collections.abc import Iterable

from mockkibana.budget import Budget
from mockkibana.jira.errors import JiraError
from mockkibana.jira.jql import jql
from mockkibana.jira.jql import query as tree
from mockkibana.jira.jql.clauses import BadClause, Part, Scope, SortKey
from mockkibana.jira.jql.fields import part_of, sort_key
from mockkibana.jira.records.records import ISSUES
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import ADMINISTRATOR, Viewer
from mockkibana.json import Json
from mockkibana.store import Document

_EVERYTHING = Part(lambda _issue: True)
# So many issues are quicker taken from a copy of the table, one by one takes a lock each.
_FEW = 500
# So deep filters may search by filters.
_NESTED = 20


class BadSearch(JiraError):
    """A query that is JQL, and asks for what there is not: every problem in it, in its order."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(400, messages=problems)

    def body(self) -> dict[str, Json]:
        """Return the answer; such a one has warnings where others have errors."""
        return {"errorMessages": self.error_messages, "warningMessages": []}


def find(
    site: Site, query: tree.Query, viewer: Viewer = ADMINISTRATOR, budget: Budget | None = None
) -> list[Document]:
    """Return the stored issues that the viewer sees and the query finds, in the query's order.

    Newest first where it names none; periods and functions of time count from the site's clock.

    Raises `BadSearch`, and `OverBudget` where it takes longer than the request may.
    """
    scope = _scope(site, viewer, budget or Budget())
    problems: list[str] = []
    part = _part(query.condition, scope, problems, negated=False)
    order = _order(query, scope, problems)
    if problems:
        raise BadSearch(list(dict.fromkeys(problems)))
    candidates = _candidates(scope, part)
    found = list(
        filter(part.test, scope.budget.each(candidates)) if query.condition else candidates
    )
    found.sort(key=lambda issue: (issue["fields"]["created"], int(issue["id"])), reverse=True)
    for key, descending in reversed(order):
        found.sort(key=key.value, reverse=descending)
    return found


def _scope(site: Site, viewer: Viewer, budget: Budget) -> Scope:
    projects = site.project_records(viewer)
    visible = {project["id"] for project in projects}

    def find_one(id_or_key: str) -> Document | None:
        issue = site.stored_issue(id_or_key)
        return issue if issue is not None and issue["project"] in visible else None

    nesting: list[str] = []

    def filtered(text: str) -> Part:
        if text in nesting or len(nesting) > _NESTED:
            raise BadClause("A filter cannot search for itself.")
        nesting.append(text)
        problems: list[str] = []
        try:
            query = jql.parse(text, viewer.texts)
            part = _part(query.condition, scope, problems, negated=False)
        except JiraError as problem:
            raise BadClause(*problem.error_messages) from None
        finally:
            nesting.pop()
        if problems:
            raise BadClause(*problems)
        return part

    scope = Scope(
        store=site.store,
        users=site.people.users,
        index=site.index,
        projects=projects,
        find=find_one,
        viewer=viewer,
        now=site.clock.now(),
        budget=budget,
        people=site.people,
        filtered=filtered,
    )
    return scope


def _candidates(scope: Scope, part: Part) -> Iterable[Document]:
    """Return the issues to look at: those that the index names, or all that the viewer sees."""
    table = scope.store.table(ISSUES)
    if part.ids is None or len(part.ids) > _FEW:
        rows = table.rows()
        ids = rows if part.ids is None else part.ids
        found = [row for id_ in ids if (row := rows.get(id_)) is not None]
    else:
        found = [row for id_ in part.ids if (row := table.row(id_)) is not None]
    if scope.viewer.user is None:
        return found
    visible = {project["id"] for project in scope.projects}
    return [issue for issue in found if issue["project"] in visible]


def _part(
    condition: tree.Condition | None, scope: Scope, problems: list[str], *, negated: bool
) -> Part:
    match condition:
        case tree.Not(part):
            return _part(part, scope, problems, negated=not negated)
        case tree.Every(parts) | tree.Some(parts):
            found = [_part(part, scope, problems, negated=negated) for part in parts]
            every = isinstance(condition, tree.Every) is not negated
            return _all_of(found) if every else _any_of(found)
        case tree.Clause():
            try:
                return part_of(condition, scope, negated=negated)
            except BadClause as problem:
                problems += problem.args
    return _EVERYTHING


def _all_of(parts: list[Part]) -> Part:
    """Join parts that must all fit: the one that the index knows best says where to look."""
    known = [part.ids for part in parts if part.ids is not None]
    ids = min(known, key=len, default=None)
    tests = [part.test for part in parts]
    if len(tests) == 2:  # what Kibana asks: a project and a summary
        first, second = tests
        return Part(lambda issue: first(issue) and second(issue), ids)
    return Part(lambda issue: all(test(issue) for test in tests), ids)


def _any_of(parts: list[Part]) -> Part:
    ids: set[str] | None = set()
    for part in parts:
        ids = None if ids is None or part.ids is None else ids.union(part.ids)
    tests = [part.test for part in parts]
    return Part(lambda issue: any(test(issue) for test in tests), ids)


def _order(query: tree.Query, scope: Scope, problems: list[str]) -> list[tuple[SortKey, bool]]:
    order: dict[str, tuple[SortKey, bool]] = {}  # a field that stands there again decides nothing
    for sort in query.order:
        try:
            key = sort_key(sort.field, scope)
        except BadClause as problem:
            problems += problem.args
        else:
            descending = key.descending if sort.descending is None else sort.descending
            order.setdefault(sort.field.lower(), (key, descending))
    return list(order.values())
