"""One index with documents, asked by queries."""

from __future__ import annotations

import json
from typing import Any

from document_writes import index_document
from face_requests import request_of

from mockkibana.clock import Clock
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

NOW = "2024-03-15T12:30:45Z"  # where the clock of the cluster stands


class Searched:
    """A cluster whose index `t` holds these documents, by their ids."""

    def __init__(self, properties: dict[str, Any], documents: dict[str, Any], **index: Any) -> None:
        installation = Installation(Settings(), Clock(frozen_at=NOW))
        self.cluster = Cluster(Store(), installation)
        mappings = {"properties": properties, **index.pop("mappings", {})}
        self.cluster.create_index("t", mappings=mappings, **index)
        for id_, source in documents.items():
            self.add(id_, source)
        self._face = ElasticsearchFace(self.cluster)

    def add(self, id_: str, source: dict[str, Any], **fields: Any) -> None:
        """Index one more document."""
        index_document(self.cluster, "t", source, id=id_, **fields)

    def answer(self, query: Any, path: str = "/t/_search", **body: Any) -> tuple[int, Any]:
        """Return the status and the body of the answer to a query."""
        raw = json.dumps({"query": query, **body}).encode()
        answer = self._face.handle(request_of(f"POST {path}", raw))
        return answer.status, answer.body

    def hits(self, query: Any, **body: Any) -> list[Any]:
        """Return the hits of a query, up to 1,000."""
        status, found = self.answer(query, size=1000, **body)
        assert status == 200, (query, found)
        hits: list[Any] = found["hits"]["hits"]
        return hits

    def ids(self, query: Any) -> list[str]:
        """Return the ids of what a query finds, the best first."""
        return [hit["_id"] for hit in self.hits(query)]

    def scores(self, query: Any) -> dict[str, float]:
        """Return the scores of what a query finds, by id."""
        return {hit["_id"]: hit["_score"] for hit in self.hits(query)}

    def reason(self, query: Any) -> str:
        """Return why a query is refused: the root cause."""
        status, found = self.answer(query)
        assert status == 400, (query, found)
        reason: str = found["error"]["root_cause"][0]["reason"]
        return reason

    def differing(self, table: list[tuple[Any, str]]) -> list[Any]:
        """Return the rows of a table of queries and one-letter ids (sorted) that are not so."""
        found = [(query, "".join(sorted(self.ids(query))), ids) for query, ids in table]
        return [row for row in found if row[1] != row[2]]

    def wrongly_refused(self, table: list[tuple[Any, str]]) -> list[Any]:
        """Return the rows of a table of queries and reasons that are not so."""
        found = [(query, self.reason(query), reason) for query, reason in table]
        return [row for row in found if row[1] != row[2]]
