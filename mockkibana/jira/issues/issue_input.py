"""What a request wants to make of an issue, with every problem of it in one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as attribute

from mockkibana.jira.errors import NO_JSON, JiraError, bad_request, refused
from mockkibana.jira.issues.values import NOT_AN_OBJECT, BadValue, Place, change, read
from mockkibana.jira.people.users import Users
from mockkibana.jira.projects import fields, metadata
from mockkibana.jira.projects.projects import PROJECT_LEAD, Projects, issue_type, issue_types
from mockkibana.jira.texts import Texts
from mockkibana.jira.viewer import Viewer
from mockkibana.jira.work import time_tracking
from mockkibana.jira.work.time_tracking import BadDuration
from mockkibana.json import Json
from mockkibana.store import Document

WRONG_LEVEL = "Given parent issue does not belong to appropriate hierarchy"
NO_PARENT = "Issue type is a sub-task but parent issue key or id not specified."
NO_SUCH_PARENT = "Could not find issue by id or key."
BAD_TYPE = "The issue type selected is invalid."

# Fields that other requests fill: attachments and links are never part of an issue's own values.
_FILLED_ELSEWHERE = frozenset({"attachment", "issuelinks"})
_READ_APART = frozenset({"project", "issuetype", "parent"})
_ADDED = {"comment": "comments", "issuelinks": "links", "worklog": "worklogs"}
_TIME = "timetracking"
_SET_APART = _READ_APART | {"resolution"}


@dataclass(slots=True)
class IssueInput:
    """Values to store by field id, and what the request adds to the issue; `errors` by field id.

    `comments`, `links` and `worklogs` are bodies of requests that would add one each.
    """

    place: Place
    issue_type: Document
    screen: fields.Screen
    values: dict[str, Json] = attribute(default_factory=dict)
    comments: list[Json] = attribute(default_factory=list)
    links: list[Json] = attribute(default_factory=list)
    worklogs: list[Json] = attribute(default_factory=list)
    errors: dict[str, str] = attribute(default_factory=dict)

    def check(self) -> None:
        """Raise `JiraError` if anything was wrong."""
        if self.errors:
            raise JiraError(400, errors=self.errors)


Find = Callable[[str], Document | None]


def to_create(
    body: Json,
    projects: Projects,
    users: Users,
    find: Find,
    viewer: Viewer,
    allows: Callable[[str, Document], bool],
) -> IssueInput:
    """Read the body of a request that creates an issue. Raises `JiraError`.

    `find` takes the id or the key of an issue; `allows` that of a permission, and a project.
    """
    given, update = fields_and_update(body)
    texts = viewer.texts
    project = _project(given.get("project"), projects, texts)
    if not allows("CREATE_ISSUES", project):
        raise bad_request(texts.may_not_create)
    found, problem = _issue_type(project, given.get("issuetype"), texts)
    # Without a usable type, the other values are looked at as if it were the project's first.
    meant = found or issue_types(project)[0]
    place = Place(project, projects, users, viewer, allows)
    wanted = IssueInput(place, meant, fields.screen(project, meant))
    if problem:
        wanted.errors["issuetype"] = problem
    _read_values(wanted, given, update, {})
    _fill_in(wanted)
    _read_parent(wanted, given.get("parent"), find)
    if found is not None:
        _check_parent(wanted, find, wanted.values.get("parent"), None)
    wanted.check()
    return wanted


def to_edit(body: Json, issue: Document, place: Place, find: Find) -> IssueInput:
    """Read the body of a request that edits an issue. Raises `JiraError`."""
    given, update = fields_and_update(body)
    stored = issue["fields"]
    project = place.project
    before = meant = issue_type(project, stored["issuetype"])
    problem = None
    if "issuetype" in given:
        found, problem = _issue_type(project, given["issuetype"], place.viewer.texts)
        if found is None or found["subtask"] != before["subtask"]:
            problem = problem or BAD_TYPE
        else:
            meant = found
    wanted = IssueInput(place, meant, fields.screen(project, meant))
    if "project" in given and not _names(given["project"], project):
        wanted.errors["project"] = unknown_field("project")
    if problem is not None:
        wanted.errors["issuetype"] = problem
    elif "issuetype" in given:
        wanted.values["issuetype"] = meant["id"]
    _read_values(wanted, given, update, stored)
    _check_required(wanted)
    if "parent" in given:
        _read_parent(wanted, given["parent"], find)
    if "parent" in given or "issuetype" in given:
        _check_parent(wanted, find, wanted.values.get("parent", stored["parent"]), issue)
    wanted.check()
    return wanted


def fields_and_update(body: Json) -> tuple[Document, Document]:
    """Return the `fields` and the `update` of a body; either may be left out.

    Raises `JiraError`.
    """
    if not isinstance(body, dict):
        raise bad_request(NO_JSON)
    given, update = body.get("fields") or {}, body.get("update") or {}
    for name, part in (("fields", given), ("update", update)):
        if not isinstance(part, dict):
            raise refused(name, NOT_AN_OBJECT)
    if not update:
        return given, update
    both = [name for name in given if name in update]
    if both:
        raise JiraError(
            400,
            messages=[
                f"Field '{name}' cannot appear in both 'fields' and 'update'" for name in both
            ],
        )
    # These are read from one place, however they are sent.
    apart = {
        name: operations[0]["set"]
        for name, operations in update.items()
        if name in _SET_APART and _is_set(operations)
    }
    rest = {name: operations for name, operations in update.items() if name not in apart}
    return {**given, **apart}, rest


def _is_set(operations: Json) -> bool:
    return (
        isinstance(operations, list)
        and len(operations) == 1
        and isinstance(operations[0], dict)
        and operations[0].keys() == {"set"}
    )


def unknown_field(name: str) -> str:
    """Return what Jira says of a field that the issue's screen does not have."""
    return f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."


