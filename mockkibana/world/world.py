"""A world: everything that one mocked installation knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockkibana.clock import Clock
from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.faults import Faults
from mockkibana.faults.waits import Waits
from mockkibana.ids import Ids
from mockkibana.journal import KEPT_CALLS, Journal
from mockkibana.json import Json
from mockkibana.kibana.connectors import Connectors
from mockkibana.kibana.spaces import Spaces
from mockkibana.log import Log
from mockkibana.outbound.ways_out import WaysOut
from mockkibana.security.tables import is_on
from mockkibana.seeds import STORED_PARTS, Seed, Seeds
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.settings.license import License
from mockkibana.store import Store
from mockkibana.store.bends import straighten
from mockkibana.world.parties import Parties

if TYPE_CHECKING:
    from mockkibana.connectors.base import ConnectorType
    from mockkibana.elasticsearch.cluster.cluster import Cluster
    from mockkibana.elasticsearch.face.face import ElasticsearchFace
    from mockkibana.jira.face.face import JiraFace
    from mockkibana.jira.site import Site
    from mockkibana.kibana.execution import Executor
    from mockkibana.outbound.outbox import Outbox
    from mockkibana.security.security import Security

PARTS = (*STORED_PARTS, "log", "journal", "faults", "clock", "settings", "bugs")
"""What `reset` can put back."""


class World:
    """One installation: settings, store, clock, ids, Kibana, its backends, log, journal, faults.

    `db` is the file that keeps the state (None: memory only). `seeds` go into a new, empty store;
    one that holds data stays as it is, and `seeds_skipped` says so. `connector_types` are
    registered beside the installed ones. With `jira_url` the Jira connector talks to a real Jira
    there; webhooks really go out to `outbound_hosts`, and mail to the server `smtp` (`HOST:PORT`).
    `seed_ids` makes ids repeatable, `frozen_at` stops the clock, and `journal` is how many calls
    are remembered (0: none). Raises `StoreError`, `BadSeed` and `BadSetting`.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        name: str = "",
        db: str | Path | None = None,
        fsync: bool = False,
        seeds: Sequence[Seed] = (),
        connector_types: Iterable[type[ConnectorType]] = (),
        jira_url: str | None = None,
        outbound_hosts: Iterable[str] = (),
        smtp: str | None = None,
        seed_ids: int | None = None,
        frozen_at: datetime | None = None,
        journal: int = KEPT_CALLS,
    ) -> None:
        self.name = name
        self.clock = Clock(frozen_at=frozen_at)
        self.ids = Ids(seed_ids)
        self.installation = Installation(settings, self.clock, self.ids)
        self._start = self.settings, tuple(seeds)
        self._shared: dict[str, Any] = {
            "connector_types": tuple(connector_types),
            "jira_url": jira_url,
            "outbound_hosts": tuple(outbound_hosts),
            "smtp": smtp,
            "seed_ids": seed_ids,
            "frozen_at": frozen_at,
            "journal": journal,
        }
        self._ways_out = WaysOut(self.installation, self._shared["outbound_hosts"], smtp)
        self.waits = Waits()
        self.log = Log(self.clock)
        self.journal = Journal(self.clock, journal)
        self.parties = Parties(self, jira_url)
        self.faults = Faults(self.clock, self.parties)
        self.bugs: list[str] = []
        self.snapshots: dict[str, Any] = {}
        self.store = Store(db, fsync=fsync)
        straighten(self.store)
        self.connector_types = ConnectorTypes(connector_types, self.log)
        self.connectors = Connectors(self.store, self.installation, self.connector_types, self.log)
        self.spaces = Spaces(self.store, self.installation, self.connectors)
        self._seeds = Seeds(self)
        self.seeds_skipped = bool(seeds) and not self.store.is_new
        if self.store.is_new:
            try:
                self._seeds.load(seeds)
            except BaseException:
                self.close()
                raise

    def sibling(self, name: str) -> World:
        """Return a new world that starts as this one did, in memory."""
        settings, seeds = self._start
        return World(settings, name=name, seeds=seeds, **self._shared)

    @cached_property
    def executor(self) -> Executor:
        """What runs connectors; imported on first use, with the schemas that runs need."""
        from mockkibana.kibana.execution import Executor
        from mockkibana.outbound.sender import Sender

        return Executor(
            self.installation,
            self.connectors,
            self.connector_types,
            self.log,
            Sender(
                self.parties.__getitem__,
                self.outbox,
                self.faults,
                self.installation,
                self.waits,
                self._ways_out,
            ),
            self.bugs,
        )

    @cached_property
    def outbox(self) -> Outbox:
        """What runs sent to third parties."""
        from mockkibana.outbound.outbox import Outbox

        return Outbox(self.store, self.clock)

    @cached_property
    def elasticsearch(self) -> Cluster:
        """The Elasticsearch cluster; imported on first use, as a start need not wait for it."""
        from mockkibana.elasticsearch.cluster.cluster import Cluster

        return Cluster(self.store, self.installation)

    @property
    def settings(self) -> Settings:
        """The settings, as they are now; assigning replaces them as a whole."""
        return self.installation.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self.installation.settings = settings

    @property
    def license(self) -> License:
        """The licence, as it is now."""
        return self.installation.license

    @property
    def security(self) -> Security:
        """Users, roles, API keys and tokens, which Elasticsearch keeps."""
        return self.elasticsearch.security

    @property
    def is_secured(self) -> bool:
        """Whether requests have to tell who sends them."""
        return is_on(self.store, self.settings)

    @cached_property
    def elasticsearch_face(self) -> ElasticsearchFace:
        """The HTTP face of Elasticsearch; its routes are built on first use."""
        from mockkibana.elasticsearch.face.face import ElasticsearchFace

        return ElasticsearchFace(self.elasticsearch)

    @cached_property
    def jira(self) -> Site:
        """The Jira site; imported on first use."""
        from mockkibana.jira.site import Site

        return Site(self.store, self.installation)

    @cached_property
    def jira_face(self) -> JiraFace:
        """The HTTP face of Jira; its routes are built on first use."""
        from mockkibana.jira.face.face import JiraFace
        from mockkibana.jira.webhook_sender import WebhookSender

        return JiraFace(self.jira, WebhookSender(self.outbox, self.installation).send)

    def seed(self, *seeds: Seed) -> None:
        """Add seeds to what is there; a later one wins. Raises `BadSeed`, nothing is changed."""
        self._seeds.load(seeds)

    def reset(self, *, empty: bool = False, parts: Collection[str] = PARTS) -> None:
        """Put the world, or some of its `PARTS`, back to its start: with `empty` to nothing."""
        settings, seeds = self._start
        if "settings" in parts:
            self.settings = settings
        for part, reset in (
            ("clock", self.clock.reset),
            ("log", self.log.clear),
            ("journal", self.journal.forget),
            ("faults", self.faults.clear),
            ("bugs", self.bugs.clear),
        ):
            if part in parts:
                reset()
        if set(PARTS) <= set(parts):
            self.ids.reset()
            self.waits.reset()
            self.store.storage.renew()
        if "elasticsearch" in self.__dict__:  # else there is nothing to forget
            self.elasticsearch.forget()
        # Last: what a seed leaves out is filled in by the clock and the ids as they were at first.
        self._seeds.replace(() if empty else seeds, parts)

    def dump(self) -> Json:
        """Return the state as a seed, secrets included."""
        return self._seeds.dump()

    def close(self) -> None:
        """End every wait, and release the file."""
        self.waits.stop()
        self.store.close()
