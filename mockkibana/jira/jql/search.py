"""Search: the issues that a query finds, in its order."""

from __future__ import annotations

from mockkibana.budget import Budget
from mockkibana.jira.errors import JiraError
from mockkibana.jira.jql import jql
from mockkibana.jira.jql.jql_fields import BadClause, Scope, SortKey, Test, sort_key, test_of
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import ADMINISTRATOR, Viewer
from mockkibana.json import Json
from mockkibana.store import Document


class BadSearch(JiraError):
    """A query that is JQL, and asks for what there is not: every problem in it, in its order."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(400, messages=problems)

    def body(self) -> dict[str, Json]:
        """Return the answer; such a one has warnings where others have errors."""
        return {"errorMessages": self.error_messages, "warningMessages": []}


def find(
    site: Site, query: jql.Query, viewer: Viewer = ADMINISTRATOR, budget: Budget | None = None
) -> list[Document]:
    """Return the stored issues that the viewer sees and the query finds, in the query's order.

    Newest first where it names none; periods and functions of time count from the site's clock.

    Raises `BadSearch`, and `OverBudget` where it takes longer than the request may.
    """
    budget = budget or Budget()
    projects = site.projects(viewer)
    visible = {project["id"] for project in projects}

    def find_one(id_or_key: str) -> Document | None:
        issue = site.stored_issue(id_or_key)
        return issue if issue is not None and issue["project"] in visible else None

    scope = Scope(projects, find_one, site.clock.now(), budget)
    problems: list[str] = []
    test = _test(query.condition, scope, problems, negated=False)
    order = _order(query, scope, problems)
    if problems:
        raise BadSearch(list(dict.fromkeys(problems)))
    named = _named(query.condition, scope)
    candidates = site.issues(viewer) if named is None else named
    found = list(filter(test, budget.each(candidates)) if query.condition else candidates)
    found.sort(key=lambda issue: (issue["fields"]["created"], int(issue["id"])), reverse=True)
    for key, descending in reversed(order):
        found.sort(key=key.value, reverse=descending)
    return found


def _test(
    condition: jql.Condition | None, scope: Scope, problems: list[str], *, negated: bool
) -> Test:
    match condition:
        case jql.Not(part):
            return _test(part, scope, problems, negated=not negated)
        case jql.Every(parts) | jql.Some(parts):
            tests = [_test(part, scope, problems, negated=negated) for part in parts]
            every = isinstance(condition, jql.Every) is not negated
            return _all_of(tests) if every else _any_of(tests)
        case jql.Clause():
            try:
                return test_of(condition, scope, negated=negated)
            except BadClause as problem:
                problems += problem.args
    return lambda _issue: True


def _all_of(tests: list[Test]) -> Test:
    if len(tests) == 2:  # what Kibana asks: a project and a summary
        first, second = tests
        return lambda issue: first(issue) and second(issue)
    return lambda issue: all(test(issue) for test in tests)


def _any_of(tests: list[Test]) -> Test:
    return lambda issue: any(test(issue) for test in tests)


def _order(query: jql.Query, scope: Scope, problems: list[str]) -> list[tuple[SortKey, bool]]:
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


def _named(condition: jql.Condition | None, scope: Scope) -> list[Document] | None:
    """Return the issues that the query names by key, if it finds no others: no scan is needed."""
    parts = condition.parts if isinstance(condition, jql.Every) else (condition,)
    for part in parts:
        match part:
            case jql.Clause(field, "=", jql.Value(text)) if field.lower() in _KEYS:
                return [issue for issue in [scope.find(text)] if issue is not None]
            case jql.Clause(field, "in", jql.Listing(items)) if field.lower() in _KEYS:
                texts = [item.text for item in items if isinstance(item, jql.Value)]
                if len(texts) == len(items):
                    issues = [scope.find(text) for text in texts]
                    return list({issue["id"]: issue for issue in issues if issue}.values())
    return None


_KEYS = frozenset({"key", "issue", "issuekey", "id"})
