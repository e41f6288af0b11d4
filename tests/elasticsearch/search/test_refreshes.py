"""With `strict_refresh` searches see only what was refreshed, and everything else sees it all."""

from __future__ import annotations

from typing import Any

import pytest
from face_requests import call

from mockkibana.clock import Clock
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.settings import Settings


@pytest.fixture
def settings(kibana_version: str) -> Settings:
    return Settings(kibana_version=kibana_version, strict_refresh=True)


def seen(face: ElasticsearchFace) -> dict[str, Any]:
    """Return the documents that a search sees, by id, which all that counts must agree with."""
    hits = call(face, "GET /t/_search")["hits"]["hits"]
    assert call(face, "GET /t/_count")["count"] == len(hits)
    found = call(face, "GET /t/_count", {"query": {"match_all": {}}})["count"]
    assert found == len(hits)
    [row] = call(face, "GET /_cat/indices/t?format=json&h=docs.count")
    assert row == {"docs.count": str(len(hits))}
    return {hit["_id"]: hit["_source"] for hit in hits}


def test_a_write_is_seen_after_a_refresh(face: ElasticsearchFace) -> None:
    call(face, "PUT /t/_doc/1", {"n": 1}, 201)
    assert seen(face) == {}
    assert call(face, "GET /t/_doc/1")["_source"] == {"n": 1}
    call(face, "POST /t/_refresh")
    assert seen(face) == {"1": {"n": 1}}
    call(face, "PUT /t/_doc/1", {"n": 2})
    call(face, "PUT /t/_doc/2", {"new": 3}, 201)
    assert seen(face) == {"1": {"n": 1}}
    call(face, "DELETE /t/_doc/1?refresh=wait_for")
    assert seen(face) == {"2": {"new": 3}}


def test_a_write_may_refresh_itself(face: ElasticsearchFace) -> None:
    call(face, "PUT /t/_doc/1?refresh", {"n": 1}, 201)
    lines = b'{"index":{"_id":"2"}}\n{"n":2}\n'
    call(face, "POST /t/_bulk", lines)
    assert list(seen(face)) == ["1"]
    call(face, "POST /t/_bulk?refresh=true", lines)
    assert list(seen(face)) == ["1", "2"]


def test_time_refreshes(face: ElasticsearchFace, clock: Clock) -> None:
    call(face, "PUT /t/_doc/1", {}, 201)
    clock.advance(0.5)
    call(face, "PUT /t/_doc/2", {}, 201)
    assert list(seen(face)) == []
    clock.advance(0.5)
    assert list(seen(face)) == ["1", "2"]
    call(face, "PUT /t/_settings", {"refresh_interval": "-1"})
    call(face, "PUT /t/_doc/3", {}, 201)
    clock.advance(3600)
    assert list(seen(face)) == ["1", "2"]


def test_a_request_by_query_meets_what_was_written_since(face: ElasticsearchFace) -> None:
    call(face, "PUT /t/_doc/1?refresh", {"n": 1}, 201)
    call(face, "PUT /t/_doc/1", {"n": 2})
    body = {"query": {"match_all": {}}}
    answer = call(face, "POST /t/_delete_by_query", body, 409)
    assert answer["version_conflicts"] == 1
    answer = call(face, "POST /t/_delete_by_query?conflicts=proceed", body)
    assert (answer["deleted"], answer["failures"]) == (0, [])
    call(face, "POST /t/_refresh")
    assert call(face, "POST /t/_delete_by_query", body)["deleted"] == 1
