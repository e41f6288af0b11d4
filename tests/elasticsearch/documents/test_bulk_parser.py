"""The lines of a bulk body become actions, or refuse all of the request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.documents.bulk_parser import Defaults, parse
from mockkibana.elasticsearch.errors import ElasticsearchError

LOGS = Defaults(index="logs")


def lines(*values: Any) -> bytes:
    return b"".join(
        (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n"
        for value in values
    )


def test_lines_become_actions_in_order() -> None:
    bulk = parse(
        lines(
            {"index": {"_index": "a", "_id": "1", "routing": "r"}},
            {"n": 1},
            {"create": {}},
            {"n": 2},
            {"update": {"_id": 3, "if_seq_no": 5, "if_primary_term": 1}},
            {"doc": {"n": 3}},
            {"delete": {"_id": "4", "version": 7, "version_type": "external"}},
        ),
        LOGS,
    )
    assert bulk.actions == [
        Action(op="index", index="a", id="1", routing="r", source={"n": 1}, raw=b'{"n": 1}'),
        Action(op="create", index="logs", source={"n": 2}, raw=b'{"n": 2}'),
        Action(
            op="update",
            index="logs",
            id="3",
            source={"doc": {"n": 3}},
            raw=b'{"doc": {"n": 3}}',
            if_seq_no=5,
            if_primary_term=1,
        ),
        Action(op="delete", index="logs", id="4", version=7, version_type="external"),
    ]
    assert bulk.warnings == {}


def test_the_op_type_of_an_index_action_makes_it_a_create() -> None:
    bulk = parse(lines({"index": {"op_type": "create"}}, {"n": 1}), LOGS)
    assert bulk.actions[0].op == "create"


def test_carriage_returns_and_empty_action_lines_are_passed_over() -> None:
    bulk = parse(b'\n{"index":{}}\r\n{"n":1}\r\n \n{"delete":{"_id":"1"}}\n', LOGS)
    assert [(action.op, action.raw) for action in bulk.actions] == [
        ("index", b'{"n":1}'),
        ("delete", None),
    ]


def test_equal_action_lines_share_nothing_but_their_words() -> None:
    bulk = parse(lines({"index": {}}, {"n": 1}, {"index": {}}, {"n": 2}), LOGS)
    assert [action.source for action in bulk.actions] == [{"n": 1}, {"n": 2}]


def test_a_last_action_without_its_source_is_dropped() -> None:
    bulk = parse(lines({"delete": {"_id": "1"}}, {"index": {}}), LOGS)
    assert [action.op for action in bulk.actions] == ["delete"]


def test_a_source_that_is_no_object_fails_its_own_item_only() -> None:
    bulk = parse(
        lines({"index": {}}, b"{oops}", {"index": {}}, b"[1]", {"index": {}}, {"n": 1}), LOGS
    )
    errors = [action.error for action in bulk.actions]
    assert [str(getattr(error, "reason", None)).partition(" Unexp")[0] for error in errors] == [
        "[1:1] failed to parse: [1:2]",
        "[1:1] Malformed content, must start with an object",
        "None",
    ]


def test_an_action_may_name_a_pipeline() -> None:
    bulk = parse(lines({"index": {"pipeline": "p"}}, {"n": 1}), LOGS)
    assert bulk.actions[0].pipeline == "p"


ILLEGAL = "illegal_argument_exception"
INVALID = "action_request_validation_exception"


@pytest.mark.parametrize(
    ("body", "type_", "reason"),
    [
        (b"\n\n", INVALID, "Validation Failed: 1: no requests added;"),
        (
            b'{"index":{}}\n{"n":1}',
            ILLEGAL,
            "The bulk request must be terminated by a newline [\\n]",
        ),
        (b'{"index":{}}', ILLEGAL, "The bulk request must be terminated by a newline [\\n]"),
        (
            lines([]),
            ILLEGAL,
            "Malformed action/metadata line [1], expected START_OBJECT but found [START_ARRAY]",
        ),
        (
            lines({"index": {}}, {"n": 1}, 5),
            ILLEGAL,
            "Malformed action/metadata line [3], expected START_OBJECT but found [VALUE_NUMBER]",
        ),
        (
            lines({"delete": {"_id": "1"}}, b"", {}),
            ILLEGAL,
            "Malformed action/metadata line [3], expected FIELD_NAME but found [END_OBJECT]",
        ),
        (
            lines({"index": "x"}),
            ILLEGAL,
            (
                "Malformed action/metadata line [1], expected START_OBJECT or END_OBJECT but found "
                "[VALUE_STRING]"
            ),
        ),
        (
            lines({"index": {"foo": 1}}),
            ILLEGAL,
            "Action/metadata line [1] contains an unknown parameter [foo]",
        ),
        (
            lines({"index": {"_type": "_doc"}}),
            ILLEGAL,
            "Action/metadata line [1] contains an unknown parameter [_type]",
        ),
        (
            lines({"index": {"_id": [1]}}),
            ILLEGAL,
            (
                "Malformed action/metadata line [1], expected a simple value for field [_id] but "
                "found [START_ARRAY]"
            ),
        ),
        (
            lines({"update": {"_id": "1", "version": 2}}, {"doc": {}}),
            ILLEGAL,
            (
                "Update requests do not support versioning. Please use `if_seq_no` and "
                "`if_primary_term` instead"
            ),
        ),
        (
            lines({"update": {"_id": "1"}}, {"foo": {}}),
            "x_content_parse_exception",
            "[1:2] [UpdateRequest] unknown field [foo]",
        ),
        (
            lines({"delete": {}}, {"delete": {"_id": "1"}}, {"delete": {}}),
            INVALID,
            "Validation Failed: 1: id is missing;2: id is missing;",
        ),
    ],
    ids=lambda value: value[:40].decode() if isinstance(value, bytes) else None,
)
def test_a_malformed_request_is_refused_as_a_whole(body: bytes, type_: str, reason: str) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        parse(body, LOGS)
    assert (caught.value.status, caught.value.type) == (400, type_)
    assert caught.value.reason == reason


def test_an_action_needs_an_index() -> None:
    with pytest.raises(ElasticsearchError) as caught:
        parse(lines({"index": {}}, {"n": 1}), Defaults())
    assert caught.value.reason == "Validation Failed: 1: index is missing;"


def test_an_action_line_that_is_no_json_is_refused() -> None:
    with pytest.raises(ElasticsearchError) as caught:
        parse(b"{index:{}}\n{}\n", LOGS)
    assert caught.value.type == "x_content_parse_exception"
    assert caught.value.reason.startswith("[1:2] Unexpected character ('i' (code 105)): was ")


CLOSELY = Defaults(index="logs", knows_actions=True, reads_closely=True)
MALFORMED = "Malformed action/metadata line [1], "


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            b'{"get":{}}',
            "expected field [create], [delete], [index] or [update] but found [get]",
        ),
        (b'{"index":{},"create":{}}', "expected END_OBJECT but found [FIELD_NAME]"),
        (b'{"index":{}} {}', "unexpected data after the closing brace"),
    ],
)
def test_version_9_refuses_that(line: bytes, reason: str) -> None:
    with pytest.raises(ElasticsearchError) as refused:
        parse(lines(line, {"n": 1}), CLOSELY)
    assert (refused.value.status, refused.value.reason) == (400, MALFORMED + reason)


def test_version_9_refuses_a_line_that_is_not_closed() -> None:
    with pytest.raises(ElasticsearchError) as refused:
        parse(lines(b'{"index":{}', {"n": 1}), CLOSELY)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("line", "warning", "count"),
    [
        (b'{"get":{}}', "Unsupported action: [get]. Supported values are ", 0),
        (b'{"index":{},"create":{}}', "A bulk action object contained multiple keys. ", 1),
        (b'{"index":{}} {}', "A bulk action contained trailing data ", 1),
        (b'{"index":{}', "A bulk action wasn't closed properly with the closing brace. ", 1),
    ],
    ids=["unknown", "keys", "trailing", "open"],
)
def test_what_version_8_still_accepts_is_warned_about(
    line: bytes, warning: str, count: int
) -> None:
    bulk = parse(lines(line, {"n": 1}, {"delete": {"_id": "1"}}), LOGS)
    assert [text.startswith(warning) for text in bulk.warnings] == [True]
    assert len(bulk.actions) == count + 1
