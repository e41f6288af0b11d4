"""The functions of JQL: a table of what each returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from mockkibana.data import data
from mockkibana.jira.jql import jql_dates
from mockkibana.jira.jql.clauses import BadClause, Scope
from mockkibana.jira.jql.jql_dates import BadDate
from mockkibana.jira.jql.query import FunctionCall
from mockkibana.jira.jql.values import issue_types
from mockkibana.jira.links.link_types import link_types
from mockkibana.jira.projects import timestamps
from mockkibana.jira.projects.permissions import all_permissions
from mockkibana.jira.records import records
from mockkibana.jira.records.records import HISTORIES, LINKS, REMOTE_LINKS
from mockkibana.store import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class JqlFunction:
    """A function that takes from `fewest` to `most` arguments.

    It returns ids of a `kind` (`user`, `project`, `version`, ...), or for `date` a time. A list is
    for `IN` alone. `call` raises `BadClause`.
    """

    name: str
    kind: str
    call: Callable[[FunctionCall, Scope], Any]
    fewest: int = 0
    most: int | None = 0
    is_list: bool = True
    counts: str = ""


def called(call: FunctionCall, scope: Scope) -> tuple[str, Any]:
    """Return the kind of a function's values, and the values. Raises `BadClause`."""
    function = _known(call)
    count = len(call.arguments)
    if count < function.fewest or (function.most is not None and count > function.most):
        raise BadClause(_miscounted(function, call))
    return function.kind, function.call(call, scope)


def is_list(call: FunctionCall) -> bool:
    """Tell whether a function returns a list. Raises `BadClause` if there is no such function."""
    return _known(call).is_list


def check(call: FunctionCall) -> None:
    """See to it that there is such a function. Raises `BadClause`."""
    _known(call)


def all_functions() -> list[JqlFunction]:
    """Return all functions."""
    return list(_FUNCTIONS.values())


def _known(call: FunctionCall) -> JqlFunction:
    name = call.name.lower()
    if (function := _FUNCTIONS.get(name)) is not None:
        return function
    missing = data("jql_missing")["functions"]
    if (lacking := {key.lower(): value for key, value in missing.items()}.get(name)) is not None:
        raise BadClause(
            f"The mock knows Jira's function '{call.name}' but cannot answer it: {lacking}."
        )
    raise BadClause(f"Unable to find JQL function '{call}'.")


def _miscounted(function: JqlFunction, call: FunctionCall) -> str:
    if function.most is None:
        return (
            f"Incorrect number of arguments for function '{call.name}'. "
            f"Usage: '{call.name} {function.counts}'."
        )
    fewest, most = function.fewest, function.most
    between = f"between '{fewest}' and '{most}'" if fewest < most else f"'{most}'"
    expected = function.counts or between
    return (
        f"Function '{call.name}' expected {expected} arguments "
        f"but received '{len(call.arguments)}'."
    )


def _current_user(_call: FunctionCall, scope: Scope) -> list[str]:
    return [scope.me]


def _issue_types(_call: FunctionCall, scope: Scope, *, subtask: bool) -> list[str]:
    return [row["id"] for row in issue_types(scope) if row["subtask"] is subtask]


def _projects(call: FunctionCall, scope: Scope) -> list[Document]:
    found, problems = [], []
    for argument in call.arguments:
        project = scope.project(argument)
        if project is None:
            problems.append(
                f"Could not resolve the project '{argument}' provided to function '{call.name}'."
            )
        else:
            found.append(project)
    if problems:
        raise BadClause(*problems)
    return found or scope.projects


def _versions(call: FunctionCall, scope: Scope, *, released: bool) -> list[str]:
    return [
        row["id"]
        for project in _projects(call, scope)
        for row in project["versions"]
        if row["released"] is released and not row["archived"]
    ]


def _version_at_an_end(call: FunctionCall, scope: Scope, *, released: bool) -> list[str]:
    """Return the latest released or the earliest unreleased version of each project."""
    ends = []
    for project in _projects(call, scope):
        rows = [
            row
            for row in project["versions"]
            if row["released"] is released and not row["archived"]
        ]
        ends += [row["id"] for row in (rows[-1:] if released else rows[:1])]
    return ends


