"""Writes to one index, collected for one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from mockkibana.budget import Budget
from mockkibana.elasticsearch.documents import versions
from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.documents.documents import PRIMARY_TERM, DocumentResult
from mockkibana.elasticsearch.documents.versions import Current
from mockkibana.elasticsearch.errors import (
    cause,
    document_missing,
    document_parsing,
    version_conflict,
)
from mockkibana.elasticsearch.indices.catalogue import Catalogue
from mockkibana.elasticsearch.indices.indices import INDICES, Index
from mockkibana.elasticsearch.mapping.document_parser import parse
from mockkibana.elasticsearch.mapping.growth import Growth
from mockkibana.elasticsearch.mapping.mapping import Mapping
from mockkibana.json import Json
from mockkibana.store import Transaction

#: {uuid: {"seq_no": next, "tombstones": [periods]}}: small, since every write replaces it
COUNTERS = "elasticsearch.counters"

# How long a deleted document's version is remembered (`index.gc_deletes`), in milliseconds.
_TOMBSTONE_LIFE = 60_000

Source = dict[str, Json]


def tombstones_table(uuid: str, period: int) -> str:
    """Return the table of the documents deleted in one period of a minute since 1970."""
    return f"elasticsearch.tombstones/{uuid}/{period}"


def period_of(milliseconds: int) -> int:
    """Return the period in which a document deleted at that time is kept as a tombstone."""
    return milliseconds // _TOMBSTONE_LIFE


def _record(source: Source, version: int, seq_no: int, routing: str | None) -> Source:
    record: Source = {"_source": source, "_version": version, "_seq_no": seq_no}
    if routing is not None:
        record["_routing"] = routing
    return record


class IndexWriter:
    """Changes documents of one index; `save` puts all of it into the transaction.

    `index` is the index as the changes so far leave it, `milliseconds` the time of the request,
    `budget` what its scripts may work.
    Every write raises `ElasticsearchError` and has then changed nothing, except that fields new to
    the mapping stay in it when only the version is in conflict.
    """

    def __init__(
        self,
        transaction: Transaction,
        catalogue: Catalogue,
        index: Index,
        milliseconds: int,
        budget: Budget,
    ) -> None:
        self.index = index
        self._budget = budget
        self._transaction = transaction
        self._catalogue = catalogue
        self._milliseconds = milliseconds
        counters = transaction.get(COUNTERS, index.uuid) or {}
        self._seq_no: int = counters.get("seq_no", 0)
        self._periods: list[int] = counters.get("tombstones", [])
        self._documents: dict[str, Source | None] = {}  # None for one that is deleted
        self._tombstones: dict[str, Source | None] = {}
        self._growth: Growth | None = None  # once there are fields that are new

    def get(self, id: str) -> Source | None:  # noqa: A002
        """Return the stored record of a document as the changes so far leave it."""
        if id in self._documents:
            return self._documents[id]
        return self._transaction.get(self.index.documents_table, id)

    def has_any(self, ids: list[str]) -> bool:
        """Return whether the index has, or had in this transaction, a document of these ids."""
        if len(ids) == 1:
            return self.get(ids[0]) is not None
        stored = self._transaction.documents(self.index.documents_table)
        return not (stored.keys().isdisjoint(ids) and self._documents.keys().isdisjoint(ids))

    def index_document(self, action: Action, id: str, *, refresh: bool) -> DocumentResult:  # noqa: A002
        """Write a whole document (`index`, or `create`)."""
        source: Source = action.source or {}
        self.fit(source, id, action.raw, action.routing)
        current = self._current(id)
        self._require(action, id, current)
        version = versions.next_version(action, current)
        seq_no = self.put(id, source, version, action.routing)
        result = "updated" if current.exists else "created"
        return self._result(id, version, result, seq_no, refresh=refresh)

    def delete_document(self, action: Action, id: str, *, refresh: bool) -> DocumentResult:  # noqa: A002
        """Delete a document; one that is not there still takes a sequence number."""
        current = self._current(id)
        self._require(action, id, current)
        version = versions.next_version(action, current)
        seq_no = self._next_seq_no()
        self._documents[id] = None
        self._tombstones[id] = {"version": version, "at": self._milliseconds}
        result = "deleted" if current.exists else "not_found"
        return self._result(id, version, result, seq_no, refresh=refresh)

    def update_document(self, action: Action, id: str, *, refresh: bool) -> DocumentResult:  # noqa: A002
        """Merge a part into a document, or let a script change it; or upsert one."""
        body: Source = action.source or {}
        current = self._current(id)
        record = self.get(id)
        self._require(action, id, current)
        # Imported here, as many writers update nothing.
        from mockkibana.elasticsearch.documents import updates

        change = updates.plan(
            body,
            None if record is None else record["_source"],
            self._metadata(id, current, record),
            self._transaction.documents(updates.STORED_SCRIPTS) if "script" in body else {},
            self._budget,
        )
        if change is None:
            raise document_missing(self.index.name, self.index.uuid, id)
        if change.is_deleted:
            return self.delete_document(action, id, refresh=refresh)
        if change.source is None:
            if record is None:  # a script did not want to create it
                return self._result(id, -1, "noop", -1)
            get = _get(body, record["_source"], record["_seq_no"], self.index.mapping)
            return self._result(id, current.version, "noop", current.seq_no, get=get)
        routing = action.routing or (record or {}).get("_routing")
        self.fit(change.source, id, None, routing)
        version = current.version + 1
        seq_no = self.put(id, change.source, version, routing)
        return self._result(
            id,
            version,
            "created" if change.created else "updated",
            seq_no,
            refresh=refresh,
            get=_get(body, change.source, seq_no, self.index.mapping),
        )

    def _metadata(self, id: str, current: Current, record: Source | None) -> Source:  # noqa: A002
        """Return what a script sees of a document besides its source."""
        known = {"_routing": (record or {}).get("_routing"), "_version": current.version}
        return {
            "_index": self.index.name,
            "_id": id,
            "_now": self._milliseconds,
            **({} if record is None else known),
        }

    def fit(self, source: Source, id: str, raw: bytes | None, routing: str | None) -> None:  # noqa: A002
        """Check a document against the mapping, and extend this by what is new."""
        index = self.index
        if index.data_stream is not None:
            _require_timestamp(source)
        update = parse(index.mapping, source, id=id, raw=raw, limits=index.limits, routing=routing)
        if update is None:
            return
        if self._growth is None:
            self._growth = Growth(index.mapping)
        self._growth.add(update)
        self.index = replace(index, mapping=self._growth.mapping)

    def put(self, id: str, source: Source, version: int, routing: str | None) -> int:  # noqa: A002
        """Store a document that fits, and return its sequence number."""
        seq_no = self._next_seq_no()
        self._documents[id] = _record(source, version, seq_no, routing)
        return seq_no

    def restore(
        self,
        id: str,  # noqa: A002
        source: Source,
        version: int,
        seq_no: int | None,
        routing: str | None,
    ) -> None:
        """Store a document as it once was; without a sequence number it gets the next one."""
        if seq_no is None:
            seq_no = self._seq_no
        self._seq_no = max(self._seq_no, seq_no + 1)
        self._documents[id] = _record(source, version, seq_no, routing)

    @property
    def next_seq_no(self) -> int:
        """The sequence number that the next write takes."""
        return self._seq_no

    def put_all(self, sources: dict[str, Source]) -> int:
        """Store new documents that fit, by id; returns the sequence number of the first."""
        first = self._seq_no
        self._seq_no += len(sources)
        for seq_no, (id_, source) in enumerate(sources.items(), first):
            self._documents[id_] = {"_source": source, "_version": 1, "_seq_no": seq_no}
        return first

    def save(self) -> None:
        """Put what has changed into the transaction."""
        index, transaction = self.index, self._transaction
        if self._growth is not None:
            stored = self._catalogue.record(index.name)
            record = {**stored, "mappings": index.mapping.definition}
            self._catalogue.compiled(index.name, record, index.mapping)
            transaction.put(INDICES, {index.name: record})
            self._growth = None  # what is stored does not change any more
        if not self._documents:
            return
        self._save_documents(index.documents_table)
        counters: Source = {"seq_no": self._seq_no}
        if (self._periods or self._tombstones) and (periods := self._save_tombstones()):
            counters["tombstones"] = periods
        transaction.put(COUNTERS, {index.uuid: counters})

    def _save_documents(self, table: str) -> None:
        documents = cast("dict[str, Source]", self._documents)
        if self._tombstones:  # else none is deleted
            records = self._documents.items()
            if removed := [id_ for id_, record in records if record is None]:
                self._transaction.remove(table, removed)
            documents = {id_: record for id_, record in records if record is not None}
        if documents:
            self._transaction.put(table, documents)

    def _save_tombstones(self) -> list[int]:
        oldest = period_of(self._milliseconds - _TOMBSTONE_LIFE)
        for period in self._periods:
            if period < oldest:
                self._transaction.drop(tombstones_table(self.index.uuid, period))
        periods = [period for period in self._periods if period >= oldest]
        tombstones = {
            id_: tombstone
            for id_, tombstone in self._tombstones.items()
            if tombstone is not None and self._documents.get(id_) is None
        }
        if tombstones:
            period = period_of(self._milliseconds)
            self._transaction.put(tombstones_table(self.index.uuid, period), tombstones)
            periods = sorted({*periods, period})
        return periods

    def _current(self, id: str) -> Current:  # noqa: A002
        record = self.get(id)
        if record is not None:
            return Current(record["_version"], record["_seq_no"], exists=True)
        tombstone = self._tombstones.get(id)
        for period in reversed(self._periods):
            if tombstone is not None:
                break
            tombstone = self._transaction.get(tombstones_table(self.index.uuid, period), id)
        if tombstone is None or self._milliseconds - tombstone["at"] > _TOMBSTONE_LIFE:
            return Current()
        return Current(tombstone["version"])

    def _next_seq_no(self) -> int:
        seq_no = self._seq_no
        self._seq_no += 1
        return seq_no

    def _require(self, action: Action, id: str, current: Current) -> None:  # noqa: A002
        text = versions.conflict(action, current)
        if text is not None:
            raise version_conflict(self.index.name, self.index.uuid, id, text)

    def _result(
        self,
        id: str,  # noqa: A002
        version: int,
        result: str,
        seq_no: int,
        *,
        refresh: bool = False,
        get: Source | None = None,
    ) -> DocumentResult:
        copies = 0 if result == "noop" else self.index.copies
        return DocumentResult(self.index.name, id, version, result, seq_no, copies, refresh, get)


def _require_timestamp(source: Source) -> None:
    """Refuse a document that cannot be in a data stream: it has its time at the top level."""
    time = source.get("@timestamp")
    if time is None or time == []:
        text = "data stream timestamp field [@timestamp] is missing"
    elif isinstance(time, list) and len(time) > 1:
        text = "data stream timestamp field [@timestamp] encountered multiple values"
    else:
        return
    raise document_parsing(
        f"[1:1] failed to parse: {text}", cause("illegal_argument_exception", text)
    )


def _get(body: Source, source: Source, seq_no: int, mapping: Mapping) -> Source | None:
    """Return the `get` part of an update's answer, if the body's `_source` asks for it."""
    if "_source" not in body:
        return None
    from mockkibana.elasticsearch.documents.source_filter import SourceFilter

    wanted = SourceFilter.of(body["_source"])
    if not wanted.wanted:
        return None
    return {
        "_seq_no": seq_no,
        "_primary_term": PRIMARY_TERM,
        "found": True,
        "_source": wanted.apply(source, mapping),
    }
