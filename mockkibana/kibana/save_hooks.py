"""The hooks of connector types: what saving and deleting a connector does beside that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.json import Json
from mockkibana.kibana.errors import internal_error
from mockkibana.log import Log
from mockkibana.store import Store

if TYPE_CHECKING:
    from mockkibana.connectors.base import ConnectorType, Saving


class SaveHooks:
    """Runs the hooks of a world's connector types, within the transaction that saves or deletes."""

    def __init__(self, store: Store, types: ConnectorTypes, log: Log) -> None:
        self._store = store
        self._types = types
        self._log = log

    def pre_save(
        self,
        connector_type: ConnectorType,
        connector_id: str,
        config: Json,
        secrets: Json,
        *,
        is_update: bool = False,
    ) -> None:
        """Run a type's `pre_save_hook`. Raises `KibanaError` 500 for what it throws: the log says.

        That is what Kibana's router makes of any error (`actions_client`, `preSaveHook`).
        """
        from mockkibana.connectors.base import Thrown  # a start needs no schema, here and below

        try:
            connector_type.pre_save_hook(
                self._saving(connector_type, connector_id, config, secrets, is_update=is_update)
            )
        except Thrown as thrown:
            self._log.write("error", "http", f"Error: {thrown.text}")
            raise internal_error() from None

    def post_delete(self, record: dict[str, Any]) -> None:
        """Run the `post_delete_hook` of a saved connector's type; what it throws is logged."""
        from mockkibana.connectors.base import Thrown

        connector_type = self._types.get(record["connector_type_id"])
        if connector_type is None:
            return
        try:
            connector_type.post_delete_hook(
                self._saving(connector_type, record["id"], record["config"], {})
            )
        except Thrown as thrown:
            text = f'The post delete hook failed for for connector "{record["id"]}": {thrown.text}'
            self._log.write("error", "plugins.actions", text)

    def _saving(
        self,
        connector_type: ConnectorType,
        connector_id: str,
        config: Json,
        secrets: Json,
        *,
        is_update: bool = False,
    ) -> Saving:
        from mockkibana.connectors.base import RunLog, Saving
        from mockkibana.outbound.state import RESOURCES, State

        party = connector_type.party
        name = connector_type.id if party is None or isinstance(party, str) else party.name
        resources = State(self._store, name, RESOURCES)
        return Saving(connector_id, config, secrets, is_update, RunLog(self._log), resources)
