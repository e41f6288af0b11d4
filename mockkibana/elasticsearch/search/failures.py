"""The failure of a search on one index."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import Error


class ShardFailure(Exception):
    """A search cannot be run on one index; others may still answer."""

    def __init__(
        self,
        reason: str,
        caused_by: Error | None = None,
        *,
        type: str = "query_shard_exception",  # noqa: A002 - the name of the field
    ) -> None:
        super().__init__(reason)
        self.type = type
        self.reason = reason
        self.caused_by = caused_by
