"""Connector types that are not the product's own: those of other packages, and a check of each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from mockkibana.errors import MockKibanaError

if TYPE_CHECKING:
    from mockkibana.connectors.base import ConnectorType

ENTRY_POINTS = "mockkibana.connectors"


class BadConnectorType(MockKibanaError, TypeError):
    """A connector type cannot be used; the text names it and says what it lacks."""


@cache
def installed_types() -> tuple[type[ConnectorType], ...]:
    """Return the types that other packages register as entry points. Raises `BadConnectorType`."""
    from importlib.metadata import entry_points

    found = []
    for entry_point in entry_points(group=ENTRY_POINTS):
        package = f" of {entry_point.dist.name}" if entry_point.dist else ""
        name = f"`{entry_point.value}`{package}"
        try:
            loaded = entry_point.load()
        except Exception as error:
            reason = f"it cannot be imported: {type(error).__name__}: {error}"
            raise BadConnectorType(f"The connector type {name} is refused: {reason}") from error
        found.append(checked(loaded, name))
    return tuple(found)


def checked(value: Any, name: str | None = None) -> type[ConnectorType]:
    """Return a connector type that has all that it needs. Raises `BadConnectorType`."""
    if reason := _problem(value):
        name = name or f"`{getattr(value, '__qualname__', repr(value))}`"
        raise BadConnectorType(f"The connector type {name} is refused: {reason}")
    found: type[ConnectorType] = value
    return found


def _problem(value: Any) -> str | None:
    from mockkibana.connectors.base import ConnectorType
    from mockkibana.validation import Field, Schema

    if not isinstance(value, type) or not issubclass(value, ConnectorType):
        return "it is no subclass of mockkibana.connectors.base.ConnectorType"
    id_ = getattr(value, "id", None)
    if not isinstance(id_, str) or not id_:
        return f"its id is {id_!r}; expected a text such as '.pager'"
    for key in ("config", "secrets", "params"):
        schema = getattr(value, key, None)
        if not isinstance(schema, Field | Schema):
            shown = f"the class {schema.__name__}" if isinstance(schema, type) else repr(schema)
            return f"its {key} is {shown}; expected a Schema or a Field of mockkibana.validation"
    if value.execute is ConnectorType.execute:
        return "it has no execute"
    return None
