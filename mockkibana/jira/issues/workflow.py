"""The workflow: To Do, In Progress and Done, each open from everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.jira.errors import bad_request, refused
from mockkibana.jira.issues.issue_input import fields_and_update
from mockkibana.jira.issues.values import NOT_AN_OBJECT
from mockkibana.jira.projects import metadata
from mockkibana.jira.texts import Texts
from mockkibana.json import Json
from mockkibana.store import Document

_DONE = "done"


@dataclass(frozen=True, slots=True)
class Move:
    """A transition that is asked for: the `status` it leads to, and a resolution if one is named.

    `rest` is what else the request changes, as the body of an edit.
    """

    status: str
    resolution: str | None
    rest: Document


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
    rest = {name: value for name, value in given.items() if name != "resolution"}
    return Move(
        status=found["to"],
        resolution=_resolution(given.get("resolution")),
        rest={"fields": rest, "update": update},
    )


def _resolution(value: Json) -> str | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise refused("resolution", NOT_AN_OBJECT)
    rows = metadata.shipped()["resolutions"]
    found = metadata.find(rows, id=value.get("id"), name=value.get("name"))
    if found is None:
        # Guess: after Jira's sentences on priorities and issue types.
        raise refused("resolution", "The resolution selected is invalid.")
    id_: str = found["id"]
    return id_


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
