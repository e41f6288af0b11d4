"""Writes of single documents: versions, sequence numbers, conditions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from document_writes import delete_document, index_document

from mockkibana.clock import Clock
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.documents.documents import DocumentResult
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.ids import Ids
from mockkibana.json import Json
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

SHARDS = {"total": 2, "successful": 1, "failed": 0}


def outcome(result: DocumentResult) -> tuple[str, int, int]:
    return result.result, result.version, result.seq_no


def refusal(call: Callable[[], object]) -> ElasticsearchError:
    with pytest.raises(ElasticsearchError) as caught:
        call()
    return caught.value


def test_a_created_document_is_answered_in_elasticsearchs_order(cluster: Cluster) -> None:
    result = index_document(cluster, "t", {"a": 1}, id="1")
    assert result.status == 201
    assert list(result.body().items()) == [
        ("_index", "t"),
        ("_id", "1"),
        ("_version", 1),
        ("result", "created"),
        ("_shards", SHARDS),
        ("_seq_no", 0),
        ("_primary_term", 1),
    ]


@pytest.mark.parametrize("forced", [True, False])
def test_a_forced_refresh_is_said_behind_the_result(cluster: Cluster, forced: bool) -> None:
    body = index_document(cluster, "t", {}, id="1", refresh=forced).body()
    assert body.get("forced_refresh", False) is forced
    if forced:
        assert list(body)[3:5] == ["result", "forced_refresh"]


def test_versions_and_sequence_numbers_go_on_through_updates_and_deletion(
    cluster: Cluster,
) -> None:
    index, delete = partial(index_document, cluster), partial(delete_document, cluster)
    assert outcome(index("t", {"a": 1}, id="1")) == ("created", 1, 0)
    assert outcome(index("t", {"a": 2}, id="1")) == ("updated", 2, 1)
    assert outcome(index("t", {"a": 2}, id="2")) == ("created", 1, 2)
    assert outcome(delete("t", "1")) == ("deleted", 3, 3)
    assert outcome(index("t", {"a": 3}, id="1")) == ("created", 4, 4)
    assert outcome(delete("t", "never")) == ("not_found", 1, 5)
    assert delete("t", "never").status == 404
    assert outcome(index("t", {"a": 3}, id="never")) == ("created", 3, 7)


@pytest.mark.parametrize(("seconds", "version"), [(60, 3), (61, 1)])
def test_the_version_of_a_deleted_document_is_remembered_for_a_minute(
    cluster: Cluster, clock: Clock, seconds: int, version: int
) -> None:
    index_document(cluster, "t", {}, id="1")
    delete_document(cluster, "t", "1")
    clock.advance(seconds)
    assert index_document(cluster, "t", {}, id="1").version == version


def test_tombstones_do_not_pile_up(cluster: Cluster, clock: Clock, store: Store) -> None:
    for minute in range(10):
        delete_document(cluster, "t", "1") if minute else index_document(cluster, "t", {}, id="1")
        clock.advance("1m")
    names = [name for name in store.tables() if "tombstones" in name]
    assert 1 <= len(names) <= 3


def test_a_document_without_an_id_gets_one_of_twenty_characters(cluster: Cluster) -> None:
    first, second = (index_document(cluster, "t", {}).id for _ in range(2))
    assert len(first) == len(second) == 20
    assert first != second


def test_a_document_is_read_back_as_it_was_written(cluster: Cluster) -> None:
    source = {"z": [{"b": None}, {}], "a.b": 1.0}
    index_document(cluster, "t", source, id="1", routing="r")
    document = cluster.get_document("t", "1")
    assert document is not None
    assert list(document.body().items()) == [
        ("_index", "t"),
        ("_id", "1"),
        ("_version", 1),
        ("_seq_no", 0),
        ("_primary_term", 1),
        ("_routing", "r"),
        ("found", True),
        ("_source", source),
    ]
    assert cluster.get_document("t", "2") is None


def conflict(cluster: Cluster, text: str) -> Json:
    return {
        "type": "version_conflict_engine_exception",
        "reason": text,
        "index_uuid": cluster.resolve("t")[0].uuid,
        "shard": "0",
        "index": "t",
    }


def test_a_document_is_created_once(cluster: Cluster) -> None:
    index_document(cluster, "t", {}, id="1", op="create")
    error = refusal(lambda: index_document(cluster, "t", {}, id="1", op="create"))
    assert error.status == 409
    assert error.item() == conflict(
        cluster, "[1]: version conflict, document already exists (current version [1])"
    )


def test_a_sequence_number_can_be_demanded(cluster: Cluster) -> None:
    index_document(cluster, "t", {}, id="1")
    index_document(cluster, "t", {}, id="1", if_seq_no=0, if_primary_term=1)
    error = refusal(
        lambda: index_document(cluster, "t", {}, id="1", if_seq_no=99, if_primary_term=1)
    )
    assert error.item() == conflict(
        cluster,
        "[1]: version conflict, required seqNo [99], primary term [1]. current document has seqNo "
        "[1] and primary term [1]",
    )
    error = refusal(lambda: delete_document(cluster, "t", "5", if_seq_no=9, if_primary_term=1))
    assert error.reason == (
        "[5]: version conflict, required seqNo [9], primary term [1]. but no document was found"
    )


@pytest.mark.parametrize(
    ("kind", "version", "text"),
    [
        ("external", 5, "current version [5] is higher or equal to the one provided [5]"),
        ("external_gte", 4, "current version [5] is higher than the one provided [4]"),
    ],
)
def test_an_external_version_must_rise(
    cluster: Cluster, kind: str, version: int, text: str
) -> None:
    index_document(cluster, "t", {}, id="1", version=5, version_type=kind)
    error = refusal(
        lambda: index_document(cluster, "t", {}, id="1", version=version, version_type=kind)
    )
    assert error.reason == f"[1]: version conflict, {text}"
    assert index_document(cluster, "t", {}, id="1", version=7, version_type=kind).version == 7


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"id": "1", "if_seq_no": 1}, "1: ifSeqNo is set, but primary term is [0];"),
        ({"id": "1", "if_primary_term": 1}, "1: ifSeqNo is unassigned, but primary term is [1];"),
        (
            {"id": "1", "version": 1},
            (
                "1: internal versioning can not be used for optimistic concurrency control. "
                "Please use `if_seq_no` and `if_primary_term` instead;"
            ),
        ),
        (
            {"id": "1", "version": 1, "version_type": "external", "op": "create"},
            "1: create operations only support internal versioning. use index instead;",
        ),
        (
            {"version": 1, "version_type": "external"},
            "1: an id must be provided if version type or value are set;",
        ),
        (
            {"id": "x" * 513},
            f"1: id [{'x' * 513}] is too long, must be no longer than 512 bytes but was: 513;",
        ),
    ],
)
def test_a_request_that_is_not_valid_is_refused(
    cluster: Cluster, options: dict[str, Json], text: str
) -> None:
    error = refusal(lambda: index_document(cluster, "t", {}, **options))
    assert error.type == "action_request_validation_exception"
    assert error.reason == f"Validation Failed: {text}"


def test_a_refused_document_leaves_only_the_index_that_was_created_for_it(
    cluster: Cluster,
) -> None:
    error = refusal(lambda: index_document(cluster, "t", {"": 1}, id="1"))
    assert error.type == "document_parsing_exception"
    assert cluster.exists("t")
    assert index_document(cluster, "t", {}, id="1").seq_no == 0


def test_nothing_is_deleted_from_a_missing_index(cluster: Cluster) -> None:
    assert refusal(lambda: delete_document(cluster, "t", "1")).reason == "no such index [t]"
    assert not cluster.exists("t")


@pytest.mark.parametrize("replicas", [0, 2])
def test_the_shards_are_counted_by_the_replicas(cluster: Cluster, replicas: int) -> None:
    cluster.create_index("t", settings={"number_of_replicas": replicas})
    body = index_document(cluster, "t", {}).body()
    assert body["_shards"] == {"total": replicas + 1, "successful": 1, "failed": 0}
    assert cluster.refresh("t") == {"_shards": body["_shards"]}


def test_documents_are_in_the_order_of_their_last_writes(cluster: Cluster) -> None:
    for id_ in ("1", "2", "1"):
        index_document(cluster, "t", {}, id=id_)
    index = cluster.resolve("t")[0]
    assert [id_ for id_, _ in cluster.documents(index)] == ["2", "1"]
    assert cluster.count(index) == 2


def test_all_goes_on_where_it_was_after_a_restart(tmp_path: Json) -> None:
    path = tmp_path / "world.db"
    store = Store(path)
    before = Cluster(store, Installation())
    index_document(before, "t", {"a": 1}, id="1")
    delete_document(before, "t", "1")
    store.close()
    again = Cluster(Store(path), Installation())
    assert outcome(index_document(again, "t", {"a": 1}, id="1")) == ("created", 3, 2)
    assert refusal(lambda: index_document(again, "t", {"a": "x"})).caused_by is not None


def test_after_a_reset_there_is_nothing(cluster: Cluster, store: Store) -> None:
    index_document(cluster, "t", {"a": 1}, id="1")
    store.drop_tables()
    assert not cluster.exists("t")
    assert outcome(index_document(cluster, "t", {"a": "x"}, id="1")) == ("created", 1, 0)


def test_a_generated_id_that_is_taken_is_not_used(cluster: Cluster, store: Store) -> None:
    taken = index_document(cluster, "t", {}).id

    class Forgetful(Ids):
        """Begins again with the ids of the other cluster."""

        def elasticsearch(self, count: int, milliseconds: int) -> list[str]:
            ids = super().elasticsearch(count, milliseconds)
            return [*ids[:-1], taken] if self.first else ids

        @property
        def first(self) -> bool:
            self.calls = getattr(self, "calls", 0) + 1
            return self.calls == 1

    other = Cluster(store, Installation(ids=Forgetful()))
    assert index_document(other, "t", {}).id != taken
    third = Cluster(store, Installation(ids=Forgetful()))
    third.create_all("t", [{}, {}, {}], refresh=False)
    assert cluster.count(cluster.resolve("t")[0]) == 5


@pytest.mark.parametrize(
    "source",
    [
        {"d": [{"known": "a", "new": 1}, {"o": {"deep": True}}]},
        {"d.new": 1, "d.o.deep": True},
        {"d": {"new": 1, "o.deep": True}},
    ],
    ids=["a list", "dotted names", "an object"],
)
def test_what_is_new_in_a_nested_object_is_mapped_there(cluster: Cluster, source: Json) -> None:
    nested = {"type": "nested", "properties": {"known": {"type": "keyword"}}}
    cluster.create_index("t", mappings={"properties": {"d": nested}})
    assert index_document(cluster, "t", source).result == "created"
    mapped = cluster.get_index("t")["t"]["mappings"]["properties"]["d"]
    assert mapped == {
        "type": "nested",
        "properties": {
            "known": {"type": "keyword"},
            "new": {"type": "long"},
            "o": {"properties": {"deep": {"type": "boolean"}}},
        },
    }


def test_a_child_of_a_join_field_needs_a_routing(cluster: Cluster) -> None:
    join = {"type": "join", "relations": {"question": ["answer", "comment"]}}
    cluster.create_index("t", mappings={"properties": {"j": join}})
    index_document(cluster, "t", {"j": "question"}, id="1")
    child = {"j": {"name": "answer", "parent": "1"}}
    error = refusal(lambda: index_document(cluster, "t", child))
    inner = "[routing] is missing for join field [j]"
    assert error.reason == f"[1:35] failed to parse: {inner}"
    assert index_document(cluster, "t", child, routing="1").result == "created"
