"""Updates merge a part into a document, or create it."""

from __future__ import annotations

import pytest
from document_writes import index_document, update_document

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.json import Json
from mockkibana.store import Store


@pytest.fixture
def indices(cluster: Cluster) -> Cluster:
    index_document(cluster, "t", {"a": {"b": 1, "c": [1, 2]}, "d": "x"}, id="1")
    return cluster


def source(cluster: Cluster, id_: str = "1") -> Json:
    document = cluster.get_document("t", id_)
    return None if document is None else document.source


def test_objects_are_merged_and_lists_replaced(indices: Cluster) -> None:
    result = update_document(indices, "t", "1", {"doc": {"a": {"c": [3], "e": 1}, "d": None}})
    assert (result.result, result.version, result.seq_no, result.status) == ("updated", 2, 1, 200)
    assert source(indices) == {"a": {"b": 1, "c": [3], "e": 1}, "d": None}


@pytest.mark.parametrize("doc", [{}, {"d": "x"}, {"a": {"b": 1}}, {"a": {}}])
def test_an_update_that_changes_nothing_is_a_noop(
    indices: Cluster, store: Store, doc: Json
) -> None:
    before = store.digest()
    result = update_document(indices, "t", "1", {"doc": doc}, refresh=True)
    assert result.body() == {
        "_index": "t",
        "_id": "1",
        "_version": 1,
        "result": "noop",
        "_shards": {"total": 0, "successful": 0, "failed": 0},
        "_seq_no": 0,
        "_primary_term": 1,
    }
    assert store.digest() == before


@pytest.mark.parametrize("doc", [{"a": {"b": 1.0}}, {"a": {"b": True}}])
def test_values_of_another_type_are_a_change(cluster: Cluster, doc: Json) -> None:
    cluster.create_index("t", mappings={"dynamic": False})
    index_document(cluster, "t", {"a": {"b": 1}}, id="1")
    assert update_document(cluster, "t", "1", {"doc": doc}).result == "updated"


def test_noops_need_not_be_detected(indices: Cluster) -> None:
    result = update_document(indices, "t", "1", {"doc": {}, "detect_noop": False})
    assert (result.result, result.version) == ("updated", 2)


def test_a_missing_document_cannot_be_updated(indices: Cluster) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        update_document(indices, "t", "9", {"doc": {}})
    assert (caught.value.status, caught.value.item()) == (
        404,
        {
            "type": "document_missing_exception",
            "reason": "[9]: document missing",
            "index_uuid": indices.resolve("t")[0].uuid,
            "shard": "0",
            "index": "t",
        },
    )


@pytest.mark.parametrize(
    "body",
    [{"doc": {"n": 2}, "upsert": {"n": 1}}, {"doc": {"n": 1}, "doc_as_upsert": True}],
)
def test_a_missing_document_can_be_created_by_an_update(cluster: Cluster, body: Json) -> None:
    result = update_document(cluster, "t", "1", body)
    assert (result.result, result.version, result.status) == ("created", 1, 201)
    assert source(cluster) == {"n": 1}


def test_the_document_is_answered_when_asked_for(indices: Cluster) -> None:
    result = update_document(indices, "t", "1", {"doc": {"d": "y"}, "_source": ["d"]})
    assert result.body()["get"] == {
        "_seq_no": 1,
        "_primary_term": 1,
        "found": True,
        "_source": {"d": "y"},
    }


def test_an_update_keeps_the_routing(cluster: Cluster) -> None:
    index_document(cluster, "t", {}, id="1", routing="r")
    update_document(cluster, "t", "1", {"doc": {"a": 1}})
    document = cluster.get_document("t", "1")
    assert document is not None
    assert document.routing == "r"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "1: script or doc is missing;"),
        ({"doc": {}, "script": "x"}, "1: can't provide both script and doc;"),
        (
            {"script": "x", "doc_as_upsert": True},
            "1: doc must be specified if doc_as_upsert is enabled;",
        ),
    ],
)
def test_a_body_that_is_not_valid_is_refused(indices: Cluster, body: Json, text: str) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        update_document(indices, "t", "1", body)
    assert caught.value.reason == f"Validation Failed: {text}"


@pytest.mark.parametrize("script", ["ctx._source.n++", {"source": "ctx._source.n++", "params": {}}])
def test_a_script_is_refused_aloud(indices: Cluster, script: Json) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        update_document(indices, "t", "1", {"script": script})
    error = caught.value.item()
    assert error["reason"] == "failed to execute script"
    assert error["caused_by"]["type"] == "script_exception"
    assert error["caused_by"]["script"] == "ctx._source.n++"


def test_a_sequence_number_can_be_demanded(indices: Cluster) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        update_document(indices, "t", "1", {"doc": {"d": "y"}}, if_seq_no=7, if_primary_term=1)
    assert caught.value.status == 409


def test_what_is_stored_is_not_changed_in_place(indices: Cluster) -> None:
    before = source(indices)
    copy = {"a": {"b": 1, "c": [1, 2]}, "d": "x"}
    update_document(indices, "t", "1", {"doc": {"a": {"b": 2}}})
    assert before == copy
