"""Connector types that are not the product's own: those of other packages, and a check of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from mockkibana.errors import MockKibanaError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from mockkibana.connectors.base import ConnectorType

ENTRY_POINTS = "mockkibana.connectors"


class BadConnectorType(MockKibanaError, TypeError):
    """A connector type cannot be used; the text names it and says what it lacks."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The types that other packages register, and why others that they register are left out."""

    types: tuple[type[ConnectorType], ...]
    refused: tuple[str, ...]


@cache
def installed_types() -> Installed:
    """Return the types that other packages register as entry points."""
    from importlib.metadata import entry_points

    types: list[type[ConnectorType]] = []
    refused = []
    for entry_point in entry_points(group=ENTRY_POINTS):
        try:
            types.append(_loaded(entry_point))
        except BadConnectorType as error:
            refused.append(str(error))
    return Installed(tuple(types), tuple(refused))


def _loaded(entry_point: EntryPoint) -> type[ConnectorType]:
    package = f" of {entry_point.dist.name}" if entry_point.dist else ""
    name = f"`{entry_point.value}`{package}"
    try:
        return checked(entry_point.load(), name)
    except BadConnectorType:
        raise
    except (Exception, SystemExit) as error:
        reason = f"it cannot be imported: {type(error).__name__}: {error}"
        raise BadConnectorType(f"The connector type {name} is refused: {reason}") from error


def checked(value: Any, name: str | None = None) -> type[ConnectorType]:
    """Return a connector type that has all that it needs. Raises `BadConnectorType`."""
    if reason := _problem(value):
        name = name or f"`{getattr(value, '__qualname__', repr(value))}`"
        raise BadConnectorType(f"The connector type {name} is refused: {reason}")
    found: type[ConnectorType] = value
    return found


def _problem(value: Any) -> str | None:
    from mockkibana.connectors.base import ConnectorType
    from mockkibana.settings import LICENSES
    from mockkibana.validation import Field, Schema

    if not isinstance(value, type) or not issubclass(value, ConnectorType):
        return "it is no subclass of mockkibana.connectors.base.ConnectorType"
    id_ = getattr(value, "id", None)
    if not isinstance(id_, str) or not id_:
        return f"its id is {id_!r}; expected a text such as '.pager'"
    for key in ("config", "secrets", "params"):
        schema = getattr(value, key, None)
        if not isinstance(schema, Field | Schema):
            expected = "a Schema or a Field of mockkibana.validation"
            return f"its {key} is {_shown(schema)}; expected {expected}"
    if value.minimum_license_required not in LICENSES:
        license_ = value.minimum_license_required
        expected = f"one of {', '.join(LICENSES)}"
        return f"its minimum_license_required is {license_!r}; expected {expected}"
    features = value.supported_feature_ids
    if not isinstance(features, tuple | list) or not all(
        isinstance(each, str) for each in features
    ):
        return f"its supported_feature_ids is {features!r}; expected texts such as ('alerting',)"
    if not isinstance(value.leniencies, Mapping):
        return f"its leniencies is {value.leniencies!r}; expected texts by code"
    if value.execute is ConnectorType.execute:
        return "it has no execute"
    return _problem_of_party(value.party)


def _problem_of_party(party: Any) -> str | None:
    from mockkibana.outbound.party import Party

    if party is None or party in ("elasticsearch", "jira"):
        return None
    if not isinstance(party, Party):
        expected = "a Party of mockkibana.outbound.party, 'elasticsearch', 'jira' or None"
        return f"its party is {_shown(party)}; expected {expected}"
    name = getattr(party, "name", None)
    if not isinstance(name, str) or not name:
        return f"the name of its party is {name!r}; expected a text such as 'pager'"
    return None


def _shown(value: object) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else repr(value)
