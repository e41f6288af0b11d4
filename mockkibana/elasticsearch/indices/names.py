"""Names of indices and aliases: which are allowed."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    invalid_alias_name,
    invalid_index_name,
)

_FORBIDDEN = frozenset(' "*,/<>?\\|')
# Sorted by character code since elastic/elasticsearch#130027; older nodes print them in any order.
_FORBIDDEN_LIST = "[" + ",".join(f"'{character}'" for character in sorted(_FORBIDDEN)) + "]"
_MAX_BYTES = 255


def validate_index_name(name: str) -> None:
    """Raise `invalid_index_name_exception` for a name that no index may have."""
    _validate(name, invalid_index_name)
    if name != name.lower():
        raise invalid_index_name(name, "must be lowercase")


def validate_alias_name(name: str) -> None:
    """Raise `invalid_alias_name_exception` for a name that no alias may have."""
    _validate(name, invalid_alias_name)


def _validate(name: str, error: Callable[[str, str], ElasticsearchError]) -> None:
    # The order is that of MetadataCreateIndexService.validateIndexOrAliasName.
    if not name:
        raise error(name, "must not be empty")
    if not _FORBIDDEN.isdisjoint(name):
        raise error(name, f"must not contain the following characters {_FORBIDDEN_LIST}")
    if "#" in name:
        raise error(name, "must not contain '#'")
    if ":" in name:
        raise error(name, "must not contain ':'")
    if name[0] in "_-+":
        raise error(name, "must not start with '_', '-', or '+'")
    size = len(name.encode("utf-8", "surrogatepass"))
    if size > _MAX_BYTES:
        raise error(name, f"index name is too long, ({size} > {_MAX_BYTES})")
    if name in (".", ".."):
        raise error(name, "must not be '.' or '..'")
