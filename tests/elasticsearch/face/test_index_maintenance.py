"""Indices are opened, closed, rolled over and told of."""

from __future__ import annotations

from typing import Any

import pytest
from face_requests import call, refused

from mockkibana.elasticsearch.face.face import ElasticsearchFace


@pytest.fixture
def logs(face: ElasticsearchFace) -> ElasticsearchFace:
    call(face, "PUT /logs-1", {"aliases": {"logs": {}}, "settings": {"number_of_shards": 2}})
    call(face, "PUT /logs/_doc/1", {"n": 1, "text": "x"}, 201)
    call(face, "PUT /other", {"settings": {"number_of_replicas": 0}})
    return face


def test_a_closed_index_takes_and_gives_no_documents(logs: ElasticsearchFace) -> None:
    assert call(logs, "POST /logs-1/_close") == {
        "acknowledged": True,
        "shards_acknowledged": True,
        "indices": {"logs-1": {"closed": True}},
    }
    closed = "index_closed_exception: closed"
    assert refused(logs, "PUT /logs/_doc/2", {"n": 1}) == closed
    assert refused(logs, "GET /logs/_doc/1") == closed
    assert refused(logs, "GET /logs-1/_search") == closed
    assert call(logs, "GET /_all/_count")["count"] == 0
    assert [*call(logs, "GET /*?expand_wildcards=closed")] == ["logs-1"]
    assert [*call(logs, "GET /logs-1/_settings")] == ["logs-1"]
    call(logs, "PUT /logs-1/_settings", {"analysis": {"analyzer": {"a": {"type": "standard"}}}})
    refused(logs, "PUT /other/_settings", {"analysis": {"analyzer": {"a": {"type": "standard"}}}})
    call(logs, "PUT /other/_settings?reopen=true", {"analysis.analyzer.a.type": "standard"})
    assert call(logs, "POST /logs*/_open") == {"acknowledged": True, "shards_acknowledged": True}
    assert call(logs, "GET /logs/_count")["count"] == 1


@pytest.mark.parametrize(
    ("line", "total"),
    [
        ("POST /_refresh", 5),
        ("POST /logs/_refresh", 4),
        ("GET /other/_refresh", 1),
        ("POST /_flush", 5),
        ("POST /logs-1/_forcemerge?max_num_segments=1", 4),
        ("POST /logs-1/_cache/clear", 4),
    ],
)
def test_maintenance_counts_shards(logs: ElasticsearchFace, line: str, total: int) -> None:
    shards = call(logs, line)["_shards"]
    assert (shards["total"], shards["failed"]) == (total, 0)


def test_statistics_tell_documents_and_writes(logs: ElasticsearchFace) -> None:
    stats = call(logs, "GET /_stats")
    assert stats["_all"]["primaries"]["docs"]["count"] == 1
    assert stats["_all"]["total"]["indexing"]["index_total"] == 1
    assert [*stats["indices"]] == ["logs-1", "other"]
    only = call(logs, "GET /logs/_stats/docs,store")["indices"]["logs-1"]["primaries"]
    assert [*only] == ["docs", "store"]
    assert refused(logs, "GET /_stats/foo") == (
        "illegal_argument_exception: request [/_stats/foo] contains unrecognized metric: [foo]"
    )
    assert call(logs, "GET /logs/_segments")["indices"]["logs-1"]["shards"]["0"]
    assert call(logs, "GET /_recovery")["other"]["shards"][0]["stage"] == "DONE"


def test_the_mapping_of_fields_is_told(logs: ElasticsearchFace) -> None:
    assert call(logs, "GET /logs/_mapping/field/text,n*") == {
        "logs-1": {
            "mappings": {
                "text": {
                    "full_name": "text",
                    "mapping": {
                        "text": {
                            "type": "text",
                            "fields": {"keyword": {"type": "keyword", "ignore_above": 256}},
                        }
                    },
                },
                "n": {"full_name": "n", "mapping": {"n": {"type": "long"}}},
            }
        }
    }
    assert call(logs, "GET /other/_mapping/field/x") == {"other": {"mappings": {}}}


def test_names_and_wildcards_are_resolved(logs: ElasticsearchFace) -> None:
    assert call(logs, "GET /_resolve/index/lo*,other") == {
        "indices": [
            {"name": "logs-1", "aliases": ["logs"], "attributes": ["open"]},
            {"name": "other", "attributes": ["open"]},
        ],
        "aliases": [{"name": "logs", "indices": ["logs-1"]}],
        "data_streams": [],
    }
    refused(logs, "GET /_resolve/index/none", status=404)


