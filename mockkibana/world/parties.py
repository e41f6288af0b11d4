"""The parties of a world's own: its Elasticsearch and its Jira, at the other end of its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mockkibana.outbound.party import Party
from mockkibana.settings.installation import Installation

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster.cluster import Cluster
    from mockkibana.jira.face.face import JiraFace
    from mockkibana.jira.site import Site


class World(Protocol):
    """What parties are made of."""

    installation: Installation

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
    """Parties by name, imported and made on first use; `jira_url` is that of a real Jira."""

    def __init__(self, world: World, jira_url: str | None) -> None:
        self._world = world
        self._jira_url = jira_url
        self._made: dict[str, Party] = {}

    def __getitem__(self, name: str) -> Party:
        if name not in self._made:
            self._made[name] = {"elasticsearch": self._elasticsearch, "jira": self._jira}[name]()
        return self._made[name]

    def _elasticsearch(self) -> Party:
        from mockkibana.elasticsearch.party import ElasticsearchParty

        return ElasticsearchParty(self._world.elasticsearch)

    def _jira(self) -> Party:
        from mockkibana.jira.party import JiraParty

        network = None
        if self._jira_url is not None:
            from mockkibana.outbound.network import Network

            network = Network(self._jira_url, self._world.installation)
        return JiraParty(self._world.jira, self._world.jira_face, network)
