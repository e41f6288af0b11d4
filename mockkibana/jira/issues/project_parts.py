"""Components and versions: what issues of a project are about, and what they are fixed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from mockkibana.jira.errors import BAD_PAYLOAD, JiraError, bad_request, not_found
from mockkibana.jira.people.users import show
from mockkibana.jira.projects.counters import Counters
from mockkibana.jira.projects.people import People
from mockkibana.jira.projects.projects import show_component, show_version
from mockkibana.jira.records.records import ISSUES
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json
from mockkibana.store import Document, Store, Transaction

COMPONENT, VERSION = "component", "version"
_LISTS = {COMPONENT: "components", VERSION: "versions"}
# The fields of issues that name a part.
FIELDS = {COMPONENT: ("components",), VERSION: ("fixVersions", "versions")}
# What is stored of one, in this order.
_KEPT = (
    *("id", "name", "archived", "released", "description"),
    *("startDate", "releaseDate", "assigneeType", "lead"),
)
_ASSIGNEE_TYPES = ("PROJECT_DEFAULT", "COMPONENT_LEAD", "PROJECT_LEAD", "UNASSIGNED")
_DATES = ("startDate", "releaseDate")


class Part(NamedTuple):
    """A component or a version with the record of its project."""

    row: Document
    project: Document


class Parts:
    """The components and versions of all projects, which are part of the projects' records."""

    def __init__(self, store: Store, counters: Counters, people: People) -> None:
        self._store = store
        self._counters = counters
        self._people = people
        self._projects = people.projects

    def seen(self, kind: str, id: str, viewer: Viewer) -> Part:  # noqa: A002
        """Return a part of a project that the viewer sees. Raises `JiraError` 404."""
        for project in self._projects.all(viewer):
            for row in project[_LISTS[kind]]:
                if row["id"] == id:
                    return Part(row, project)
        if kind == VERSION:
            raise not_found(f"Could not find version for id '{id}'")
        raise not_found(f"The component with id {id} does not exist.")

    def create(self, kind: str, body: dict[str, Json], viewer: Viewer) -> Part:
        """Make a part as a body says. Raises `JiraError`."""
        named = body.get("projectId") or body.get("project")
        if not isinstance(named, str | int) or isinstance(named, bool):
            raise JiraError(400, errors={"project": "Project must be specified"})
        project = self._projects.seen(str(named), viewer)
        self._people.permissions.require("ADMINISTER_PROJECTS", viewer, project)
        first: Document = {"archived": False, "released": False} if kind == VERSION else {}
        with self._store.transaction() as transaction:
            row = self._read(kind, body, project, first)
            row = {"id": self._counters.take(transaction, kind), **row}
            return self._put(transaction, kind, project, [*project[_LISTS[kind]], row], row)

    def edit(self, kind: str, id: str, body: dict[str, Json], viewer: Viewer) -> Part:  # noqa: A002
        """Change a part as a body says. Raises `JiraError`."""
        before, project = self._administered(kind, id, viewer)
        with self._store.transaction() as transaction:
            row = self._read(kind, {"name": before["name"], **body}, project, before)
            rows = [row if each["id"] == id else each for each in project[_LISTS[kind]]]
            return self._put(transaction, kind, project, rows, row)

    def move(self, id: str, body: dict[str, Json], viewer: Viewer) -> Part:  # noqa: A002
        """Put a version elsewhere among those of its project. Raises `JiraError`."""
        row, project = self._administered(VERSION, id, viewer)
        others = [each for each in project["versions"] if each["id"] != id]
        now = project["versions"].index(row)
        after, position = body.get("after"), body.get("position")
        places = {"First": 0, "Last": len(others), "Earlier": max(now - 1, 0), "Later": now + 1}
        if isinstance(after, str):
            neighbour = self.seen(VERSION, after.rstrip("/").rpartition("/")[2], viewer).row
            if neighbour not in others:
                raise bad_request(f"Could not find version for id '{neighbour['id']}'")
            place = others.index(neighbour) + 1
        elif position in places:
            place = places[position]
        else:
            raise bad_request(BAD_PAYLOAD)
        with self._store.transaction() as transaction:
            rows = [*others[:place], row, *others[place:]]
            return self._put(transaction, VERSION, project, rows, row)

    def delete(
        self,
        kind: str,
        id: str,  # noqa: A002
        viewer: Viewer,
        instead: dict[str, str | None],
    ) -> None:
        """Remove a part; `instead` is what issues get for it, by the field. Raises `JiraError`."""
        _, project = self._administered(kind, id, viewer)
        for other in filter(None, instead.values()):
            if other == id or self.seen(kind, other, viewer).project["id"] != project["id"]:
                raise bad_request(f"The {kind} to move issues to must be another of its project.")
        with self._store.transaction() as transaction:
            for issue in self._having(project, FIELDS[kind], id):
                values = {
                    name: _without(issue["fields"][name], id, instead.get(name))
                    for name in FIELDS[kind]
                }
                fields = {**issue["fields"], **values}
                transaction.put(ISSUES, {issue["id"]: {**issue, "fields": fields}})
            rows = [each for each in project[_LISTS[kind]] if each["id"] != id]
            self._put(transaction, kind, project, rows, {})

    def count(
        self,
        part: Part,
        *names: str,
        among: Callable[[Document], bool] = lambda _issue: True,
    ) -> int:
        """Return how many issues name a part in one of those fields."""
        return sum(map(among, self._having(part.project, names, part.row["id"])))

    def _having(self, project: Document, names: Iterable[str], id: str) -> list[Document]:  # noqa: A002
        return [
            issue
            for issue in self._store.table(ISSUES).rows().values()
            if issue["project"] == project["id"]
            and any(id in issue["fields"][name] for name in names)
        ]

    def _administered(self, kind: str, id: str, viewer: Viewer) -> Part:  # noqa: A002
        part = self.seen(kind, id, viewer)
        self._people.permissions.require("ADMINISTER_PROJECTS", viewer, part.project)
        return part

    def _put(
        self,
        transaction: Transaction,
        kind: str,
        project: Document,
        rows: list[Document],
        row: Document,
    ) -> Part:
        project = {**project, _LISTS[kind]: rows}
        self._projects.put(transaction, project)
        return Part(row, project)

    def _read(
        self, kind: str, body: dict[str, Json], project: Document, before: Document
    ) -> Document:
        """Return the row that a body makes of one. Raises `JiraError`."""
        row: Document = dict(before)
        errors: dict[str, str] = {}
        name = body.get("name")
        if not isinstance(name, str) or not name.strip():
            told = "You must specify a valid version name"
            errors["name"] = told if kind == VERSION else "The component name must be specified."
        elif any(
            each["name"] == name and each["id"] != before.get("id")
            for each in project[_LISTS[kind]]
        ):
            errors["name"] = (
                "A version with this name already exists in this project."
                if kind == VERSION
                else f"A component with the name {name} already exists in this project."
            )
        row["name"] = name
        if body.get("description") is not None:
            row["description"] = _text(body, "description")
        if kind == VERSION:
            self._read_version(row, body, errors)
        else:
            self._read_component(row, body, errors)
        if errors:
            raise JiraError(400, errors=errors)
        return {key: row[key] for key in _KEPT if key in row}

    def _read_version(self, row: Document, body: dict[str, Json], errors: dict[str, str]) -> None:
        for name in ("archived", "released"):
            if body.get(name) is not None:
                if not isinstance(body[name], bool):
                    raise bad_request(BAD_PAYLOAD)
                row[name] = body[name]
        for name in _DATES:
            if body.get(name) is not None:
                try:
                    row[name] = date.fromisoformat(_text(body, name)).isoformat()
                except ValueError:
                    errors[name] = f"Error parsing date string: {body[name]}"
        if not errors and row.get("startDate", "") > row.get("releaseDate", "9999"):
            errors["startDate"] = "The start date cannot be after the release date."

    def _read_component(self, row: Document, body: dict[str, Json], errors: dict[str, str]) -> None:
        lead = body.get("leadAccountId", body.get("leadUserName"))
        if lead is not None:
            found = self._people.users.find(lead) if isinstance(lead, str) else None
            if found is None:
                errors["leadUserName"] = f"The user {lead} does not exist."
            else:
                row["lead"] = found["accountId"]
        kind = body.get("assigneeType", row.get("assigneeType", "PROJECT_DEFAULT"))
        if kind not in _ASSIGNEE_TYPES:
            raise bad_request(BAD_PAYLOAD)
        row["assigneeType"] = kind

    def show(self, kind: str, part: Part, viewer: Viewer) -> Document:
        """Return a part as a request for it alone shows it."""
        row, project = part
        if kind == VERSION:
            return {"description": "", **show_version(row, project, viewer.url)}
        assignee_type = row.get("assigneeType", "PROJECT_DEFAULT")
        is_valid = assignee_type != "COMPONENT_LEAD" or "lead" in row
        shown: dict[str, Any] = {
            **show_component(row, viewer.url),
            "assigneeType": assignee_type,
            "realAssigneeType": assignee_type if is_valid else "PROJECT_DEFAULT",
            "isAssigneeTypeValid": is_valid,
            "project": project["key"],
            "projectId": int(project["id"]) if project["id"].isdecimal() else project["id"],
        }
        if (lead := row.get("lead")) and (user := self._people.users.get(lead)):
            shown["lead"] = show(user, viewer.url, viewer.flavour)
            if viewer.flavour != "cloud":
                shown["leadUserName"] = user["name"]
        return shown


def _text(body: dict[str, Json], name: str) -> str:
    value = body[name]
    if not isinstance(value, str):
        raise bad_request(BAD_PAYLOAD)
    return value


def _without(ids: list[str], id: str, instead: str | None) -> list[str]:  # noqa: A002
    if id not in ids:
        return ids
    kept = [instead if each == id else each for each in ids]
    return list(dict.fromkeys(each for each in kept if each))
