"""Settings of indices are read and changed over HTTP, and their blocks refuse requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from face_requests import request_of

from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.http.messages import Answer

Ask = Callable[..., Answer]

FLOOD_STAGE = (
    "index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, "
    "index has read-only-allow-delete block];"
)
READ_ONLY = "index [x] blocked by: [FORBIDDEN/5/index read-only (api)];"
METADATA = "index [x] blocked by: [FORBIDDEN/9/index metadata (api)];"


@pytest.fixture
def ask(face: ElasticsearchFace) -> Ask:
    """Ask `METHOD /path?query`, with a body of JSON; there is an index `x` with a document `1`."""

    def ask(line: str, body: Any = None) -> Answer:
        return face.handle(request_of(line, body))

    assert ask("PUT /x/_doc/1", {"n": 1}).status == 201
    return ask


def refusal(answer: Answer) -> tuple[int, str]:
    error = answer.body["error"]
    assert error["type"] == "cluster_block_exception"
    return answer.status, error["reason"]


def test_settings_are_shown_nested_flat_or_by_name(ask: Ask) -> None:
    nested = ask("GET /x/_settings").body["x"]["settings"]["index"]
    assert nested["number_of_shards"] == "1"
    flat = ask("GET /_settings?flat_settings=true").body["x"]["settings"]
    assert flat["index.provided_name"] == "x"
    assert list(flat) == sorted(flat)
    for line in ("GET /x/_settings/index.number_of_*", "GET /_settings/index.number_of_*"):
        assert ask(line).body == {
            "x": {"settings": {"index": {"number_of_replicas": "1", "number_of_shards": "1"}}}
        }
    assert ask("GET /_settings/none").body == {}
    assert ask("GET /none/_settings").status == 404


@pytest.mark.parametrize(
    "body",
    [{"index": {"hidden": True}}, {"hidden": True}, {"settings": {"index.hidden": True}}],
    ids=str,
)
def test_settings_are_changed_and_put_back(ask: Ask, body: Any) -> None:
    assert ask("PUT /x/_settings", body).body == {"acknowledged": True}
    assert ask("GET /x/_settings").body["x"]["settings"]["index"]["hidden"] == "true"
    assert ask("PUT /x/_settings?preserve_existing=true", {"hidden": False}).status == 200
    assert ask("GET /x/_settings").body["x"]["settings"]["index"]["hidden"] == "true"
    ask("PUT /_settings?expand_wildcards=all", {"index.hidden": None})
    ask("PUT /x/_settings", {"index.hidden": None})
    assert "hidden" not in ask("GET /x/_settings").body["x"]["settings"]["index"]


@pytest.mark.parametrize(
    ("body", "type_", "reason"),
    [
        (None, "parse_exception", "request body is required"),
        (
            {},
            "action_request_validation_exception",
            "Validation Failed: 1: no settings to update;",
        ),
        ({"settings": [1]}, "illegal_argument_exception", "[settings] must be an object"),
        (
            {"number_of_shards": 2},
            "illegal_argument_exception",
            "final x setting [index.number_of_shards], not updateable",
        ),
    ],
    ids=str,
)
def test_settings_that_cannot_be_are_refused(ask: Ask, body: Any, type_: str, reason: str) -> None:
    error = ask("PUT /x/_settings", body).body["error"]
    assert (error["type"], error["reason"]) == (type_, reason)


WRITES = [
    ("PUT /x/_doc/2", {"n": 1}),
    ("POST /x/_doc", {"n": 1}),
    ("POST /x/_update/1", {"doc": {"n": 2}}),
    ("DELETE /x/_doc/1", None),
]


@pytest.mark.parametrize("lifted", [None, False, "false"])
def test_the_flood_stage_refuses_writes_until_it_is_lifted(ask: Ask, lifted: Any) -> None:
    name = "index.blocks.read_only_allow_delete"
    assert ask("PUT /x/_settings", {name: True}).status == 200
    for line, body in WRITES:
        assert refusal(ask(line, body)) == (429, FLOOD_STAGE)
    for line, body in (
        ("PUT /x/_mapping", {"properties": {"a": {"type": "long"}}}),
        ("PUT /x/_settings", {"hidden": True}),
    ):
        assert refusal(ask(line, body)) == (429, FLOOD_STAGE)
    items = ask("POST /_bulk", b'{"index":{"_index":"x"}}\n{}\n{"index":{"_index":"y"}}\n{}\n')
    first, second = (item["index"] for item in items.body["items"])
    assert (first["status"], first["error"]["reason"]) == (429, FLOOD_STAGE)
    assert second["status"] == 201
    assert ask("GET /x/_search").body["hits"]["total"]["value"] == 1
    assert ask("PUT /x/_settings", {name: lifted}).status == 200
    assert ask("PUT /x/_doc/2", {"n": 1}).status == 201


def test_an_index_at_the_flood_stage_may_be_deleted(ask: Ask) -> None:
    ask("PUT /x/_settings", {"index.blocks.read_only_allow_delete": True})
    assert ask("DELETE /x").status == 200


def test_an_index_that_is_read_only_may_not_be_deleted(ask: Ask) -> None:
    ask("PUT /x/_settings", {"index.blocks.read_only": True})
    assert refusal(ask("DELETE /x")) == (403, READ_ONLY)
    assert refusal(ask("PUT /x/_doc/2", {})) == (403, READ_ONLY)
    ask("PUT /x/_settings", {"index.blocks.read_only": False})
    assert ask("DELETE /x").status == 200


READS = ["GET /x/_search", "GET /x/_count", "POST /x/_count", "GET /x/_doc/1", "GET /x/_source/1"]


def test_a_read_block_refuses_reads(ask: Ask) -> None:
    assert ask("PUT /x/_block/read").body == {
        "acknowledged": True,
        "shards_acknowledged": True,
        "indices": [{"name": "x", "blocked": True}],
    }
    for line in READS:
        expected = (403, "index [x] blocked by: [FORBIDDEN/7/index read (api)];")
        assert refusal(ask(line)) == expected
    [item] = ask("POST /x/_mget", {"ids": ["1"]}).body["docs"]
    assert item["error"]["type"] == "cluster_block_exception"
    assert ask("PUT /x/_doc/2", {"n": 1}).status == 201


def test_a_metadata_block_refuses_all_about_the_index(ask: Ask) -> None:
    ask("PUT /x/_block/metadata")
    for line in ("GET /x", "GET /x/_mapping", "GET /x/_settings", "DELETE /x"):
        assert refusal(ask(line)) == (403, METADATA)
    assert ask("PUT /x/_doc/2", {"n": 1}).status == 201
    assert ask("PUT /x/_block/metadata").status == 200
    assert refusal(ask("PUT /x/_block/write")) == (403, METADATA)
    assert ask("PUT /x/_settings", {"index.blocks.metadata": None}).status == 200
    assert ask("GET /x").status == 200


def test_an_unknown_block_is_refused(ask: Ask) -> None:
    error = ask("PUT /x/_block/foo").body["error"]
    assert error["reason"] == "No block found with name foo"
