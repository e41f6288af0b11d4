"""Requests by query delete, update and copy what they find, and may do so as tasks."""

from __future__ import annotations

from typing import Any

import pytest
from face_requests import call, refused

from mockkibana.elasticsearch.face.face import ElasticsearchFace

INVALID = "action_request_validation_exception: Validation Failed: 1: "
COUNTERS = {
    "timed_out": False,
    "batches": 1,
    "version_conflicts": 0,
    "noops": 0,
    "retries": {"bulk": 0, "search": 0},
    "throttled_millis": 0,
    "requests_per_second": -1.0,
    "throttled_until_millis": 0,
    "failures": [],
}
ODD = {"terms": {"n": [1, 3]}}


@pytest.fixture
def numbers(face: ElasticsearchFace) -> ElasticsearchFace:
    for n in range(4):
        call(face, f"PUT /t/_doc/{n}?routing=r{n}", {"n": n}, 201)
    return face


def sources(face: ElasticsearchFace, index: str = "t") -> dict[str, Any]:
    """Return the documents of an index by their ids."""
    hits = call(face, f"POST /{index}/_search", {"size": 100})["hits"]["hits"]
    return {hit["_id"]: hit["_source"] for hit in hits}


def test_what_a_query_finds_is_deleted(numbers: ElasticsearchFace) -> None:
    answer = call(numbers, "POST /t/_delete_by_query", {"query": ODD})
    assert answer == {"took": 0, "total": 2, "deleted": 2, **COUNTERS}
    assert sources(numbers) == {"0": {"n": 0}, "2": {"n": 2}}


def test_what_a_query_finds_is_changed_by_a_script(numbers: ElasticsearchFace) -> None:
    script = {
        "source": "if (ctx._source.n == params.gone) { ctx.op = 'delete' } "
        "else if (ctx._source.n < 2) { ctx._source.n += 10 } else { ctx.op = 'noop' }",
        "params": {"gone": 0},
    }
    answer = call(numbers, "POST /t/_update_by_query?refresh", {"script": script})
    assert answer == {"took": 0, "total": 4, "updated": 1, "deleted": 1, **COUNTERS, "noops": 2}
    assert sources(numbers) == {"1": {"n": 11}, "2": {"n": 2}, "3": {"n": 3}}
    changed = call(numbers, "GET /t/_doc/1?routing=r1")
    assert (changed["_version"], changed["_routing"]) == (2, "r1")


def test_at_most_so_many_documents_are_meant(numbers: ElasticsearchFace) -> None:
    assert call(numbers, "POST /t/_update_by_query?max_docs=3")["updated"] == 3
    body = {"query": {"match_all": {}}, "max_docs": 1}
    assert call(numbers, "POST /t/_delete_by_query", body)["deleted"] == 1
    body = {"source": {"index": "t"}, "dest": {"index": "u"}, "max_docs": 2}
    assert call(numbers, "POST /_reindex", body)["created"] == 2


def test_the_filter_of_an_alias_limits_what_is_deleted(numbers: ElasticsearchFace) -> None:
    call(numbers, "PUT /t/_alias/odd", {"filter": ODD})
    answer = call(numbers, "POST /odd/_delete_by_query", {"query": {"match_all": {}}})
    assert answer["deleted"] == 2


def test_documents_that_cannot_be_written_are_told(numbers: ElasticsearchFace) -> None:
    call(numbers, "PUT /t/_block/write")
    answer = call(numbers, "POST /t/_delete_by_query", {"query": ODD}, 403)
    assert [failure["id"] for failure in answer["failures"]] == ["1", "3"]
    assert answer["failures"][0]["cause"]["type"] == "cluster_block_exception"


def test_an_index_is_copied(numbers: ElasticsearchFace) -> None:
    body = {
        "source": {"index": ["t"], "query": ODD, "_source": ["n"]},
        "dest": {"index": "u", "routing": "=x"},
        "script": "ctx._source.m = ctx._source.n * 2; ctx._id = 'i' + ctx._id",
    }
    answer = call(numbers, "POST /_reindex", body)
    counts = {"total": 2, "updated": 0, "created": 2, "deleted": 0}
    assert answer == {"took": 0, **counts, **COUNTERS}
    assert sources(numbers, "u") == {"i1": {"n": 1, "m": 2}, "i3": {"n": 3, "m": 6}}
    assert call(numbers, "GET /u/_doc/i1?routing=x")["_routing"] == "x"


def test_a_copy_keeps_versions_or_meets_conflicts(numbers: ElasticsearchFace) -> None:
    call(numbers, "PUT /t/_doc/1?routing=r1", {"n": 1})
    body: dict[str, Any] = {
        "source": {"index": "t"},
        "dest": {"index": "u", "version_type": "external"},
    }
    assert call(numbers, "POST /_reindex", body)["created"] == 4
    assert call(numbers, "GET /u/_doc/1")["_version"] == 2
    answer = call(numbers, "POST /_reindex", body, 409)
    assert (answer["version_conflicts"], len(answer["failures"])) == (4, 4)
    body["dest"] = {"index": "u", "op_type": "create"}
    answer = call(numbers, "POST /_reindex", {**body, "conflicts": "proceed"})
    assert (answer["version_conflicts"], answer["failures"]) == (4, [])


