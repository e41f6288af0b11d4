"""The journal as JSON, as lines for people, and as an HTTP archive."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockkibana import __version__
from mockkibana.clock import Clock
from mockkibana.journal import (
    KEPT_BYTES,
    KEPT_ITEMS,
    BulkCreated,
    Call,
    Exchange,
    Journal,
    Made,
    RunRecord,
)
from mockkibana.journal.rendering import har, headers_of, line, render, route_pattern

PATH = "/s/ops/api/actions/connector/a/_execute"


def a_call(**values: Any) -> Call:
    call = Call(1_767_323_045_678, 0.0, "POST", PATH, {}, "kibana", "ops")
    call.number, call.status = 3, 200
    for name, value in values.items():
        setattr(call, name, value)
    return call


def a_run(**values: Any) -> RunRecord:
    run = RunRecord("a", ".index", "A", "ops", {"documents": [{"m": 1}]})
    run.status = "ok"
    for name, value in values.items():
        setattr(run, name, value)
    return run


def test_a_record_links_a_call_with_its_run_what_that_sent_and_what_it_made() -> None:
    outbound = Exchange("elasticsearch", "POST", "/logs/_bulk", [{"m": 1}])
    outbound.status, outbound.response = 200, BulkCreated("logs", ["d1"], 0, 2, 4, False)
    call = a_call(
        target=f"{PATH}?a=1&b=&a=2",
        headers={"HTTP_KBN_XSRF": "true", "CONTENT_TYPE": "application/json"},
        body=b'{"params": {"documents": [{"m": 1.0}]}}',
        response=b'{"status":"ok"}',
        response_headers=[("Kbn-Name", "kibana"), ("vary", "a"), ("Vary", "b")],
        route="/api/actions/connector/<segment:id>/_execute",
        connector_id="a",
        seconds=0.00123456789,
        runs=[a_run(outbound=[outbound])],
        warnings=["bulk-item-key"],
    )
    record = render(call)
    assert record == {
        "number": 3,
        "time": "2026-01-02T03:04:05.678Z",
        "method": "POST",
        "path": PATH,
        "query": {"a": ["1", "2"], "b": ""},
        "space": "ops",
        "user": None,
        "face": "kibana",
        "route": "/api/actions/connector/{id}/_execute",
        "status": 200,
        "seconds": 0.001235,
        "request": {
            "headers": {"kbn-xsrf": "true", "content-type": "application/json"},
            "body": {"params": {"documents": [{"m": 1.0}]}},
        },
        "response": {
            "headers": {"kbn-name": "kibana", "vary": "a, b"},
            "body": {"status": "ok"},
        },
        "connector_id": "a",
        "runs": [
            {
                "connector_id": "a",
                "connector_type_id": ".index",
                "connector_name": "A",
                "space": "ops",
                "params": {"documents": [{"m": 1}]},
                "status": "ok",
                "message": None,
                "service_message": None,
                "error_source": None,
                "retry": None,
                "outbound": [
                    {
                        "backend": "elasticsearch",
                        "method": "POST",
                        "url": "/logs/_bulk",
                        "body": [{"m": 1}],
                        "status": 200,
                        "response": json.loads(outbound.response.encoded()),
                        "error": None,
                        "fault": None,
                    }
                ],
                "made": [{"kind": "document", "place": "logs", "id": "d1", "key": None}],
                "made_count": 1,
            }
        ],
        "faults": [],
        "warnings": ["bulk-item-key"],
        "hint": None,
    }
    json.dumps(record)


def test_every_record_has_the_same_keys() -> None:
    assert render(a_call()).keys() == render(a_call(runs=[a_run()], body=b"x")).keys()


@pytest.mark.parametrize(
    ("body", "content_type", "shown"),
    [
        (None, "", None),
        (b"", "", None),
        (b'{"a": [1, "\xc3\xa9"]}', "text/plain", {"a": [1, "é"]}),
        (b"no JSON", "application/json", "no JSON"),
        (b"a=1&b=%20", "application/x-www-form-urlencoded", "a=1&b=%20"),
        (b'{"a":1}\n{"b":2}\n', "application/x-ndjson", '{"a":1}\n{"b":2}\n'),
    ],
    ids=["none", "empty", "json", "text", "form", "ndjson"],
)
def test_a_body_is_shown_as_what_it_is(body: bytes, content_type: str, shown: Any) -> None:
    call = a_call(body=body, headers={"CONTENT_TYPE": content_type})
    assert render(call)["request"]["body"] == shown


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"\x1f\x8b\xff\xff\xff\xff\xff", ""), (b"a\0b", ""), (b"--x\r\n", "multipart/form-data")],
    ids=["no-utf-8", "nul", "files"],
)
def test_a_body_that_is_no_text_is_shown_by_its_digest(body: bytes, content_type: str) -> None:
    call = a_call(body=body, headers={"CONTENT_TYPE": content_type})
    shown = render(call)["request"]["body"]
    assert shown.keys() == {"size", "sha256", "head"}
    assert (shown["size"], shown["head"]) == (len(body), "")


def test_a_big_body_is_shown_by_its_digest_and_its_first_kilobyte() -> None:
    call = a_call(body="é".encode() * KEPT_BYTES, response=b'{"password":"' + b"x" * KEPT_BYTES)
    Journal(Clock()).end(call)
    record = render(call)
    assert record["request"]["body"]["head"] == "é" * 512
    assert record["response"]["body"]["head"] == '{"password":[redacted]'
    assert record["response"]["body"]["size"] == KEPT_BYTES + 13


def test_of_many_documents_the_first_are_shown_and_all_are_counted() -> None:
    ids = [str(number) for number in range(KEPT_ITEMS + 1)]
    outbound = Exchange("elasticsearch", "POST", "/logs/_bulk", [{"m": 1}] * len(ids))
    outbound.response = BulkCreated("logs", ids, 0, 2, 4, False)
    call = a_call(runs=[a_run(outbound=[outbound])])
    Journal(Clock()).end(call)
    run = render(call)["runs"][0]
    assert run["made_count"] == len(ids)
    assert [made["id"] for made in run["made"]] == ids[:KEPT_ITEMS]
    assert run["outbound"][0]["body"] == {"items": len(ids), "head": [{"m": 1}] * 3}
    assert run["outbound"][0]["response"] == {
        "items": len(ids),
        "head": [{"_index": "logs", "_id": id_} for id_ in ids[:3]],
    }


def test_headers_are_read_as_wsgi_has_them_and_as_pairs() -> None:
    assert headers_of({"HTTP_X_A": "1", "CONTENT_TYPE": "t"}) == {"x-a": "1", "content-type": "t"}
    assert headers_of([("X-A", "1"), ("x-a", "2")]) == {"x-a": "1, 2"}


def test_a_route_is_shown_with_braces() -> None:
    assert route_pattern("/a/<segment:id>/<name>/{key}") == "/a/{id}/{name}/{key}"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, f"#3 POST {PATH} 200"),
        ({"status": None, "faults": ["f1"]}, f"#3 POST {PATH} no answer [faults: f1]"),
        (
            {"status": 404, "hint": "did you mean `GET /`?"},
            f"#3 POST {PATH} 404 [did you mean `GET /`?]",
        ),
        (
            {"runs": [a_run(made=[Made("issue", "OPS", "1", "OPS-1")])], "warnings": ["w"]},
            f"#3 POST {PATH} 200 (a .index ok: 1 issue in OPS) [warnings: w]",
        ),
        (
            {"runs": [a_run(made=[Made("document", "logs", "1"), Made("document", "logs", "2")])]},
            f"#3 POST {PATH} 200 (a .index ok: 2 documents in logs)",
        ),
        (
            {"runs": [a_run(status="error", message="m", service_message="s")]},
            f"#3 POST {PATH} 200 (a .index error: m: s)",
        ),
    ],
    ids=["plain", "cut-off", "hint", "issue", "documents", "failed"],
)
def test_a_call_is_told_in_one_line(values: dict[str, Any], text: str) -> None:
    assert line(render(a_call(**values))) == text


def test_an_archive_holds_requests_and_answers_and_what_http_does_not_know() -> None:
    call = a_call(
        target=f"{PATH}?a=1&token=abc&a=2",
        headers={"HTTP_HOST": "kibana.example.com", "CONTENT_TYPE": "application/json"},
        body=b'{"a": 1}',
        response=b"text",
        response_headers=[("content-type", "text/plain"), ("location", "/x")],
        seconds=0.5,
        hint="hint",
        runs=[a_run()],
    )
    archive = har([call])["log"]
    assert archive["version"] == "1.2"
    assert archive["creator"] == {"name": "mockkibana", "version": __version__}
    (entry,) = archive["entries"]
    ours = entry.pop("_mockkibana")
    assert (ours["number"], ours["hint"], ours["runs"][0]["connector_id"]) == (3, "hint", "a")
    assert entry == {
        "startedDateTime": "2026-01-02T03:04:05.678Z",
        "time": 500.0,
        "request": {
            "method": "POST",
            "url": f"http://kibana.example.com{PATH}?a=1&a=2&token=%5Bredacted%5D",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [
                {"name": "host", "value": "kibana.example.com"},
                {"name": "content-type", "value": "application/json"},
            ],
            "queryString": [
                {"name": "a", "value": "1"},
                {"name": "a", "value": "2"},
                {"name": "token", "value": "[redacted]"},
            ],
            "postData": {"mimeType": "application/json", "text": '{"a":1}'},
            "headersSize": -1,
            "bodySize": 8,
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [
                {"name": "content-type", "value": "text/plain"},
                {"name": "location", "value": "/x"},
            ],
            "content": {"size": 4, "mimeType": "text/plain", "text": "text"},
            "redirectURL": "/x",
            "headersSize": -1,
            "bodySize": 4,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 500.0, "receive": 0},
    }


def test_an_archive_has_a_call_that_got_no_answer() -> None:
    (entry,) = har([a_call(status=None)])["log"]["entries"]
    assert (entry["response"]["status"], entry["response"]["statusText"]) == (0, "")
    assert "postData" not in entry["request"]


def test_a_line_counts_what_was_made_by_kind_and_stays_one_line() -> None:
    run = {
        "connector_id": "a",
        "connector_type_id": ".jira",
        "status": "ok",
        "made": [
            {"kind": "issue", "place": "CK"},
            {"kind": "comment", "place": "CK"},
            {"kind": "comment", "place": "CK"},
        ],
        "outbound": [{"fault": "f9"}],
        "made_count": 3,
    }
    refused = {**run, "status": "error", "message": "two\nlines", "service_message": None}
    record = {
        "number": 1,
        "method": "POST",
        "path": "/x",
        "user": None,
        "status": 200,
        "runs": [run, refused],
        "faults": [],
        "warnings": [],
        "hint": None,
    }
    text = line(record)
    assert "(a .jira ok: 1 issue in CK, 2 comments in CK)" in text
    assert "two lines" in text
    assert text.endswith("[faults: f9]")  # what bent a request of a run, told once
