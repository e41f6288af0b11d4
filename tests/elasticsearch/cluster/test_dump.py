"""A dump restores an index to the same state, and a seed is the part of one."""

from __future__ import annotations

import json

import pytest
from document_writes import delete_document, index_document

from mockkibana.clock import Clock
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.json import Json
from mockkibana.settings.installation import Installation
from mockkibana.store import Store


def restored(records: Json, clock: Clock) -> tuple[Cluster, Store]:
    store = Store()
    cluster = Cluster(store, Installation(clock=clock))
    with store.transaction():
        for name, record in records.items():
            cluster.restore(name, record)
    return cluster, store


def test_a_dump_restores_to_the_same_state(cluster: Cluster, store: Store, clock: Clock) -> None:
    cluster.create_index(
        "x",
        settings={"number_of_replicas": 0, "blocks.write": False},
        mappings={"properties": {"a": {"type": "keyword"}}},
        aliases={"w": {"is_write_index": True}},
    )
    index_document(cluster, "w", {"a": "1", "n": {"d": 1.5}}, id="1", routing="r")
    index_document(cluster, "w", {"a": "2"}, id="2")
    index_document(cluster, "w", {"a": "3"}, id="1")
    delete_document(cluster, "x", "2")
    cluster.create_index("empty")
    cluster.put_settings("x", {"blocks.write": True})
    other, other_store = restored(json.loads(json.dumps(cluster.dump())), clock)
    assert other.dump() == cluster.dump()
    assert {
        name: list(other_store.table(name).rows().items()) for name in other_store.tables()
    } == {
        name: list(store.table(name).rows().items())
        for name in store.tables()
        if len(store.table(name))
    }
    other.put_settings("x", {"blocks.write": None})
    result = index_document(other, "w", {"a": "2"}, id="2")
    assert (result.version, result.seq_no) == (3, 4)


def test_documents_that_the_mapping_of_today_would_refuse_are_restored(
    cluster: Cluster, clock: Clock
) -> None:
    cluster.create_index("x", mappings={"dynamic": False})
    index_document(cluster, "x", {"a": "text"}, id="1")
    cluster.put_mapping("x", {"dynamic": "strict", "properties": {"a": {"type": "long"}}})
    other, _ = restored(cluster.dump(), clock)
    assert other.dump() == cluster.dump()


def test_what_a_seed_leaves_out_is_filled_in(clock: Clock) -> None:
    cluster, _ = restored(
        {
            "empty": {},
            "x": {
                "documents": [
                    {"_source": {"a": 1}},
                    {"_id": "b", "_source": {"a": 2}},
                    {"_id": "c", "_source": {"a": 2}, "_version": 5, "_seq_no": 9},
                ]
            },
        },
        clock,
    )
    index = cluster.resolve("x")[0]
    assert len(index.uuid) == 22
    assert index.creation_date == clock.milliseconds()
    assert index.mapping.body() == {"properties": {"a": {"type": "long"}}}
    documents = cluster.documents(index)
    assert [(record["_version"], record["_seq_no"]) for _, record in documents] == [
        (1, 0),
        (1, 1),
        (5, 9),
    ]
    assert len(documents[0][0]) == 20
    assert index_document(cluster, "x", {}).seq_no == 10
    assert cluster.count(cluster.resolve("empty")[0]) == 0


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ([], "[] expected an object but found list"),
        (
            {"foo": 1},
            (
                "[foo] is unknown; expected one of: settings, mappings, aliases, uuid, "
                "creation_date, state, data_stream, documents, counters"
            ),
        ),
        ({"documents": {}}, "[documents] expected list but found dict"),
        ({"documents": [{"_id": "1"}]}, "[documents.0._source] is missing"),
        (
            {"documents": [{"_source": {}, "_version": "1"}]},
            "[documents.0._version] expected int but found str",
        ),
        (
            {"documents": [{"_id": "1", "_source": {}}, {"_id": "1", "_source": {}}]},
            "[documents.1] the _id [1] appears twice",
        ),
        (
            {
                "mappings": {"properties": {"n": {"type": "long"}}},
                "documents": [{"_id": "1", "_source": {"n": "x"}}],
            },
            (
                "[documents.0] [1:6] failed to parse field [n] of type [long] in document with id "
                "'1'. Preview of field's value: 'x'"
            ),
        ),
        (
            {"settings": {"uuid": "x"}},
            "private index setting [index.uuid] can not be set explicitly",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_record_that_is_not_valid_is_refused(
    cluster: Cluster, store: Store, record: Json, reason: str
) -> None:
    before = store.digest()
    with pytest.raises(ElasticsearchError) as caught:
        cluster.restore("x", record)
    assert caught.value.reason == reason
    assert store.digest() == before


def test_a_seed_does_not_replace_an_index(cluster: Cluster) -> None:
    cluster.create_index("x")
    with pytest.raises(ElasticsearchError, match="already exists"):
        cluster.restore("x", {})