def _project(value: Json, projects: Projects, texts: Texts) -> Document:
    if value is None:
        raise refused("project", texts.no_project)
    if not isinstance(value, dict):
        raise refused("project", NOT_AN_OBJECT)
    name = value.get("id") or value.get("key")
    if name is None:
        raise refused("project", texts.no_project)
    project = projects.find(str(name))
    if project is None:
        raise refused("project", texts.bad_project)
    return project


def _names(value: Json, project: Document) -> bool:
    if not isinstance(value, dict):
        return False
    if value.get("id"):
        return bool(str(value["id"]) == project["id"])
    return bool(value.get("key") == project["key"])


def _issue_type(project: Document, value: Json, texts: Texts) -> tuple[Document | None, str | None]:
    """Return the type, or None and what is wrong."""
    if value is None:
        return None, texts.no_issue_type
    if not isinstance(value, dict):
        return None, NOT_AN_OBJECT
    id_, name = value.get("id"), value.get("name")
    if id_ is None and name is None:
        return None, texts.no_issue_type
    found = metadata.find(issue_types(project), id=id_, name=name)
    return found, None if found else texts.bad_issue_type


def _read_values(wanted: IssueInput, given: Document, update: Document, stored: Document) -> None:
    place, screen = wanted.place, wanted.screen.fields
    for name, value, is_change in _settings(given, update):
        if name in _ADDED and is_change:
            getattr(wanted, _ADDED[name]).extend(_added(wanted, name, value))
            continue
        if name == _TIME:
            _read_time(wanted, value, stored, is_change=is_change)
            continue
        field = screen.get(name) if _may_set(place, name) else None
        if field is None or name in _FILLED_ELSEWHERE or (is_change and name in _READ_APART):
            if field is None and _may_be_anything(place.project, name):
                wanted.values[name] = value
            else:
                wanted.errors[name] = unknown_field(name)
            continue
        if name in _READ_APART:
            continue
        try:
            if is_change:
                wanted.values[name] = change(field, stored.get(name), value, place)
            else:
                wanted.values[name] = read(field, value, place)
        except BadValue as problem:
            wanted.errors[name] = str(problem)


def _may_set(place: Place, name: str) -> bool:
    """Tell whether the viewer may set a field: a few need a permission of their own."""
    key = metadata.shipped()["field_permissions"].get(name)
    return key is None or place.allows(key, place.project)


def _settings(given: Document, update: Document) -> Iterator[tuple[str, Json, bool]]:
    for name, value in given.items():
        yield name, value, False
    for name, value in update.items():
        yield name, value, True


