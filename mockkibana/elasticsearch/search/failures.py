"""The failure of a search on one index."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import Error, cause


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


def not_created(reason: str, type: str = "illegal_argument_exception") -> ShardFailure:  # noqa: A002
    """Return what is told where a plain exception stops the making of a query for an index."""
    return ShardFailure(f"failed to create query: {reason}", cause(type, reason))
