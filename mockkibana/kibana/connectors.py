"""Kibana's connectors: saved ones of each space, and preconfigured ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockkibana.connectors.base import ConnectorType
from mockkibana.connectors.index import ALERT_HISTORY_PREFIX
from mockkibana.connectors.registry import ConnectorTypes
from mockkibana.ids import Ids
from mockkibana.json import Json, dumps
from mockkibana.kibana.caller import Caller
from mockkibana.kibana.collation import sort_key
from mockkibana.kibana.errors import KibanaError, bad_request, saved_object_not_found
from mockkibana.kibana.validate import (
    check_enabled,
    require_registered,
    validate_connector,
    validated_config,
    validated_secrets,
)
from mockkibana.settings import Settings
from mockkibana.store import Store, Transaction

SAVED = "kibana.connectors"
PRECONFIGURED = "kibana.preconfigured"
ALERT_HISTORY_ID = "preconfigured-alert-history-es-index"

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ALERT_HISTORY: dict[str, Json] = {
    "id": ALERT_HISTORY_ID,
    "name": "Alert history Elasticsearch index",
    "connector_type_id": ".index",
    "config": {"index": f"{ALERT_HISTORY_PREFIX}default"},
    "secrets": {},
    "expose_config": False,
    "expands_url": False,
}


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector as a run sees it: config and secrets as they are stored, `{url}` expanded."""

    id: str
    name: str
    connector_type_id: str
    config: Json
    secrets: Json
    is_preconfigured: bool


class Connectors:
    """The connectors of one world. Every method that can refuse raises `KibanaError`."""

    def __init__(
        self,
        store: Store,
        ids: Ids,
        types: ConnectorTypes,
        settings: Callable[[], Settings],
    ) -> None:
        self._store = store
        self._ids = ids
        self._types = types
        self._settings = settings

    def create(
        self,
        caller: Caller,
        *,
        name: str,
        connector_type_id: str,
        config: Json,
        secrets: Json,
        id: str | None = None,  # noqa: A002 - Kibana's own name
    ) -> Json:
        """Save a connector in the caller's space and return it as Kibana shows it.

        Refused with 400 (system or preconfigured id, unregistered type, config, secrets, an id
        that is no UUID), 403 (type disabled) or 409 (id taken in any space), in this order.
        """
        settings = self._settings()
        if id and self._preconfigured(id):
            raise bad_request(f"This {id} already exists in a preconfigured action.")
        kind = require_registered(self._types, connector_type_id)
        valid_config, valid_secrets = _validated(kind, config, secrets, settings)
        check_enabled(connector_type_id, settings)
        if id and not _UUID.fullmatch(id):
            raise bad_request(
                "Predefined IDs are not allowed for saved objects with encrypted attributes "
                "unless the ID is a UUID.: Bad Request"
            )
        with self._store.transaction() as transaction:
            connector_id = id or self._ids.uuid("connector")
            if transaction.get(SAVED, connector_id) is not None:
                raise KibanaError(409, f"Saved object [action/{connector_id}] conflict")
            record = {
                "id": connector_id,
                "name": name,
                "connector_type_id": connector_type_id,
                "config": valid_config,
                "secrets": valid_secrets,
                "space": caller.space,
                "is_missing_secrets": False,
                "referenced_by_count": 0,
                "expands_url": False,
            }
            transaction.put(SAVED, {connector_id: record})
        return _shown(record, caller)

    def get(self, caller: Caller, connector_id: str) -> Json:
        """Return a connector of the caller's space, or a preconfigured one; else 404."""
        if record := self._preconfigured(connector_id):
            return _shown_preconfigured(record, caller)
        return _shown(self._saved(caller, connector_id), caller)

    def update(
        self, caller: Caller, connector_id: str, *, name: str, config: Json, secrets: Json
    ) -> Json:
        """Replace name, config and secrets as a whole and return the connector."""
        settings = self._settings()
        if self._preconfigured(connector_id):
            raise bad_request(f"Preconfigured action {connector_id} can not be updated.")
        connector_type_id = self._saved(caller, connector_id)["connector_type_id"]
        kind = require_registered(self._types, connector_type_id)
        valid_config, valid_secrets = _validated(kind, config, secrets, settings)
        check_enabled(connector_type_id, settings)
        with self._store.transaction() as transaction:
            record = {
                **self._saved(caller, connector_id),
                "name": name,
                "config": valid_config,
                "secrets": valid_secrets,
                "is_missing_secrets": False,
                "expands_url": False,
            }
            transaction.put(SAVED, {connector_id: record})
        return _shown(record, caller)

    def delete(self, caller: Caller, connector_id: str) -> None:
        """Delete a saved connector of the caller's space, whatever its type."""
        if self._preconfigured(connector_id):
            raise bad_request(f"Preconfigured action {connector_id} is not allowed to delete.")
        with self._store.transaction() as transaction:
            self._saved(caller, connector_id)
            transaction.remove(SAVED, [connector_id])

    def get_all(self, caller: Caller) -> list[Json]:
        """Return the space's connectors and the preconfigured ones, sorted as Kibana sorts."""
        shown = [
            _shown(record, caller) | {"referenced_by_count": record["referenced_by_count"]}
            for record in self._store.values(SAVED)
            if record["space"] == caller.space
        ]
        # A rule that uses a preconfigured connector adds no reference, so its count stays 0.
        shown += [
            _shown_preconfigured(record, caller, with_config=False) | {"referenced_by_count": 0}
            for record in self._all_preconfigured()
        ]
        return sorted(shown, key=lambda connector: sort_key(connector["name"]))

    def find(self, caller: Caller, connector_id: str) -> Connector | None:
        """Return what a run needs, or None when the caller's space has no such connector."""
        record = self._preconfigured(connector_id)
        is_preconfigured = record is not None
        if record is None:
            record = self._store.get(SAVED, connector_id)
            if record is None or record["space"] != caller.space:
                return None
        return Connector(
            record["id"],
            record["name"],
            record["connector_type_id"],
            _config(record, caller),
            record["secrets"],
            is_preconfigured,
        )

    def remove_space(self, transaction: Transaction, space: str) -> None:
        """Drop every saved connector of a space that is being deleted."""
        gone = [record["id"] for record in self._store.values(SAVED) if record["space"] == space]
        transaction.remove(SAVED, gone)

    def restore(self, transaction: Transaction, seed: dict[str, Any]) -> str:
        """Put a saved connector of a seed, filling in what it leaves out; return its id."""
        kind = require_registered(self._types, seed["connector_type_id"])
        # Only a seed may hold a connector that its host could not create: settings do not count.
        config = validated_config(kind, seed["config"], Settings())
        secrets = seed["secrets"]
        if not seed["is_missing_secrets"]:
            secrets = validated_secrets(kind, secrets, Settings())
            validate_connector(kind, seed["config"], seed["secrets"])
        # The keys in the order in which `create` writes them: a snapshot leads to the same state.
        record = {
            "id": seed.get("id") or self._ids.uuid("connector"),
            "name": seed.get("name") or self._types.name(kind),
            **seed,
            "config": config,
            "secrets": secrets,
            "expands_url": seed.get("expands_url", "{url}" in dumps(config)),
        }
        # A later seed wins, also where it makes another kind of connector of an id.
        transaction.remove(PRECONFIGURED, [record["id"]])
        transaction.put(SAVED, {record["id"]: record})
        return str(record["id"])

    def restore_preconfigured(self, transaction: Transaction, seed: dict[str, Any]) -> str:
        """Put a preconfigured connector of a seed; config and secrets are checked at a run only."""
        kind = require_registered(self._types, seed["connector_type_id"])
        record = {
            "id": seed["id"],
            "name": seed.get("name") or self._types.name(kind),
            **seed,
            "expands_url": seed.get("expands_url", "{url}" in dumps(seed["config"])),
        }
        transaction.remove(SAVED, [record["id"]])
        transaction.put(PRECONFIGURED, {record["id"]: record})
        return str(record["id"])

    def spaces(self) -> set[str]:
        """Return the ids of the spaces that hold saved connectors."""
        return {record["space"] for record in self._store.values(SAVED)}

    def type_ids(self) -> list[str]:
        """Return the ids of the registered connector types."""
        return self._types.ids()

    def dump(self) -> dict[str, list[Json]]:
        """Return both kinds of connectors as parts of a seed, secrets included."""
        return {
            "connectors": self._store.values(SAVED),
            "preconfigured": self._store.values(PRECONFIGURED),
        }

    def _saved(self, caller: Caller, connector_id: str) -> dict[str, Any]:
        record = self._store.get(SAVED, connector_id)
        if record is None or record["space"] != caller.space:
            raise saved_object_not_found(connector_id)
        return record

    def _preconfigured(self, connector_id: str) -> dict[str, Any] | None:
        if connector_id == ALERT_HISTORY_ID:
            return _ALERT_HISTORY if self._settings().preconfigured_alert_history_es_index else None
        return self._store.get(PRECONFIGURED, connector_id)

    def _all_preconfigured(self) -> list[dict[str, Any]]:
        records = self._store.values(PRECONFIGURED)
        if self._settings().preconfigured_alert_history_es_index:
            records = [_ALERT_HISTORY, *records]
        return records


