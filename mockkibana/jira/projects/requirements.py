"""A field that every project of a site requires for a while."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.jira.projects import fields
from mockkibana.jira.projects.projects import EMPTY, Projects
from mockkibana.store import Document, Store
from mockkibana.store.bends import bending

_TEXT_FIELD = "com.atlassian.jira.plugin.system.customfieldtypes:textfield"


def require(store: Store, projects: Projects, field: str, name: str | None) -> Callable[[], None]:
    """Require a field in every project, those to come included; returns what takes it back.

    `field` is the id or the name of one that there is, or the id of a custom field, which is then
    made as a text named `name`. It is required of every issue type and has no default.
    Raises `LookupError` for any other field, and for one that is required so already.
    """
    before: dict[str, Document | None] = {}
    with bending(store) as (transaction, bend):
        everywhere = projects.all()
        id_ = _id_of(field, everywhere)
        if any(other["fieldId"] == id_ for other in projects.new_fields):
            raise LookupError(f"every project requires the field [{field}] already")
        projects.new_fields += (_required(fields.of_project(EMPTY).get(id_), id_, name),)
        for project in everywhere:
            own = {other["fieldId"]: other for other in project["fields"]}
            before[project["id"]] = own.get(id_)
            own[id_] = _required(fields.of_project(project).get(id_), id_, name)
            projects.put(transaction, {**project, "fields": list(own.values())})

    def take_back() -> None:
        with store.transaction() as transaction:
            bend.forget(transaction)
            projects.new_fields = tuple(
                other for other in projects.new_fields if other["fieldId"] != id_
            )
            for project in projects.all():
                own = {other["fieldId"]: other for other in project["fields"]}
                if id_ not in own:
                    continue  # the state is another one by now
                earlier = before.get(project["id"])
                own.pop(id_)
                if earlier is not None:
                    own[id_] = earlier
                projects.put(transaction, {**project, "fields": list(own.values())})

    return take_back


def _id_of(field: str, projects: list[Document]) -> str:
    known: dict[str, str] = {}
    for project in (EMPTY, *projects):
        known |= {id_: other["name"] for id_, other in fields.of_project(project).items()}
    named = (id_ for id_, name in known.items() if name.lower() == field.lower())
    number = field.removeprefix("customfield_")
    if field in known or (number != field and number.isdecimal() and number.isascii()):
        return field
    if (id_ := next(named, None)) is not None:
        return id_
    raise LookupError(
        f"there is no field [{field}]; expected a new customfield_ with its number, or one of: "
        f"{', '.join(known)}"
    )


def _required(field: Document | None, id: str, name: str | None) -> Document:  # noqa: A002
    if field is None:
        number = int(id.removeprefix("customfield_"))
        field = {
            "schema": {"type": "string", "custom": _TEXT_FIELD, "customId": number},
            "name": id,
            "operations": ["set"],
            "fieldId": id,
        }
    required = {"required": True, **field} | {"required": True, "hasDefaultValue": False}
    if "required_level" in required:
        required["required_level"] = None  # at every level, not only where it was anyway
    if name is not None:
        required["name"] = name
    required.pop("defaultValue", None)
    return required
