"""The workflow: To Do, In Progress and Done, each open from everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.jira.errors import JiraError, bad_request, refused
from mockkibana.jira.issues.issue_input import fields_and_update, unknown_field
from mockkibana.jira.issues.values import NOT_AN_OBJECT
from mockkibana.jira.projects import metadata
from mockkibana.jira.texts import Texts
from mockkibana.json import Json
from mockkibana.store import Document

_DONE = "done"
# What comes along without being on a screen.
_ALWAYS = frozenset({"comment", "worklog", "issuelinks"})


@dataclass(frozen=True, slots=True)
class Move:
    """A transition that is asked for: the `status` it leads to, and a resolution if one is named.

    `edit` is what comes along, as the body of an edit.
    """

    status: str
    resolution: str | None
    edit: Document


def read(body: Json, issue: Document, project: Document, texts: Texts) -> Move:
    """Read the body of a request for a transition. Raises `JiraError`."""
    given, update = fields_and_update(body)
    transition = body.get("transition")
    id_ = transition.get("id") if isinstance(transition, dict) else None
    if id_ is None or id_ == "":
        raise bad_request("Missing 'transition' identifier")
    found = metadata.find(metadata.shipped()["transitions"], id=id_)
    if found is None:
        raise bad_request(texts.bad_transition.format(id_, key=issue["key"]))
    screen = {*_resolution_field(found, ""), *screen_of(project, found)}
    unknown = [name for name in given if name not in screen]
    unknown += [name for name in update if name not in _ALWAYS and name not in screen]
    if unknown:
        raise JiraError(400, errors={name: unknown_field(name) for name in unknown})
    rest = {name: value for name, value in given.items() if name != "resolution"}
    return Move(
        status=found["to"],
        resolution=_resolution(given.get("resolution")),
        edit={"fields": rest, "update": update},
    )


def screen_of(project: Document, transition: Document) -> list[str]:
    """Return the ids of the fields that a project's screen of a transition has.

    A project's `screens` name the transition by its id or its name.
    """
    screens = project.get("screens", {})
    found: list[str] = screens.get(transition["id"]) or screens.get(transition["name"], [])
    return found


def _resolution(value: Json) -> str | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise refused("resolution", NOT_AN_OBJECT)
    rows = metadata.shipped()["resolutions"]
    id_, name = value.get("id"), value.get("name")
    if not id_ and not name:
        raise refused("resolution", "Could not find valid 'id' or 'name' in resolution object.")
    found = metadata.find(rows, id=id_, name=name)
    if found is None:
        told, wanted = ("name", name) if id_ is None else ("id", id_)
        raise refused("resolution", f"Resolution {told} '{wanted}' is not valid")
    resolution: str = found["id"]
    return resolution


def values(stored: Document, move: Move, time: str) -> Document:
    """Return what a move changes of the stored fields."""
    changed: Document = {"status": move.status}
    before, after = metadata.category(stored["status"]), metadata.category(move.status)
    if before != after:
        changed["statuscategorychangedate"] = time
    if after["key"] != _DONE:
        changed["resolution"] = changed["resolutiondate"] = None
    elif stored["resolution"] is None:
        changed["resolution"] = move.resolution or metadata.shipped()["default_resolution"]
        changed["resolutiondate"] = time
    elif move.resolution is not None:
        changed["resolution"] = move.resolution
    return changed


def show(
    url: str, project: Document, metas: Document | None = None, flavour: str = "hybrid"
) -> list[Document]:
    """Return the transitions of an issue; with `metas` of its fields also those of their screens.

    `metas` are by field id, as an issue's edit metadata have them.
    """
    shown = (
        {
            "id": row["id"],
            "name": row["name"],
            "to": metadata.show_status(row["to"], url),
            "hasScreen": bool(screen_of(project, row)),
            "isGlobal": True,
            "isInitial": False,
            "isConditional": False,
            "isAvailable": True,
            "looped": False,
            **({"fields": _fields(row, project, url, metas, flavour)} if metas is not None else {}),
        }
        for row in metadata.shipped()["transitions"]
    )
    return [metadata.as_shown("transition", row, flavour) for row in shown]


def _fields(
    transition: Document, project: Document, url: str, metas: Document, flavour: str
) -> Document:
    shown = {
        name: metadata.as_shown("field", meta, flavour)
        for name, meta in _resolution_field(transition, url).items()
    }
    for name in screen_of(project, transition):
        if name in metas:
            shown[name] = {"hasDefaultValue": False, **metas[name]}
    return shown


def _resolution_field(transition: Document, url: str) -> Document:
    if metadata.category(transition["to"])["key"] != _DONE:
        return {}
    allowed = [
        metadata.show_resolution(row["id"], url) for row in metadata.shipped()["resolutions"]
    ]
    return {
        "resolution": {
            "required": False,
            "schema": {"type": "resolution", "system": "resolution"},
            "name": "Resolution",
            "key": "resolution",
            "fieldId": "resolution",
            "hasDefaultValue": False,
            "operations": ["set"],
            "allowedValues": allowed,
        }
    }
