"""The actions of a bulk request are applied in order, each with its own outcome."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.documents import bulk_parser
from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument
from mockkibana.json import Json
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

SHARDS = {"total": 2, "successful": 1, "failed": 0}


def action(op: str, id_: str | None = None, source: Json = None, **more: Any) -> Action:
    return Action(op=op, index=more.pop("index", "t"), id=id_, source=source, **more)


def items(answer: Json) -> list[tuple[str, Json]]:
    return [next(iter(item.items())) for item in answer["items"]]


def test_each_action_has_its_item(cluster: Cluster) -> None:
    answer = cluster.bulk(
        [
            action("index", "1", {"a": 1}),
            action("create", "1", {"a": 2}),
            action("update", "1", {"doc": {"a": 3}}),
            action("update", "99", {"doc": {"a": 3}}),
            action("delete", "1"),
            action("delete", "1"),
            action("index", "2", {"a": "abc"}),
        ]
    )
    uuid = cluster.resolve("t")[0].uuid
    shard = {"index_uuid": uuid, "shard": "0", "index": "t"}

    def done(id_: str, version: int, result: str, seq_no: int, status: int) -> Json:
        return {
            "_index": "t",
            "_id": id_,
            "_version": version,
            "result": result,
            "_shards": SHARDS,
            "_seq_no": seq_no,
            "_primary_term": 1,
            "status": status,
        }

    def failed(id_: str, status: int, error: Json) -> Json:
        return {"_index": "t", "_id": id_, "status": status, "error": error}

    assert list(answer) == ["errors", "took", "items"]
    assert answer["errors"] is True
    assert items(answer) == [
        ("index", done("1", 1, "created", 0, 201)),
        (
            "create",
            failed(
                "1",
                409,
                {
                    "type": "version_conflict_engine_exception",
                    "reason": "[1]: version conflict, document already exists "
                    "(current version [1])",
                    **shard,
                },
            ),
        ),
        ("update", done("1", 2, "updated", 1, 200)),
        (
            "update",
            failed(
                "99",
                404,
                {
                    "type": "document_missing_exception",
                    "reason": "[99]: document missing",
                    **shard,
                },
            ),
        ),
        ("delete", done("1", 3, "deleted", 2, 200)),
        ("delete", done("1", 4, "not_found", 3, 404)),
        (
            "index",
            failed(
                "2",
                400,
                {
                    "type": "document_parsing_exception",
                    "reason": "[1:6] failed to parse field [a] of type [long] in document with id "
                    "'2'. Preview of field's value: 'abc'",
                    "caused_by": {
                        "type": "illegal_argument_exception",
                        "reason": 'For input string: "abc"',
                    },
                },
            ),
        ),
    ]


def test_a_deletion_of_nothing_is_no_error(cluster: Cluster) -> None:
    cluster.create_index("t")
    assert cluster.bulk([action("delete", "1")])["errors"] is False


@pytest.mark.parametrize("id_", [None, "1"])
def test_an_index_that_cannot_be_created_fails_its_items(cluster: Cluster, id_: str | None) -> None:
    answer = cluster.bulk(
        [action("create", id_, {}, index="BAD"), action("index", "1", {}, index="good")]
    )
    assert items(answer)[0] == (
        "create",
        {
            "_index": "BAD",
            "_id": id_,
            "status": 400,
            "error": {
                "type": "invalid_index_name_exception",
                "reason": "Invalid index name [BAD], must be lowercase",
                "index_uuid": "_na_",
                "index": "BAD",
            },
        },
    )
    assert items(answer)[1][1]["result"] == "created"


@pytest.mark.parametrize(
    ("bad", "status", "reason"),
    [
        (action("index", "", {}), 400, "if _id is specified it must not be empty"),
        (action("delete", "1", index="nope"), 404, "no such index [nope]"),
        (action("index", "1", error=illegal_argument("why")), 400, "why"),
        (
            action("index", "1", {}, require_alias=True),
            404,
            "no such index [t] and [require_alias] request flag is [true] and [t] is not an alias",
        ),
    ],
    ids=["empty id", "deletion from a missing index", "own error", "no alias"],
)
def test_a_failed_item_does_not_stop_the_others(
    cluster: Cluster, bad: Action, status: int, reason: str
) -> None:
    answer = cluster.bulk([bad, action("index", "2", {})])
    (_, first), (_, second) = items(answer)
    assert (first["status"], first["error"]["reason"]) == (status, reason)
    assert second["result"] == "created"


def test_an_alias_can_be_required_of_the_whole_request(cluster: Cluster) -> None:
    body = b'{"index":{"_id":"1"}}\n{}\n'
    request = bulk_parser.parse(body, bulk_parser.Defaults(index="t", require_alias=True))
    answer = cluster.bulk(request.actions)
    assert items(answer)[0][1]["status"] == 404
    assert not cluster.exists("t")


def test_a_request_that_is_not_valid_changes_nothing(cluster: Cluster, store: Store) -> None:
    before = store.digest()
    with pytest.raises(ElasticsearchError) as caught:
        cluster.bulk(
            [
                action("index", "1", {}),
                action("index", "2", {}, if_seq_no=1),
                action("update", "3", {}),
            ]
        )
    assert caught.value.reason == (
        "Validation Failed: 1: ifSeqNo is set, but primary term is [0];2: script or doc is missing;"
    )
    assert store.digest() == before


def test_the_places_in_errors_are_those_of_the_line(cluster: Cluster) -> None:
    cluster.create_index("t", mappings={"properties": {"n": {"type": "long"}}})
    raw = b'{ "n":  "abc" }'
    answer = cluster.bulk([action("index", "1", {"n": "abc"}, raw=raw)])
    assert items(answer)[0][1]["error"]["reason"].startswith("[1:9] failed to parse field [n]")


def test_a_forced_refresh_is_said_in_each_item_that_wrote(cluster: Cluster) -> None:
    answer = cluster.bulk(
        [action("index", "1", {}), action("update", "1", {"doc": {}})], refresh=True
    )
    first, second = (item for _, item in items(answer))
    assert first["forced_refresh"] is True
    assert "forced_refresh" not in second


def test_a_bulk_request_is_one_line_of_the_log(tmp_path: Any, cluster: Cluster) -> None:

    path = tmp_path / "db"
    cluster = Cluster(Store(path), Installation())
    lines = len(path.read_bytes().splitlines())
    cluster.bulk([action("index", str(n), {f"f{n}": n}, index=f"i{n % 3}") for n in range(9)])
    assert len(path.read_bytes().splitlines()) == lines + 1


def test_eight_threads_leave_no_gap_in_the_sequence_numbers(cluster: Cluster) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for round_ in range(10):
                cluster.bulk(
                    [action("index", f"{number}-{round_}-{n}", {"n": n}) for n in range(5)]
                )
                cluster.create_all("t", [{f"t{number}": round_}] * 5, refresh=False)
        except BaseException as failure:  # noqa: BLE001 - the test's thread must see it
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    index = cluster.resolve("t")[0]
    documents = cluster.documents(index)
    assert [record["_seq_no"] for _, record in documents] == list(range(800))
    assert set(index.mapping.fields) == {"n", *(f"t{number}" for number in range(8))}


MISSING = "pipeline with id [nope] does not exist"


@pytest.mark.parametrize(
    ("pipelines", "bad"),
    [
        ({}, action("index", "1", {}, pipeline="nope")),
        ({}, action("create", "1", {}, pipeline="nope")),
        ({"default_pipeline": "nope"}, action("index", "1", {})),
        ({"default_pipeline": "nope"}, action("update", "1", {"doc": {}, "upsert": {}})),
        ({"default_pipeline": "nope"}, action("update", "1", {"doc": {}, "doc_as_upsert": True})),
        ({"final_pipeline": "nope"}, action("create", None, {})),
        ({"final_pipeline": "nope"}, action("index", "1", {}, pipeline="_none")),
        ({"default_pipeline": "_none", "final_pipeline": "nope"}, action("index", None, {})),
    ],
)
def test_a_pipeline_that_is_not_there_fails_the_item(
    cluster: Cluster, pipelines: Json, bad: Action
) -> None:
    cluster.create_index("t", settings=pipelines)
    (_, first), (_, second) = items(cluster.bulk([bad, action("index", "2", {}, index="u")]))
    assert first["error"] == {"type": "illegal_argument_exception", "reason": MISSING}
    assert (first["status"], first["_id"]) == (400, bad.id)
    assert second["result"] == "created"
    with pytest.raises(ElasticsearchError) as caught:
        cluster.write(bad)
    assert caught.value.reason == MISSING
    assert cluster.count(cluster.resolve("t")[0]) == 0


@pytest.mark.parametrize(
    ("pipelines", "good"),
    [
        ({"default_pipeline": "nope"}, action("index", "1", {}, pipeline="_none")),
        ({"default_pipeline": "_none", "final_pipeline": "_none"}, action("index", "1", {})),
        ({"default_pipeline": "nope"}, action("update", "0", {"doc": {"a": 1}})),
        ({"default_pipeline": "nope"}, action("delete", "0")),
    ],
)
def test_what_no_pipeline_is_for_is_written(
    cluster: Cluster, pipelines: Json, good: Action
) -> None:
    cluster.create_index("t")
    cluster.write(action("index", "0", {}))
    cluster.put_settings("t", pipelines)
    assert cluster.bulk([good])["errors"] is False


def test_a_pipeline_that_is_not_there_creates_no_index(cluster: Cluster) -> None:
    cluster.bulk([action("index", "1", {}, pipeline="nope")])
    assert not cluster.exists("t")
