"""The gateway of the index connector to the fake Elasticsearch in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.errors import ElasticsearchError, parse_exception
from mockkibana.elasticsearch.security import authorization
from mockkibana.http.messages import Answer
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.security.identity import Identity


class EmbeddedElasticsearch:
    """An `ElasticsearchGateway` without a socket and without JSON text on the way in."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def bulk(
        self, index: str, documents: list[dict[str, Json]], *, refresh: bool, user: Identity | None
    ) -> Answer:
        """Create the documents, as `POST /{index}/_bulk` with one `create` each does.

        `user` is who has to be allowed to; for None nobody is asked for.
        """
        try:
            if not documents:
                # No documents make an empty body.
                raise parse_exception("request body is required")
            if user is not None:
                authorization.check(user, authorization.BULK)
            body = self._cluster.create_all(index, documents, refresh=refresh, user=user)
        except ElasticsearchError as error:
            return Answer(error.status, error.body(), dict(error.headers))
        return Answer(200, body)
