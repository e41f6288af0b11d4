"""Dumps: an index with its documents as one JSON value, and its restoration."""

from __future__ import annotations

from mockkibana.elasticsearch.documents.index_writer import (
    COUNTERS,
    IndexWriter,
    period_of,
    tombstones_table,
)
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.json import Json
from mockkibana.spelling import expected
from mockkibana.store import Store, Transaction

_KEYS = {
    "settings": dict,
    "mappings": dict,
    "aliases": dict,
    "uuid": str,
    "creation_date": int,
    "state": str,
    "data_stream": str,
    "documents": list,
    "counters": dict,
}
_DOCUMENT_KEYS = {"_id": str, "_source": dict, "_version": int, "_seq_no": int, "_routing": str}
_COUNTER_KEYS = {"seq_no": int, "tombstones": dict}


def check(record: Json) -> None:
    """Raise `ElasticsearchError` for a record that has not the shape that `dump` gives."""
    _check("", record, _KEYS)
    for number, document in enumerate(record.get("documents", ())):
        _check(f"documents.{number}", document, _DOCUMENT_KEYS)
        if "_source" not in document:
            raise illegal_argument(f"[documents.{number}._source] is missing")
    _check("counters", record.get("counters", {}), _COUNTER_KEYS)


def _check(path: str, value: Json, keys: dict[str, type]) -> None:
    if not isinstance(value, dict):
        raise illegal_argument(f"[{path}] expected an object but found {type(value).__name__}")
    for name, inner in value.items():
        where = f"{path}.{name}" if path else name
        if name not in keys:
            raise illegal_argument(f"[{where}] is unknown; {expected(name, keys)}")
        if type(inner) is not keys[name]:
            raise illegal_argument(
                f"[{where}] expected {keys[name].__name__} but found {type(inner).__name__}"
            )


def restore(
    writer: IndexWriter, transaction: Transaction, record: Json, fresh_ids: list[str]
) -> None:
    """Put the documents of a record into a new index and save it.

    What a document lacks is filled in: its id from `fresh_ids`, version 1, the next sequence
    number. A record with `counters` is a whole snapshot, whose documents were checked when they
    were written: they are taken as they are. Raises `ElasticsearchError` for a document that does
    not fit the mapping.
    """
    is_snapshot = "counters" in record
    fresh = iter(fresh_ids)
    for number, document in enumerate(record.get("documents", ())):
        id_ = document["_id"] if "_id" in document else next(fresh)
        where = f"[documents.{number}]"
        if writer.get(id_) is not None:
            raise illegal_argument(f"{where} the _id [{id_}] appears twice")
        if not is_snapshot:
            try:
                writer.fit(document["_source"], id_, None, document.get("_routing"))
            except ElasticsearchError as error:
                error.reason = f"{where} {error.reason}"
                raise
        writer.restore(
            id_,
            document["_source"],
            document.get("_version", 1),
            document.get("_seq_no"),
            document.get("_routing"),
        )
    writer.save()
    if is_snapshot:
        _restore_counters(writer, transaction, record["counters"])


def _restore_counters(writer: IndexWriter, transaction: Transaction, counters: Json) -> None:
    uuid = writer.index.uuid
    periods: dict[int, dict[str, Json]] = {}
    for id_, tombstone in counters.get("tombstones", {}).items():
        _check(f"counters.tombstones.{id_}", tombstone, {"version": int, "at": int})
        periods.setdefault(period_of(tombstone["at"]), {})[id_] = tombstone
    for period, tombstones in periods.items():
        transaction.put(tombstones_table(uuid, period), tombstones)
    stored: dict[str, Json] = {
        "seq_no": max(counters.get("seq_no", 0), writer.next_seq_no),
    }
    if periods:
        stored["tombstones"] = sorted(periods)
    transaction.put(COUNTERS, {uuid: stored})


def dump(store: Store, index: Index, record: dict[str, Json]) -> Json:
    """Return an index, its `record` in the store, its documents and counters."""
    dumped: dict[str, Json] = {
        **record,
        "documents": [
            {"_id": id_, **rest} for id_, rest in store.table(index.documents_table).rows().items()
        ],
    }
    counters = store.table(COUNTERS).row(index.uuid)
    if counters is None:  # nothing was ever written
        return dumped
    tombstones: dict[str, Json] = {}
    for period in counters.get("tombstones", ()):
        tombstones.update(store.table(tombstones_table(index.uuid, period)).rows().items())
    dumped["counters"] = {"seq_no": counters["seq_no"], "tombstones": tombstones}
    return dumped
