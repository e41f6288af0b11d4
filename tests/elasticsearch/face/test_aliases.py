"""Aliases are put, found and deleted over HTTP, and writes and searches go through them."""

from __future__ import annotations

from typing import Any

import pytest
from face_requests import call, refused, request_of

from mockkibana.elasticsearch.face.face import ElasticsearchFace


@pytest.fixture
def logs(face: ElasticsearchFace) -> ElasticsearchFace:
    for name in ("logs-1", "logs-2", "other"):
        call(face, f"PUT /{name}")
    actions = [
        {"add": {"index": "logs-*", "alias": "logs"}},
        {"add": {"index": "logs-2", "alias": "logs", "is_write_index": True, "routing": 7}},
        {"add": {"indices": ["logs-1"], "aliases": ["a", "b"], "filter": {"term": {"n": 1}}}},
    ]
    call(face, "POST /_aliases", {"actions": actions})
    return face


WRITE = {"is_write_index": True, "index_routing": "7", "search_routing": "7"}
FILTERED = {"filter": {"term": {"n": 1}}}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "/_alias",
            {
                "logs-1": {"aliases": {"logs": {}, "a": FILTERED, "b": FILTERED}},
                "logs-2": {"aliases": {"logs": WRITE}},
                "other": {"aliases": {}},
            },
        ),
        ("/_alias/a", {"logs-1": {"aliases": {"a": FILTERED}}}),
        (
            "/_alias/lo*",
            {"logs-1": {"aliases": {"logs": {}}}, "logs-2": {"aliases": {"logs": WRITE}}},
        ),
        ("/_alias/x*", {}),
        ("/logs-2/_alias", {"logs-2": {"aliases": {"logs": WRITE}}}),
        ("/logs-2/_alias/logs", {"logs-2": {"aliases": {"logs": WRITE}}}),
        (
            "/logs/_alias/_all",
            {
                "logs-1": {"aliases": {"logs": {}, "a": FILTERED, "b": FILTERED}},
                "logs-2": {"aliases": {"logs": WRITE}},
            },
        ),
    ],
)
def test_aliases_are_found(logs: ElasticsearchFace, path: str, body: Any) -> None:
    assert call(logs, f"GET {path}") == body


@pytest.mark.parametrize(
    ("path", "missing"),
    [("/_alias/x", "alias [x]"), ("/logs-2/_alias/x,a", "aliases [a,x]")],
)
def test_an_alias_that_is_not_there_is_missing(
    logs: ElasticsearchFace, path: str, missing: str
) -> None:
    assert call(logs, f"GET {path}", status=404) == {"error": f"{missing} missing", "status": 404}
    assert logs.handle(request_of(f"HEAD {path}")).status == 404


def test_a_write_through_an_alias_tells_the_index(logs: ElasticsearchFace) -> None:
    assert call(logs, "PUT /logs/_doc/1", {"n": 1}, 201)["_index"] == "logs-2"
    call(logs, "PUT /logs-1/_doc/2", {"n": 1}, 201)
    call(logs, "PUT /logs-1/_doc/3", {"n": 2}, 201)
    assert call(logs, "GET /logs/_count")["count"] == 3
    assert call(logs, "GET /a/_count")["count"] == 1
    refused(logs, "PUT /nothing-behind/_alias/z", status=404)


@pytest.mark.parametrize("path", ["/other/_alias/z", "/other/_aliases/z"])
def test_one_alias_is_put_and_deleted(logs: ElasticsearchFace, path: str) -> None:
    assert call(logs, f"PUT {path}", {"index_routing": "1"}) == {"acknowledged": True}
    assert call(logs, "GET /_alias/z") == {"other": {"aliases": {"z": {"index_routing": "1"}}}}
    assert call(logs, f"DELETE {path}") == {"acknowledged": True, "errors": False}
    assert refused(logs, f"DELETE {path}", status=404) == (
        "aliases_not_found_exception: aliases [z] missing"
    )


@pytest.mark.parametrize(
    ("actions", "status", "error"),
    [
        (
            [],
            400,
            (
                "action_request_validation_exception: Validation Failed: 1: Must specify at "
                "least one alias action;"
            ),
        ),
        (
            [{"add": {"alias": "z"}}],
            400,
            "illegal_argument_exception: One of [index] or [indices] is required",
        ),
        (
            [{"add": {"index": "x*", "alias": "z"}}],
            404,
            "index_not_found_exception: no such index [x*]",
        ),
        (
            [{"add": {"index": "logs", "alias": "z"}}],
            400,
            (
                "illegal_argument_exception: The "
                "provided expression [logs] matches an alias, specify the corresponding concrete "
                "indices instead."
            ),
        ),
        (
            [{"add": {"index": "other", "alias": "z", "foo": 1}}],
            400,
            "illegal_argument_exception: Unknown field [foo] in alias [z]",
        ),
        (
            [{"add": {"index": "other", "alias": "z", "filter": {"nope": {}}}}],
            400,
            "illegal_argument_exception: failed to parse filter for alias [z]",
        ),
        (
            [{"add": {"index": "other", "alias": "BAD#"}}],
            400,
            "invalid_alias_name_exception: Invalid alias name [BAD#]: must not contain '#'",
        ),
        ([{"swap": {}}], 400, "parse_exception: [aliases] unknown field [swap]"),
        ([1], 400, "illegal_argument_exception: Too many operations declared on operation entry"),
        ([{"add": 1}], 400, "parse_exception: [add] expected an object"),
        (
            [{"add": {"index": [{}], "alias": "z"}}],
            400,
            "illegal_argument_exception: [index] expected a text",
        ),
    ],
)
def test_a_refused_action_undoes_those_before_it(
    logs: ElasticsearchFace, actions: Any, status: int, error: str
) -> None:
    before = call(logs, "GET /_alias")
    first = [{"remove": {"index": "logs-1", "alias": "a"}}] if actions else []
    assert refused(logs, "POST /_aliases", {"actions": first + actions}, status) == error
    assert call(logs, "GET /_alias") == before


def test_an_action_removes_an_index(logs: ElasticsearchFace) -> None:
    actions = [
        {"remove_index": {"index": "other"}},
        {"add": {"index": "logs-1", "alias": "other"}},
        {"remove": {"index": "*", "alias": "nope", "must_exist": False}},
    ]
    call(logs, "POST /_aliases", {"actions": actions})
    assert [*call(logs, "GET /_alias/other")] == ["logs-1"]


def test_a_removal_that_finds_nothing_is_told_beside_what_was_done(
    face: ElasticsearchFace,
) -> None:
    call(face, "PUT /t")
    remove = {"remove": {"index": "t*", "alias": "none"}}
    add = {"add": {"index": "t", "alias": "a"}}
    answer = call(face, "POST /_aliases", {"actions": [remove, add]})
    assert answer["errors"] is True
    missing, done = answer["action_results"]
    assert (missing["status"], missing["error"]["type"]) == (404, "aliases_not_found_exception")
    assert done == {"action": {"type": "add", "indices": ["t"], "aliases": ["a"]}, "status": 200}
    refused(face, "POST /_aliases", {"actions": [remove]}, 404)
    remove["remove"]["must_exist"] = True
    refused(face, "POST /_aliases", {"actions": [remove, add]}, 404)
