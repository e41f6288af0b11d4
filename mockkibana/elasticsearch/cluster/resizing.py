"""Copies of whole indices: clones, and ones with fewer or more shards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockkibana.elasticsearch.cluster import dump
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument
from mockkibana.elasticsearch.indices import index_settings
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster.cluster import Cluster
    from mockkibana.elasticsearch.indices.indices import Index


def resize(cluster: Cluster, kind: str, source: Index, target: str, request: Json) -> Json:
    """Copy an index, which must take no writes; `kind` is `clone`, `shrink` or `split`.

    The request may have `settings` and `aliases` for the copy. Raises `ElasticsearchError`.
    """
    if source.settings.get("index.blocks.write") != "true":
        raise ElasticsearchError(
            400,  # a node has 500 for this, which here is kept for bugs
            "illegal_state_exception",
            f'index {source.name} must be read-only to resize index. use "index.blocks.write=true"',
        )
    wanted = index_settings.read(request.get("settings") or {})
    shards = int(wanted.get(index_settings.SHARDS) or (1 if kind == "shrink" else source.shards))
    _check_shards(kind, source.shards, shards)
    record = cluster.catalogue.record(source.name)
    copied = dump.dump(cluster.store, source, record)
    settings = {**record["settings"], **wanted, index_settings.SHARDS: str(shards)}
    copied["settings"] = {name: value for name, value in settings.items() if value is not None}
    copied["aliases"] = request.get("aliases") or {}
    copied.setdefault("counters", {"seq_no": 0})  # whole, as it is
    for key in ("uuid", "creation_date", "data_stream", "state"):
        copied.pop(key, None)
    with cluster.store.transaction():
        cluster.restore(target, copied)
    return {"acknowledged": True, "shards_acknowledged": True, "index": target}


def _check_shards(kind: str, before: int, after: int) -> None:
    if kind == "clone" and before != after:
        # Guess: the sentence is that of `IndexMetadata.selectCloneShard`.
        raise illegal_argument(
            f"the number of target shards ({after}) must be the same as the number of source "
            f"shards ({before})"
        )
    if kind == "shrink" and (after > before or before % after):
        raise illegal_argument(
            f"the number of source shards [{before}] must be a multiple of [{after}]"
        )
    if kind == "split" and (after < before or after % before):
        raise illegal_argument(
            f"the number of source shards [{before}] must be a factor of [{after}]"
        )