def _may_be_anything(project: Document, name: str) -> bool:
    """Tell whether the project takes a field that nobody has described.

    Never one that Jira itself fills, such as `status`, nor a described one of other issue types.
    """
    own = {other["id"] for other in metadata.shipped()["other_fields"]}
    return (
        project["allow_unknown_fields"]
        and name not in own
        and name not in fields.of_project(project)
    )


def _added(wanted: IssueInput, name: str, operations: Json) -> list[Json]:
    added = []
    for operation in operations if isinstance(operations, list) else [None]:
        if not isinstance(operation, dict) or "add" not in operation:
            # Guess: in the words that Jira has for other values of a wrong shape.
            told = f"Only the operation 'add' is supported for {_ADDED[name]}."
            wanted.errors[name] = told
            return []
        added.append(operation["add"])
    return added


def _read_time(wanted: IssueInput, value: Json, stored: Document, *, is_change: bool) -> None:
    given = [value]
    if is_change:
        operations = value if isinstance(value, list) else [None]
        given = [
            each
            for operation in operations
            for each in (operation.values() if isinstance(operation, dict) else [None])
        ]
    try:
        for each in given:
            wanted.values.update(time_tracking.read(each, stored))
    except BadDuration as problem:
        wanted.errors[_TIME] = str(problem)


def _fill_in(wanted: IssueInput) -> None:
    """Give a new issue its defaults, and note which required fields it lacks."""
    project = wanted.place.project
    for name, field in wanted.screen.fields.items():
        if field["hasDefaultValue"] and wanted.values.get(name) is None:
            wanted.values.pop(name, None)  # null means the default
        if name in wanted.values or name in wanted.errors or name in _READ_APART:
            continue
        if name == "assignee" and project.get("assigneeType") == PROJECT_LEAD:
            wanted.values[name] = project["lead"]
        elif "defaultValue" in field:
            try:
                wanted.values[name] = read(field, field["defaultValue"], wanted.place)
            except BadValue as problem:  # a project's own default may be as wrong as anything
                wanted.errors[name] = str(problem)
        elif name in wanted.screen.required and not field["hasDefaultValue"]:
            wanted.errors[name] = _is_required(field)
    _check_required(wanted)


def _check_required(wanted: IssueInput) -> None:
    for name, value in wanted.values.items():
        if name in wanted.screen.required and value in (None, [], ""):
            wanted.errors[name] = _is_required(wanted.screen.fields[name])


def _is_required(field: Document) -> str:
    if field["fieldId"] == "summary":
        return "You must specify a summary of the issue."
    return f"{field['name']} is required."


def _read_parent(wanted: IssueInput, value: Json, find: Find) -> None:
    if value is None:
        wanted.values["parent"] = None
        return
    if not isinstance(value, dict):
        wanted.errors["parent"] = NOT_AN_OBJECT
        return
    name = value.get("id") or value.get("key")
    parent = find(str(name)) if name is not None else None
    if parent is None:
        wanted.errors["parent"] = NO_SUCH_PARENT
    else:
        wanted.values["parent"] = parent["id"]


def _check_parent(
    wanted: IssueInput, find: Find, parent_id: str | None, issue: Document | None
) -> None:
    """Hold the issue to the hierarchy: a parent stands exactly one level above its children."""
    if "parent" in wanted.errors or "issuetype" in wanted.errors:
        return
    level = wanted.issue_type["hierarchyLevel"]
    if issue is not None and issue["last_child"] is not None:
        before = issue_type(wanted.place.project, issue["fields"]["issuetype"])
        if before["hierarchyLevel"] != level:
            wanted.errors["pid"] = WRONG_LEVEL
    if parent_id is None:
        if wanted.issue_type["subtask"]:
            wanted.errors["issuetype"] = NO_PARENT
        elif "parent" in wanted.screen.required:
            wanted.errors["parent"] = _is_required(wanted.screen.fields["parent"])
        return
    parent = find(parent_id)
    assert parent is not None  # noqa: S101 - an issue's parent exists as long as the issue
    if parent["project"] != wanted.place.project["id"] and wanted.issue_type["subtask"]:
        # Guess: after the rule that Jira's documentation states.
        wanted.errors["parent"] = "A sub-task must be in the same project as its parent."
        return
    project = wanted.place.projects.get(parent["project"])
    above = issue_type(project, parent["fields"]["issuetype"])
    if above["hierarchyLevel"] != level + 1:
        wanted.errors["pid"] = WRONG_LEVEL