@pytest.mark.parametrize(
    ("conditions", "told", "done"),
    [
        (None, {}, True),
        ({"max_docs": 1}, {"[max_docs: 1]": True}, True),
        ({"max_docs": 2, "max_age": "7d"}, {"[max_docs: 2]": False, "[max_age: 7d]": False}, False),
        ({"max_docs": 1, "min_docs": 5}, {"[max_docs: 1]": True, "[min_docs: 5]": False}, False),
        (
            {"max_size": "1gb", "max_primary_shard_size": "1b"},
            {"[max_size: 1gb]": False, "[max_primary_shard_size: 1b]": True},
            True,
        ),
    ],
)
def test_an_alias_rolls_over(
    logs: ElasticsearchFace, conditions: Any, told: Any, done: bool
) -> None:
    body = None if conditions is None else {"conditions": conditions}
    assert call(logs, "POST /logs/_rollover?dry_run=true", body)["rolled_over"] is False
    assert call(logs, "POST /logs/_rollover", body) == {
        "acknowledged": done,
        "shards_acknowledged": done,
        "old_index": "logs-1",
        "new_index": "logs-000002",
        "rolled_over": done,
        "dry_run": False,
        "lazy": False,
        "conditions": told,
    }
    assert [*call(logs, "GET /_alias/logs")] == ["logs-000002" if done else "logs-1"]


def test_an_explicit_write_index_stays_behind_its_alias(logs: ElasticsearchFace) -> None:
    call(logs, "PUT /logs-1/_alias/w", {"is_write_index": True})
    call(logs, "POST /w/_rollover/fresh", {"mappings": {"properties": {"a": {"type": "long"}}}})
    assert call(logs, "GET /_alias/w") == {
        "logs-1": {"aliases": {"w": {"is_write_index": False}}},
        "fresh": {"aliases": {"w": {"is_write_index": True}}},
    }


@pytest.mark.parametrize(
    ("line", "body", "error"),
    [
        ("POST /none/_rollover", None, "rollover target [none] does not exist"),
        (
            "POST /other/_rollover",
            None,
            "rollover target is a [concrete index] but one of [alias,data_stream] was expected",
        ),
        ("POST /o/_rollover", None, "index name [other] does not match pattern '^.*-\\d+$'"),
        ("POST /logs/_rollover", {"conditions": {"foo": 1}}, "[conditions] unknown field [foo]"),
        (
            "POST /logs/_rollover",
            {"conditions": {"max_docs": "x"}},
            "[conditions] failed to parse field [max_docs]",
        ),
        (
            "POST /logs/_rollover",
            {"conditions": {"max_size": "x"}},
            (
                "failed to parse setting "
                "[max_size] with value [x] as a size in bytes: unit is missing or unrecognized"
            ),
        ),
    ],
)
def test_a_rollover_that_cannot_be_is_refused(
    logs: ElasticsearchFace, line: str, body: Any, error: str
) -> None:
    call(logs, "PUT /other/_alias/o")
    assert refused(logs, line, body) == f"illegal_argument_exception: {error}"


def test_wildcards_delete_where_the_cluster_lets_them(logs: ElasticsearchFace) -> None:
    refused(logs, "DELETE /lo*")
    settings = {"persistent": {"action": {"destructive_requires_name": False}}}
    assert call(logs, "PUT /_cluster/settings", settings)["persistent"] == {
        "action": {"destructive_requires_name": "false"}
    }
    call(logs, "DELETE /lo*")
    assert [*call(logs, "GET /_all")] == ["other"]


@pytest.mark.parametrize(
    ("value", "name", "is_made"),
    [
        ("false", "x", False),
        ("true", "x", True),
        ("x*,-y*", "x", True),
        ("-x*,+*", "x", False),
        ("y", "x", False),
    ],
)
def test_indices_are_made_where_the_cluster_lets_them(
    face: ElasticsearchFace, value: str, name: str, is_made: bool
) -> None:
    call(face, "PUT /_cluster/settings", {"transient": {"action.auto_create_index": value}})
    call(face, f"PUT /{name}/_doc/1", {}, 201 if is_made else 404)
