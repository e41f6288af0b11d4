"""What is indexed of documents is kept for as long as they stay the same."""

from __future__ import annotations

import pytest
from document_writes import delete_document, index_document
from tinydb.operations import set as put

from mockkibana.budget import Budget
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.store import Store


@pytest.fixture
def index(cluster: Cluster) -> Index:
    index_document(cluster, "t", {"a": 1}, id="1")
    return cluster.resolve("t")[0]


def segment_of(cluster: Cluster, index: Index) -> Segment:
    return cluster.segment(index, Budget())


def test_documents_that_did_not_change_are_indexed_once(cluster: Cluster, index: Index) -> None:
    first = segment_of(cluster, index)
    index_document(cluster, "u", {"a": 1}, id="1")
    assert segment_of(cluster, index).records is first.records
    cluster.forget()
    assert segment_of(cluster, index).records is not first.records


def test_every_change_shows_in_the_next_segment(
    cluster: Cluster, index: Index, store: Store
) -> None:
    assert segment_of(cluster, index).ids == ["1"]
    index_document(cluster, "t", {"a": 2}, id="2")
    assert segment_of(cluster, index).ids == ["1", "2"]
    index_document(cluster, "t", {"a": 3}, id="1")
    assert segment_of(cluster, index).ids == ["2", "1"]
    delete_document(cluster, "t", "2")
    assert segment_of(cluster, index).ids == ["1"]
    store.table(index.documents_table).update(put("_source", {"a": 9}))
    assert segment_of(cluster, index).sources == [{"a": 9}]
    store.drop_tables()
    assert segment_of(cluster, index).ids == []


def test_a_transaction_sees_its_own_documents(cluster: Cluster, index: Index, store: Store) -> None:
    segment_of(cluster, index)
    with store.transaction():
        index_document(cluster, "t", {"a": 2}, id="2")
        assert segment_of(cluster, index).ids == ["1", "2"]
        index_document(cluster, "t", {"a": 3}, id="1")
        assert segment_of(cluster, index).ids == ["2", "1"]
    assert segment_of(cluster, index).ids == ["2", "1"]


def test_a_new_field_is_indexed_anew(cluster: Cluster, index: Index) -> None:
    first = segment_of(cluster, index)
    cluster.put_mapping("t", {"properties": {"b": {"type": "keyword"}}})
    extended = segment_of(cluster, cluster.resolve("t")[0])
    assert extended.records is not first.records
    assert extended.leaf("b") is not None


def test_only_some_indices_are_kept(cluster: Cluster, index: Index) -> None:
    first = segment_of(cluster, index)
    for number in range(16):
        index_document(cluster, f"t{number}", {"a": 1}, id="1")
        segment_of(cluster, cluster.resolve(f"t{number}")[0])
    again = segment_of(cluster, index)
    assert again.records is not first.records
    assert again.ids == first.ids
