"""Pipelines change documents before they are indexed, handle failures, and are kept by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from face_requests import call, refused

from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.elasticsearch.ingest.processors import PROCESSORS

NOW = "2023-11-14T22:13:20.000Z"


def simulated(face: ElasticsearchFace, source: Any, *processors: Any, **more: Any) -> Any:
    """Return what processors make of a document: its source, an error, or None."""
    body = {
        "pipeline": {"processors": list(processors), **more},
        "docs": [{"_index": "i", "_id": "1", "_source": source}],
    }
    [answer] = call(face, "POST /_ingest/pipeline/_simulate", body)["docs"]
    if answer is None:
        return None
    return answer["doc"]["_source"] if "doc" in answer else answer["error"]["reason"]


def test_processors_change_documents(face: ElasticsearchFace) -> None:
    for source, processor, expected in (
        ({}, {"set": {"field": "a.b", "value": 1}}, {"a": {"b": 1}}),
        ({"a": 1}, {"set": {"field": "a", "value": 2, "override": False}}, {"a": 1}),
        ({"a": 1}, {"set": {"field": "b", "copy_from": "a"}}, {"a": 1, "b": 1}),
        (
            {"a": "x"},
            {"set": {"field": "b", "value": "{{a}}-{{{_index}}}"}},
            {"a": "x", "b": "x-i"},
        ),
        ({}, {"set": {"field": "t", "value": "{{_ingest.timestamp}}"}}, {"t": NOW}),
        ({"l": [1]}, {"set": {"field": "l.0", "value": 2}}, {"l": [2]}),
        ({"a": 1}, {"append": {"field": "a", "value": [2, 3]}}, {"a": [1, 2, 3]}),
        ({"a": [1]}, {"append": {"field": "a", "value": 1, "allow_duplicates": False}}, {"a": [1]}),
        ({"a": 1, "b": 2}, {"remove": {"field": ["a", "z"], "ignore_missing": True}}, {"b": 2}),
        ({"a": 1, "b": 2}, {"remove": {"keep": ["b"]}}, {"b": 2}),
        ({"a": {"b": 1}}, {"rename": {"field": "a.b", "target_field": "c"}}, {"a": {}, "c": 1}),
        ({"a": "X"}, {"lowercase": {"field": "a"}}, {"a": "x"}),
        ({"a": ["x", "y"]}, {"uppercase": {"field": "a"}}, {"a": ["X", "Y"]}),
        ({"a": " x "}, {"trim": {"field": "a", "target_field": "b"}}, {"a": " x ", "b": "x"}),
        ({"a": 1}, {"script": {"source": "ctx.b = ctx.a + params.c", "params": {"c": 2}}}, None),
        ({"a": 1}, {"set": {"field": "b", "value": 3, "if": "ctx.a == 1"}}, None),
        ({"a": 0, "b": 3}, {"set": {"field": "b", "value": 4, "if": "ctx.a == 1"}}, None),
    ):
        expected = {**source, "b": 3} if expected is None else expected
        assert simulated(face, source, processor) == expected, processor


def test_dates_are_read_in_many_formats(face: ElasticsearchFace) -> None:
    for value, options, expected in (
        ("2024-01-02", {"formats": ["ISO8601"]}, "2024-01-02T00:00:00.000Z"),
        (1704067200, {"formats": ["UNIX"]}, "2024-01-01T00:00:00.000Z"),
        ("1704067200123", {"formats": ["UNIX_MS"]}, "2024-01-01T00:00:00.123Z"),
        ("02/01/2024 10:00", {"formats": ["ISO8601", "dd/MM/yyyy HH:mm"]}, None),
        (
            "2024-01-02",
            {"formats": ["yyyy-MM-dd"], "timezone": "Europe/Paris", "output_format": "yyyy/MM/dd"},
            "2024/01/02",
        ),
        (
            "2024-01-02T00:00:00",
            {"formats": ["ISO8601"], "timezone": "+02:00"},
            "2024-01-02T00:00:00.000+02:00",
        ),
        ("tomorrow", {"formats": ["ISO8601"]}, "unable to parse date [tomorrow]"),
    ):
        found = simulated(face, {"d": value}, {"date": {"field": "d", **options}})
        if isinstance(found, dict):
            found = found["@timestamp"]
        assert found == (expected or "2024-01-02T10:00:00.000Z"), value


def test_a_processor_that_fails_says_why(face: ElasticsearchFace) -> None:
    for source, processor, reason in (
        ({}, {"remove": {"field": "a"}}, "field [a] not present as part of path [a]"),
        ({}, {"rename": {"field": "a", "target_field": "b"}}, "field [a] doesn't exist"),
        (
            {"a": 1, "b": 1},
            {"rename": {"field": "a", "target_field": "b"}},
            "field [b] already exists",
        ),
        (
            {"a": 1},
            {"lowercase": {"field": "a"}},
            "field [a] of type [java.lang.Integer] cannot be cast to [java.lang.String]",
        ),
        ({"a": None}, {"lowercase": {"field": "a"}}, "field [a] is null, cannot process it."),
        (
            {"a": 1},
            {"set": {"field": "a.b", "value": 1}},
            "cannot set [b] with parent object of type [java.lang.Integer] as part of path [a.b]",
        ),
        ({"l": []}, {"remove": {"field": "l.0"}}, None),
        ({"a": "x"}, {"fail": {"message": "no {{a}}"}}, "no x"),
        ({}, {"grok": {"field": "a"}}, "this mock does not support the processor [grok]"),
        (
            {},
            {"pipeline": {"name": "z"}},
            "Pipeline processor configured for non-existent pipeline [z]",
        ),
    ):
        expected = reason or "[0] is out of bounds for array with length [0] as part of path [l.0]"
        assert simulated(face, source, processor) == expected, processor


def test_failures_are_handled_or_ignored(face: ElasticsearchFace) -> None:
    fails = {"field": "a", "tag": "t"}
    told = {"set": {"field": "e", "value": "{{_ingest.on_failure_message}}"}}
    which = {
        "set": {
            "field": "w",
            "value": "{{_ingest.on_failure_processor_type}} {{_ingest.on_failure_processor_tag}}",
        }
    }
    expected = {"e": "field [a] not present as part of path [a]", "w": "remove t"}
    by_processor = {"remove": {**fails, "on_failure": [told, which]}}
    assert simulated(face, {}, by_processor) == expected
    assert simulated(face, {}, {"remove": fails}, on_failure=[told, which]) == expected
    assert simulated(face, {}, {"remove": {**fails, "ignore_failure": True}}) == {}
    assert simulated(face, {}, {"drop": {"if": "ctx.a == null"}}, {"remove": fails}) is None


@pytest.fixture
def piped(face: ElasticsearchFace) -> ElasticsearchFace:
    processors = [
        {"drop": {"if": "ctx.drop == true"}},
        {"fail": {"message": "told to", "if": "ctx.fail == true"}},
        {"set": {"field": "seen", "value": True}},
        {"set": {"field": "_index", "value": "{{to}}", "if": "ctx.to != null"}},
    ]
    call(face, "PUT /_ingest/pipeline/p", {"processors": processors})
    call(face, "PUT /i", {"settings": {"default_pipeline": "p"}})
    return face


def source(face: ElasticsearchFace, path: str) -> Any:
    """Return the source of a document."""
    return call(face, f"GET /{path}")["_source"]


def test_writes_pass_the_pipelines_of_their_index(piped: ElasticsearchFace) -> None:
    call(piped, "PUT /i/_doc/1", {"a": 1}, 201)
    assert source(piped, "i/_doc/1") == {"a": 1, "seen": True}
    call(piped, "PUT /i/_doc/2?pipeline=_none", {"a": 1}, 201)
    assert source(piped, "i/_doc/2") == {"a": 1}
    moved = call(piped, "PUT /i/_doc/3", {"to": "other"}, 201)
    assert (moved["_index"], source(piped, "other/_doc/3")["seen"]) == ("other", True)
    dropped = call(piped, "PUT /i/_doc/4", {"drop": True})
    assert dropped == {
        "_index": "i",
        "_id": "4",
        "_version": -3,
        "result": "noop",
        "_shards": {"total": 0, "successful": 0, "failed": 0},
    }
    assert (
        refused(piped, "PUT /i/_doc/5", {"fail": True}, 500) == "fail_processor_exception: told to"
    )
    call(piped, "POST /i/_update/6", {"doc": {"a": 2}, "doc_as_upsert": True}, 201)
    assert source(piped, "i/_doc/6") == {"a": 2, "seen": True}
    assert call(piped, "POST /i/_count")["count"] == 3


def test_a_bulk_request_tells_what_its_pipelines_did(piped: ElasticsearchFace) -> None:
    lines = b'{"index":{"_id":"1"}}\n{"a":1}\n{"index":{}}\n{"drop":true}\n'
    lines += b'{"index":{"_id":"2"}}\n{"fail":true}\n'
    answer = call(piped, "POST /i/_bulk", lines)
    assert list(answer) == ["errors", "took", "ingest_took", "items"]
    assert [item["index"].get("result") for item in answer["items"]] == ["created", "noop", None]
    assert answer["items"][1]["index"]["_id"] == "auto-generated"
    assert answer["items"][2]["index"]["error"] == {
        "type": "fail_processor_exception",
        "reason": "told to",
    }


def test_documents_of_the_built_in_logs_template_get_their_time(face: ElasticsearchFace) -> None:
    created = call(face, "POST /logs-app-default/_doc", {"message": "hello"}, 201)
    assert created["_index"] == ".ds-logs-app-default-2023.11.14-000001"
    [hit] = call(face, "POST /logs-app-default/_search")["hits"]["hits"]
    assert hit["_source"] == {"message": "hello", "@timestamp": NOW}


def test_pipelines_are_kept_by_name(piped: ElasticsearchFace) -> None:
    assert list(call(piped, "GET /_ingest/pipeline/p*")) == ["p"]
    assert call(piped, "GET /_ingest/pipeline/none", status=404) == {}
    assert refused(piped, "DELETE /_ingest/pipeline/p") == (
        "illegal_argument_exception: pipeline [p] cannot be deleted because it is the default "
        "pipeline for 1 index(es) including [i]"
    )
    call(piped, "DELETE /i")
    call(piped, "DELETE /_ingest/pipeline/p")
    missing = refused(piped, "DELETE /_ingest/pipeline/p", status=404)
    assert missing == "resource_not_found_exception: pipeline [p] is missing"


def test_pipelines_may_run_others_but_not_themselves(face: ElasticsearchFace) -> None:
    both = [{"set": {"field": "a", "value": 1}}, {"pipeline": {"name": "two"}}]
    call(face, "PUT /_ingest/pipeline/one", {"processors": both})
    call(face, "PUT /_ingest/pipeline/two", {"processors": [{"pipeline": {"name": "one"}}]})
    error = refused(face, "PUT /i/_doc/1?pipeline=one", {}, 500)
    assert error == "graph_structure_exception: Cycle detected for pipeline: one"
    call(face, "PUT /_ingest/pipeline/two", {"processors": [{"remove": {"field": "b"}}]})
    call(face, "PUT /i/_doc/1?pipeline=one", {"b": 1}, 201)
    assert source(face, "i/_doc/1") == {"a": 1}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "[processors] required property is missing"),
        ({"processors": [{"foo": {}}]}, "No processor type exists with name [foo]"),
        ({"processors": [{"set": {"field": "a"}}]}, "[value] required property is missing"),
        ({"processors": [{"set": {"value": 1}}]}, "[field] required property is missing"),
        (
            {"processors": [{"drop": {"foo": 1}}]},
            "processor [drop] doesn't support one or more provided configuration parameters [foo]",
        ),
        (
            {"processors": [], "foo": 1},
            "pipeline [p] doesn't support one or more provided configuration parameters [foo]",
        ),
        (
            {"processors": {}},
            "[processors] property isn't a list, but of type [java.util.LinkedHashMap]",
        ),
        ({"processors": [{"date": {"field": "a", "formats": ["bb"]}}]}, "Invalid format: [bb]"),
        ({"processors": [{"drop": {"if": "1 +"}}]}, "compile error"),
        (
            {"processors": [{"date": {"field": "a", "formats": "UNIX", "timezone": "Here"}}]},
            "unknown time-zone ID: Here",
        ),
    ],
)
def test_a_pipeline_that_is_configured_wrongly_is_refused(
    face: ElasticsearchFace, body: Any, error: str
) -> None:
    assert error in refused(face, "PUT /_ingest/pipeline/p", body)
    assert call(face, "GET /_ingest/pipeline/p", status=404) == {}


def test_the_docs_tell_which_processors_there_are() -> None:
    page = Path(__file__).parents[3] / "docs" / "coverage.md"
    [row] = [line for line in page.read_text().split("\n") if line.startswith("| ingest pipelines")]
    told = row.partition("processors ")[2].partition(";")[0]
    assert told == ", ".join(f"`{name}`" for name in sorted([*PROCESSORS, "pipeline"]))