def _person(call: FunctionCall, scope: Scope) -> str:
    if not call.arguments:
        return scope.me
    # Guess: Jira's sentence for somebody unknown; it only says that a function's value is bad.
    found = scope.user(call.arguments[0])
    if found is None:
        raise BadClause(f"Function '{call.name}' cannot find the user '{call.arguments[0]}'.")
    return found


def _projects_led(call: FunctionCall, scope: Scope) -> list[str]:
    lead = _person(call, scope)
    return [project["id"] for project in scope.projects if project["lead"] == lead]


def _components_led(call: FunctionCall, scope: Scope) -> list[str]:
    lead = _person(call, scope)
    return [
        row["id"]
        for project in scope.projects
        for row in project["components"]
        if row.get("lead") == lead
    ]


def _updated_by(call: FunctionCall, scope: Scope) -> list[str]:
    author = _person(call, scope)
    try:
        bounds = [
            timestamps.write(jql_dates.from_text(text, scope.now)) for text in call.arguments[1:]
        ]
    except BadDate as problem:
        raise BadClause(f"Date value '{problem}' for function '{call.name}' is invalid.") from None
    first, latest = (bounds + ["", "9999"][len(bounds) :])[:2]
    projects = {project["id"] for project in scope.projects}
    return [
        issue["id"]
        for issue in scope.store.table(HISTORIES.owners).rows().values()
        if issue["project"] in projects
        and any(who == author and first <= when <= latest for who, when in _changes(issue, scope))
    ]


def _changes(issue: Document, scope: Scope) -> Iterator[tuple[str, str]]:
    fields = issue["fields"]
    yield fields["creator"], fields["created"]
    if issue[HISTORIES.last] is not None:
        for row in HISTORIES.members(scope.store, issue):
            yield row["author"], row["created"]


def _linked_issues(call: FunctionCall, scope: Scope) -> list[str]:
    issue = scope.find(call.arguments[0])
    if issue is None:
        raise BadClause(
            f"Issue '{call.arguments[0]}' could not be found in function '{call.name}'."
        )
    told = {argument.casefold() for argument in call.arguments[1:]}
    known = {
        row[end].casefold() for row in link_types(scope.store) for end in ("inward", "outward")
    }
    if unknown := sorted(told - known):
        raise BadClause(
            f"Issue link type '{unknown[0]}' could not be found in function '{call.name}'."
        )
    kinds = {row["id"]: row for row in link_types(scope.store)}
    table, found = scope.store.table(LINKS), []
    for id_ in records.links(issue):
        if (link := table.row(id_)) is None:
            continue
        mine = link["inward"] == issue["id"]
        says = kinds[link["type"]]["outward" if mine else "inward"].casefold()
        if not told or says in told:
            found.append(link["outward" if mine else "inward"])
    return found


def _remotely_linked(call: FunctionCall, scope: Scope) -> list[str]:
    wanted = set(call.arguments)
    rows = scope.store.table(REMOTE_LINKS.table).rows().values()
    return [row["issue"] for row in rows if row.get("globalId") in wanted]


def _mine(call: FunctionCall, scope: Scope, read: Callable[[Document], list[str]]) -> list[str]:  # noqa: ARG001
    me = scope.me
    rows = scope.store.table(HISTORIES.owners).rows().values()
    return [issue["id"] for issue in rows if me in read(issue)]


def _members(call: FunctionCall, scope: Scope) -> list[str]:
    group = scope.people.groups.find(call.arguments[0])
    if group is None:
        raise BadClause(
            f"Function '{call.name}' can not generate a list of usernames for group "
            f"'{call.arguments[0]}'; the group does not exist."
        )
    return [user["accountId"] for user in scope.people.groups.members(group)]


