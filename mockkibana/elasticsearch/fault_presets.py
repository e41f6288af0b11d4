"""Domain faults of Elasticsearch that change the state of the cluster."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import unquote

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.documents.index_writer import COUNTERS
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.indices.overrides import definition_of, override
from mockkibana.faults.errors import BadRule
from mockkibana.faults.facts import Facts
from mockkibana.faults.presets import Preset, to_backend_and_face
from mockkibana.faults.reading import Part
from mockkibana.json import Json
from mockkibana.store import Store, Transaction
from mockkibana.store.bends import bending

_WRITE = "index.blocks.write"
_FLOOD_STAGE = "index.blocks.read_only_allow_delete"
_WRITES = ("_bulk", "_doc", "_doc/*", "_create/*", "_update/*")


def read_only_index(cluster: Cluster, store: Store, given: Json) -> Preset:
    """An index, or what an expression means, has a write block; a missing index is created."""
    return _blocked(cluster, store, given, _WRITE)


def flood_stage(cluster: Cluster, store: Store, given: Json) -> Preset:
    """The disk is full: an index has the block that a node gives it then; 429 to every write.

    `PUT _settings` lifts it, as it does in a node once there is room again.
    """
    return _blocked(cluster, store, given, _FLOOD_STAGE)


def _blocked(cluster: Cluster, store: Store, given: Json, block: str) -> Preset:
    index = Part(given, "with", ("index",)).needed("index", "my-index")
    try:
        created = None if cluster.exists(index) else _Created(cluster, store, index)
        before = {found.name: found.settings.get(block) for found in cluster.resolve(index)}
        if not before:
            raise BadRule(f"with.index: no index is there for [{index}]")
        with bending(store) as (_, bend):
            cluster.put_settings(index, {block: True})
    except ElasticsearchError as error:
        raise BadRule(f"with.index: {error.reason}") from None

    def undo() -> None:
        with store.transaction() as transaction:
            bend.forget(transaction)
            for name, value in before.items():
                with suppress(ElasticsearchError):  # the index may be gone
                    cluster.put_settings(name, {block: value})
            if created is not None:
                created.undo(transaction)

    paths = tuple(f"/{index}/{api}" for api in _WRITES)
    return Preset(to_backend_and_face("elasticsearch", paths), undo=undo)


def mapping_conflict(cluster: Cluster, store: Store, given: Json) -> Preset:
    """A field is mapped such that what documents have in it does not fit.

    As an object, unless a `type` is given: then texts, numbers and dates all clash. Without an
    `index` it happens to each that a run writes to, just before.
    """
    part = Part(given, "with", ("field", "index", "type"))
    field = part.needed("field", "host.name")
    if not all(field.split(".")):
        raise part.bad("field", "the name of a field, such as host.name")
    index = part.text("index", "my-index")
    try:
        definition = definition_of(part.text("type", "long") or "object")
    except ElasticsearchError as error:
        raise BadRule(f"with.type: {error.reason}") from None
    conflict = _Conflict(cluster, store, field, definition)
    if index is None:
        every = {"backend": "elasticsearch", "path": "/{index}/_bulk"}
        return Preset((every,), act=conflict.before, undo=conflict.undo)
    try:
        conflict.make(index)
    except ElasticsearchError as error:
        raise BadRule(f"with.index: {error.reason}") from None
    if not conflict.made:
        raise BadRule(f"with.index: no index is there for [{index}]")
    paths = tuple(f"/{index}/{api}" for api in _WRITES)
    return Preset(to_backend_and_face("elasticsearch", paths), undo=conflict.undo)


class _Conflict:
    """A field mapped anew in some indices; `made` takes it back in each, by the index's uuid."""

    def __init__(
        self, cluster: Cluster, store: Store, field: str, definition: dict[str, Json]
    ) -> None:
        self._cluster = cluster
        self._store = store
        self._field = field
        self._definition = definition
        self._created: list[_Created] = []
        self.made: dict[str, Callable[[], None]] = {}

    def make(self, expression: str) -> None:
        """Map the field in what an expression means; a missing index is created."""
        store, cluster = self._store, self._cluster
        if not cluster.exists(expression):
            self._created.append(_Created(cluster, store, expression))
        for index in cluster.resolve(expression):
            if index.uuid not in self.made:
                put_back = override(store, index.name, self._field, self._definition)
                self.made[index.uuid] = put_back

    def before(self, facts: Facts) -> None:
        """Map it in the index of a bulk request that is about to be sent."""
        with suppress(ElasticsearchError):  # the request itself will tell
            self.make(unquote(facts.path.split("/")[1]))

    def undo(self) -> None:
        """Take everything back; an index that was created goes if it is empty."""
        for put_back in self.made.values():
            put_back()
        with self._store.transaction() as transaction:
            for created in self._created:
                created.undo(transaction)


class _Created:
    """An index that was missing; it goes with the fault, unless there are documents in it."""

    def __init__(self, cluster: Cluster, store: Store, index: str) -> None:
        self._cluster = cluster
        self._index = index
        with bending(store, makes_rows=True) as (_, self._bend):
            cluster.create_index(index)
            for created in cluster.resolve(index):
                self._bend.unless(COUNTERS, created.uuid)

    def undo(self, transaction: Transaction) -> None:
        """Delete the index if it is empty."""
        self._bend.forget(transaction)
        cluster, index = self._cluster, self._index
        with suppress(ElasticsearchError):  # it may be gone
            if all(cluster.count(found) == 0 for found in cluster.resolve(index)):
                cluster.delete_index(index)
