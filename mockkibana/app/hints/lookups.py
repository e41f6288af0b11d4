"""What hints look up: the routes of an app, and a world's connectors, users and indices."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.app.hints.hints import explain
from mockkibana.journal import Call
from mockkibana.kibana.caller import Caller
from mockkibana.kibana.connectors import SAVED
from mockkibana.security.security import Security
from mockkibana.world import World

Routes = Callable[[], list[tuple[str, str]]]


class Lookups:
    """Answers the questions of `mockkibana.journal`'s hints and refusals for one world."""

    def __init__(self, world: World, routes: Routes) -> None:
        self._world = world
        self.routes = routes

    def spaces_of_connector(self, id: str) -> list[str]:  # noqa: A002 - Kibana's own name
        """Return the spaces in which a connector of this id exists."""
        record = self._world.store.get(SAVED, id)
        return [record["space"]] if record else []

    @property
    def is_secured(self) -> bool:
        """Whether requests have to tell who sends them."""
        return self._world.is_secured

    @property
    def security(self) -> Security:
        """Users, roles, API keys and tokens."""
        return self._world.security

    def is_index(self, name: str) -> bool:
        """Tell whether Elasticsearch has an index or alias of a name."""
        return self._world.elasticsearch.exists(name)

    def minimum_license(self, connector_type_id: str) -> str | None:
        """Return the least licence that includes a connector type."""
        types = self._world.connector_types
        connector_type = types.get(connector_type_id)
        return None if connector_type is None else types.minimum_license(connector_type)

    def connector_names(self, space: str) -> dict[str, str]:
        """Return the names of the connectors of a space, by their ids."""
        connectors = self._world.connectors.get_all(Caller(space))
        return {connector["id"]: connector["name"] for connector in connectors}


def hint(call: Call, face: str, lookups: Lookups) -> str | None:
    """Return what a call that failed was probably meant to be, or what its sender lacks."""
    if call.status in (400, 404, 405):
        return explain(call, lookups)
    if face == "jira":
        return None
    from mockkibana.app.hints.refusals import explain_license, explain_refusal

    if lookups.is_secured and (text := explain_refusal(call, lookups)):
        return text
    return explain_license(call, lookups) if call.status == 403 else None