def _projects_with_role(call: FunctionCall, scope: Scope) -> list[str]:
    name = call.arguments[0]
    roles = [role["name"] for role in scope.people.roles.all()]
    found = [role for role in roles if role.casefold() == name.casefold()]
    if not found:
        raise BadClause(f"Project role '{name}' does not exist.")
    return [row["id"] for row in scope.projects if scope.people.roles.has(row, found, scope.me)]


def _projects_with_permission(call: FunctionCall, scope: Scope) -> list[str]:
    name = call.arguments[0].casefold()
    for permission in all_permissions():
        if name in (permission["name"].casefold(), permission["key"].casefold()):
            has = scope.people.permissions.has
            return [row["id"] for row in scope.projects if has(permission, scope.viewer, row)]
    raise BadClause(f"Permission '{call.arguments[0]}' does not exist.")


def _date(call: FunctionCall, scope: Scope) -> datetime:
    try:
        argument = next(iter(call.arguments), None)
        return jql_dates.from_function(call.name.lower(), argument, scope.now)
    except BadDate:
        raise BadClause(
            f"Duration for function '{call.name}' should have the format (+/-)n(yMwdm), "
            "e.g -1M for 1 month earlier."
        ) from None


_VERSIONS = partial(JqlFunction, kind="version", most=100)
_LINKS = "( issuekey [, linkDescription ]* )"
_TABLE = (
    JqlFunction(name="currentUser", kind="user", call=_current_user, is_list=False),
    JqlFunction(
        name="standardIssueTypes", kind="issuetype", call=partial(_issue_types, subtask=False)
    ),
    JqlFunction(
        name="subtaskIssueTypes", kind="issuetype", call=partial(_issue_types, subtask=True)
    ),
    JqlFunction(
        name="standardWorkTypes", kind="issuetype", call=partial(_issue_types, subtask=False)
    ),
    JqlFunction(
        name="subtaskWorkTypes", kind="issuetype", call=partial(_issue_types, subtask=True)
    ),
    _VERSIONS(name="releasedVersions", call=partial(_versions, released=True)),
    _VERSIONS(name="unreleasedVersions", call=partial(_versions, released=False)),
    _VERSIONS(
        name="latestReleasedVersion",
        call=partial(_version_at_an_end, released=True),
        is_list=False,
    ),
    _VERSIONS(
        name="earliestUnreleasedVersion",
        call=partial(_version_at_an_end, released=False),
        is_list=False,
    ),
    JqlFunction(name="projectsLeadByUser", kind="project", call=_projects_led, most=1),
    JqlFunction(name="componentsLeadByUser", kind="component", call=_components_led, most=1),
    JqlFunction(name="updatedBy", kind="issue", call=_updated_by, fewest=1, most=3),
    JqlFunction(
        name="linkedIssues", kind="issue", call=_linked_issues, fewest=1, most=None, counts=_LINKS
    ),
    JqlFunction(
        name="linkedWorkItems",
        kind="issue",
        call=_linked_issues,
        fewest=1,
        most=None,
        counts=_LINKS,
    ),
    JqlFunction(
        name="issuesWithRemoteLinksByGlobalId",
        kind="issue",
        call=_remotely_linked,
        fewest=1,
        most=100,
    ),
    JqlFunction(name="watchedIssues", kind="issue", call=partial(_mine, read=records.watchers)),
    JqlFunction(name="votedIssues", kind="issue", call=partial(_mine, read=records.voters)),
    JqlFunction(name="membersOf", kind="user", call=_members, fewest=1, most=1),
    JqlFunction(
        name="projectsWhereUserHasRole",
        kind="project",
        call=_projects_with_role,
        fewest=1,
        most=1,
    ),
    JqlFunction(
        name="projectsWhereUserHasPermission",
        kind="project",
        call=_projects_with_permission,
        fewest=1,
        most=1,
    ),
    JqlFunction(name="now", kind="date", call=_date, is_list=False),
    *(
        JqlFunction(
            name=f"{end}Of{span}", kind="date", call=_date, most=1, is_list=False, counts="'1'"
        )
        for end in ("start", "end")
        for span in ("Day", "Week", "Month", "Year")
    ),
)
_FUNCTIONS = {function.name.lower(): function for function in _TABLE}
