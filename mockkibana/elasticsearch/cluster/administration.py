"""The administration of indices: their creation, change and deletion."""

from __future__ import annotations

from typing import Unpack

from mockkibana.elasticsearch.documents import updates
from mockkibana.elasticsearch.documents.index_writer import COUNTERS, tombstones_table
from mockkibana.elasticsearch.errors import (
    illegal_argument,
    index_exists,
    invalid_index_name,
    parse_exception,
    validation_failed,
)
from mockkibana.elasticsearch.indices import aliases as index_aliases
from mockkibana.elasticsearch.indices import index_settings
from mockkibana.elasticsearch.indices.indices import (
    ALIASES,
    INDICES,
    Catalogue,
    Index,
    IndicesOptions,
)
from mockkibana.elasticsearch.indices.names import validate_index_name
from mockkibana.elasticsearch.indices.templates import template_for, templates
from mockkibana.elasticsearch.mapping import definitions
from mockkibana.elasticsearch.mapping.mapping import Mapping, compile_mapping, merge
from mockkibana.json import Json
from mockkibana.settings.installation import Installation
from mockkibana.store import Store
from mockkibana.wildcards import wildcard

ACKNOWLEDGED = {"acknowledged": True}


class Administration:
    """Changes the indices of a cluster; every method is one transaction, or joins one."""

    def __init__(self, store: Store, catalogue: Catalogue, installation: Installation) -> None:
        self._store = store
        self._catalogue = catalogue
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
    ) -> Index:
        """Create an index; the template that matches its name gives what is left out.

        Raises `ElasticsearchError` for a name, settings, a mapping or aliases that are not valid.
        """
        name = self._catalogue.named(name)
        validate_index_name(name)
        with self._store.transaction() as transaction:
            existing = transaction.get(INDICES, name)
            if existing is not None:
                raise index_exists(name, existing["uuid"])
            if transaction.get(ALIASES, name) is not None:
                raise invalid_index_name(name, "already exists as alias")
            world_settings = self._installation.settings
            template = template_for(name, templates(world_settings))
            flat = _settings_of(template.get("settings"), settings)
            wanted = updates.merge(template.get("mappings") or {}, mappings or {})
            analyzers = index_settings.analyzers(flat)
            definition = definitions.read(wanted, analyzers)
            definitions.check_aliases(definition)
            record: dict[str, Json] = {
                "uuid": self._unused(uuid),
                "creation_date": (
                    self._installation.clock.milliseconds()
                    if creation_date is None
                    else creation_date
                ),
                "settings": index_settings.complete(flat, world_settings.release),
                "mappings": definition,
                "aliases": {},
            }
            index = self._catalogue.compiled(name, record)
            _check_size(index.mapping, index.limits.fields)
            transaction.put(INDICES, {name: record})
            for alias, properties in {**(template.get("aliases") or {}), **(aliases or {})}.items():
                alias = self._catalogue.named(alias)
                index_aliases.add(transaction, name, alias, index_aliases.read(alias, properties))
            return self._catalogue.compiled(name, self._catalogue.record(name))

    def delete(self, expression: str, **options: Unpack[IndicesOptions]) -> Json:
        """Delete indices by their own names: wildcards and aliases are refused."""
        refuse_wildcards(expression)
        parts = self._catalogue.named(expression).split(",")
        with self._store.transaction():
            aliases = [part for part in parts if self._catalogue.behind(part)]
            if aliases and not options.get("ignore_unavailable", False):
                raise illegal_argument(
                    f"The provided expression [{aliases[0]}] matches an alias, specify the "
                    "corresponding concrete indices instead."
                )
            own = ",".join(part for part in parts if part not in aliases)
            for index in self._catalogue.resolve(own or "-", **options):
                self._drop(index)
        return ACKNOWLEDGED

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
        self, indices: list[Index], settings: Json, *, preserve_existing: bool = False
    ) -> Json:
        """Change dynamic settings of indices; None puts one back to its default."""
        wanted = index_settings.read(settings)
        with self._store.transaction() as transaction:
            for index in indices:
                record = self._catalogue.record(index.name)
                kept = record["settings"] if preserve_existing else {}
                change = {name: value for name, value in wanted.items() if name not in kept}
                flat = index_settings.update(record["settings"], change, index.name, index.uuid)
                transaction.put(INDICES, {index.name: {**record, "settings": flat}})
        return ACKNOWLEDGED

    def update_aliases(self, actions: list[Json]) -> Json:
        """Apply `add`, `remove` and `remove_index` actions, all or none of them."""
        if not actions:
            raise validation_failed(["Must specify at least one alias action"])
        with self._store.transaction():
            for action in actions:
                for kind, body in action.items():
                    self._update_aliases(kind, dict(body))
        return {**ACKNOWLEDGED, "errors": False}

    def _update_aliases(self, kind: str, body: dict[str, Json]) -> None:
        indices = self._catalogue.resolve(",".join(_names(body, "index", "indices")))
        if kind == "remove_index":
            for index in indices:
                self._drop(index)
            return
        names = list(map(self._catalogue.named, _names(body, "alias", "aliases")))
        must_exist = body.pop("must_exist", None)
        with self._store.transaction() as transaction:
            if kind == "add":
                for name in names:
                    properties = index_aliases.read(name, body)
                    for index in indices:
                        index_aliases.add(transaction, index.name, name, properties)
                return
            if kind != "remove":
                raise parse_exception(f"[aliases] unknown field [{kind}]")
            removed = [
                (index.name, alias)
                for index in indices
                for alias in index.aliases
                if any(wildcard(name)(alias) for name in names)
            ]
            if not removed and must_exist is not False:
                raise index_aliases.missing(names)
            for index_name, alias in removed:
                index_aliases.remove(transaction, index_name, alias)

    def _unused(self, uuid: str | None) -> str:
        """Return the wanted uuid, or one that is free: it names the tables of an index."""
        ids = self._installation.ids
        if not ids.repeats:
            return uuid or ids.short("index")
        taken = {record["uuid"] for record in self._store.table(INDICES).rows().values()}
        while uuid is None or uuid in taken:
            uuid = ids.short("index")
        return uuid

    def _drop(self, index: Index) -> None:
        with self._store.transaction() as transaction:
            for alias in index.aliases:
                index_aliases.remove(transaction, index.name, alias)
            counters = transaction.get(COUNTERS, index.uuid) or {}
            for period in counters.get("tombstones", ()):
                transaction.drop(tombstones_table(index.uuid, period))
            transaction.drop(index.documents_table)
            transaction.remove(COUNTERS, [index.uuid])
            transaction.remove(INDICES, [index.name])


def refuse_wildcards(expression: str) -> None:
    """Refuse an expression that does not name what it means. Raises `ElasticsearchError`."""
    if not expression or any(part == "_all" or "*" in part for part in expression.split(",")):
        # action.destructive_requires_name is true by default in 8.x
        raise illegal_argument("Wildcard expressions or all indices are not allowed")


def _settings_of(template: Json, request: Json) -> index_settings.Flat:
    flat = index_settings.read(template or {})
    requested = dict(request or {})
    created = requested.pop(index_settings.CREATED, None)  # only a snapshot holds it flat
    flat |= index_settings.read(requested)
    return flat if created is None else {**flat, index_settings.CREATED: created}


def _names(body: dict[str, Json], one: str, several: str) -> list[str]:
    values = [body.pop(key) for key in (one, several) if key in body]
    names = [name for value in values for name in (value if isinstance(value, list) else [value])]
    if not names:
        raise illegal_argument(f"One of [{one}] or [{several}] is required")
    return [str(name) for name in names]


def _check_size(mapping: Mapping, limit: int) -> None:
    if mapping.size > limit:
        raise illegal_argument(f"Limit of total fields [{limit}] has been exceeded")
