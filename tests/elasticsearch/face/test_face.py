"""The face answers documents, indices and errors over HTTP as a node of Elasticsearch does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from face_requests import request_of

from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.http.messages import Answer, Request
from mockkibana.json import dumps
from mockkibana.store import Store

Ask = Callable[..., Answer]
JSON = {"content-type": "application/json"}
NDJSON = "application/x-ndjson"


@pytest.fixture
def ask(face: ElasticsearchFace) -> Ask:
    """Ask `METHOD /path?query`, with a body of bytes or of JSON."""

    def ask(line: str, body: Any = b"", **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return face.handle(request_of(line, body, sent))

    return ask


def reason_of(answer: Answer) -> str:
    text: str = answer.body["error"]["reason"]
    return text


@pytest.mark.parametrize(
    "line",
    ["GET /", "HEAD /", "GET /none", "HEAD /none", "GET /a/b", "DELETE /_bulk", "GET /none/_doc/1"],
)
def test_every_answer_names_the_product(ask: Ask, line: str) -> None:
    answer = ask(line)
    assert answer.headers["X-elastic-product"] == "Elasticsearch"
    assert answer.headers["content-type"].split(";")[0] in ("application/json", "text/plain")


def test_the_id_that_a_caller_gives_its_request_comes_back(ask: Ask) -> None:
    for line in ("GET /", "HEAD /none", "GET /none", "GET /?nonsense"):
        assert ask(line, x_opaque_id="mine").headers["X-Opaque-Id"] == "mine", line
        assert "X-Opaque-Id" not in ask(line).headers, line


def test_json_is_answered_in_the_form_that_accept_asks_for(ask: Ask) -> None:
    vendored = "application/vnd.elasticsearch+json; compatible-with=8"
    answer = ask("GET /", accept=vendored)
    assert answer.headers["content-type"] == "application/vnd.elasticsearch+json;compatible-with=8"
    missing = ask("GET /none", accept=vendored)
    assert missing.status == 404
    assert missing.headers["content-type"] == answer.headers["content-type"]


def test_headers_of_two_minds_are_refused(ask: Ask) -> None:
    vendored = "application/vnd.elasticsearch+json; compatible-with=8"
    answer = ask("PUT /t/_doc/1", {"n": 1}, accept=vendored)
    assert answer.status == 400
    assert answer.body["error"]["type"] == "media_type_header_exception"


def test_a_path_without_a_route_has_no_handler(ask: Ask) -> None:
    answer = ask("GET /a/b?x=1")
    assert answer.status == 400
    assert answer.body == {"error": "no handler found for uri [/a/b?x=1] and method [GET]"}


def test_a_wrong_method_is_told_the_right_ones(ask: Ask) -> None:
    answer = ask("GET /_bulk?x=1")
    assert answer.status == 405
    assert answer.headers["Allow"] == "POST,PUT"
    assert answer.body == {
        "error": "Incorrect HTTP method for uri [/_bulk?x=1] and method [GET], "
        "allowed: [POST, PUT]",
        "status": 405,
    }


def test_options_lists_the_methods(ask: Ask) -> None:
    answer = ask("OPTIONS /t/_count")
    assert (answer.status, answer.headers["Allow"], answer.body) == (200, "GET,POST", None)


def test_a_method_that_does_not_exist_is_unexpected(ask: Ask) -> None:
    answer = ask("FETCH /_refresh")
    assert answer.status == 405
    assert answer.body["error"] == "Unexpected http method [FETCH], allowed: [GET, POST]"


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("text/plain", "Content-Type header [text/plain] is not supported"),
        (
            "application/x-www-form-urlencoded",
            "Content-Type header [application/x-www-form-urlencoded] is not supported",
        ),
    ],
    ids=["text", "form"],
)
def test_a_body_of_another_type_is_not_acceptable(
    ask: Ask, store: Store, content_type: str, text: str
) -> None:
    before = store.digest()
    answer = ask("PUT /t/_doc/1", {"n": 1}, content_type=content_type)
    assert (answer.status, answer.body) == (406, {"error": text, "status": 406})
    assert store.digest() == before


def test_a_body_needs_a_type(face: ElasticsearchFace) -> None:
    answer = face.handle(Request("PUT", "/t/_doc/1", body=b"{}"))
    assert answer.status == 406
    assert answer.body == {"error": "Content-Type header is missing", "status": 406}


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("GET /t/_doc/1?zzz=1", "request [/t/_doc/1] contains unrecognized parameter: [zzz]"),
        (
            "PUT /t/_doc/1?refesh",
            (
                "request [/t/_doc/1] contains unrecognized parameter: [refesh] -> did you mean "
                "[refresh]?"
            ),
        ),
        (
            "GET /t/_doc/a%20b?yyy&xxx",
            "request [/t/_doc/a b] contains unrecognized parameters: [xxx], [yyy]",
        ),
        (
            "PUT /t/_doc/1?if_seq=1",
            (
                "request [/t/_doc/1] contains unrecognized parameter: [if_seq] -> did you mean "
                "[if_seq_no]?"
            ),
        ),
    ],
    ids=["unknown", "similar", "several", "prefix"],
)
def test_unknown_parameters_are_refused(ask: Ask, store: Store, line: str, text: str) -> None:
    before = store.digest()
    answer = ask(line, {"n": 1} if line.startswith("PUT") else b"")
    assert (answer.status, reason_of(answer)) == (400, text)
    assert store.digest() == before


def test_a_body_where_none_is_taken_is_refused(ask: Ask) -> None:
    answer = ask("GET /t/_doc/1", {"n": 1})
    assert reason_of(answer) == "request [GET /t/_doc/1] does not support having a body"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            "PUT /t/_doc/1?require_alias=yes",
            "Failed to parse value [yes] as only [true] or [false] are allowed.",
        ),
        ("PUT /t/_doc/1?refresh=maybe", "Unknown value for refresh: [maybe]."),
        (
            "PUT /t/_doc/1?if_seq_no=x",
            "Failed to parse long parameter [if_seq_no] with value [x]",
        ),
        ("PUT /t/_doc/1?version_type=new", "No version type match [new]"),
        ("PUT /t/_doc/1?op_type=new", "opType must be 'create' or 'index', found: [new]"),
        (
            "PUT /t/_doc/1?if_seq_no=1",
            "Validation Failed: 1: ifSeqNo is set, but primary term is [0];",
        ),
        ("PUT /t/_doc/1?pipeline=p", "pipeline with id [p] does not exist"),
    ],
    ids=lambda value: value.partition("?")[2] or None,
)
def test_bad_values_of_parameters_are_refused(ask: Ask, store: Store, line: str, text: str) -> None:
    before = store.digest()
    answer = ask(line, {"n": 1})
    assert (answer.status, reason_of(answer)) == (400, text)
    assert store.digest() == before


def test_an_empty_parameter_is_true(ask: Ask) -> None:
    assert ask("PUT /t/_doc/1?refresh", {"n": 1}).body["forced_refresh"] is True
    assert "forced_refresh" not in ask("PUT /t/_doc/1?refresh=false", {"n": 1}).body
    assert "forced_refresh" not in ask("PUT /t/_doc/1?refresh=wait_for", {"n": 1}).body


def test_pretty_is_written_as_elasticsearch_writes_it(ask: Ask) -> None:
    ask("PUT /t/_doc/1", {"a": [{"b": "ü"}], "c": {}, "d": [], "e": [1, 2]})
    answer = ask("GET /t/_source/1?pretty")
    assert answer.headers["content-type"] == "application/json"
    assert answer.body == (
        '{\n  "a" : [\n    {\n      "b" : "ü"\n    }\n  ],\n'
        '  "c" : { },\n  "d" : [ ],\n  "e" : [\n    1,\n    2\n  ]\n}\n'
    )
    assert ask("GET /t/_source/1?pretty=false").body["e"] == [1, 2]


@pytest.mark.parametrize(
    ("patterns", "kept"),
    [
        ("_id", {"_id": "1"}),
        ("_source.a.*", {"_source": {"a": {"b": 1, "c": [{"d": 2}, {"e": 3}]}}}),
        ("_source.a.c.d", {"_source": {"a": {"c": [{"d": 2}]}}}),
        ("**.d", {"_source": {"a": {"c": [{"d": 2}]}}}),
        ("_s*,found", {"_seq_no": 0, "found": True, "_source": {"a": ...}}),
        ("none", {}),
        ("_source,-_source.a.c", {"_source": {"a": {"b": 1}}}),
    ],
)
def test_an_answer_is_filtered(ask: Ask, patterns: str, kept: dict[str, Any]) -> None:
    a = {"b": 1, "c": [{"d": 2}, {"e": 3}]}
    ask("PUT /t/_doc/1", {"a": a})
    if kept.get("_source") == {"a": ...}:
        kept = {**kept, "_source": {"a": a}}
    assert ask(f"GET /t/_doc/1?filter_path={patterns}").body == kept


def test_a_form_that_is_refused_changes_nothing(ask: Ask, store: Store) -> None:
    before = store.digest()
    assert "format=yaml" in reason_of(ask("PUT /t/_doc/1?format=yaml", {"n": 1}))
    assert "[maybe]" in reason_of(ask("PUT /t/_doc/1?pretty=maybe", {"n": 1}))
    assert store.digest() == before


def test_a_body_may_come_in_the_url(ask: Ask) -> None:
    ask("PUT /t/_doc/1", {"n": 1})
    kind = "source_content_type=application/json"
    found = ask('GET /t/_count?source={"query":{"term":{"n":2}}}&' + kind)
    assert found.body["count"] == 0
    refused = ask("GET /t/_count?source={}")
    assert reason_of(refused) == "source and source_content_type parameters are required"


@pytest.mark.parametrize(
    ("body", "type_", "reason"),
    [
        (
            b"{a:1}",
            "x_content_parse_exception",
            (
                "[1:2] Unexpected character ('a' (code 97)): was expecting double-quote to start "
                'field name\n at [Source: (byte[])"{a:1}"; line: 1, column: 2]'
            ),
        ),
        (
            b'{"a":1,}',
            "x_content_parse_exception",
            "[1:8] Unexpected character ('}' (code 125)): was expecting double-quote to start ",
        ),
        (b'{"a" 1}', "x_content_parse_exception", "[1:6] Unexpected character ('1' (code 49)): "),
        (
            b'{"a":1\n "b":2}',
            "x_content_parse_exception",
            "[2:2] Unexpected character ('\"' (code 34)): was expecting comma to separate Object ",
        ),
        (b"[1 2]", "x_content_parse_exception", "[1:4] Unexpected character ('2' (code 50)): was "),
        (b'{"a":bad}', "x_content_parse_exception", "[1:6] Unrecognized token 'bad': was expect"),
        (b'{"a":NaN}', "x_content_parse_exception", "[1:6] Non-standard token 'NaN': enable "),
        (b'{"a":"\n"}', "x_content_parse_exception", "[1:7] Illegal unquoted character ((CTRL-C"),
        (b'{"a":"\xff"}', "x_content_parse_exception", "[1:7] Invalid UTF-8 start byte 0xff"),
        (b'{"a":', "x_content_e_o_f_exception", "[1:6] Unexpected end-of-input"),
        (b'{"a":"b', "x_content_e_o_f_exception", "[1:8] Unexpected end-of-input in VALUE_STRING"),
        (b"[" * 100_000, "x_content_parse_exception", "[1:1] the value is nested deeper"),
        (
            b'{"a":' * 300 + b"1" + b"}" * 300,
            "x_content_parse_exception",
            "[1:1] the value is nested deeper",
        ),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else None,
)
def test_a_body_that_is_no_json_is_refused(
    ask: Ask, store: Store, body: bytes, type_: str, reason: str
) -> None:
    before = store.digest()
    for line in ("POST /_search", "PUT /new", "POST /t/_update/1"):
        answer = ask(line, body)
        error = answer.body["error"]
        assert (answer.status, error["type"]) == (400, type_)
        assert error["reason"].startswith(reason)
        assert error["root_cause"] == [{"type": type_, "reason": error["reason"]}]
        assert error["caused_by"]["type"].startswith("json_")
    assert store.digest() == before


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{a:1}", "[1:1] failed to parse: [1:2] Unexpected character ('a' (code 97)): was "),
        (b'{"a":1,b', "[1:6] failed to parse: [1:8] Unexpected character ('b' (code 98)): was "),
        (b'{"a":[1', "[1:7] failed to parse: [1:8] Unexpected end-of-input"),
        (b"nope", "[1:1] [1:1] Unrecognized token 'nope': was expecting "),
        (b'{"a":1} x', "[1:9] [1:9] Unrecognized token 'x': was expecting "),
        (b"[1]", "[1:1] Malformed content, must start with an object"),
        (b"null", "[1:1] Malformed content, must start with an object"),
        (b" ", "[1:0] failed to parse, document is empty"),
        (b'{"a":1e999}', "[1:1] failed to parse"),
        (b'{"a":' + b"9" * 5000 + b"}", "[1:1] failed to parse"),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else None,
)
def test_a_document_that_is_no_object_is_refused(ask: Ask, body: bytes, reason: str) -> None:
    answer = ask("PUT /t/_doc/1", body)
    assert answer.status == 400
    assert answer.body["error"]["type"] == "document_parsing_exception"
    assert reason_of(answer).startswith(reason)


DUPLICATES = [
    (b'{"a":1,"a":2}', "1:6", "1:11"),
    (b'{"a":{},\n "b":[1], "a" :2}', "2:8", "2:14"),
    (b'{"o":[{"a":1,"a":', "1:12", "1:17"),
    (b'{"b":"\\"a\\":","\\u0061":1,"a":2}', "1:24", "1:29"),
]


@pytest.mark.parametrize(("source", "last", "at"), DUPLICATES)
def test_a_name_that_stands_twice_in_a_document_is_refused(
    ask: Ask, source: bytes, last: str, at: str
) -> None:
    line, column = at.split(":")
    shown = f'(byte[])"{source.decode()}"; line: {line}, column: {column}'
    inner = f"Duplicate field 'a'\n at [Source: {shown}]"
    error = {
        "type": "document_parsing_exception",
        "reason": f"[{last}] failed to parse: [{at}] {inner}",
        "caused_by": {
            "type": "x_content_parse_exception",
            "reason": f"[{at}] {inner}",
            "caused_by": {"type": "json_parse_exception", "reason": inner},
        },
    }
    for line in ("PUT /t/_doc/1", "POST /t/_doc", "PUT /t/_create/1"):
        answer = ask(line, source)
        assert answer.status == 400
        assert {**answer.body["error"], "root_cause": None} == {**error, "root_cause": None}
    if b"\n" in source:
        return
    lines = b'{"index":{}}\n%b\n{"create":{"_id":"1"}}\n%b\n{"index":{}}\n{"a":1}\n'
    items = ask("POST /t/_bulk", lines % (source, source), content_type=NDJSON).body["items"]
    outcomes = [next(iter(item.values())) for item in items]
    assert [outcome.get("error") for outcome in outcomes] == [error, error, None]


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("POST /t/_update/1", b'{"doc":{"a":1,"a":2}}'),
        ("POST /t/_update/1", b'{"doc":{},"upsert":{"a":1,"a":2}}'),
        ("POST /t/_bulk", b'{"update":{"_id":"1"}}\n{"doc":{"a":1,"a":2}}\n'),
        ("POST /t/_bulk", b'{"index":{"a":1,"a":2}}\n{}\n'),
        ("POST /t/_search", b'{"query":{"term":{"a":1,"a":2}}}'),
        ("PUT /u", b'{"mappings":{"properties":{"a":{},"a":{}}}}'),
    ],
)
def test_a_name_that_stands_twice_in_another_body_is_refused(
    ask: Ask, store: Store, line: str, body: bytes
) -> None:
    ask("PUT /t")
    before = store.digest()
    answer = ask(line, body, content_type=NDJSON if "_bulk" in line else JSON["content-type"])
    assert answer.status == 400
    assert "] Duplicate field 'a'\n at [Source: " in reason_of(answer)
    assert store.digest() == before


def test_a_document_needs_a_body(ask: Ask) -> None:
    for line in ("PUT /t/_doc/1", "POST /t/_doc", "PUT /t/_create/1", "POST /_bulk"):
        answer = ask(line)
        assert (answer.status, answer.body["error"]["type"]) == (400, "parse_exception")
        assert reason_of(answer) == "request body is required"


@pytest.mark.parametrize(
    "source", [{"\ud800": "\udfff"}, {"a": "\0"}, {"a": 2**63 - 1}, {"a": {"__proto_": [None]}}]
)
def test_odd_documents_come_back_as_they_were(ask: Ask, source: dict[str, Any]) -> None:
    assert ask("PUT /t/_doc/1", source).status == 201
    assert ask("GET /t/_doc/1").body["_source"] == source
    assert dumps(ask("GET /t/_search").body)


def test_a_created_document_has_a_location(ask: Ask) -> None:
    created = ask("PUT /t/_doc/a%2Fb%C3%BC", {"n": 1})
    assert created.headers["Location"] == "/t/_doc/a%2Fb%C3%BC"
    assert "Location" not in ask("PUT /t/_doc/a%2Fb%C3%BC", {"n": 1}).headers


def test_a_missing_document_is_no_error(ask: Ask) -> None:
    ask("PUT /t")
    answer = ask("GET /t/_doc/1")
    assert answer.status == 404
    assert answer.body == {"_index": "t", "_id": "1", "found": False}
    assert reason_of(ask("GET /t/_source/1")) == "Document not found [t]/[1]"


@pytest.mark.parametrize(
    ("query", "source"),
    [
        ("_source=a", {"a": {"b": 1, "c": 2}}),
        ("_source=a.b,d", {"a": {"b": 1}, "d.e": 3}),
        ("_source=*.c", {"a": {"c": 2}}),
        ("_source_includes=a&_source_excludes=*.b", {"a": {"c": 2}}),
        ("_source_excludes=a", {"d.e": 3}),
        ("_source=true", {"a": {"b": 1, "c": 2}, "d.e": 3}),
    ],
)
def test_parts_of_a_source_are_answered(ask: Ask, query: str, source: dict[str, Any]) -> None:
    ask("PUT /t/_doc/1", {"a": {"b": 1, "c": 2}, "d.e": 3})
    assert ask(f"GET /t/_doc/1?{query}").body["_source"] == source
    assert ask(f"GET /t/_source/1?{query}").body == source


def test_a_source_may_be_left_out(ask: Ask) -> None:
    ask("PUT /t/_doc/1", {"n": 1})
    assert "_source" not in ask("GET /t/_doc/1?_source=false").body
    answer = ask("GET /t/_source/1?_source=false")
    assert reason_of(answer) == "Validation Failed: 1: fetching source can not be disabled;"


def test_several_documents_are_answered_each_on_its_own(ask: Ask) -> None:
    ask("PUT /t/_doc/1", {"a": 1, "b": 2})
    docs = ask(
        "POST /_mget",
        {"docs": [{"_index": "t", "_id": 1, "_source": ["b"]}, {"_index": "no", "_id": "1"}]},
    ).body["docs"]
    assert docs[0]["_source"] == {"b": 2}
    assert docs[1]["error"]["reason"] == "no such index [no]"
    assert reason_of(ask("POST /_mget", {"ids": ["1"]})) == (
        "Validation Failed: 1: index is missing for doc 0;"
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"docs": []}, "Validation Failed: 1: no documents to get;"),
        ({"foo": []}, "unknown key [foo] for a START_ARRAY, expected [docs] or [ids]"),
        ({"ids": "1"}, "unexpected token [VALUE_STRING], expected [FIELD_NAME] or [START_ARRAY]"),
        ({"docs": [1]}, "docs array element should include an object"),
        ({"ids": [[1]]}, "ids array element should only contain ids"),
    ],
)
def test_a_malformed_list_of_documents_is_refused(ask: Ask, body: Any, reason: str) -> None:
    assert reason_of(ask("POST /t/_mget", body)) == reason


def test_a_bulk_request_with_an_odd_line_is_refused_since_9_0(ask: Ask) -> None:
    unknown = ask("POST /t/_bulk", b'{"get":{}}\n{}\n')
    assert (unknown.status, reason_of(unknown)) == (
        400,
        (
            "Malformed action/metadata line [1], expected field [create], [delete], [index] or "
            "[update] but found [get]"
        ),
    )
    several = b'{"index":{},"create":{}}\n{}\n'
    assert ask("POST /t/_bulk", several).status == 400
    older = "application/vnd.elasticsearch+json; compatible-with=8"
    taken = ask("POST /t/_bulk", several, accept=older, content_type=older)
    assert (taken.status, "multiple keys" in taken.headers["Warning"]) == (200, True)


@pytest.mark.kibana_version("8.19.0")
def test_a_bulk_request_warns_of_what_will_be_refused(ask: Ask) -> None:
    answer = ask("POST /t/_bulk", b'{"get":{}}\n{}\n{"delete":{"_id":"1"}}\n')
    assert answer.status == 200
    assert answer.headers["Warning"] == (
        f'299 Elasticsearch-8.19.0-{"0" * 40} "Unsupported action: [get]. Supported values are '
        "[create], [delete], [index], and [update]. Unsupported actions are currently accepted but "
        'will be rejected in a future version."'
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"foo": {}}, "unknown key [foo] for create index"),
        ({"settings": 1}, "key [settings] must be an object"),
        ([], "Expected [START_OBJECT] but found [START_ARRAY]"),
    ],
)
def test_a_malformed_index_is_refused(ask: Ask, store: Store, body: Any, reason: str) -> None:
    before = store.digest()
    answer = ask("PUT /t", body)
    assert (answer.status, answer.body["error"]["type"]) == (400, "parse_exception")
    assert reason_of(answer) == reason
    assert store.digest() == before


def test_parts_of_an_index_are_answered(ask: Ask) -> None:
    ask("PUT /t", {"settings": {"number_of_replicas": 0}})
    assert list(ask("GET /t?features=settings,mappings").body["t"]) == ["mappings", "settings"]
    flat = ask("GET /t?flat_settings").body["t"]["settings"]
    assert flat["index.number_of_replicas"] == "0"
    assert reason_of(ask("GET /t?features=foo")) == "invalid feature type [foo]"


def test_the_health_is_yellow_while_there_are_replicas(ask: Ask) -> None:
    assert ask("GET /_cluster/health").body["status"] == "green"
    ask("PUT /t")
    health = ask("GET /_cluster/health?level=indices").body
    assert (health["status"], health["unassigned_shards"]) == ("yellow", 1)
    assert health["active_shards_percent_as_number"] == 50.0
    assert health["indices"]["t"]["number_of_replicas"] == 1
    missing = ask("GET /_cluster/health/none")
    assert (missing.status, missing.body["timed_out"]) == (408, True)


def test_a_value_from_this_process_is_a_body_as_well(face: ElasticsearchFace) -> None:
    answer = face.handle(Request("PUT", "/t/_doc/1", headers=JSON, body={"n": 1}))
    assert answer.status == 201


def test_what_the_server_refuses_is_said_in_elasticsearchs_words(face: ElasticsearchFace) -> None:
    assert face.too_large().status == 413
    garbled = face.garbled()
    assert (garbled.status, garbled.headers["X-elastic-product"]) == (400, "Elasticsearch")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ({"exclude_vectors": True}, {"a": 1, "o": {"b": 2}}),
        ({"exclude_vectors": False}, {"a": 1, "o": {"b": 2, "v": [0.5, 1]}}),
        ({"exclude_vectors": True, "excludes": ["a"]}, {"o": {"b": 2}}),
        ({"exclude_vectors": True, "includes": ["o"]}, {"o": {"b": 2}}),
    ],
)
def test_a_source_may_leave_out_vectors(ask: Ask, source: Any, shown: Any) -> None:
    vector = {"type": "dense_vector", "dims": 2}
    ask("PUT /v", {"mappings": {"properties": {"o": {"properties": {"v": vector}}}}})
    ask("PUT /v/_doc/1", {"a": 1, "o": {"b": 2, "v": [0.5, 1]}})
    [hit] = ask("POST /v/_search", {"_source": source}).body["hits"]["hits"]
    assert hit["_source"] == shown
    [got] = ask("POST /v/_mget", {"docs": [{"_id": "1", "_source": source}]}).body["docs"]
    assert got["_source"] == shown
    updated = ask("POST /v/_update/1", {"doc": {"a": 1}, "_source": source}).body
    assert updated["get"]["_source"] == shown


# `<logs-{now/d}>` as it has to be in a URL; it is the 14th of November.
TODAY = "%3Clogs-%7Bnow%2Fd%7D%3E"


@pytest.mark.parametrize(
    ("line", "body", "part", "value"),
    [
        (f"GET /{TODAY}", None, ("logs-2023.11.14",), None),
        (f"HEAD /{TODAY}", None, (), None),
        (f"GET /{TODAY}/_mapping", None, ("logs-2023.11.14",), None),
        (f"GET /{TODAY}/_doc/1", None, ("_index",), "logs-2023.11.14"),
        (f"GET /{TODAY}/_source/1", None, ("n",), 1),
        (f"GET /{TODAY}/_search", None, ("hits", "total", "value"), 1),
        (f"GET /{TODAY}/_count", None, ("count",), 1),
        ("GET /_search?index=<logs-{now/d}>", None, ("hits", "total", "value"), 1),
        (f"GET /_cluster/health/{TODAY}", None, ("active_primary_shards",), 1),
        (f"POST /{TODAY}/_refresh", None, ("_shards", "successful"), 1),
        (f"POST /{TODAY}/_mget", {"ids": ["1"]}, ("docs", 0, "_index"), "logs-2023.11.14"),
        (
            "POST /_mget",
            {"docs": [{"_index": "<logs-{now/d}>", "_id": "1"}]},
            ("docs", 0, "_index"),
            "logs-2023.11.14",
        ),
        (f"PUT /{TODAY}/_doc/2", {"n": 2}, ("_index",), "logs-2023.11.14"),
        (f"PUT /{TODAY}/_create/3", {"n": 2}, ("_index",), "logs-2023.11.14"),
        (f"POST /{TODAY}/_update/1", {"doc": {"n": 2}}, ("_index",), "logs-2023.11.14"),
        (f"DELETE /{TODAY}/_doc/1", None, ("_index",), "logs-2023.11.14"),
        (f"PUT /{TODAY}/_mapping", {"properties": {}}, ("acknowledged",), True),
        (
            "POST /_bulk",
            b'{"index":{"_index":"<logs-{now/d}>"}}\n{}\n',
            ("items", 0, "index", "_index"),
            "logs-2023.11.14",
        ),
        (
            f"POST /{TODAY}/_bulk",
            b'{"index":{}}\n{}\n',
            ("items", 0, "index", "_index"),
            "logs-2023.11.14",
        ),
        (f"DELETE /{TODAY}", None, ("acknowledged",), True),
    ],
)
def test_every_route_takes_date_math(
    ask: Ask, line: str, body: Any, part: tuple[Any, ...], value: Any
) -> None:
    assert ask(f"PUT /{TODAY}").body["index"] == "logs-2023.11.14"
    ask("PUT /logs-2023.11.14/_doc/1", {"n": 1})
    answer = ask(line, body or b"", **({"content_type": "application/json"} if body else {}))
    assert answer.status in (200, 201)
    found = answer.body
    for step in part:
        found = found[step]
    if value is not None:
        assert found == value


def test_wrong_date_math_in_a_path_is_refused(ask: Ask) -> None:
    answer = ask("GET /%3Clogs-%7Bnow%2F%7D%3E/_search")
    assert (answer.status, reason_of(answer)) == (400, "truncated date math [/]")
    items = ask("POST /_mget", {"docs": [{"_index": "<{>", "_id": "1"}]}).body["docs"]
    assert items[0]["error"]["type"] == "parse_exception"
