"""Custom fields, which clauses name by `cf[10011]` or by what people call them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from mockkibana.jira.jql import values
from mockkibana.jira.jql.clauses import BadClause, JqlField, Scope
from mockkibana.jira.jql.identities import Identities, identity
from mockkibana.jira.jql.numbers import number
from mockkibana.jira.jql.query import Clause, FunctionCall, Value
from mockkibana.jira.jql.texts import text
from mockkibana.jira.jql.times import time
from mockkibana.jira.projects import fields
from mockkibana.jira.records.issue_index import Reader
from mockkibana.json import Json
from mockkibana.store import Document


def custom_field(name: str, scope: Scope) -> JqlField | None:
    """Return the field of that name, or None. Raises `BadClause` for one of an unknown kind."""
    found = _described(name, scope)
    if found is None:
        return None
    schema = found["schema"]
    kind = schema.get("items") if schema["type"] == "array" else schema["type"]
    make = _KINDS.get(kind)
    if make is None:
        raise BadClause(
            f"The mock keeps the field '{name}' but cannot search it: it is of the type "
            f"'{schema.get('custom', schema['type'])}'."
        )
    return make(found, scope)


def _described(name: str, scope: Scope) -> Document | None:
    folded = name.casefold()
    for project in scope.projects:
        for id_, field in fields.of_project(project).items():
            if fields.is_custom(id_) and folded in (clause_name(id_), field["name"].casefold()):
                return field
    return None


def clause_name(field_id: str) -> str:
    """Return the name that every custom field has: `cf[10011]`."""
    return f"cf[{field_id.removeprefix('customfield_')}]"


def _names(field: Document) -> tuple[str, str]:
    return clause_name(field["fieldId"]), field["name"]


def _elements(id_: str, tell: Callable[[Any], str | None]) -> Reader:
    """Read what tells a field's values apart; it may hold one value, or several."""

    def read(issue: Document) -> Collection[str]:
        value = issue["fields"].get(id_)
        if value is None:
            return ()
        elements = value if isinstance(value, list) else [value]
        return [told for element in elements if (told := tell(element)) is not None]

    return read


def _string(field: Document, _scope: Scope) -> JqlField:
    id_ = field["fieldId"]
    if field["schema"]["type"] == "array":
        return identity(
            *_names(field),
            type="com.atlassian.jira.issue.label.Label",
            values=Identities(
                read=_elements(id_, str.casefold), resolve=values.text, rank=lambda _scope: str
            ),
        )
    return text(*_names(field), read=lambda issue: _if(str, issue["fields"].get(id_)))


def _if(kind: type, value: Json) -> Any:
    """Return a value of that kind; a project may hold whatever it was sent."""
    return value if isinstance(value, kind) else None


def _number(field: Document, _scope: Scope) -> JqlField:
    id_ = field["fieldId"]

    def read(issue: Document) -> float | None:
        value = issue["fields"].get(id_)
        return value if isinstance(value, int | float) else None

    return number(*_names(field), within=lambda _scope: read)


def _date(field: Document, _scope: Scope) -> JqlField:
    id_, day = field["fieldId"], field["schema"]["type"] == "date"
    return time(*_names(field), read=lambda issue: _if(str, issue["fields"].get(id_)), day=day)


def _user(field: Document, _scope: Scope) -> JqlField:
    return identity(
        *_names(field),
        type="com.atlassian.jira.user.ApplicationUser",
        values=Identities(
            read=_elements(field["fieldId"], lambda value: _if(str, value)),
            resolve=values.user,
            kind="user",
            rank=values.user_rank,
        ),
    )


def _option(field: Document, _scope: Scope) -> JqlField:
    options = [option for option in field.get("allowedValues", []) if isinstance(option, dict)]

    def resolve(value: Value, _scope: Scope) -> Collection[str]:
        folded = value.text.casefold()
        by_text = [
            _told(option) for option in options if str(option.get("value", "")).casefold() == folded
        ]
        by_id = [value.text] if value.text in map(_told, options) else []
        return [told for told in (by_text or by_id) if told is not None]

    places = {_told(option): place for place, option in enumerate(options)}
    return identity(
        *_names(field),
        type="com.atlassian.jira.issue.customfields.option.Option",
        values=Identities(
            read=_elements(field["fieldId"], _told),
            resolve=resolve,
            unknown=_no_option,
            unknown_call=_no_option_of_a_function,
            rank=lambda _scope: lambda id_: places.get(id_, len(places)),
        ),
    )


def _told(option: Json) -> str | None:
    id_ = option.get("id") if isinstance(option, dict) else None
    return None if id_ is None else str(id_)


def _no_option(clause: Clause, value: Value) -> str:
    return f"The option '{value.text}' for field '{clause.field}' does not exist."


def _no_option_of_a_function(clause: Clause, call: FunctionCall) -> str:
    return (
        f"An option provided by the function '{call.name}' for the field '{clause.field}' "
        "does not exist."
    )


_KINDS: dict[str | None, Callable[[Document, Scope], JqlField]] = {
    "string": _string,
    "number": _number,
    "date": _date,
    "datetime": _date,
    "user": _user,
    "option": _option,
}
