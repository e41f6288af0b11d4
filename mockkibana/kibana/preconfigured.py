"""Preconfigured connectors and system actions: they are in every space, and nobody creates them."""

from __future__ import annotations

from typing import Any

from mockkibana.connectors.catalog import system_types
from mockkibana.json import Json
from mockkibana.settings import PreconfiguredConnector
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

PRECONFIGURED = "kibana.preconfigured"
ALERT_HISTORY_ID = "preconfigured-alert-history-es-index"

_SYSTEM = "system-connector-"
_PLAIN: dict[str, Json] = {
    "config": {},
    "secrets": {},
    "expose_config": False,
    "expands_url": False,
    "is_system_action": False,
}
_ALERT_HISTORY: dict[str, Json] = {
    **_PLAIN,
    "id": ALERT_HISTORY_ID,
    "name": "Alert history Elasticsearch index",
    "connector_type_id": ".index",
    "config": {"index": "kibana-alert-history-default"},
}


class PreconfiguredConnectors:
    """The preconfigured connectors and system actions of one world, each a record.

    `is_system_action` tells them apart. Those of the settings are never stored; those of seeds
    are, in the table `PRECONFIGURED`. Of two with one id, that of the settings wins.
    """

    def __init__(self, store: Store, installation: Installation) -> None:
        self._store = store
        self._installation = installation

    def find(self, connector_id: str) -> dict[str, Any] | None:
        """Return a preconfigured connector or a system action, or None."""
        return self._system_action(connector_id) or self._preconfigured(connector_id)

    def preconfigured(self) -> list[dict[str, Any]]:
        """Return the preconfigured connectors: those of the settings first, then those of seeds."""
        settings = self._installation.settings
        records = [_configured(connector) for connector in settings.preconfigured]
        if settings.preconfigured_alert_history_es_index:
            records.insert(0, _ALERT_HISTORY)
        taken = {record["id"] for record in records}
        records += [
            {**_PLAIN, **record}
            for record in self._store.table(PRECONFIGURED).rows().values()
            if record["id"] not in taken
        ]
        return records

    def system_actions(self) -> list[dict[str, Any]]:
        """Return the connectors of the system action types."""
        release = self._installation.settings.release
        return [_of_type(facts) for facts in system_types(release).values()]

    def _preconfigured(self, connector_id: str) -> dict[str, Any] | None:
        settings = self._installation.settings
        if settings.preconfigured_alert_history_es_index and connector_id == ALERT_HISTORY_ID:
            return _ALERT_HISTORY
        for connector in settings.preconfigured:
            if connector.id == connector_id:
                return _configured(connector)
        record = self._store.table(PRECONFIGURED).row(connector_id)
        return record and {**_PLAIN, **record}

    def _system_action(self, connector_id: str) -> dict[str, Any] | None:
        if not connector_id.startswith(_SYSTEM):
            return None
        release = self._installation.settings.release
        facts = system_types(release).get(connector_id.removeprefix(_SYSTEM))
        return facts and _of_type(facts)


def _configured(connector: PreconfiguredConnector) -> dict[str, Any]:
    return {
        **_PLAIN,
        "id": connector.id,
        "name": connector.name,
        "connector_type_id": connector.connector_type_id,
        "config": connector.config,
        "secrets": connector.secrets,
        "expose_config": connector.expose_config,
    }


def _of_type(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the connector of a system action type; it has the type's name."""
    return {
        **_PLAIN,
        "id": _SYSTEM + facts["id"],
        "name": facts["name"],
        "connector_type_id": facts["id"],
        "is_system_action": True,
    }
