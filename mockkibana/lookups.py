"""What hints look up: the routes of an app, and a world's connectors."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.kibana.caller import Caller
from mockkibana.kibana.connectors import SAVED
from mockkibana.world import World

Routes = Callable[[], list[tuple[str, str]]]


class Lookups:
    """Answers the questions of `mockkibana.journal.hints` for one world."""

    def __init__(self, world: World, routes: Routes) -> None:
        self._world = world
        self.routes = routes

    def spaces_of_connector(self, id: str) -> list[str]:  # noqa: A002 - Kibana's own name
        """Return the spaces in which a connector of this id exists."""
        record = self._world.store.get(SAVED, id)
        return [record["space"]] if record else []

    def connector_names(self, space: str) -> dict[str, str]:
        """Return the names of the connectors of a space, by their ids."""
        connectors = self._world.connectors.get_all(Caller(space))
        return {connector["id"]: connector["name"] for connector in connectors}
