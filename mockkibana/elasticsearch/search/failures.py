"""The failure of a search on one index."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import Error, cause

_FIELDDATA = (
    "Fielddata is disabled on [{field}] in [{index}]. Text fields are not optimised for operations "
    "that require per-document field data like aggregations and sorting, so these operations are "
    "disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on "
    "[{field}] in order to load field data by uninverting the inverted index. Note that this can "
    "use significant memory."
)


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


def fielddata_disabled(field: str, index: str) -> ShardFailure:
    """Return the refusal to sort by a text field, or to aggregate one."""
    text = _FIELDDATA.format(field=field, index=index)
    return ShardFailure(text, type="illegal_argument_exception")
