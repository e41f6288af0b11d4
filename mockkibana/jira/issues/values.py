"""Values: what a request may set a field to, and what the store keeps of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from mockkibana.jira.errors import refused
from mockkibana.jira.issues import adf
from mockkibana.jira.people.users import Users
from mockkibana.jira.projects import metadata, timestamps
from mockkibana.jira.projects.fields import is_custom, is_rich
from mockkibana.jira.projects.projects import PROJECT_LEAD, Projects
from mockkibana.jira.texts import ACCOUNT_ID_ONLY, SERVER
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json, dumps
from mockkibana.store import Document

MAX_SUMMARY = 255
MAX_LABEL = 255
MAX_TEXT = 32_767
NOT_A_STRING = "Operation value must be a string"
NOT_AN_OBJECT = "data was not an object"
NOT_AN_ARRAY = "data was not an array"
NO_NAME = "expected Object containing a 'name' property"
NOT_RICH = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."


_IDENTIFIERS = {
    "hybrid": ("accountId", "name", "id", "key"),
    "cloud": ("accountId", "id"),
    "server": ("name", "key"),
}


class BadValue(ValueError):
    """A field cannot have this value; the text is Jira's."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is going: the project, and what its values are looked up in.

    `allows` tells whether the viewer has the permission of a key in a project.
    """

    project: Document
    projects: Projects
    users: Users
    viewer: Viewer
    allows: Callable[[str, Document], bool] = lambda _key, _project: True


def read(field: Document, value: Json, place: Place) -> Json:
    """Return what the store keeps of a value for the field. Raises `BadValue`.

    That is the id of what has an id (users, priorities, components, ...), plain text for rich
    text, None for nothing.
    """
    schema = field["schema"]
    if schema["type"] == "array":
        return _array(field, value, place)
    return _reader(field, schema["type"])(field, value, place)


def change(field: Document, stored: Json, operations: Json, place: Place) -> Json:
    """Return what operations such as `[{"add":"x"},{"remove":"y"}]` make of a stored value.

    Raises `BadValue`.
    """
    if not isinstance(operations, list):
        raise BadValue(NOT_AN_ARRAY)
    is_array = field["schema"]["type"] == "array"
    kept = _each_once(stored or []) if is_array else {"": stored}
    for operation in operations:
        if not isinstance(operation, dict):
            raise BadValue(NOT_AN_OBJECT)
        for verb, value in operation.items():
            if verb == "set":
                value = read(field, value, place)
                kept = _each_once(value) if is_array else {"": value}
            elif is_array and verb == "add":
                kept.update(_each_once(_array(field, [value], place)))
            elif is_array and verb == "remove":
                for key in _each_once(_array(field, [value], place)):
                    kept.pop(key, None)
            else:
                # Guess: no public record of Jira's sentence was found.
                told = f"Operation '{verb}' is not supported for field '{field['fieldId']}'."
                raise BadValue(told)
    if not operations:
        return stored
    return list(kept.values()) if is_array else kept[""]


def _each_once(elements: Iterable[Json]) -> dict[Json, Json]:
    """Return elements by what tells them apart, in their order."""
    return {
        element if isinstance(element, str) else (dumps(element),): element for element in elements
    }


def rich_text(value: Json, version: str) -> str:
    """Return the text of a description, an environment or a comment. Raises `BadValue`."""
    if version == "3":
        try:
            text = adf.text(value)
        except adf.NotADocument:
            raise BadValue(NOT_RICH) from None
    elif isinstance(value, str):
        text = value
    else:
        raise BadValue(NOT_A_STRING)
    if len(text) > MAX_TEXT:
        raise BadValue(TOO_LONG)
    return text


def worklog_comment(value: Json, viewer: Viewer) -> str | None:
    """Return the text of what was said with work. Raises `JiraError` 400."""
    try:
        return rich_text(value, viewer.version) or None
    except BadValue as problem:
        raise refused("comment", str(problem)) from None


def _summary(_field: Document, value: Json, place: Place) -> str:
    if not isinstance(value, str):
        raise BadValue(NOT_A_STRING)
    if not value.strip():
        raise BadValue("You must specify a summary of the issue.")
    if "\n" in value or "\r" in value:
        raise BadValue("The summary is invalid because it contains newline characters.")
    if len(value) > MAX_SUMMARY:
        raise BadValue(place.viewer.texts.long_summary)
    return value


def _rich(_field: Document, value: Json, place: Place) -> str | None:
    return None if value is None else rich_text(value, place.viewer.version) or None


def _string(_field: Document, value: Json, _place: Place) -> str | None:
    if value is not None and not isinstance(value, str):
        raise BadValue(NOT_A_STRING)
    return value or None


def _number(_field: Document, value: Json, _place: Place) -> float | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise BadValue("Operation value must be a number")
    return value


def _date(field: Document, value: Json, place: Place) -> str | None:
    if not (text := _string(field, value, place)):
        return None
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadValue(f"Error parsing date string: {text}") from None


def _datetime(field: Document, value: Json, place: Place) -> str | None:
    if not (text := _string(field, value, place)):
        return None
    try:
        return timestamps.from_milliseconds(timestamps.to_milliseconds(text))
    except (ValueError, OverflowError):
        raise BadValue(f"Error parsing time: {text}") from None


def _priority(_field: Document, value: Json, place: Place) -> str | None:
    texts = place.viewer.texts
    if value is None:
        if texts.priority_null is None:
            return None
        raise BadValue(texts.priority_null)
    if not isinstance(value, dict):
        raise BadValue(texts.priority_no_object)
    id_, name = value.get("id"), value.get("name")
    if not isinstance(id_, str) and not isinstance(name, str):
        raise BadValue(texts.priority_without_name)
    found = metadata.find(metadata.shipped()["priorities"], id=id_, name=name)
    if found is None:
        raise BadValue(
            texts.bad_priority_name.format(name) if id_ is None else texts.bad_priority_id
        )
    priority: str = found["id"]
    return priority


def _user(field: Document, value: Json, place: Place) -> str | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BadValue(NOT_AN_OBJECT)
    keys = _IDENTIFIERS[place.viewer.flavour]
    given = {key: value[key] for key in keys if key in value}
    name = next(filter(None, given.values()), None)
    if name is None and not (None in given.values() or given.get("name") == ""):
        # Guess: that Cloud says of a field what it says of an assignee.
        raise BadValue(NO_NAME if "name" in keys else ACCOUNT_ID_ONLY)
    if name is None:
        return None
    if name in ("-1", -1):  # the project's default: its lead, or nobody
        is_lead = place.project.get("assigneeType") == PROJECT_LEAD
        return place.project["lead"] if is_lead and field["fieldId"] == "assignee" else None
    if not isinstance(name, str):
        raise BadValue(NOT_A_STRING)
    user = place.users.named(name, place.viewer.flavour)
    if user is None:
        raise BadValue(_no_user(field, name))
    if field["fieldId"] == "assignee" and not place.projects.visible(place.project, name):
        raise BadValue(f"User '{name}' cannot be assigned issues.")
    account_id: str = user["accountId"]
    return account_id


def _no_user(field: Document, name: str) -> str:
    if field["fieldId"] == "reporter":
        return "The reporter specified is not a user."
    if is_custom(field["fieldId"]):
        return f"User '{name}' was not found in the system."
    return f"User '{name}' does not exist."


def _option(field: Document, value: Json, _place: Place) -> Json:
    if value is None:
        return None
    if not isinstance(value, dict) or not (value.get("id") or value.get("value")):
        raise BadValue("Could not find valid 'id' or 'value' in the Parent Option object.")
    id_, text = value.get("id"), value.get("value")
    for option in field.get("allowedValues", []):
        if option.get("id") == str(id_) if id_ else option.get("value") == text:
            return option
    told, wanted = ("id", id_) if id_ else ("value", text)
    raise BadValue(f"Option {told} '{wanted}' is not valid")


def _as_it_is(_field: Document, value: Json, _place: Place) -> Json:
    return value


def _label(_field: Document, value: Json, _place: Place) -> str:
    assert isinstance(value, str)  # noqa: S101 - `_array` looks at strings itself
    if any(character.isspace() for character in value):
        raise BadValue(f"The label '{value}' contains spaces which is invalid.")
    if len(value) > MAX_LABEL:
        raise BadValue(
            f"The label '{value}' exceeds the maximum length for a single label of "
            f"{MAX_LABEL} characters."
        )
    return value


def _named(kind: str, key: str) -> Reader:
    """Return a reader of what the project lists under `key`: components or versions."""

    def reader(_field: Document, value: Json, place: Place) -> str:
        if not isinstance(value, dict):
            raise BadValue("expected Object")
        id_, name = value.get("id"), value.get("name")
        found = metadata.find(place.project[key], id=id_, name=name)
        if found is None:
            told, wanted = ("name", name) if id_ is None else ("id", id_)
            raise BadValue(f"{kind} {told} '{wanted}' is not valid")
        found_id: str = found["id"]
        return found_id

    return reader


Reader = Callable[[Document, Json, Place], Json]

_READERS: dict[str, Reader] = {
    "string": _string,
    "number": _number,
    "date": _date,
    "datetime": _datetime,
    "priority": _priority,
    "user": _user,
    "option": _option,
}
_ELEMENTS: dict[str, Reader] = {
    "string": _label,
    "component": _named("Component", "components"),
    "version": _named("Version", "versions"),
    "option": _option,
    "user": _user,
}


def _reader(field: Document, kind: str) -> Reader:
    if field["fieldId"] == "summary":
        return _summary
    return _rich if is_rich(field) else _READERS.get(kind, _as_it_is)


def _array(field: Document, value: Json, place: Place) -> list[Json]:
    """Return the elements, each once, in the order in which they were given."""
    if value is None:
        return []
    texts = place.viewer.texts if field["fieldId"] == "labels" else SERVER
    if not isinstance(value, list):
        raise BadValue(texts.labels_no_array)
    kind = field["schema"].get("items")
    read_element = _ELEMENTS.get(kind, _as_it_is)
    elements = []
    for index, element in enumerate(value):
        if kind == "string" and not isinstance(element, str):
            raise BadValue(texts.label_no_string.format(index))
        elements.append(read_element(field, element, place))
    return list(_each_once(elements).values())
