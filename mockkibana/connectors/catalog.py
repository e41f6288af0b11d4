"""The connector types of this installation: Kibana's own, then those of other packages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from mockkibana.connectors.foreign_types import checked, installed_types
from mockkibana.data import data
from mockkibana.json import Json
from mockkibana.settings import Settings
from mockkibana.settings.license import License
from mockkibana.settings.release import Release

if TYPE_CHECKING:
    from mockkibana.connectors.base import ConnectorType
    from mockkibana.log import Log
    from mockkibana.outbound.party import Party


# The last keys of a type, in their order; the first one is older than the others.
_TOLD = ("allow_multiple_system_actions", "description", "is_experimental")


class ConnectorTypes:
    """Connector types by id, in the order in which Kibana registers them.

    The product's own are imported on first use. `more` are types beside the installed ones. Of
    several with one id, one of `more` wins, then Kibana's own. Types of other packages are looked
    for when one is needed; of those that cannot be used the `log` is told. Raises
    `BadConnectorType` for one of `more`.
    """

    def __init__(self, more: Iterable[type[ConnectorType]] = (), log: Log | None = None) -> None:
        self._made = {connector_type.id: connector_type() for connector_type in map(checked, more)}
        self._given = frozenset(self._made)
        self._log = log
        self._registered: dict[tuple[str, str], bool] = {}

    @cached_property
    def _others(self) -> dict[str, ConnectorType]:
        # Looking for other packages takes a while, and few runs need any.
        found = installed_types()
        if self._log is not None:
            for text in found.refused:
                self._log.write("error", "plugins.actions", text)
        return {connector_type.id: connector_type() for connector_type in found.types}

    @property
    def refused(self) -> tuple[str, ...]:
        """Why types of other packages are left out: a sentence each, without its stop."""
        return installed_types().refused

    def registered(self, connector_type_id: str, release: Release) -> ConnectorType | None:
        """Return the type, or None when a release does not register it.

        A type that is only listed, as its schema is not here, is None, too; `made_since` of its
        row is the version from which on it is more than that.
        """
        key = connector_type_id, release.version
        known = self._registered.get(key)
        if known is None:
            known = self._is_in(connector_type_id, release) and (
                connector_type_id in self._given
                or release.has(_shipped().get(connector_type_id, {}).get("made_since"))
            )
            if connector_type_id in _shipped():  # other ids may be any text
                self._registered[key] = known
        return self.get(connector_type_id) if known else None

    def is_kibanas(self, connector_type_id: str, release: Release | None) -> bool:
        """Tell whether Kibana has a type, in a release or in any; it need not run here."""
        row = _shipped().get(connector_type_id)
        return row is not None and (release is None or _is_in(row, release))

    def _is_in(self, connector_type_id: str, release: Release) -> bool:
        if connector_type_id in self._given:
            return True
        row = _shipped().get(connector_type_id)
        return row is None or _is_in(row, release)

    def why_absent(self, connector_type_id: str, release: Release) -> str | None:
        """Return why a type of Kibana's is not registered in a release; None for all other ids."""
        if connector_type_id not in _shipped() or self._is_in(connector_type_id, release):
            return None
        return f"Kibana {release.version} has no `{connector_type_id}`; other versions have one"

    def get(self, connector_type_id: str) -> ConnectorType | None:
        """Return the type, whatever release registers it, or None."""
        found = self._made.get(connector_type_id)
        if found is None:
            if "module" in _shipped().get(connector_type_id, ()):
                found = self._made[connector_type_id] = _own(connector_type_id)
            else:
                found = self._others.get(connector_type_id)
        return found

    def is_known(self, connector_type_id: str) -> bool:
        """Tell whether there is such a type, in whatever release; none is imported for that."""
        return any(connector_type_id in ids for ids in (_shipped(), self._made)) or (
            connector_type_id in self._others
        )

    def ids(self) -> list[str]:
        """Return the ids of all types, whatever release registers them."""
        own = {id_ for id_, row in _shipped().items() if "module" in row}
        known = own | self._others.keys() | self._made.keys()
        return [id_ for id_ in self._listed() if id_ in known]

    def _listed(self) -> list[str]:
        """Return the ids of all types, also of those that are only listed."""
        ids = dict.fromkeys((*_shipped(), *self._others, *self._made))
        order = {type_id: rank for rank, type_id in enumerate(_shipped())}
        return sorted(ids, key=lambda id_: order.get(id_, len(order)))

    def all(self) -> Iterator[ConnectorType]:
        """Iterate over the types, each imported when its turn comes."""
        return filter(None, map(self.get, self.ids()))

    def parties(self) -> Iterator[Party]:
        """Iterate over the parties that types bring along, each once."""
        parties = dict.fromkeys(each.party for each in self.all())
        return (party for party in parties if party is not None and not isinstance(party, str))

    def leniency(self, code: str) -> str | None:
        """Return what the code of a leniency says, if a type has it."""
        texts = (each.leniencies[code] for each in self.all() if code in each.leniencies)
        return next(texts, None)

    def is_deprecated(self, connector_type_id: str, config: Json) -> bool:
        """Tell whether Kibana shows a connector with this config as deprecated.

        Of its own types two are, by one key of the config (`is_connector_deprecated.ts`).
        """
        if (row := _shipped().get(connector_type_id)) is not None:
            key = row.get("deprecated_by")
            return key is not None and isinstance(config, dict) and bool(config.get(key, True))
        connector_type = self.get(connector_type_id)
        return connector_type is not None and connector_type.is_deprecated(config)

    def is_type_deprecated(self, connector_type_id: str) -> bool:
        """Tell whether Kibana deprecates a type as a whole."""
        return bool(_shipped().get(connector_type_id, {}).get("is_deprecated"))

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

    def _facts(self, connector_type_id: str) -> Json:
        if (row := _shipped().get(connector_type_id)) is not None:
            return row
        connector_type = self.get(connector_type_id)
        assert connector_type is not None  # noqa: S101 - its id is one of ours
        return _facts(connector_type)

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
        release = settings.release
        rows = [(self._facts(id_), False) for id_ in self._listed() if self._is_in(id_, release)]
        if with_system:
            rows += [(facts, True) for facts in system_types(release).values()]
        return [
            _description(facts, settings, license_, is_system=is_system)
            for facts, is_system in rows
            if feature_id is None or feature_id in _features(facts, release)
        ]


