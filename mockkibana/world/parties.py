"""Who stands at the other end of a world's runs, and what can go wrong there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.faults.errors import BadRule
from mockkibana.json import Json
from mockkibana.settings.installation import Installation
from mockkibana.spelling import expected
from mockkibana.store import Store

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster.cluster import Cluster
    from mockkibana.faults.match import Match
    from mockkibana.faults.presets import Preset
    from mockkibana.jira.face.face import JiraFace
    from mockkibana.jira.site import Site
    from mockkibana.kibana.connectors import Connectors
from mockkibana.kibana.spaces import Spaces
from mockkibana.outbound.party import Party

_OWN = ("jira", "elasticsearch")


class World(Protocol):
    """What parties are made of."""

    installation: Installation
    connector_types: ConnectorTypes
    connectors: Connectors
    spaces: Spaces
    store: Store

    @property
    def elasticsearch(self) -> Cluster:
        """The cluster."""

    @property
    def jira(self) -> Site:
        """The site."""

    @property
    def jira_face(self) -> JiraFace:
        """The site's HTTP face."""


class Parties:
    """The parties of a world: its own by name, and then those of the connector types.

    Its own are imported and made on first use; `jira_url` is that of a real Jira. Iterating gives
    all names, and imports no more than is asked for.
    """

    def __init__(self, world: World, jira_url: str | None) -> None:
        self._world = world
        self._jira_url = jira_url
        self._made: dict[str, Party] = {}

    def __getitem__(self, name: str) -> Party:
        if name not in self._made:
            self._made[name] = {"elasticsearch": self._elasticsearch, "jira": self._jira}[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        yield from sorted(_OWN)
        yield from (party.name for party in self._world.connector_types.parties())

    def doubts(self, match: Match, route: Json) -> Iterator[str]:
        """Return why no request can be one of those, as `faults.presets.Behind` says."""
        from mockkibana.world.doubts import doubts_about

        return doubts_about(self._world, match, route)

    def preset(self, name: str, given: Json) -> Preset:
        """Return what a domain fault comes to, as `faults.presets.Behind` says."""
        known: list[str] = []
        for presets in self._presets():
            if name in presets:
                return presets[name](given)
            known.extend(presets)
        raise BadRule(f"fault: there is no [{name}]; {expected(name, known)}")

    def _presets(self) -> Iterator[Mapping[str, Callable[[Json], Preset]]]:
        for name in _OWN:
            yield self[name].presets
        from mockkibana.world import fault_presets

        yield {
            "secrets-missing": partial(fault_presets.secrets_missing, self._world.store),
            "kibana-starting": fault_presets.kibana_starting,
        }
        for party in self._world.connector_types.parties():
            yield party.presets

    def _elasticsearch(self) -> Party:
        from mockkibana.elasticsearch.party import ElasticsearchParty

        return ElasticsearchParty(self._world.elasticsearch, self._world.store)

    def _jira(self) -> Party:
        from mockkibana.jira.party import JiraParty

        network = None
        if self._jira_url is not None:
            from mockkibana.outbound.network import Network

            network = Network(self._jira_url, self._world.installation)
        return JiraParty(self._world.jira, self._world.jira_face, network)