def _validated(
    kind: ConnectorType, config: Json, secrets: Json, settings: Settings
) -> tuple[Json, Json]:
    valid_config = validated_config(kind, config, settings)
    valid_secrets = validated_secrets(kind, secrets, settings)
    validate_connector(kind, config, secrets)
    return valid_config, valid_secrets


def _shown(record: dict[str, Any], caller: Caller) -> dict[str, Json]:
    return {
        "id": record["id"],
        "name": record["name"],
        "config": _config(record, caller),
        "connector_type_id": record["connector_type_id"],
        "is_preconfigured": False,
        "is_deprecated": _is_deprecated(record["connector_type_id"], record["config"]),
        "is_missing_secrets": record["is_missing_secrets"],
        "is_system_action": False,
    }


def _shown_preconfigured(
    record: dict[str, Any], caller: Caller, *, with_config: bool = True
) -> dict[str, Json]:
    shown = {
        "id": record["id"],
        "name": record["name"],
        "connector_type_id": record["connector_type_id"],
        "is_preconfigured": True,
        "is_deprecated": _is_deprecated(record["connector_type_id"], record["config"]),
        "is_system_action": False,
    }
    if with_config and record["expose_config"]:
        shown["config"] = _config(record, caller)
    return shown


def _is_deprecated(connector_type_id: str, config: Json) -> bool:
    """Tell what Kibana's `is_connector_deprecated.ts` tells: two types, by one key."""
    return (
        connector_type_id in (".servicenow", ".servicenow-sir")
        and isinstance(config, dict)
        and bool(config.get("usesTableApi", True))
    )


def _config(record: dict[str, Any], caller: Caller) -> Json:
    """Return the config; in one from a seed `{url}` stands for the caller's base URL."""
    value = record["config"]
    return _with_url(value, caller.url) if record["expands_url"] else value


def _with_url(value: Json, url: str) -> Json:
    if isinstance(value, str):
        return value.replace("{url}", url)
    if isinstance(value, dict):
        return {key: _with_url(item, url) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_url(item, url) for item in value]
    return value
