"""A world: everything that one mocked installation knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mockkibana.clock import Clock
from mockkibana.connectors.base import ConnectorType
from mockkibana.connectors.registry import ConnectorTypes
from mockkibana.ids import Ids
from mockkibana.json import Json
from mockkibana.kibana.connectors import Connectors
from mockkibana.kibana.execution import Executor
from mockkibana.kibana.spaces import Spaces
from mockkibana.log import Log
from mockkibana.seeds import Seed, Seeds
from mockkibana.settings import Settings
from mockkibana.store import Store

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster import Cluster
    from mockkibana.elasticsearch.gateway import EmbeddedElasticsearch
    from mockkibana.elasticsearch.http import ElasticsearchFace
    from mockkibana.gateways import JiraGateway
    from mockkibana.jira.http import JiraFace
    from mockkibana.jira.site import Site


class World:
    """One installation: settings, store, clock, ids, Kibana, Elasticsearch, log.

    `db` is the file that keeps the state (None: memory only). `seeds` go into a new, empty store;
    one that holds data stays as it is, and `seeds_skipped` says so. `connector_types` are
    registered beside the installed ones. With `jira_url` the Jira connector talks to a real Jira
    there. Raises `StoreError` and `BadSeed`.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        db: str | Path | None = None,
        fsync: bool = False,
        seeds: Sequence[Seed] = (),
        connector_types: Iterable[type[ConnectorType]] = (),
        jira_url: str | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self._start = self.settings, tuple(seeds)
        self.clock = Clock()
        self.ids = Ids()
        self.log = Log(self.clock)
        self.bugs: list[str] = []
        self.store = Store(db, fsync=fsync)
        self.connector_types = ConnectorTypes(connector_types)
        self.connectors = Connectors(self.store, self.ids, self.connector_types, self._settings)
        self.spaces = Spaces(self.store, self.connectors, self._settings)
        self.executor = Executor(
            self.connectors,
            self.connector_types,
            self._settings,
            self.clock,
            self.log,
            _Gateways(self, jira_url),
            self.bugs,
        )
        self._seeds = Seeds(
            self.connectors,
            self.spaces,
            lambda: self.elasticsearch,
            lambda: self.jira,
            self.store,
        )
        self.seeds_skipped = bool(seeds) and not self.store.is_new
        if self.store.is_new:
            try:
                self._seeds.load(seeds)
            except BaseException:
                self.close()
                raise

    @cached_property
    def elasticsearch(self) -> Cluster:
        """The Elasticsearch cluster; imported on first use, as a start need not wait for it."""
        from mockkibana.elasticsearch.cluster import Cluster

        return Cluster(self.store, self.clock, self.ids, self._settings)

    @cached_property
    def elasticsearch_face(self) -> ElasticsearchFace:
        """The HTTP face of Elasticsearch; its routes are built on first use."""
        from mockkibana.elasticsearch.http import ElasticsearchFace

        return ElasticsearchFace(self.elasticsearch, self._settings)

    @cached_property
    def jira(self) -> Site:
        """The Jira site; imported on first use."""
        from mockkibana.jira.site import Site

        return Site(self.store, self.clock, self.ids)

    @cached_property
    def jira_face(self) -> JiraFace:
        """The HTTP face of Jira; its routes are built on first use."""
        from mockkibana.jira.http import JiraFace

        return JiraFace(self.jira, self.clock)

    def seed(self, *seeds: Seed) -> None:
        """Add seeds to what is there; a later one wins. Raises `BadSeed`, nothing is changed."""
        self._seeds.load(seeds)

    def reset(self, *, empty: bool = False) -> None:
        """Put the world back to its start: settings and seeds, or with `empty` nothing at all."""
        settings, seeds = self._start
        self.settings = settings
        self._seeds.replace(() if empty else seeds)
        self.log.clear()
        self.bugs.clear()

    def dump(self) -> Json:
        """Return the state as a seed, secrets included."""
        return self._seeds.dump()

    def close(self) -> None:
        """Release the file."""
        self.store.close()

    def _settings(self) -> Settings:
        return self.settings


class _Gateways:
    """The ways out of Kibana: to this world's own backends, or to a real Jira."""

    def __init__(self, world: World, jira_url: str | None) -> None:
        self._world = world
        self._jira_url = jira_url

    @cached_property
    def elasticsearch(self) -> EmbeddedElasticsearch:
        from mockkibana.elasticsearch.gateway import EmbeddedElasticsearch

        return EmbeddedElasticsearch(self._world.elasticsearch)

    @cached_property
    def jira(self) -> JiraGateway:
        world = self._world
        if self._jira_url is not None:
            from mockkibana.real_jira import RealJira

            return RealJira(self._jira_url, lambda: world.settings)
        from mockkibana.jira.gateway import EmbeddedJira

        return EmbeddedJira(world.jira, world.jira_face)
