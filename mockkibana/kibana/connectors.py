"""Kibana's connectors: those saved in each space, and the preconfigured ones."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockkibana.connectors.access_token import TOKENS
from mockkibana.connectors.catalog import ConnectorTypes, system_types
from mockkibana.json import Json, dumps
from mockkibana.kibana.availability import check_enabled, require_registered
from mockkibana.kibana.caller import Caller
from mockkibana.kibana.collation import sort_key
from mockkibana.kibana.connector_json import config_of, connector_json, preconfigured_json
from mockkibana.kibana.errors import (
    KibanaError,
    bad_request,
    not_found,
    saved_object_not_found,
)
from mockkibana.kibana.preconfigured import PRECONFIGURED, PreconfiguredConnectors
from mockkibana.kibana.save_hooks import SaveHooks
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store, Transaction

if TYPE_CHECKING:
    from mockkibana.connectors.base import ConnectorType
    from mockkibana.log import Log

SAVED = "kibana.connectors"

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector as a run sees it: config and secrets as they are stored, `{url}` expanded."""

    id: str
    name: str
    connector_type_id: str
    config: Json
    secrets: Json = field(repr=False)
    is_preconfigured: bool


class Connectors:
    """The connectors of one world. Every method that can refuse raises `KibanaError`."""

    def __init__(
        self, store: Store, installation: Installation, types: ConnectorTypes, log: Log
    ) -> None:
        self._store = store
        self._installation = installation
        self._types = types
        self._hooks = SaveHooks(store, types, log)
        self._preconfigured = PreconfiguredConnectors(store, installation)

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

        Refused with 403 (no privilege), 400 (system type, system or preconfigured id, unregistered
        type, config, secrets), 403 (type disabled or not licensed), 400 (an id that is no UUID) or
        409 (id taken in any space), in this order.
        """
        caller.ensure_connectors("create", connector_type_id)
        settings = self._installation.settings
        taken = self._preconfigured.find(id) if id else None
        if connector_type_id in system_types(settings.release) or (
            taken and taken["is_system_action"]
        ):
            raise bad_request(
                f"System action creation is forbidden. Action type: {connector_type_id}."
            )
        if taken:
            raise bad_request(f"This {id} already exists in a preconfigured action.")
        connector_type = require_registered(self._types, connector_type_id, settings.release)
        valid_config, valid_secrets = _validated(connector_type, config, secrets, settings)
        check_enabled(self._types, connector_type, settings, self._installation.license)
        if id and not settings.release.free_connector_ids and not _UUID.fullmatch(id):
            raise bad_request(
                "Predefined IDs are not allowed for saved objects with encrypted attributes "
                "unless the ID is a UUID.: Bad Request"
            )
        with self._store.transaction() as transaction:
            connector_id = id or self._unused_id(transaction)
            self._hooks.pre_save(connector_type, connector_id, valid_config, valid_secrets)
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
        return connector_json(record, caller, self._types, settings.release)

    def get(self, caller: Caller, connector_id: str) -> Json:
        """Return a connector of the caller's space, or a preconfigured one; else 404."""
        caller.ensure_connectors("get")
        release = self._installation.settings.release
        if record := self._preconfigured.find(connector_id):
            if record["is_system_action"]:
                raise not_found(f"Connector {connector_id} not found")
            return preconfigured_json(record, caller, self._types, release)
        return connector_json(self._saved(caller, connector_id), caller, self._types, release)

    def is_available(self, caller: Caller, connector_id: str) -> bool:
        """Tell whether there is no connector of this id that the caller can get."""
        caller.ensure_connectors("get")
        return self.type_of(caller, connector_id) is None

    def update(
        self, caller: Caller, connector_id: str, *, name: str, config: Json, secrets: Json
    ) -> Json:
        """Replace name, config and secrets as a whole and return the connector."""
        caller.ensure_connectors("update")
        settings = self._installation.settings
        if record := self._preconfigured.find(connector_id):
            raise bad_request(f"{_kind_of(record)} action {connector_id} can not be updated.")
        connector_type_id = self._saved(caller, connector_id)["connector_type_id"]
        connector_type = require_registered(self._types, connector_type_id, settings.release)
        valid_config, valid_secrets = _validated(connector_type, config, secrets, settings)
        check_enabled(self._types, connector_type, settings, self._installation.license)
        with self._store.transaction() as transaction:
            self._hooks.pre_save(
                connector_type, connector_id, valid_config, valid_secrets, is_update=True
            )
            record = {
                **self._saved(caller, connector_id),
                "name": name,
                "config": valid_config,
                "secrets": valid_secrets,
                "is_missing_secrets": False,
                "expands_url": False,
            }
            transaction.put(SAVED, {connector_id: record})
            transaction.remove(TOKENS, [connector_id])
        return connector_json(record, caller, self._types, settings.release)

    def delete(self, caller: Caller, connector_id: str) -> None:
        """Delete a saved connector of the caller's space, whatever its type."""
        caller.ensure_connectors("delete")
        if record := self._preconfigured.find(connector_id):
            raise bad_request(f"{_kind_of(record)} action {connector_id} is not allowed to delete.")
        with self._store.transaction() as transaction:
            record = self._saved(caller, connector_id)
            transaction.remove(SAVED, [connector_id])
            transaction.remove(TOKENS, [connector_id])
            self._hooks.post_delete(record)

    def get_all(self, caller: Caller, *, with_system: bool = False) -> list[Json]:
        """Return the space's connectors and the preconfigured ones, sorted as Kibana sorts.

        With `with_system` those of system actions, too, as Kibana's own pages see them.
        """
        caller.ensure_connectors("get")
        release = self._installation.settings.release
        saved = [
            connector_json(
                record, caller, self._types, release, references=record["referenced_by_count"]
            )
            for record in self._store.table(SAVED).rows().values()
            if record["space"] == caller.space
        ]
        records = self._preconfigured.preconfigured()
        if with_system:
            records += self._preconfigured.system_actions()
        # A rule that uses a preconfigured connector adds no reference, so its count stays 0.
        preconfigured = [
            preconfigured_json(record, caller, self._types, release, references=0)
            for record in records
        ]
        return sorted([*saved, *preconfigured], key=lambda connector: sort_key(connector["name"]))

    def list_types(self, feature_id: str | None = None, *, with_system: bool = False) -> list[Json]:
        """Return the registered connector types; no privilege is needed to know them."""
        return self._types.describe(
            self._installation.settings,
            self._installation.license,
            feature_id,
            with_system=with_system,
        )

    def find(self, caller: Caller, connector_id: str) -> Connector | None:
        """Return what a run needs, or None when the caller's space has no such connector.

        Refused with 400 for a system action.
        """
        preconfigured = self._preconfigured.find(connector_id)
        if preconfigured is not None and preconfigured["is_system_action"]:
            raise bad_request("Execution of system action is not allowed")
        record = preconfigured or self._visible(caller, connector_id)
        if record is None:
            return None
        return Connector(
            record["id"],
            record["name"],
            record["connector_type_id"],
            config_of(record, caller),
            record["secrets"],
            preconfigured is not None,
        )

    def type_of(self, caller: Caller, connector_id: str) -> str | None:
        """Return the type id of a connector in the caller's space, be it saved or preconfigured."""
        record = self._preconfigured.find(connector_id) or self._visible(caller, connector_id)
        return None if record is None else str(record["connector_type_id"])

    def type_anywhere(self, connector_id: str) -> str | None:
        """Return the type id of a connector in any space, be it saved or preconfigured."""
        saved = self._store.table(SAVED).row(connector_id)
        record = self._preconfigured.find(connector_id) or saved
        return None if record is None else str(record["connector_type_id"])

    def remove_space(self, transaction: Transaction, space: str) -> None:
        """Drop every saved connector of a space that is being deleted."""
        gone = [
            record["id"]
            for record in self._store.table(SAVED).rows().values()
            if record["space"] == space
        ]
        transaction.remove(SAVED, gone)
        transaction.remove(TOKENS, gone)

    def restore(self, transaction: Transaction, seed: dict[str, Any]) -> str:
        """Put a saved connector of a seed, filling in what it leaves out; return its id."""
        connector_type = require_registered(self._types, seed["connector_type_id"])
        # Only a seed may hold a connector that its host could not create: settings do not count.
        settings = Settings(kibana_version=self._installation.settings.kibana_version)
        config, secrets = seed["config"], seed["secrets"]
        if seed["is_missing_secrets"]:
            from mockkibana.kibana.validate import validated_config

            config = validated_config(connector_type, config, settings)
        else:
            config, secrets = _validated(connector_type, config, secrets, settings)
        id_ = seed.get("id") or self._unused_id(transaction)
        record = self._filled(connector_type, id_, {**seed, "config": config, "secrets": secrets})
        # A later seed wins, also where it makes another kind of connector of an id.
        transaction.remove(PRECONFIGURED, [id_])
        self._replace(transaction, id_)
        # What a connector's type made of it once, it may not be able to make again.
        with suppress(KibanaError):
            self._hooks.pre_save(connector_type, id_, config, secrets, is_update=True)
        transaction.put(SAVED, {id_: record})
        return str(id_)

    def restore_preconfigured(self, transaction: Transaction, seed: dict[str, Any]) -> str:
        """Put a preconfigured connector of a seed; config and secrets are checked at a run only."""
        connector_type = require_registered(self._types, seed["connector_type_id"])
        id_ = str(seed["id"])
        self._replace(transaction, id_)
        transaction.remove(SAVED, [id_])
        transaction.put(PRECONFIGURED, {id_: self._filled(connector_type, id_, seed)})
        return id_

    def _filled(self, connector_type: ConnectorType, id_: str, seed: dict[str, Any]) -> Json:
        # The keys in the order in which `create` writes them: a snapshot leads to the same state.
        return {
            "id": id_,
            "name": seed.get("name") or self._types.name(connector_type),
            **seed,
            "expands_url": seed.get("expands_url", "{url}" in dumps(seed["config"])),
        }

    def spaces(self) -> set[str]:
        """Return the ids of the spaces that hold saved connectors."""
        return {record["space"] for record in self._store.table(SAVED).rows().values()}

    def type_ids(self) -> list[str]:
        """Return the ids of the registered connector types."""
        return self._types.ids()

    def config_keys(self, type_id: str) -> list[str]:
        """Return the keys of the config of a registered type; none where they are no fixed ones."""
        from mockkibana.validation.releases import of_type  # a start needs no schema

        config = of_type(
            require_registered(self._types, type_id).config, self._installation.settings.release
        )
        return list(getattr(config, "keyed_fields", ()))

    def dump(self) -> dict[str, list[Json]]:
        """Return saved and preconfigured connectors as parts of a seed, secrets included."""
        return {
            "connectors": list(self._store.table(SAVED).rows().values()),
            "preconfigured": list(self._store.table(PRECONFIGURED).rows().values()),
        }

    def _replace(self, transaction: Transaction, connector_id: str) -> None:
        """Undo what saving a connector has made that another one of a seed is put in place of."""
        if (record := transaction.get(SAVED, connector_id)) is not None:
            self._hooks.post_delete(record)

    def _unused_id(self, transaction: Transaction) -> str:
        """Return an id that no saved connector has: ids of a seed can repeat those of a file."""
        found = self._installation.ids.uuid("connector")
        while transaction.get(SAVED, found) is not None:
            found = self._installation.ids.uuid("connector")
        return found

    def _saved(self, caller: Caller, connector_id: str) -> dict[str, Any]:
        record = self._visible(caller, connector_id)
        if record is None:
            raise saved_object_not_found(connector_id)
        return record

    def _visible(self, caller: Caller, connector_id: str) -> dict[str, Any] | None:
        record = self._store.table(SAVED).row(connector_id)
        return record if record is not None and record["space"] == caller.space else None


def _kind_of(record: dict[str, Any]) -> str:
    return "System" if record["is_system_action"] else "Preconfigured"


def _validated(
    connector_type: ConnectorType, config: Json, secrets: Json, settings: Settings
) -> tuple[Json, Json]:
    from mockkibana.kibana.validate import validated_connector  # slow to import

    return validated_connector(connector_type, config, secrets, settings)
