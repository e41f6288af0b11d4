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


@dataclass(frozen=True, slots=True)
class Move:
    """A transition that is asked for: the `status` it leads to, and a resolution if one is named.

    `comments` are those that come along, as the body of an edit.
    """

    status: str
    resolution: str | None
    comments: Document


def read(body: Json, issue: Document, texts: Texts) -> Move:
    """Read the body of a request for a transition. Raises `JiraError`."""
    given, update = fields_and_update(body)
    transition = body.get("transition")
    id_ = transition.get("id") if isinstance(transition, dict) else None
    if id_ is None or id_ == "":
        raise bad_request("Missing 'transition' identifier")
    found = metadata.find(metadata.shipped()["transitions"], id=id_)
    if found is None:
        raise bad_request(texts.bad_transition.format(id_, key=issue["key"]))
    screen = _fields(found, "")
    unknown = [name for name in given if name not in screen]
    unknown += [name for name in update if name != "comment"]
    if unknown:
        raise JiraError(400, errors={name: unknown_field(name) for name in unknown})
    return Move(
        status=found["to"],
        resolution=_resolution(given.get("resolution")),
        comments={"update": update},
    )


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


def show(url: str, *, with_fields: bool = False) -> list[Document]:
    """Return the transitions of an issue; with their fields, if asked for."""
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "to": metadata.show_status(row["to"], url),
            "hasScreen": False,
            "isGlobal": True,
            "isInitial": False,
            "isConditional": False,
            "isAvailable": True,
            "looped": False,
            **({"fields": _fields(row, url)} if with_fields else {}),
        }
        for row in metadata.shipped()["transitions"]
    ]


def _fields(transition: Document, url: str) -> Document:
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
