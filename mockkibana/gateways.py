"""How connectors reach what stands behind Kibana: shaped like HTTP, embedded or real."""

from __future__ import annotations

from typing import Protocol

from mockkibana.json import Json
from mockkibana.routing import Answer


class ElasticsearchGateway(Protocol):
    """The one call that the index connector makes."""

    def bulk(
        self, index: str, documents: list[dict[str, Json]], *, refresh: bool, user: str | None
    ) -> Answer:
        """Create the documents in `index` as `user` (`POST /{index}/_bulk`), one action each.

        The answer is Elasticsearch's: its body a JSON value, or `Encoded` text that begins with
        `{"errors":false` when every document was created.
        """
