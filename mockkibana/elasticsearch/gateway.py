"""The gateway of the index connector to the fake Elasticsearch in this process."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster import Cluster
from mockkibana.elasticsearch.errors import ElasticsearchError, parse_exception
from mockkibana.json import Json
from mockkibana.routing import Answer


class EmbeddedElasticsearch:
    """An `ElasticsearchGateway` without a socket and without JSON text on the way in."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def bulk(
        self,
        index: str,
        documents: list[dict[str, Json]],
        *,
        refresh: bool,
        user: str | None,  # noqa: ARG002 - without security everybody may write
    ) -> Answer:
        """Create the documents, as `POST /{index}/_bulk` with one `create` each does."""
        try:
            if not documents:
                # No documents make an empty body.
                raise parse_exception("request body is required")
            return Answer(200, self._cluster.create_all(index, documents, refresh=refresh))
        except ElasticsearchError as error:
            return Answer(error.status, error.body(), dict(error.headers))