def test_nobody_needs_to_wait_for_a_task(numbers: ElasticsearchFace) -> None:
    body = {"source": {"index": "t"}, "dest": {"index": "u"}}
    id_ = call(numbers, "POST /_reindex?wait_for_completion=false", body)["task"]
    task = call(numbers, f"GET /_tasks/{id_}")
    assert task["completed"] is True
    assert task["response"]["created"] == 4
    assert task["task"]["action"] == "indices:data/write/reindex"
    assert task["task"]["description"] == "reindex from [t] to [u]"
    body = {"script": "ctx._source.a.b = 1"}
    id_ = call(numbers, "POST /t/_update_by_query?wait_for_completion=false", body)["task"]
    assert call(numbers, f"GET /_tasks/{id_}")["error"]["type"] == "script_exception"
    text = "resource_not_found_exception: task [x:1] isn't running and hasn't stored its results"
    assert refused(numbers, "GET /_tasks/x:1", status=404) == text


def test_a_task_of_another_node_cannot_be_rethrottled(face: ElasticsearchFace) -> None:
    line = "POST /_delete_by_query/x:1/_rethrottle?requests_per_second=-1"
    [failure] = call(face, line)["node_failures"]
    assert failure["caused_by"]["type"] == "no_such_node_exception"


@pytest.mark.parametrize(
    ("line", "body", "error"),
    [
        (
            "POST /t/_delete_by_query",
            {},
            INVALID + "query is missing;",
        ),
        (
            "POST /t/_delete_by_query",
            {"query": ODD, "foo": 1},
            "parsing_exception: Unknown key for a VALUE_NUMBER in [foo].",
        ),
        (
            "POST /t/_update_by_query",
            {"script": "ctx.op = 'x'"},
            "script_exception: runtime error",
        ),
        ("POST /t/_update_by_query", {"script": "ctx.x.y"}, "script_exception: runtime error"),
        (
            "POST /t/_update_by_query?conflicts=x",
            {},
            'illegal_argument_exception: conflicts may only be "proceed" or "abort" but was [x]',
        ),
        (
            "POST /t/_update_by_query?max_docs=0",
            {},
            (INVALID + "[max_docs] parameter cannot be negative or zero, found [0];"),
        ),
        (
            "POST /_reindex",
            {"source": {"index": "t"}, "dest": {"index": "t"}},
            (INVALID + "reindex cannot write into an index its reading from [t];"),
        ),
        (
            "POST /_reindex",
            {"source": {"index": "t", "remote": {}}, "dest": {"index": "u"}},
            "illegal_argument_exception: this mock does not support [remote] in a reindex",
        ),
        (
            "POST /_reindex",
            {"source": {"index": "t"}},
            INVALID + "index is missing;",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    numbers: ElasticsearchFace, line: str, body: Any, error: str
) -> None:
    before = sources(numbers)
    assert refused(numbers, line, body) == error
    assert sources(numbers) == before


def test_scripts_are_kept_by_id(numbers: ElasticsearchFace) -> None:
    kept = {"lang": "painless", "source": "ctx._source.n += params.by"}
    call(numbers, "PUT /_scripts/more", {"script": kept})
    assert call(numbers, "GET /_scripts/more") == {"_id": "more", "found": True, "script": kept}
    call(numbers, "POST /t/_update/1", {"script": {"id": "more", "params": {"by": 5}}})
    assert sources(numbers)["1"] == {"n": 6}
    call(numbers, "DELETE /_scripts/more")
    assert call(numbers, "GET /_scripts/more", status=404) == {"_id": "more", "found": False}
    error = refused(numbers, "PUT /_scripts/x", {"script": {"lang": "painless", "source": "1 +"}})
    assert error == "script_exception: compile error"


def test_an_update_by_a_script_creates_changes_and_deletes(numbers: ElasticsearchFace) -> None:
    def update(id_: str, script: str, **more: Any) -> Any:
        return call(
            numbers, f"POST /t/_update/{id_}", {"script": script, **more}, 201 if more else 200
        )

    assert update("9", "ctx._source.n = 1", upsert={"n": 9})["result"] == "created"
    new = update("8", "ctx._source.m = 1", upsert={"n": 8}, scripted_upsert=True)
    assert new["result"] == "created"
    assert sources(numbers)["8"] == {"n": 8, "m": 1}
    assert update("8", "ctx.op = 'none'")["result"] == "noop"
    assert update("8", "ctx._source.o = ctx._id + ctx._index")["result"] == "updated"
    assert update("8", "ctx.op = 'delete'")["result"] == "deleted"
    assert "8" not in sources(numbers)
    error = call(numbers, "POST /t/_update/9", {"script": "ctx._source.n.m = 1"}, 400)["error"]
    assert error["reason"] == "failed to execute script"
    assert error["caused_by"]["type"] == "script_exception"
