"""Scripts in searches: fields, orders, scores and choices that are computed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from document_writes import index_document
from face_requests import request_of

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.http.messages import Answer

Ask = Callable[..., Answer]

_PROPERTIES = {
    "n": {"type": "long"},
    "level": {"type": "keyword"},
    "at": {"type": "date"},
    "text": {"type": "text"},
}


@pytest.fixture
def ask(face: ElasticsearchFace, cluster: Cluster) -> Ask:
    """Search `t`, which has five documents, with a body."""
    cluster.create_index("t", mappings={"properties": _PROPERTIES})
    for n in range(5):
        source = {"n": n, "level": "ab"[n % 2], "at": f"2024-0{n + 1}-05", "text": "word"}
        index_document(cluster, "t", source, id=str(n))

    def ask(**body: Any) -> Answer:
        return face.handle(request_of("POST /t/_search", json.dumps(body).encode()))

    return ask


def hits(answer: Answer) -> list[Any]:
    assert answer.status == 200, answer.body
    found: list[Any] = answer.body["hits"]["hits"]
    return found


def failure_of(answer: Answer) -> Any:
    assert answer.status == 400, answer.body
    error = answer.body["error"]
    return error["failed_shards"][0]["reason"] if "failed_shards" in error else error


def test_script_fields_show_what_a_script_makes(ask: Ask) -> None:
    fields = {
        "twice": {"script": {"source": "doc['n'].value * params.by", "params": {"by": 2}}},
        "month": {"script": "doc['at'].value.monthValue"},
        "both": {"script": "[doc['n'].value, doc['level'].value]"},
    }

    shown = hits(ask(script_fields=fields, sort=["n"]))

    assert [hit["fields"] for hit in shown] == [
        {"twice": [2 * n], "month": [n + 1], "both": [n, "ab"[n % 2]]} for n in range(5)
    ]
    assert "_source" not in shown[0]
    assert "_source" in hits(ask(script_fields=fields, _source=True))[0]


def test_scripts_order_hits(ask: Ask) -> None:
    number = {"type": "number", "script": "doc['n'].value % 3", "order": "desc"}
    text = {"type": "string", "script": "doc['level'].value + doc['n'].value"}

    by_number = hits(ask(sort=[{"_script": number}, {"n": "asc"}]))
    by_text = hits(ask(sort=[{"_script": text}]))

    assert [hit["_id"] for hit in by_number] == ["2", "1", "4", "0", "3"]
    assert [hit["sort"] for hit in by_number][:2] == [[2.0, 2], [1.0, 1]]
    assert [hit["sort"] for hit in by_text] == [["a0"], ["a2"], ["a4"], ["b1"], ["b3"]]


def test_scripts_make_scores_and_choose_documents(ask: Ask) -> None:
    by_script = {"script_score": {"query": {"match_all": {}}, "script": "_score + doc['n'].value"}}
    function = {
        "function_score": {"script_score": {"script": "doc['n'].value"}, "boost_mode": "replace"}
    }
    chosen = {"bool": {"filter": {"script": {"script": "doc['n'].value > 2"}}}}

    assert [hit["_score"] for hit in hits(ask(query=by_script))] == [5.0, 4.0, 3.0, 2.0, 1.0]
    assert [hit["_score"] for hit in hits(ask(query=function))] == [4.0, 3.0, 2.0, 1.0, 0.0]
    assert {hit["_id"] for hit in hits(ask(query=chosen))} == {"3", "4"}
    least = {"script_score": {**by_script["script_score"], "min_score": 3.5}}
    assert len(hits(ask(query=least))) == 2


@pytest.mark.parametrize(
    ("body", "type_", "reason"),
    [
        (
            {"script_fields": {"f": {"script": "doc['nope'].value"}}},
            "script_exception",
            "runtime error",
        ),
        ({"script_fields": {"f": {"script": "doc['n'"}}}, "script_exception", "compile error"),
        (
            {"script_fields": {"f": {"script": "doc['text'].value"}}},
            "illegal_argument_exception",
            "Fielddata is disabled on [text] in [t].",
        ),
        (
            {"query": {"script_score": {"query": {"match_all": {}}, "script": "-1"}}},
            "illegal_argument_exception",
            (
                "script_score script returned an invalid score [-1] for doc [0]. Must be a "
                "non-negative score!"
            ),
        ),
        (
            {"sort": [{"_script": {"type": "number", "script": "'x'"}}]},
            "class_cast_exception",
            "the script of a sort must return a number",
        ),
        (
            {"sort": [{"_script": {"type": "date", "script": "1"}}]},
            "illegal_argument_exception",
            "Unknown ScriptSortType [date]",
        ),
        (
            {"query": {"script": {"script": {"id": "kept"}}}},
            "illegal_argument_exception",
            "this mock does not support stored scripts in searches yet",
        ),
        ({"script_fields": {"f": {}}}, "illegal_argument_exception", "Required [script]"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else None,
)
def test_a_script_that_fails_says_why(ask: Ask, body: Any, type_: str, reason: str) -> None:
    failure = failure_of(ask(**body))

    assert failure["type"] == type_
    assert failure["reason"].startswith(reason)


def test_a_field_may_be_left_out_where_its_script_fails(ask: Ask) -> None:
    lenient = {"f": {"script": "doc['nope'].value", "ignore_failure": True}}

    assert "fields" not in hits(ask(script_fields=lenient))[0]
