"""Fields about what hangs on issues: watchers, votes, links, files, work; and about filters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from mockkibana.jira.jql import values
from mockkibana.jira.jql.clauses import (
    EMPTINESS,
    EQUALITY,
    ORDERED,
    POSITIVE,
    BadClause,
    JqlField,
    Part,
    Scope,
    each,
    has_empty,
)
from mockkibana.jira.jql.identities import Identities, identity
from mockkibana.jira.jql.issue_keys import issues
from mockkibana.jira.jql.numbers import count, number, whole
from mockkibana.jira.jql.query import Clause, FunctionCall, Value
from mockkibana.jira.jql.texts import several_texts
from mockkibana.jira.jql.times import several_times
from mockkibana.jira.links.link_types import link_types
from mockkibana.jira.projects import projects
from mockkibana.jira.records import records
from mockkibana.jira.records.issue_index import Reader
from mockkibana.jira.records.records import ATTACHMENTS, LINKS, WORKLOGS
from mockkibana.jira.work import time_tracking
from mockkibana.jira.work.durations import seconds
from mockkibana.store import Document

_USER = "com.atlassian.jira.user.ApplicationUser"
_COUNTED = ORDERED - EMPTINESS
_SPAN = "is not a valid time-span format. It should be something like '2d', '4h'"


def _people(name: str, read: Reader) -> JqlField:
    return identity(
        name,
        type=_USER,
        values=Identities(read=read, resolve=values.user, kind="user", rank=values.user_rank),
    )


def _counted(name: str, read: Reader) -> JqlField:
    return number(
        name,
        within=lambda _scope: lambda issue: len(read(issue)),
        convert=count,
        wanted="is not a positive integer",
        operators=_COUNTED,
    )


def _duration(*names: str, field: str) -> JqlField:
    return number(
        *names,
        within=lambda _scope: lambda issue: issue["fields"].get(field),
        convert=seconds,
        wanted=_SPAN,
    )


def _ratio(_scope: Scope) -> Callable[[Document], int | None]:
    def read(issue: Document) -> int | None:
        found = time_tracking.ratio(issue["fields"])
        return None if found < 0 else found

    return read


def _level(scope: Scope) -> Callable[[Document], int | None]:
    levels = {
        (project["id"], row["id"]): row["hierarchyLevel"]
        for project in scope.projects
        for row in projects.issue_types(project)
    }
    return lambda issue: levels.get((issue["project"], issue["fields"]["issuetype"]))


def _rows(scope: Scope, issue: Document) -> list[Document]:
    """Return the work on an issue that the searching user sees."""
    if issue.get(WORKLOGS.last) is None:
        return []
    members = WORKLOGS.members(scope.store, issue)
    return [row for row in members if scope.admits(row["visibility"], issue)]


def _work_authors(scope: Scope) -> Reader:
    return lambda issue: {row["author"] for row in _rows(scope, issue)}


def _work_comments(scope: Scope) -> Callable[[Document], Iterable[str | None]]:
    return lambda issue: (row["comment"] for row in _rows(scope, issue))


def _work_days(scope: Scope) -> Callable[[Document], Iterable[str]]:
    return lambda issue: (row["started"] for row in _rows(scope, issue))


def _links(scope: Scope, issue: Document) -> list[Document]:
    table = scope.store.table(LINKS)
    found = (table.row(id_) for id_ in records.links(issue))
    return [link for link in found if link is not None]


def _link_kinds(scope: Scope) -> Reader:
    """Read what the links of an issue say of it: `10000 outward` for one that blocks."""

    def read(issue: Document) -> Collection[str]:
        return {
            f"{link['type']} {'outward' if link['inward'] == issue['id'] else 'inward'}"
            for link in _links(scope, issue)
        }

    return read


def _link_kind(value: Value, scope: Scope) -> Collection[str]:
    """Look for a type of links: by name in both directions, else by what it says of an issue."""
    folded = value.text.casefold()
    return [
        f"{row['id']} {end}"
        for row in link_types(scope.store)
        for end in ("inward", "outward")
        if folded in (row["name"].casefold(), row["id"], row[end].casefold())
    ]


def _linked(scope: Scope) -> Reader:
    return lambda issue: {
        link["outward"] if link["inward"] == issue["id"] else link["inward"]
        for link in _links(scope, issue)
    }


def _category(scope: Scope) -> Reader:
    known = {
        project["id"]: category["id"]
        for project in scope.projects
        if (category := project.get("category")) is not None
    }
    return lambda issue: (known[issue["project"]],) if issue["project"] in known else ()


def _categories(scope: Scope) -> list[Document]:
    return list(scope.store.table("jira:categories").rows().values())


def _project_types(scope: Scope) -> Reader:
    known = {project["id"]: project["projectTypeKey"] for project in scope.projects}
    return lambda issue: (known[issue["project"]],)


def _project_type(value: Value, _scope: Scope) -> Collection[str]:
    folded = value.text.casefold()
    return [kind for kind in ("software", "business", "service_desk") if kind == folded]


def _has_files(_clause: Clause, operation: str, _scope: Scope) -> Part:
    empty = operation == "is"
    return Part(lambda issue: (issue.get(ATTACHMENTS.last) is None) is empty)


def _filtered(clause: Clause, operation: str, scope: Scope) -> Part:
    """Search by what filters search for, by id or name."""
    if has_empty(clause.operand):
        return Part(lambda _issue: operation not in POSITIVE)

    def read(value: Value | FunctionCall) -> Part:
        if isinstance(value, FunctionCall):
            raise BadClause(
                f"A value provided by the function '{value.name}' is invalid for the field "
                f"'{clause.field}'."
            )
        rows = scope.store.table("jira:filters").rows()
        row = rows.get(value.text) or next(
            (row for row in rows.values() if row["name"].casefold() == value.text.casefold()), None
        )
        if row is None:
            raise BadClause(
                f"The value '{value.text}' does not exist for the field '{clause.field}'."
            )
        return scope.filtered(row["jql"])

    parts = each(clause.operand, read, scope)
    if operation in POSITIVE:
        return Part(lambda issue: any(part.test(issue) for part in parts))
    return Part(lambda issue: not any(part.test(issue) for part in parts))


HANGING_FIELDS: tuple[JqlField, ...] = (
    _people("watcher", records.watchers),
    _counted("watchers", records.watchers),
    _people("voter", records.voters),
    _counted("votes", records.voters),
    _duration("timespent", field="timespent"),
    _duration("originalEstimate", "timeoriginalestimate", field="timeoriginalestimate"),
    _duration("remainingEstimate", "timeestimate", field="timeestimate"),
    number("workratio", within=_ratio, convert=whole, wanted="is not a valid integer"),
    number("hierarchyLevel", within=_level, convert=whole, wanted="is not a valid integer"),
    identity(
        "worklogAuthor",
        type=_USER,
        values=Identities(within=_work_authors, resolve=values.user, kind="user"),
    ),
    several_texts("worklogComment", within=_work_comments, operators=frozenset({"~", "!~"})),
    several_times("worklogDate", within=_work_days),
    identity(
        "issueLinkType",
        "workitemLinkType",
        type="com.atlassian.jira.issue.link.IssueLinkType",
        values=Identities(within=_link_kinds, resolve=_link_kind),
    ),
    identity(
        "issueLink",
        type="com.atlassian.jira.issue.Issue",
        values=issues(within=_linked),
    ),
    identity(
        "category",
        "projectCategory",
        type="com.atlassian.jira.project.ProjectCategory",
        values=Identities(
            within=_category,
            resolve=values.named(_categories),
            rank=values.alphabetical(_categories),
        ),
    ),
    identity(
        "projectType",
        "spaceType",
        type="com.atlassian.jira.project.type.ProjectTypeKey",
        values=Identities(within=_project_types, resolve=_project_type),
        operators=EQUALITY - EMPTINESS,
    ),
    JqlField(
        names=("attachments",),
        type="com.atlassian.jira.issue.attachment.Attachment",
        operators=EMPTINESS,
        test=_has_files,
    ),
    JqlField(
        names=("filter", "request", "savedFilter", "searchRequest"),
        type="com.atlassian.jira.issue.search.SearchRequest",
        operators=EQUALITY - EMPTINESS,
        test=_filtered,
    ),
)
"""Every field whose values are kept beside an issue's own."""
