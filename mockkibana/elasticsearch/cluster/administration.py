"""The administration of indices: their creation, change and deletion."""

from __future__ import annotations

from typing import Unpack

from mockkibana.elasticsearch.cluster.cluster_settings import ClusterSettings
from mockkibana.elasticsearch.cluster.templates import IndexTemplates
from mockkibana.elasticsearch.documents.index_writer import COUNTERS, tombstones_table
from mockkibana.elasticsearch.errors import illegal_argument, index_exists, invalid_index_name
from mockkibana.elasticsearch.indices import aliases as index_aliases
from mockkibana.elasticsearch.indices import index_settings, templates
from mockkibana.elasticsearch.indices.catalogue import Catalogue
from mockkibana.elasticsearch.indices.indices import (
    ALIASES,
    DATA_STREAMS,
    INDICES,
    Index,
    IndicesOptions,
)
from mockkibana.elasticsearch.indices.names import validate_index_name
from mockkibana.elasticsearch.mapping import definitions
from mockkibana.elasticsearch.mapping.mapping import Mapping, compile_mapping, merge
from mockkibana.json import Json
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

ACKNOWLEDGED = {"acknowledged": True}


class Administration:
    """Changes the indices of a cluster; every method is one transaction, or joins one."""

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        index_templates: IndexTemplates,
        settings: ClusterSettings,
        installation: Installation,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._templates = index_templates
        self._settings = settings
        self._installation = installation

    def create(
        self,
        name: str,
        *,
        settings: Json = None,
        mappings: Json = None,
        aliases: Json = None,
        uuid: str | None = None,
        creation_date: int | None = None,
        state: str | None = None,
        data_stream: str | None = None,
        parts: list[Json] | None = None,
    ) -> Index:
        """Create an index; the templates that match its name give what is left out.

        `parts` are what it is made of instead, for one that belongs to a data stream or is
        restored. Raises `ElasticsearchError` for a name, settings, a mapping or aliases that are
        not valid.
        """
        name = self._catalogue.named(name)
        validate_index_name(name)
        with self._store.transaction() as transaction:
            self._refuse_taken(name)
            given = dict(settings or {})
            created = given.pop(index_settings.CREATED, None)  # only a snapshot holds it flat
            request = {"settings": given, "mappings": mappings, "aliases": aliases}
            if parts is None:
                parts, template = self._templates.parts(name, request)
                if template is not None and "data_stream" in template:
                    raise illegal_argument(
                        f"cannot create index with name [{name}], because it matches with template "
                        f"[{template['name']}] that creates data streams only, use create data "
                        "stream api instead"
                    )
            else:
                parts = [*parts, request]
            whole = templates.merged(parts)
            flat = whole.settings if created is None else {**whole.settings, **_created(created)}
            definitions.check_aliases(whole.mappings)
            record: dict[str, Json] = {
                "uuid": self._unused(uuid),
                "creation_date": (
                    self._installation.clock.milliseconds()
                    if creation_date is None
                    else creation_date
                ),
                "settings": index_settings.complete(flat, self._installation.settings.release),
                "mappings": whole.mappings,
                "aliases": {},
            }
            record |= {} if state is None else {"state": state}
            record |= {} if data_stream is None else {"data_stream": data_stream}
            index = self._catalogue.compiled(name, record)
            _check_size(index.mapping, index.limits.fields)
            transaction.put(INDICES, {name: record})
            for alias, properties in whole.aliases.items():
                alias = self._catalogue.named(alias.replace("{index}", name))
                index_aliases.add(transaction, name, alias, index_aliases.read(alias, properties))
            return self._catalogue.compiled(name, self._catalogue.record(name))

    def _refuse_taken(self, name: str) -> None:
        existing = self._store.table(INDICES).row(name)
        if existing is not None:
            raise index_exists(name, existing["uuid"])
        if self._store.table(ALIASES).row(name) is not None:
            raise invalid_index_name(name, "already exists as alias")
        if self._store.table(DATA_STREAMS).row(name) is not None:
            raise invalid_index_name(name, "already exists as data stream")

    def delete(self, expression: str, **options: Unpack[IndicesOptions]) -> Json:
        """Delete indices by their own names: aliases and data streams are refused.

        So are wildcards, unless `action.destructive_requires_name` is false.
        """
        self.refuse_wildcards(expression)
        parts = self._catalogue.named(expression).split(",")
        lenient = options.get("ignore_unavailable", False)
        with self._store.transaction():
            foreign = {part: kind for part in parts if (kind := self._kind(part)) is not None}
            if foreign and not lenient:
                name, kind = next(iter(foreign.items()))
                raise illegal_argument(
                    f"The provided expression [{name}] matches {kind}, specify the corresponding "
                    "concrete indices instead."
                )
            own = ",".join(part for part in parts if part not in foreign)
            for index in self._catalogue.resolve(own or "-", **options):
                self.refuse_write_index(index)
                self.drop(index)
        return ACKNOWLEDGED

    def refuse_wildcards(self, expression: str) -> None:
        """Refuse an expression that does not name what it means. Raises `ElasticsearchError`."""
        if expression and not self._settings.flag("action.destructive_requires_name", True):
            return
        if not expression or any(part == "_all" or "*" in part for part in expression.split(",")):
            raise illegal_argument("Wildcard expressions or all indices are not allowed")

    def _kind(self, name: str) -> str | None:
        if self._catalogue.behind(name):
            return "an alias"
        return "a data stream" if self._catalogue.data_stream(name) is not None else None

    def refuse_write_index(self, index: Index) -> None:
        """Refuse to delete the index that a data stream writes to. Raises `ElasticsearchError`."""
        stream = None if index.data_stream is None else self._stream_of(index)
        if stream is not None and stream["indices"][-1] == index.name:
            raise illegal_argument(
                f"index [{index.name}] is the write index for data stream [{index.data_stream}] "
                "and cannot be deleted"
            )

    def _stream_of(self, index: Index) -> dict[str, Json] | None:
        return self._store.table(DATA_STREAMS).row(str(index.data_stream))

    def put_mapping(self, indices: list[Index], mappings: Json) -> Json:
        """Extend the mappings of indices. Raises `ElasticsearchError`; none is changed then."""
        with self._store.transaction() as transaction:
            for index in indices:
                record = self._catalogue.record(index.name)
                analyzers = index_settings.analyzers(index.settings)
                update = definitions.read(mappings, analyzers)
                if not update["properties"]:
                    del update["properties"]
                definition = merge(record["mappings"], update)
                if definition is record["mappings"]:
                    continue
                definitions.check_aliases(definition)
                _check_size(compile_mapping(definition, index.mapping), index.limits.fields)
                transaction.put(INDICES, {index.name: {**record, "mappings": definition}})
        return ACKNOWLEDGED

    def put_settings(
        self,
        indices: list[Index],
        settings: Json,
        *,
        preserve_existing: bool = False,
        reopen: bool = False,
    ) -> Json:
        """Change settings of indices; None puts one back to its default.

        Those that are not dynamic only of closed indices, or with `reopen` of any.
        """
        wanted = index_settings.read(settings)
        with self._store.transaction() as transaction:
            for index in indices:
                record = self._catalogue.record(index.name)
                kept = record["settings"] if preserve_existing else {}
                change = {name: value for name, value in wanted.items() if name not in kept}
                flat = index_settings.update(
                    record["settings"],
                    change,
                    index.name,
                    index.uuid,
                    is_open=not (index.is_closed or reopen),
                )
                transaction.put(INDICES, {index.name: {**record, "settings": flat}})
        return ACKNOWLEDGED

    def close(self, indices: list[Index]) -> Json:
        """Close indices; the one that a data stream writes to is refused."""
        for index in indices:
            stream = None if index.data_stream is None else self._stream_of(index)
            if stream is not None and stream["indices"][-1] == index.name:
                raise illegal_argument(
                    f"cannot close the following data stream write indices [{index.name}]"
                )
        closed = [index for index in indices if not index.is_closed]
        self._set_state(closed, "close")
        return {
            **ACKNOWLEDGED,
            "shards_acknowledged": bool(closed),
            "indices": {index.name: {"closed": True} for index in closed},
        }

    def open(self, indices: list[Index]) -> Json:
        """Open indices."""
        self._set_state([index for index in indices if index.is_closed], None)
        return {**ACKNOWLEDGED, "shards_acknowledged": True}

    def _set_state(self, indices: list[Index], state: str | None) -> None:
        with self._store.transaction() as transaction:
            for index in indices:
                record = self._catalogue.record(index.name)
                changed = {key: value for key, value in record.items() if key != "state"}
                changed |= {} if state is None else {"state": state}
                transaction.put(INDICES, {index.name: changed})

    def drop(self, index: Index) -> None:
        """Remove an index with its documents, and from the aliases and data stream it is in."""
        with self._store.transaction() as transaction:
            for alias in index.aliases:
                index_aliases.remove(transaction, index.name, alias)
            stream = None if index.data_stream is None else self._stream_of(index)
            if stream is not None:
                left = [name for name in stream["indices"] if name != index.name]
                transaction.put(DATA_STREAMS, {str(index.data_stream): {**stream, "indices": left}})
            counters = transaction.get(COUNTERS, index.uuid) or {}
            for period in counters.get("tombstones", ()):
                transaction.drop(tombstones_table(index.uuid, period))
            transaction.drop(index.documents_table)
            transaction.remove(COUNTERS, [index.uuid])
            transaction.remove(INDICES, [index.name])

    def _unused(self, uuid: str | None) -> str:
        """Return the wanted uuid, or one that is free: it names the tables of an index."""
        ids = self._installation.ids
        if not ids.repeats:
            return uuid or ids.short("index")
        taken = {record["uuid"] for record in self._store.table(INDICES).rows().values()}
        while uuid is None or uuid in taken:
            uuid = ids.short("index")
        return uuid


def _created(version: Json) -> index_settings.Flat:
    return {index_settings.CREATED: version}


def _check_size(mapping: Mapping, limit: int) -> None:
    if mapping.size > limit:
        raise illegal_argument(f"Limit of total fields [{limit}] has been exceeded")
