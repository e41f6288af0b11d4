"""The connector types of this installation: Kibana's own, then those of other packages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules

from mockkibana import connectors
from mockkibana.connectors.base import ConnectorType
from mockkibana.json import Json
from mockkibana.settings import Settings
from mockkibana.settings.license import License

ENTRY_POINTS = "mockkibana.connectors"


class ConnectorTypes:
    """Connector types by id, in the order in which Kibana registers them.

    `more` are types beside the installed ones. Of several with one id, one of `more` wins, then
    Kibana's own.
    """

    def __init__(self, more: Iterable[type[ConnectorType]] = ()) -> None:
        self._own = {connector_type.id: connector_type() for connector_type in (*_own(), *more)}

    @cached_property
    def _types(self) -> dict[str, ConnectorType]:
        # Looking for other packages takes a while, and few runs need any.
        found = {
            connector_type.id: connector_type() for connector_type in _of_other_packages()
        } | self._own
        order = {type_id: rank for rank, type_id in enumerate(_shipped())}
        return dict(sorted(found.items(), key=lambda item: order.get(item[0], len(order))))

    def get(self, connector_type_id: str) -> ConnectorType | None:
        """Return the type, or None when it is not registered."""
        return self._own.get(connector_type_id) or self._types.get(connector_type_id)

    def ids(self) -> list[str]:
        """Return the ids of all registered types."""
        return list(self._types)

    def name(self, connector_type: ConnectorType) -> str:
        """Return the name under which Kibana shows the type."""
        return str(_facts(connector_type)["name"])

    def minimum_license(self, connector_type: ConnectorType) -> str:
        """Return the least licence that includes the type."""
        return str(_facts(connector_type)["minimum_license_required"])

    def sub_feature(self, connector_type: ConnectorType) -> str | None:
        """Return the sub-feature whose privilege running the type needs, or None."""
        found: str | None = _facts(connector_type).get("sub_feature")
        return found

    def describe(
        self,
        settings: Settings,
        license_: License,
        feature_id: str | None = None,
        *,
        with_system: bool = False,
    ) -> list[Json]:
        """Return what `GET /api/actions/connector_types` answers.

        System action types are left out there; Kibana's own pages ask for them, too.
        """
        rows = [(_facts(connector_type), False) for connector_type in self._types.values()]
        if with_system:
            rows += [(facts, True) for facts in system_types().values()]
        return [
            _description(facts, settings, license_, is_system=is_system)
            for facts, is_system in rows
            if feature_id is None or feature_id in facts["supported_feature_ids"]
        ]


def enabled_in_config(connector_type_id: str, settings: Settings) -> bool:
    """Tell whether `xpack.actions.enabledActionTypes` lists the type (`*` lists all)."""
    enabled = settings.enabled_action_types
    return "*" in enabled or connector_type_id in enabled


@cache
def system_types() -> dict[str, Json]:
    """Return the system action types by id, in the order in which Kibana registers them.

    They have no executor here: no API of Kibana runs a system action.
    """
    return _rows("system_types.json")


def _description(facts: Json, settings: Settings, license_: License, *, is_system: bool) -> Json:
    in_config = enabled_in_config(facts["id"], settings)
    in_license = license_.check(facts["minimum_license_required"]) == "valid"
    description = {
        "id": facts["id"],
        "name": facts["name"],
        "enabled": in_config and in_license,
        "enabled_in_config": in_config,
        "enabled_in_license": in_license,
        "minimum_license_required": facts["minimum_license_required"],
        "supported_feature_ids": list(facts["supported_feature_ids"]),
        "is_system_action_type": is_system,
    }
    if "sub_feature" in facts:
        description["sub_feature"] = facts["sub_feature"]
    return description


def _facts(connector_type: ConnectorType) -> Json:
    return _shipped().get(connector_type.id) or {
        "id": connector_type.id,
        "name": connector_type.name or connector_type.id,
        "minimum_license_required": connector_type.minimum_license_required,
        "supported_feature_ids": connector_type.supported_feature_ids,
        **(
            {}
            if connector_type.sub_feature is None
            else {"sub_feature": connector_type.sub_feature}
        ),
    }


@cache
def _shipped() -> dict[str, Json]:
    return _rows("connector_types.json")


def _rows(name: str) -> dict[str, Json]:
    text = files("mockkibana.fixtures").joinpath(name).read_text("utf-8")
    return {row["id"]: row for row in json.loads(text)}


@cache
def _own() -> tuple[type[ConnectorType], ...]:
    return tuple(
        connector_type
        for module in iter_modules(connectors.__path__)
        for connector_type in _types_in(f"{connectors.__name__}.{module.name}")
    )


@cache
def _of_other_packages() -> tuple[type[ConnectorType], ...]:
    from importlib.metadata import entry_points

    return tuple(entry_point.load() for entry_point in entry_points(group=ENTRY_POINTS))


def _types_in(module_name: str) -> Iterator[type[ConnectorType]]:
    for value in vars(import_module(module_name)).values():
        if (
            isinstance(value, type)
            and issubclass(value, ConnectorType)
            and value.__module__ == module_name
            and value is not ConnectorType
        ):
            yield value
