"""Creation of many documents at once: the fast path gives what the slow one gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana.clock import Clock
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.ids import Ids
from mockkibana.journal.made import BulkCreated
from mockkibana.json import Json
from mockkibana.settings.installation import Installation
from mockkibana.store import Store


def test_the_answer_waits_to_be_text_when_all_documents_were_created(cluster: Cluster) -> None:
    answer = cluster.create_all("t", [{"a": 1}, {"a": 2}], refresh=True)
    assert isinstance(answer, BulkCreated)
    text = answer.encoded()
    assert text.startswith(b'{"errors":false,"took":0,"items":[')
    first, second = text.value()["items"]
    assert list(first["create"]) == [
        "_index",
        "_id",
        "_version",
        "result",
        "forced_refresh",
        "_shards",
        "_seq_no",
        "_primary_term",
        "status",
    ]
    assert (first["create"]["_seq_no"], second["create"]["_seq_no"]) == (0, 1)
    document = cluster.get_document("t", second["create"]["_id"])
    assert document is not None
    assert document.source == {"a": 2}


def test_documents_that_fit_stay_when_others_do_not(cluster: Cluster) -> None:
    answer = cluster.create_all("t", [{"a": 1}, {"a": "x"}, {"a": 2}], refresh=False)
    assert not isinstance(answer, BulkCreated)
    assert answer["errors"] is True
    created, failed, last = (item["create"] for item in answer["items"])
    assert (created["_seq_no"], created["status"], last["_seq_no"]) == (0, 201, 1)
    assert failed["status"] == 400
    assert failed["error"]["reason"] == (
        f"[1:6] failed to parse field [a] of type [long] in document with id '{failed['_id']}'. "
        "Preview of field's value: 'x'"
    )
    assert cluster.count(cluster.resolve("t")[0]) == 2


def test_an_index_that_cannot_be_created_fails_every_document(
    cluster: Cluster, store: Store
) -> None:
    before = store.digest()
    answer = cluster.create_all("BAD", [{}, {}], refresh=False)
    assert [item["create"]["_id"] for item in answer["items"]] == [None, None]
    assert answer["items"][0]["create"]["error"]["type"] == "invalid_index_name_exception"
    assert store.digest() == before


def test_a_mapping_that_changes_later_is_looked_at_again(cluster: Cluster) -> None:
    cluster.create_index("t", mappings={"dynamic": False, "properties": {"a": {"type": "long"}}})
    cluster.create_all("t", [{"a": 1}, {"a": 1, "b": "x"}], refresh=False)
    cluster.put_mapping("t", {"dynamic": "strict", "properties": {"c": {"type": "long"}}})
    answer = cluster.create_all("t", [{"a": 1}, {"a": 1, "b": "x"}], refresh=False)
    assert [item["create"]["status"] for item in answer["items"]] == [201, 400]


NAMES = st.sampled_from(["a", "b", "c", "o.a", "é"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -5, 2**63, 2**70]),
    st.sampled_from([1.5, 0.0, 1e39, 1e300]),
    st.sampled_from(["", "x", "1", "2024-01-02", "2024-01-02T03:04:05.678Z", "true", "2024"]),
)
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(NAMES, SCALARS, max_size=2)
DOCUMENTS = st.lists(st.dictionaries(NAMES, VALUES, max_size=3), min_size=1, max_size=8)
KINDS = st.sampled_from(
    ["long", "integer", "float", "double", "boolean", "keyword", "text", "date", "object", "ip"]
)
MAPPINGS = st.fixed_dictionaries(
    {"dynamic": st.sampled_from(["true", "false", "strict", "runtime"])},
    optional={
        "properties": st.dictionaries(
            st.sampled_from(["a", "b"]), KINDS.map(lambda kind: {"type": kind}), max_size=2
        )
    },
)


@settings(deadline=None)
@given(MAPPINGS, st.lists(DOCUMENTS, min_size=1, max_size=3))
def test_the_fast_path_answers_and_stores_what_bulk_does(
    mappings: Json, batches: list[list[dict[str, Json]]]
) -> None:
    stores = [Store(), Store()]
    fast, slow = (
        Cluster(store, Installation(clock=Clock("2026-01-02"), ids=Ids(7))) for store in stores
    )
    for cluster in (fast, slow):
        cluster.create_index("t", mappings=mappings)
    for batch in batches:
        answer: Any = fast.create_all("t", batch, refresh=False)
        expected = slow.bulk([Action(op="create", index="t", source=source) for source in batch])
        if isinstance(answer, BulkCreated):
            answer = answer.encoded().value()
        assert json.dumps(answer) == json.dumps(expected)
    assert fast.dump() == slow.dump()


@pytest.mark.parametrize("count", [1, 1200])
def test_documents_of_many_shapes_are_created_too(cluster: Cluster, count: int) -> None:
    cluster.create_index("t", mappings={"dynamic": False})
    answer = cluster.create_all("t", [{f"f{n}": n} for n in range(count)], refresh=False)
    assert isinstance(answer, BulkCreated)
    assert cluster.count(cluster.resolve("t")[0]) == count


def test_a_pipeline_that_is_not_there_fails_every_document(cluster: Cluster) -> None:
    cluster.create_index("t", settings={"final_pipeline": "nope"})
    answer = cluster.create_all("t", [{"a": 1}, {"a": 2}], refresh=False)
    assert not isinstance(answer, BulkCreated)
    reason = "pipeline with id [nope] does not exist"
    for item in answer["items"]:
        assert (item["create"]["status"], item["create"]["error"]["reason"]) == (400, reason)