def enabled_in_config(connector_type_id: str, settings: Settings) -> bool:
    """Tell whether `xpack.actions.enabledActionTypes` lists the type (`*` lists all)."""
    enabled = settings.enabled_action_types
    return "*" in enabled or connector_type_id in enabled


@lru_cache(maxsize=64)
def system_types(release: Release) -> dict[str, Json]:
    """Return the system action types by id, in the order in which a release registers them.

    They have no executor here: no API of Kibana runs a system action.
    """
    return {id_: row for id_, row in _rows("system_types").items() if _is_in(row, release)}


def _is_in(row: Json, release: Release) -> bool:
    """Tell whether a release registers the type of a row.

    The row has `since`, or `registered`: true or false by the versions from which on.
    """
    if "registered" in row:
        return bool(release.value(row["registered"]))
    return release.has(row.get("since"))


def _features(facts: Json, release: Release) -> Iterable[str]:
    """Return the features of a type; where a release changed them, they are by version."""
    found = facts["supported_feature_ids"]
    features: Iterable[str] = release.value(found) if isinstance(found, dict) else found
    return features


def _description(facts: Json, settings: Settings, license_: License, *, is_system: bool) -> Json:
    in_config = enabled_in_config(facts["id"], settings)
    in_license = license_.check(facts["minimum_license_required"]) == "valid"
    release = settings.release
    description = {
        "id": facts["id"],
        "name": facts["name"],
        "enabled": in_config and in_license,
        "enabled_in_config": in_config,
        "enabled_in_license": in_license,
        "minimum_license_required": facts["minimum_license_required"],
        "supported_feature_ids": list(_features(facts, release)),
        "is_system_action_type": is_system,
    }
    if release.type_sources:
        description["source"] = facts.get("source", "stack")
    if "sub_feature" in facts:
        description["sub_feature"] = facts["sub_feature"]
    if release.type_deprecation:
        description["is_deprecated"] = bool(facts.get("is_deprecated"))
    for key in _TOLD if release.type_descriptions else _TOLD[:1]:
        if key in facts:
            description[key] = facts[key]
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
    return _rows("connector_types")


def _rows(name: str) -> dict[str, Json]:
    return {row["id"]: row for row in data(name)}


def _own(connector_type_id: str) -> ConnectorType:
    module = import_module(f"mockkibana.connectors.{_shipped()[connector_type_id]['module']}")
    for value in vars(module).values():
        if isinstance(value, type) and getattr(value, "id", None) == connector_type_id:
            made: ConnectorType = value()
            return made
    raise LookupError(connector_type_id)
