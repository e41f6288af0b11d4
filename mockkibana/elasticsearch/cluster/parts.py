"""The parts of a cluster, most of which are imported with their first use."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from mockkibana.elasticsearch.indices.catalogue import Catalogue
from mockkibana.elasticsearch.search.contexts import SearchContexts
from mockkibana.elasticsearch.search.refreshes import Refreshes
from mockkibana.elasticsearch.search.segments import Segments
from mockkibana.security.tables import is_on
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster.administration import Administration
    from mockkibana.elasticsearch.cluster.aliases import Aliases
    from mockkibana.elasticsearch.cluster.cluster_settings import ClusterSettings
    from mockkibana.elasticsearch.cluster.data_streams import DataStreams
    from mockkibana.elasticsearch.cluster.lifecycles import Lifecycles
    from mockkibana.elasticsearch.cluster.tasks import Tasks
    from mockkibana.elasticsearch.cluster.templates import IndexTemplates
    from mockkibana.elasticsearch.search.hits import Shard
    from mockkibana.elasticsearch.search.scroll import Scroll
    from mockkibana.security.security import Security


class Parts:
    """What a cluster is made of.

    Two threads may make one of the later parts at once. These hold nothing but the store, and each
    of the two is as good as the other. What holds more is there from the start.
    """

    def __init__(self, store: Store, installation: Installation) -> None:
        self.installation = installation
        self.store = store
        self._segments = Segments(store)
        self._refreshes = Refreshes(store, self._segments, installation.clock)
        milliseconds = installation.clock.milliseconds
        self.scrolls: SearchContexts[Scroll] = SearchContexts("scroll", milliseconds)
        self.points_in_time: SearchContexts[Sequence[Shard]] = SearchContexts("pit", milliseconds)
        self.catalogue = Catalogue(store, installation.clock)

    @property
    def is_secured(self) -> bool:
        """Whether requests have to tell who sends them."""
        return is_on(self.store, self.installation.settings)

    @cached_property
    def security(self) -> Security:
        """Users, roles, API keys and tokens."""
        from mockkibana.security.security import Security

        return Security(self.store, self.installation)

    @cached_property
    def settings(self) -> ClusterSettings:
        """The settings of the cluster itself."""
        from mockkibana.elasticsearch.cluster.cluster_settings import ClusterSettings

        return ClusterSettings(self.store)

    @cached_property
    def templates(self) -> IndexTemplates:
        """The templates of all kinds."""
        from mockkibana.elasticsearch.cluster.templates import IndexTemplates

        return IndexTemplates(self.store, self.installation)

    @cached_property
    def administration(self) -> Administration:
        """What creates, changes and deletes indices."""
        from mockkibana.elasticsearch.cluster.administration import Administration

        return Administration(
            self.store, self.catalogue, self.templates, self.settings, self.installation
        )

    @cached_property
    def aliases(self) -> Aliases:
        """The aliases of all indices."""
        from mockkibana.elasticsearch.cluster.aliases import Aliases

        return Aliases(self.store, self.catalogue, self.administration)

    @cached_property
    def data_streams(self) -> DataStreams:
        """The data streams."""
        from mockkibana.elasticsearch.cluster.data_streams import DataStreams

        return DataStreams(
            self.store,
            self.catalogue,
            self.administration,
            self.templates,
            self.installation.clock,
        )

    @cached_property
    def lifecycles(self) -> Lifecycles:
        """The index lifecycle policies."""
        from mockkibana.elasticsearch.cluster.lifecycles import Lifecycles

        return Lifecycles(self.store, self.templates, self.installation.clock)

    @cached_property
    def tasks(self) -> Tasks:
        """What requests that nobody waited for have come to."""
        from mockkibana.elasticsearch.cluster.tasks import Tasks

        return Tasks(self.store)
