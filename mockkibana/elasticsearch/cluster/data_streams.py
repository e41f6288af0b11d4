"""Data streams: series of hidden indices, of which the last is written to."""

from __future__ import annotations

from typing import Any

from mockkibana.clock import Clock
from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED, Administration
from mockkibana.elasticsearch.cluster.templates import IndexTemplates
from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    illegal_argument,
    index_not_found,
    validation_failed,
)
from mockkibana.elasticsearch.indices import aliases as index_aliases
from mockkibana.elasticsearch.indices import templates
from mockkibana.elasticsearch.indices.catalogue import Catalogue
from mockkibana.elasticsearch.indices.indices import DATA_STREAMS, INDICES, Index
from mockkibana.elasticsearch.indices.names import validate_index_name
from mockkibana.elasticsearch.indices.templates import Template
from mockkibana.json import Json
from mockkibana.store import Store
from mockkibana.wildcards import wildcard

_TIMESTAMP = {"mappings": {"properties": {"@timestamp": {"type": "date"}}}}


class DataStreams:
    """Creates, extends and deletes data streams; a call is one transaction, or joins one."""

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        administration: Administration,
        index_templates: IndexTemplates,
        clock: Clock,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._administration = administration
        self._templates = index_templates
        self._clock = clock

    def create(self, name: str) -> Index:
        """Create a data stream of the template that its name fits; returns its first index.

        Raises `ElasticsearchError`.
        """
        validate_index_name(name)
        template = self._templates.of(name)
        if template is None or "data_stream" not in template:
            raise illegal_argument(f"no matching index template found for data stream [{name}]")
        if self._catalogue.data_stream(name) is not None:
            raise ElasticsearchError(
                400, "resource_already_exists_exception", f"data_stream [{name}] already exists"
            )
        if self._catalogue.exists(name):
            # Guess: the sentence is that of MetadataCreateDataStreamService.
            raise illegal_argument(f"data stream or alias name [{name}] conflicts with an index")
        record = {"indices": [], "generation": 0, "template": template["name"]}
        return self._extend(name, record, template)

    def roll_over(self, name: str, record: dict[str, Json], request: Json) -> Index:
        """Give a data stream a new index to write to, with what its template says by now."""
        template = self._templates.of(name)
        if template is None or "data_stream" not in template:
            raise illegal_argument(f"no matching index template found for data stream [{name}]")
        return self._extend(name, record, template, request)

    def _extend(
        self, name: str, record: dict[str, Json], template: Template, request: Json = None
    ) -> Index:
        generation = record["generation"] + 1
        with self._store.transaction() as transaction:
            parts = templates.composed(template, self._templates.components())
            index = self._administration.create(
                self.next_index(name, record),
                data_stream=name,
                parts=[
                    _TIMESTAMP,
                    *parts,
                    request or {},
                    {"settings": {"index.hidden": "true"}},
                ],
            )
            transaction.put(
                DATA_STREAMS,
                {
                    name: {
                        **record,
                        "indices": [*record["indices"], index.name],
                        "generation": generation,
                        "template": template["name"],
                    }
                },
            )
        return index

    def next_index(self, name: str, record: dict[str, Json]) -> str:
        """Return the name of the index that a rollover would create."""
        date = self._catalogue.named("<{now/d{uuuu.MM.dd}}>")
        return f".ds-{name}-{date}-{record['generation'] + 1:06}"

    def named(self, expression: str) -> dict[str, dict[str, Json]]:
        """Return the stored records of the data streams that a comma list of patterns means.

        Raises `index_not_found_exception` for a name that none has.
        """
        known = self._store.table(DATA_STREAMS).rows()
        found: dict[str, dict[str, Json]] = {}
        for part in expression.split(","):
            matches = wildcard("*" if part == "_all" else part)
            some = {name: record for name, record in known.items() if matches(name)}
            if not some and "*" not in part and part != "_all":
                raise index_not_found(part)
            found |= some
        return found

    def delete(self, expression: str) -> Json:
        """Delete data streams with their indices."""
        with self._store.transaction() as transaction:
            for name, record in self.named(expression).items():
                for index_name in record["indices"]:
                    index = self._catalogue.get(index_name)
                    if index is not None:
                        self._administration.drop(index)
                transaction.remove(DATA_STREAMS, [name])
        return ACKNOWLEDGED

    def migrate(self, alias: str) -> None:
        """Make a data stream of an alias, of which one index is written to.

        Raises `ElasticsearchError`.
        """
        behind = self._catalogue.behind(alias)
        if not behind:
            raise illegal_argument(f"alias [{alias}] does not exist")
        written = self._catalogue.write_index(alias)
        template = self._templates.of(alias)
        if template is None or "data_stream" not in template:
            raise illegal_argument(f"no matching index template found for data stream [{alias}]")
        others = [name for name in behind if written is None or name != written.name]
        names = [*others, *([] if written is None else [written.name])]
        with self._store.transaction() as transaction:
            for name in names:
                index_aliases.remove(transaction, name, alias)
                self._adopt(name, alias)
            record = {"indices": names, "generation": 1, "template": template["name"]}
            transaction.put(DATA_STREAMS, {alias: record})

    def _adopt(self, name: str, stream: str) -> None:
        """Make an index one of a data stream; it needs a time."""
        index = self._catalogue.one(name)
        if index.data_stream not in (None, stream):
            # Guess: the words.
            raise illegal_argument(f"index [{name}] belongs to data stream [{index.data_stream}]")
        time = index.mapping.fields.get("@timestamp")
        if getattr(time, "type", "") not in ("date", "date_nanos"):
            raise illegal_argument(
                f"data stream timestamp field [@timestamp] does not exist in index [{name}]"
            )
        with self._store.transaction() as transaction:
            record = self._catalogue.record(name)
            settings = {**record["settings"], "index.hidden": "true"}
            changed = {**record, "settings": settings, "data_stream": stream}
            transaction.put(INDICES, {name: changed})

    def modify(self, actions: list[Json]) -> None:
        """Add indices to data streams (`add_backing_index`), or remove some; all or none.

        Raises `ElasticsearchError`.
        """
        if not actions:
            raise validation_failed(["must specify at least one data stream modification action"])
        with self._store.transaction() as transaction:
            for action in actions:
                [(kind, body)] = action.items() if len(action) == 1 else [("", {})]
                if kind not in ("add_backing_index", "remove_backing_index"):
                    raise illegal_argument("Too many operations declared on operation entry")
                stream, name = str(body.get("data_stream")), str(body.get("index"))
                record = self._catalogue.data_stream(stream)
                if record is None:
                    raise illegal_argument(f"data stream [{stream}] not found")
                index = self._catalogue.get(name)
                if index is None:
                    raise index_not_found(name)
                indices = self._modified(kind, stream, index, list(record["indices"]))
                transaction.put(DATA_STREAMS, {stream: {**record, "indices": indices}})

    def _modified(self, kind: str, stream: str, index: Index, indices: list[str]) -> list[str]:
        if kind == "add_backing_index":
            if index.name in indices:
                return indices
            self._adopt(index.name, stream)
            return [index.name, *indices]
        if index.name not in indices:
            raise illegal_argument(f"index [{index.name}] not found")
        if index.name == indices[-1]:
            raise illegal_argument(
                f"cannot remove backing index [{index.name}] of data stream [{stream}] because it "
                "is the write index of the data stream"
            )
        with self._store.transaction() as transaction:
            record = dict(self._catalogue.record(index.name))
            record.pop("data_stream", None)
            transaction.put(INDICES, {index.name: record})
        return [name for name in indices if name != index.name]

    def set_lifecycle(self, found: dict[str, dict[str, Json]], lifecycle: Json | None) -> None:
        """Give data streams, of which these are the records, a lifecycle; None takes theirs."""
        with self._store.transaction() as transaction:
            for name, record in found.items():
                changed = {key: value for key, value in record.items() if key != "lifecycle"}
                if lifecycle is not None:
                    changed["lifecycle"] = lifecycle
                transaction.put(DATA_STREAMS, {name: changed})

    def describe(self, expression: str) -> list[Json]:
        """Return data streams as `GET /_data_stream` shows them."""
        return [self._shown(name, record) for name, record in self.named(expression).items()]

    def _shown(self, name: str, record: dict[str, Json]) -> Json:
        template = self._templates.composable().get(record["template"], {})
        declared = template.get("data_stream", {})
        indices = [found for found in map(self._catalogue.get, record["indices"]) if found]
        replicated = any(index.copies > 1 for index in indices)
        policy = indices[-1].settings.get("index.lifecycle.name") if indices else None
        managed = "Unmanaged" if policy is None else "Index Lifecycle Management"
        ilm = {} if policy is None else {"ilm_policy": policy}
        body: dict[str, Any] = {
            "name": name,
            "timestamp_field": {"name": "@timestamp"},
            "indices": [
                {
                    "index_name": index.name,
                    "index_uuid": index.uuid,
                    "prefer_ilm": True,
                    **(
                        {"ilm_policy": index.settings["index.lifecycle.name"]}
                        if "index.lifecycle.name" in index.settings
                        else {}
                    ),
                    "managed_by": managed,
                }
                for index in indices
            ],
            "generation": record["generation"],
        }
        if "_meta" in template:
            body["_meta"] = template["_meta"]
        return {
            **body,
            "status": "YELLOW" if replicated else "GREEN",
            "template": record["template"],
            **ilm,
            **({"lifecycle": record["lifecycle"]} if "lifecycle" in record else {}),
            "next_generation_managed_by": managed,
            "prefer_ilm": True,
            "hidden": bool(declared.get("hidden", False)),
            "system": False,
            "allow_custom_routing": bool(declared.get("allow_custom_routing", False)),
            "replicated": False,
            "rollover_on_write": False,
        }
