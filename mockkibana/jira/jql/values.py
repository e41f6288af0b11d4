"""Values: the ids of what a clause names, be it by id or by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from mockkibana.jira.jql.clauses import Scope
from mockkibana.jira.jql.query import Value
from mockkibana.jira.projects import metadata, projects
from mockkibana.store import Document

Resolve = Callable[[Value, Scope], Collection[str]]
"""Returns the ids of all that a value names; none if there is no such thing."""
Rows = Callable[[Scope], list[Document]]


def named(rows: Rows) -> Resolve:
    """Look for rows by id or by name, in any case: first by what the value is written like."""

    def resolve(value: Value, scope: Scope) -> Collection[str]:
        folded, known = value.text.casefold(), rows(scope)
        by_id = [row["id"] for row in known if str(row["id"]) == value.text]
        by_name = [row["id"] for row in known if row["name"].casefold() == folded]
        first, second = (by_id, by_name) if value.number else (by_name, by_id)
        return first or second

    return resolve


def ranked(rows: Rows) -> Callable[[Scope], Callable[[str], int]]:
    """Sort ids as their rows stand."""

    def rank(scope: Scope) -> Callable[[str], int]:
        known = {row["id"]: place for place, row in enumerate(rows(scope))}
        return lambda id_: known.get(id_, len(known))

    return rank


def alphabetical(rows: Rows) -> Callable[[Scope], Callable[[str], str]]:
    """Sort ids by the names of their rows."""

    def rank(scope: Scope) -> Callable[[str], str]:
        names = {row["id"]: row["name"].casefold() for row in rows(scope)}
        return lambda id_: names.get(id_, "")

    return rank


def statuses(_scope: Scope) -> list[Document]:
    """Return all statuses."""
    found: list[Document] = metadata.shipped()["statuses"]
    return found


def priorities(_scope: Scope) -> list[Document]:
    """Return all priorities, highest first."""
    found: list[Document] = metadata.shipped()["priorities"]
    return found


def resolutions(_scope: Scope) -> list[Document]:
    """Return all resolutions."""
    found: list[Document] = metadata.shipped()["resolutions"]
    return found


def issue_types(scope: Scope) -> list[Document]:
    """Return the issue types of all projects."""
    return _each_once(row for project in scope.projects for row in projects.issue_types(project))


def components(scope: Scope) -> list[Document]:
    """Return the components of all projects."""
    return [row for project in scope.projects for row in project["components"]]


def versions(scope: Scope) -> list[Document]:
    """Return the versions of all projects, in their order."""
    return [row for project in scope.projects for row in project["versions"]]


def project_of_version(scope: Scope) -> Callable[[str], str | None]:
    """Tell which project a version belongs to."""
    return {
        row["id"]: project["id"] for project in scope.projects for row in project["versions"]
    }.get


def _each_once(rows: Iterable[Document]) -> list[Document]:
    found: dict[str, Document] = {}
    for row in rows:
        found.setdefault(row["id"], row)
    return list(found.values())


def status_category(value: Value, _scope: Scope) -> Collection[str]:
    """Look for a status category, by its id, its key or its name."""
    folded = value.text.casefold()
    return [
        row["key"]
        for row in metadata.shipped()["status_categories"]
        if folded in (str(row["id"]), row["key"].casefold(), row["name"].casefold())
    ]


def project(value: Value, scope: Scope) -> Collection[str]:
    """Look for a project: a key, a name (in any case), or an id."""
    if value.number:
        by_id = [row["id"] for row in scope.projects if row["id"] == value.text]
        if by_id:
            return by_id
    found = scope.project(value.text)
    return () if found is None else (found["id"],)


def user(value: Value, scope: Scope) -> Collection[str]:
    """Look for a user: a name, an e-mail address or an account id."""
    found = scope.user(value.text)
    return () if found is None else (found,)


def text(value: Value, _scope: Scope) -> Collection[str]:
    """Take any text, in any case: what there is need not be known."""
    return (value.text.casefold(),)


def user_rank(scope: Scope) -> Callable[[str], str]:
    """Sort users by the names that people see."""

    def rank(account_id: str) -> str:
        found = scope.users.get(account_id)
        return found["displayName"].casefold() if found else account_id

    return rank
