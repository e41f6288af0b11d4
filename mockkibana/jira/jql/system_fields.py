"""The fields that every issue has: a table of what clauses about them, and orders by them, mean."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from mockkibana.jira.jql import values
from mockkibana.jira.jql.clauses import ORDERED, JqlField, Scope
from mockkibana.jira.jql.identities import Identities, identity
from mockkibana.jira.jql.issue_keys import KEY, issues
from mockkibana.jira.jql.texts import several_texts, text
from mockkibana.jira.jql.times import time
from mockkibana.jira.projects import fields, metadata
from mockkibana.jira.records.issue_index import Reader
from mockkibana.jira.records.records import COMMENTS
from mockkibana.json import Json
from mockkibana.store import Document

_USER = "com.atlassian.jira.user.ApplicationUser"
_VERSION = "com.atlassian.jira.project.version.Version"


def _one(name: str) -> Reader:
    """Read a field that holds an id, or nothing."""

    def read(issue: Document) -> Collection[str]:
        value = issue["fields"].get(name)
        return () if value is None else (value,)

    return read


def _several(name: str) -> Reader:
    """Read a field that holds ids."""

    def read(issue: Document) -> Collection[str]:
        found: list[str] = issue["fields"].get(name) or []
        return found

    return read


def _value(name: str) -> Callable[[Document], Json]:
    return lambda issue: issue["fields"].get(name)


def _project(issue: Document) -> Collection[str]:
    return (issue["project"],)


def _category(issue: Document) -> Collection[str]:
    return (metadata.category(issue["fields"]["status"])["key"],)


def _labels(issue: Document) -> Collection[str]:
    return [label.casefold() for label in issue["fields"]["labels"]]


def _project_rank(scope: Scope) -> Callable[[str], str]:
    keys = {project["id"]: project["key"] for project in scope.projects}
    return lambda id_: keys.get(id_, "")


def _category_rank(_scope: Scope) -> Callable[[str], int]:
    places = {
        row["key"]: place for place, row in enumerate(metadata.shipped()["status_categories"])
    }
    return places.__getitem__


def _issue_rank(scope: Scope) -> Callable[[str], tuple[str, int]]:
    assert KEY.sort is not None  # noqa: S101 - keys sort
    place = KEY.sort(scope).value

    def rank(id_: str) -> tuple[str, int]:
        issue = scope.find(id_)
        found: tuple[str, int] = place(issue) if issue else ("", 0)
        return found

    return rank


def _itself(_scope: Scope) -> Callable[[str], str]:
    return lambda value: value


def _comments(scope: Scope) -> Callable[[Document], Iterable[str | None]]:
    def read(issue: Document) -> Iterable[str | None]:
        if issue[COMMENTS.last] is None:
            return ()
        return (
            row["body"]
            for row in COMMENTS.members(scope.store, issue)
            if scope.admits(row["visibility"], issue)
        )

    return read


def _all_texts(scope: Scope) -> Callable[[Document], Iterator[str | None]]:
    comments = _comments(scope)
    own = {
        field["fieldId"]
        for project in scope.projects
        for field in fields.of_project(project).values()
        if field["schema"]["type"] == "string" and fields.is_custom(field["fieldId"])
    }

    def read(issue: Document) -> Iterator[str | None]:
        stored = issue["fields"]
        yield from (stored.get(name) for name in ("summary", "description", "environment"))
        yield from (value for name in own if isinstance(value := stored.get(name), str))
        yield from comments(issue)

    return read


def _person(*names: str, field: str, changelog: str | None = None) -> JqlField:
    return identity(
        *names,
        type=_USER,
        values=Identities(
            read=_one(field), resolve=values.user, kind="user", rank=values.user_rank
        ),
        changelog=changelog,
    )


def _versions(*names: str, field: str, changelog: str | None = None) -> JqlField:
    return identity(
        *names,
        type=_VERSION,
        values=Identities(
            read=_several(field),
            resolve=values.named(values.versions),
            kind="version",
            rank=values.ranked(values.versions),
            family=values.project_of_version,
        ),
        operators=ORDERED,
        changelog=changelog,
    )


SYSTEM_FIELDS: tuple[JqlField, ...] = (
    KEY,
    identity(
        "project",
        "space",
        type="com.atlassian.jira.project.Project",
        values=Identities(
            read=_project, resolve=values.project, kind="project", rank=_project_rank
        ),
    ),
    identity(
        "status",
        type="com.atlassian.jira.issue.status.Status",
        values=Identities(
            read=_one("status"),
            resolve=values.named(values.statuses),
            rank=values.ranked(values.statuses),
        ),
        changelog="status",
    ),
    identity(
        "statusCategory",
        type="com.atlassian.jira.issue.status.category.StatusCategory",
        values=Identities(read=_category, resolve=values.status_category, rank=_category_rank),
    ),
    identity(
        "issuetype",
        "type",
        "worktype",
        type="com.atlassian.jira.issue.issuetype.IssueType",
        values=Identities(
            read=_one("issuetype"),
            resolve=values.named(values.issue_types),
            kind="issuetype",
            rank=values.alphabetical(values.issue_types),
        ),
    ),
    identity(
        "priority",
        type="com.atlassian.jira.issue.priority.Priority",
        values=Identities(
            read=_one("priority"),
            resolve=values.named(values.priorities),
            rank=values.ranked(values.priorities),
            falling=True,
        ),
        operators=ORDERED,
        changelog="priority",
    ),
    identity(
        "resolution",
        type="com.atlassian.jira.issue.resolution.Resolution",
        values=Identities(
            read=_one("resolution"),
            resolve=values.named(values.resolutions),
            nothing="unresolved",
            rank=values.ranked(values.resolutions),
            falling=True,
        ),
        operators=ORDERED,
        changelog="resolution",
    ),
    identity(
        "labels",
        type="com.atlassian.jira.issue.label.Label",
        values=Identities(read=_labels, resolve=values.text, rank=_itself),
    ),
    _person("assignee", field="assignee", changelog="assignee"),
    _person("reporter", field="reporter", changelog="reporter"),
    _person("creator", field="creator"),
    identity(
        "component",
        type="com.atlassian.jira.bc.project.component.ProjectComponent",
        values=Identities(
            read=_several("components"),
            resolve=values.named(values.components),
            kind="component",
            rank=values.alphabetical(values.components),
        ),
    ),
    _versions("fixVersion", field="fixVersions", changelog="fixVersions"),
    _versions("affectedVersion", field="versions"),
    identity(
        "parent",
        "Epic Link",
        type="com.atlassian.jira.issue.Issue",
        values=issues(read=_one("parent"), rank=_issue_rank),
    ),
    text("summary", read=_value("summary")),
    text("description", read=_value("description")),
    text("environment", read=_value("environment")),
    several_texts("comment", within=_comments, operators=frozenset({"~", "!~"})),
    several_texts("text", "textfields", within=_all_texts, operators=frozenset({"~"})),
    time("created", "createdDate", read=_value("created")),
    time("updated", "updatedDate", read=_value("updated")),
    time("due", "duedate", read=_value("duedate"), day=True),
    time("resolved", "resolutiondate", read=_value("resolutiondate")),
    time("statusCategoryChangedDate", read=_value("statuscategorychangedate")),
)
"""Every field of Jira's own; a field that is not here needs no more than a row."""
