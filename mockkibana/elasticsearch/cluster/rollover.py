"""Rollover: an alias or a data stream gets a new index to write to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.indices import aliases as index_aliases
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.json.time_values import milliseconds
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster.cluster import Cluster

_NAME = re.compile(r"(?P<start>.*-)(?P<number>\d+)")
_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>b|kb|mb|gb|tb|pb)?", re.IGNORECASE)
_UNITS = {"b": 0, "kb": 1, "mb": 2, "gb": 3, "tb": 4, "pb": 5}


def roll_over(
    cluster: Cluster, target: str, new_index: str | None, request: Json, *, dry_run: bool
) -> dict[str, Json]:
    """Roll over if no condition is given, or any is met; returns the answer.

    The request may have `conditions`, `settings`, `mappings` and `aliases`. Raises
    `ElasticsearchError`.
    """
    conditions = request.get("conditions") or {}
    parts = {key: request.get(key) for key in ("settings", "mappings", "aliases")}
    stream = cluster.catalogue.data_stream(target)
    if stream is not None:
        if new_index is not None:
            raise illegal_argument(
                "new index name may not be specified when rolling over a data stream"
            )
        old = cluster.catalogue.one(stream["indices"][-1])
        new = cluster.data_streams.next_index(target, stream)
    else:
        old = _written(cluster, target)
        new = cluster.catalogue.named(new_index) if new_index is not None else _next_name(old.name)
    told = {
        f"[{name}: {as_text(value)}]": _is_met(cluster, old, name, value)
        for name, value in conditions.items()
    }
    is_met = not told or any(met for name, met in told.items() if not name.startswith("[min_"))
    if told and not all(met for name, met in told.items() if name.startswith("[min_")):
        is_met = False
    done = is_met and not dry_run
    if done:
        with cluster.store.transaction():
            if stream is not None:
                new = cluster.data_streams.roll_over(target, stream, parts).name
            else:
                _move(cluster, target, old, new, parts)
    return {
        "acknowledged": done,
        "shards_acknowledged": done,
        "old_index": old.name,
        "new_index": new,
        "rolled_over": done,
        "dry_run": dry_run,
        "lazy": False,
        "conditions": told,
    }


def _written(cluster: Cluster, alias: str) -> Index:
    """Return the index that an alias writes to."""
    if cluster.catalogue.get(alias) is not None:
        raise illegal_argument(
            "rollover target is a [concrete index] but one of [alias,data_stream] was expected"
        )
    behind = cluster.catalogue.behind(alias)
    if not behind:
        raise illegal_argument(f"rollover target [{alias}] does not exist")
    indices = [index for name in behind if (index := cluster.catalogue.get(name)) is not None]
    writes = [index for index in indices if index.aliases[alias].get("is_write_index") is True]
    if not writes and len(indices) == 1 and "is_write_index" not in indices[0].aliases[alias]:
        return indices[0]
    if not writes:
        raise illegal_argument(f"rollover target [{alias}] does not point to a write index")
    return writes[0]


def _next_name(name: str) -> str:
    match = _NAME.fullmatch(name)
    if match is None:
        raise illegal_argument(f"index name [{name}] does not match pattern '^.*-\\d+$'")
    return f"{match['start']}{int(match['number']) + 1:06}"


def _move(cluster: Cluster, alias: str, old: Index, new: str, parts: dict[str, Json]) -> None:
    """Create the new index and let the alias write there."""
    properties = dict(old.aliases[alias])
    explicit = properties.get("is_write_index") is True
    cluster.administration.create(new, **parts)
    with cluster.store.transaction() as transaction:
        if explicit:
            index_aliases.add(transaction, old.name, alias, {**properties, "is_write_index": False})
        else:
            index_aliases.remove(transaction, old.name, alias)
        created = cluster.catalogue.one(new)
        if alias not in created.aliases or explicit:
            index_aliases.add(transaction, new, alias, properties)


def _is_met(cluster: Cluster, index: Index, name: str, value: Json) -> bool:
    test = _CONDITIONS.get(name.removeprefix("max_").removeprefix("min_"))
    if test is None or not name.startswith(("max_", "min_")):
        raise illegal_argument(f"[conditions] unknown field [{name}]")
    return test(cluster, index, name, value)


def _docs(cluster: Cluster, index: Index, name: str, value: Json) -> bool:
    try:
        return cluster.count(index) >= int(value)
    except (TypeError, ValueError, OverflowError):
        raise illegal_argument(f"[conditions] failed to parse field [{name}]") from None


def _age(cluster: Cluster, index: Index, name: str, value: Json) -> bool:
    age = cluster.installation.clock.milliseconds() - index.creation_date
    return age >= milliseconds(as_text(value), name)


def _bytes(cluster: Cluster, index: Index, name: str, value: Json) -> bool:
    match = _SIZE.fullmatch(as_text(value))
    if match is None:
        raise illegal_argument(
            f"failed to parse setting [{name}] with value [{as_text(value)}] as a size in bytes: "
            "unit is missing or unrecognized"
        )
    limit = float(match["number"]) * 1024 ** _UNITS[(match["unit"] or "b").lower()]
    return bool(cluster.size(index) >= limit)


_CONDITIONS: dict[str, Callable[[Cluster, Index, str, Json], bool]] = {
    "docs": _docs,
    "primary_shard_docs": _docs,
    "age": _age,
    "size": _bytes,
    "primary_shard_size": _bytes,
}
