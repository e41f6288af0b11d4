"""Documents as they are answered: one that is stored, and what a write has done to one."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.elasticsearch.mapping.mapping import Mapping
from mockkibana.json import Json

PRIMARY_TERM = 1  # the primary shard of a single node never moves


@dataclass(frozen=True, slots=True)
class Document:
    """A stored document; `index` is the name of its concrete index, `mapping` that of the index."""

    mapping: Mapping
    index: str
    id: str
    source: dict[str, Json]
    version: int
    seq_no: int
    routing: str | None = None

    def body(self) -> dict[str, Json]:
        """Return the answer of `GET /{index}/_doc/{id}`."""
        body: dict[str, Json] = {
            "_index": self.index,
            "_id": self.id,
            "_version": self.version,
            "_seq_no": self.seq_no,
            "_primary_term": PRIMARY_TERM,
        }
        if self.routing is not None:
            body["_routing"] = self.routing
        body["found"] = True
        body["_source"] = self.source
        return body


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """What a write did: `result` is `created`, `updated`, `deleted`, `noop` or `not_found`.

    `seq_no` is -1 where no document is.
    """

    index: str
    id: str
    version: int
    result: str
    seq_no: int
    shards: int  # copies of the shard: 1 and the replicas; 0 for a noop
    forced_refresh: bool = False
    get: dict[str, Json] | None = None

    @property
    def status(self) -> int:
        """The HTTP status of the answer, and of the item in a bulk answer."""
        return {"created": 201, "not_found": 404}.get(self.result, 200)

    def body(self) -> dict[str, Json]:
        """Return the answer, its keys in Elasticsearch's order."""
        body: dict[str, Json] = {
            "_index": self.index,
            "_id": self.id,
            "_version": self.version,
            "result": self.result,
        }
        if self.forced_refresh:
            body["forced_refresh"] = True
        body["_shards"] = {
            "total": self.shards,
            "successful": min(self.shards, 1),
            "failed": 0,
        }
        if self.seq_no >= 0:
            body["_seq_no"] = self.seq_no
            body["_primary_term"] = PRIMARY_TERM
        if self.get is not None:
            body["get"] = self.get
        return body
