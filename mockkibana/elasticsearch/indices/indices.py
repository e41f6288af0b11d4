"""Indices as values, and where the store keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict

from mockkibana.elasticsearch.errors import cluster_block, index_closed
from mockkibana.elasticsearch.indices import index_settings
from mockkibana.elasticsearch.mapping.document_parser import Limits
from mockkibana.elasticsearch.mapping.mapping import Mapping, compile_mapping
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.analysis.analyzers import Analyzers

#: {index: {uuid, creation_date, settings, mappings, aliases}}, and where it is closed `state`,
#: where it is of a data stream `data_stream`
INDICES = "elasticsearch.indices"
#: {alias: {"indices": [names]}}, so that finding one does not look at all indices
ALIASES = "elasticsearch.aliases"
#: {data stream: {"indices": [names], "generation": n, "template": name}}; the last is written to
DATA_STREAMS = "elasticsearch.data_streams"


@dataclass(frozen=True)
class Index:
    """One concrete index; `settings` are flat, `aliases` map each alias to its properties.

    `blocks` are texts by what they block: see `index_settings.blocks`.
    """

    name: str
    uuid: str
    creation_date: int  # milliseconds
    settings: dict[str, Json]
    aliases: dict[str, dict[str, Json]]
    mapping: Mapping
    limits: Limits
    copies: int  # of each shard: the primary and its replicas
    blocks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    is_closed: bool = False
    data_stream: str | None = None

    @cached_property
    def analyzers(self) -> Analyzers:
        """Its analyzers; imported on first use, as few writes need them."""
        from mockkibana.elasticsearch.analysis.analyzers import Analyzers

        return Analyzers(self.settings)

    @property
    def documents_table(self) -> str:
        """The table of the store that holds the documents."""
        return f"elasticsearch.documents/{self.uuid}"

    @property
    def shards(self) -> int:
        """The number of its primary shards."""
        return int(self.settings.get(index_settings.SHARDS, "1"))

    @property
    def hidden(self) -> bool:
        """Whether wildcards pass it over unless they ask for hidden indices."""
        return self.settings.get("index.hidden") == "true"

    def require(self, level: str) -> None:
        """Raise `cluster_block_exception` where a block refuses that: `write`, `read`, ...

        A closed index refuses both of these (`index_closed_exception`).
        """
        if self.is_closed and level in ("read", "write"):
            raise index_closed(self.name, self.uuid)
        if self.blocks and level in self.blocks:
            raise cluster_block(self.name, *self.blocks[level])

    def shown_settings(self) -> dict[str, Json]:
        """Return the settings that are shown, by their full names."""
        return index_settings.shown(
            self.settings, name=self.name, uuid=self.uuid, creation_date=self.creation_date
        )

    def body(self, *, flat: bool = False) -> Json:
        """Return what `GET /{index}` shows of it, the settings perhaps `flat`."""
        settings = self.shown_settings()
        stream = {} if self.data_stream is None else {"data_stream": self.data_stream}
        return {
            "aliases": self.aliases,
            "mappings": self.mapping.body(),
            "settings": dict(sorted(settings.items())) if flat else index_settings.nested(settings),
            **stream,
        }


def index_of(name: str, record: dict[str, Json], mapping: Mapping | None) -> Index:
    """Return the index that a stored record describes; its mapping may be compiled already."""
    if mapping is None or mapping.definition is not record["mappings"]:
        mapping = compile_mapping(record["mappings"], mapping)
    settings = record["settings"]
    limits = Limits(
        int(settings.get(index_settings.TOTAL_FIELDS, 1000)),
        int(settings.get(index_settings.DEPTH, 20)),
    )
    copies = int(settings[index_settings.REPLICAS]) + 1
    return Index(
        name,
        record["uuid"],
        record["creation_date"],
        settings,
        record["aliases"],
        mapping,
        limits,
        copies,
        index_settings.blocks(settings),
        record.get("state") == "close",
        record.get("data_stream"),
    )


class IndicesOptions(TypedDict, total=False):
    """How an index expression is resolved; the defaults are those of `Catalogue.resolve`."""

    allow_no_indices: bool
    expand_wildcards: str
    ignore_unavailable: bool
