"""Drafts: what a request wants to make of an issue, with every problem of it in one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as attribute

from mockkibana.jira.errors import JiraError, bad_request, refused
from mockkibana.jira.issues.values import NOT_AN_OBJECT, BadValue, Place, change, read
from mockkibana.jira.projects import fields, metadata, projects
from mockkibana.json import Json

Document = dict[str, Json]

WRONG_LEVEL = "Given parent issue does not belong to appropriate hierarchy"
NO_PARENT = "Issue type is a sub-task but parent issue key or id not specified."
NO_SUCH_PARENT = "Could not find issue by id or key."
BAD_TYPE = "The issue type selected is invalid."

# Fields that other requests fill: attachments and links are never part of an issue's own values.
_FILLED_ELSEWHERE = frozenset({"attachment", "issuelinks"})
_READ_APART = frozenset({"project", "issuetype", "parent"})


@dataclass(slots=True)
class Draft:
    """Values to store by field id, and the comments that the request adds."""

    place: Place
    issue_type: Document
    values: dict[str, Json] = attribute(default_factory=dict)
    comments: list[Json] = attribute(default_factory=list)
    errors: dict[str, str] = attribute(default_factory=dict)

    def check(self) -> None:
        """Raise `JiraError` if anything was wrong."""
        if self.errors:
            raise JiraError(400, errors=self.errors)


Find = Callable[[str], Document | None]


def to_create(
    body: Json,
    user: str | None,
    place_in: Callable[[Document], Place],
    find: Find,
    find_project: Find,
) -> Draft:
    """Read the body of a request that creates an issue. Raises `JiraError`.

    `find` and `find_project` take an id or a key; `place_in` makes the place of a project.
    """
    given, update = parts(body)
    project = _project(given.get("project"), find_project)
    place = place_in(project)
    if not place.projects.visible(project, user):
        raise bad_request("You do not have permission to create issues in this project.")
    issue_type, problem = _issue_type(project, given.get("issuetype"))
    # Without a usable type, the other values are looked at as if it were the project's first.
    draft = Draft(place, issue_type or projects.issue_types(project)[0])
    if problem:
        draft.errors["issuetype"] = problem
    _read_values(draft, given, update, {})
    _fill_in(draft)
    _read_parent(draft, given.get("parent"), find)
    if issue_type is not None:
        _check_parent(draft, find, draft.values.get("parent"), None)
    draft.check()
    return draft


def to_edit(body: Json, issue: Document, place: Place, find: Find) -> Draft:
    """Read the body of a request that edits an issue. Raises `JiraError`."""
    given, update = parts(body)
    stored = issue["fields"]
    current = projects.issue_type(place.project, stored["issuetype"])
    draft = Draft(place, current)
    if "project" in given and not _names(given["project"], place.project):
        draft.errors["project"] = unknown_field("project")
    if "issuetype" in given:
        wanted, problem = _issue_type(place.project, given["issuetype"])
        if wanted is None or wanted["subtask"] != current["subtask"]:
            draft.errors["issuetype"] = problem or BAD_TYPE
        else:
            draft.issue_type = wanted
            draft.values["issuetype"] = wanted["id"]
    _read_values(draft, given, update, stored)
    _check_required(draft)
    if "parent" in given:
        _read_parent(draft, given["parent"], find)
    if "parent" in given or "issuetype" in given:
        _check_parent(draft, find, draft.values.get("parent", stored["parent"]), issue)
    draft.check()
    return draft


def parts(body: Json) -> tuple[Document, Document]:
    """Return the `fields` and the `update` of a body; either may be left out.

    Raises `JiraError`.
    """
    if not isinstance(body, dict):
        raise bad_request("There was an error parsing JSON. Check that your request body is valid.")
    given, update = body.get("fields") or {}, body.get("update") or {}
    for name, part in (("fields", given), ("update", update)):
        if not isinstance(part, dict):
            raise refused(name, NOT_AN_OBJECT)
    both = [name for name in given if name in update]
    if both:
        raise JiraError(
            400,
            messages=[
                f"Field '{name}' cannot appear in both 'fields' and 'update'" for name in both
            ],
        )
    # These three are read from one place, however they are sent.
    apart = {
        name: operations[0]["set"]
        for name, operations in update.items()
        if name in _READ_APART and _is_set(operations)
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


def _project(value: Json, find: Find) -> Document:
    if value is None:
        raise refused("project", "project is required")
    if not isinstance(value, dict):
        raise refused("project", NOT_AN_OBJECT)
    name = value.get("id") or value.get("key")
    if name is None:
        raise refused("project", "project is required")
    project = find(str(name))
    if project is None:
        raise refused("project", "valid project is required")
    return project


def _names(value: Json, project: Document) -> bool:
    if not isinstance(value, dict):
        return False
    if value.get("id"):
        return bool(str(value["id"]) == project["id"])
    return bool(str(value.get("key")).upper() == project["key"])


def _issue_type(project: Document, value: Json) -> tuple[Document | None, str | None]:
    """Return the type, or None and what is wrong."""
    if value is None:
        return None, "issue type is required"
    if not isinstance(value, dict):
        return None, NOT_AN_OBJECT
    id_, name = value.get("id"), value.get("name")
    if id_ is None and name is None:
        return None, "issue type is required"
    found = metadata.find(projects.issue_types(project), id=id_, name=name)
    return found, None if found else BAD_TYPE


def _read_values(draft: Draft, given: Document, update: Document, stored: Document) -> None:
    place = draft.place
    screen = fields.on_screen(place.project, draft.issue_type)
    for name, value, is_change in _settings(given, update):
        if name == "comment" and is_change:
            draft.comments.extend(_comments(draft, value))
            continue
        field = screen.get(name)
        if field is None or name in _FILLED_ELSEWHERE or (is_change and name in _READ_APART):
            if field is None and _may_be_anything(place.project, name):
                draft.values[name] = value
            else:
                draft.errors[name] = unknown_field(name)
            continue
        if name in _READ_APART:
            continue
        try:
            if is_change:
                draft.values[name] = change(field, stored.get(name), value, place)
            else:
                draft.values[name] = read(field, value, place)
        except BadValue as problem:
            draft.errors[name] = str(problem)


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


def _comments(draft: Draft, operations: Json) -> list[Json]:
    added = []
    for operation in operations if isinstance(operations, list) else [None]:
        if not isinstance(operation, dict) or "add" not in operation:
            # A guess, in the words that Jira has for other values of a wrong shape.
            draft.errors["comment"] = "Only the operation 'add' is supported for comments."
            return []
        added.append(operation["add"])
    return added


def _fill_in(draft: Draft) -> None:
    """Give new issues their defaults, and miss what is missing."""
    for name, field in fields.on_screen(draft.place.project, draft.issue_type).items():
        if field["hasDefaultValue"] and draft.values.get(name) is None:
            draft.values.pop(name, None)  # null means the default
        if name in draft.values or name in draft.errors or name in _READ_APART:
            continue
        if "defaultValue" in field:
            try:
                draft.values[name] = read(field, field["defaultValue"], draft.place)
            except BadValue as problem:  # a project's own default may be as wrong as anything
                draft.errors[name] = str(problem)
        elif fields.is_required(field, draft.issue_type) and not field["hasDefaultValue"]:
            draft.errors[name] = _is_required(field)
    _check_required(draft)


def _check_required(draft: Draft) -> None:
    screen = fields.on_screen(draft.place.project, draft.issue_type)
    for name, value in draft.values.items():
        field = screen.get(name)
        if field is None or value not in (None, [], ""):
            continue
        if fields.is_required(field, draft.issue_type):
            draft.errors[name] = _is_required(field)


def _is_required(field: Document) -> str:
    if field["fieldId"] == "summary":
        return "You must specify a summary of the issue."
    return f"{field['name']} is required."


def _read_parent(draft: Draft, value: Json, find: Find) -> None:
    if value is None:
        draft.values["parent"] = None
        return
    if not isinstance(value, dict):
        draft.errors["parent"] = NOT_AN_OBJECT
        return
    name = value.get("id") or value.get("key")
    parent = find(str(name)) if name is not None else None
    if parent is None:
        draft.errors["parent"] = NO_SUCH_PARENT
    else:
        draft.values["parent"] = parent["id"]


def _check_parent(draft: Draft, find: Find, parent_id: str | None, issue: Document | None) -> None:
    """Hold the issue to the hierarchy: a parent stands exactly one level above its children."""
    if "parent" in draft.errors or "issuetype" in draft.errors:
        return
    level = draft.issue_type["hierarchyLevel"]
    if issue is not None and issue["last_child"] is not None:
        before = projects.issue_type(draft.place.project, issue["fields"]["issuetype"])
        if before["hierarchyLevel"] != level:
            draft.errors["pid"] = WRONG_LEVEL
    if parent_id is None:
        field = fields.on_screen(draft.place.project, draft.issue_type)["parent"]
        if draft.issue_type["subtask"]:
            draft.errors["issuetype"] = NO_PARENT
        elif fields.is_required(field, draft.issue_type):
            draft.errors["parent"] = _is_required(field)
        return
    parent = find(parent_id)
    assert parent is not None  # noqa: S101 - an issue's parent exists as long as the issue
    if parent["project"] != draft.place.project["id"] and draft.issue_type["subtask"]:
        # A guess, after the rule that Jira's documentation states.
        draft.errors["parent"] = "A sub-task must be in the same project as its parent."
        return
    project = draft.place.projects.get(parent["project"])
    above = projects.issue_type(project, parent["fields"]["issuetype"])
    if above["hierarchyLevel"] != level + 1:
        draft.errors["pid"] = WRONG_LEVEL
