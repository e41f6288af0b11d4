"""Aliases: names that stand for one or several indices."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument, invalid_alias_name
from mockkibana.elasticsearch.indices.indices import ALIASES, INDICES
from mockkibana.elasticsearch.indices.names import validate_alias_name
from mockkibana.json import Json
from mockkibana.store import Transaction

_PROPERTIES = frozenset(
    ("filter", "index_routing", "is_hidden", "is_write_index", "routing", "search_routing")
)

Properties = dict[str, Json]


def read(alias: str, properties: Json) -> Properties:
    """Return the properties of an alias as they are kept. Raises `ElasticsearchError`."""
    validate_alias_name(alias)
    result: Properties = {}
    if not isinstance(properties, dict | None):
        # Guess: the body of an alias is parsed as an object.
        raise illegal_argument(f"Malformed properties of the alias [{alias}], expected an object")
    for name, value in (properties or {}).items():
        if name not in _PROPERTIES:
            raise illegal_argument(f"Unknown field [{name}] in alias [{alias}]")
        if value is None:
            continue
        if name == "routing":
            result.setdefault("index_routing", str(value))
            result.setdefault("search_routing", str(value))
        else:
            result[name] = str(value) if name.endswith("_routing") else value
    return result


def add(transaction: Transaction, index: str, alias: str, properties: Properties) -> None:
    """Let an alias stand for an index too. Raises `ElasticsearchError`."""
    if transaction.get(INDICES, alias) is not None:
        raise invalid_alias_name(
            alias, "an index or data stream exists with the same name as the alias"
        )
    behind = (transaction.get(ALIASES, alias) or {"indices": []})["indices"]
    if properties.get("is_write_index"):
        writable = [name for name in behind if name != index and _writes(transaction, name, alias)]
        if writable:
            listed = ",".join(sorted([*writable, index]))
            raise ElasticsearchError(
                500,
                "illegal_state_exception",
                f"alias [{alias}] has more than one write index [{listed}]",
            )
    if index not in behind:
        transaction.put(ALIASES, {alias: {"indices": [*behind, index]}})
    record = transaction.get(INDICES, index) or {}
    aliases = {**record["aliases"], alias: properties}
    transaction.put(INDICES, {index: {**record, "aliases": aliases}})


def remove(transaction: Transaction, index: str, alias: str) -> None:
    """Let an alias no longer stand for an index, for which it stands."""
    record = transaction.get(INDICES, index)
    if record is not None:
        aliases = {name: value for name, value in record["aliases"].items() if name != alias}
        transaction.put(INDICES, {index: {**record, "aliases": aliases}})
    behind = (transaction.get(ALIASES, alias) or {"indices": []})["indices"]
    left = [name for name in behind if name != index]
    if left:
        transaction.put(ALIASES, {alias: {"indices": left}})
    else:
        transaction.remove(ALIASES, [alias])


def missing(names: list[str]) -> ElasticsearchError:
    """Return the error for aliases that are not there."""
    listed = ",".join(names)
    return ElasticsearchError(
        404,
        "aliases_not_found_exception",
        f"aliases [{listed}] missing",
        extra={"resource.type": "aliases", "resource.id": listed},
    )


def _writes(transaction: Transaction, index: str, alias: str) -> bool:
    record = transaction.get(INDICES, index) or {"aliases": {}}
    return record["aliases"].get(alias, {}).get("is_write_index") is True
