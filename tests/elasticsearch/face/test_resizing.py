"""Indices are copied whole, with other numbers of shards; streams are made of aliases."""

from __future__ import annotations

import pytest
from face_requests import call, refused

from mockkibana.elasticsearch.face.face import ElasticsearchFace


@pytest.fixture
def source(face: ElasticsearchFace) -> ElasticsearchFace:
    settings = {"number_of_shards": 4, "number_of_replicas": 0}
    call(face, "PUT /s", {"settings": settings, "aliases": {"a": {}}})
    call(face, "PUT /s/_doc/1", {"n": 1}, 201)
    call(face, "PUT /s/_doc/1", {"n": 2})
    return face


def test_a_copy_has_the_documents_and_what_else_was_asked_for(source: ElasticsearchFace) -> None:
    call(source, "PUT /s/_block/write")
    for kind, shards in (("clone", 4), ("shrink", 2), ("split", 8)):
        body = {
            "settings": {"number_of_shards": shards, "blocks.write": None},
            "aliases": {"b": {}},
        }
        call(source, f"PUT /s/_{kind}/{kind}", body)
        copy = call(source, f"GET /{kind}")[kind]
        assert copy["settings"]["index"]["number_of_shards"] == str(shards)
        assert copy["aliases"] == {"b": {}}
        document = call(source, f"GET /{kind}/_doc/1")
        assert (document["_source"], document["_version"]) == ({"n": 2}, 2)
        call(source, f"PUT /{kind}/_doc/2", {"n": 3}, 201)
    assert call(source, "POST /s/_count")["count"] == 1


@pytest.mark.parametrize(
    ("line", "shards", "error"),
    [
        ("clone", 2, "the number of target shards (2) must be the same as the number of source"),
        ("shrink", 3, "the number of source shards [4] must be a multiple of [3]"),
        ("split", 6, "the number of source shards [4] must be a factor of [6]"),
        ("clone/s", 4, "already exists"),
    ],
)
def test_a_copy_that_cannot_be_is_refused(
    source: ElasticsearchFace, line: str, shards: int, error: str
) -> None:
    kind, _, target = line.partition("/")
    body = {"settings": {"number_of_shards": shards}}
    path = f"PUT /s/_{kind}/{target or 'new'}"
    assert "must be read-only to resize index" in refused(source, path, body)
    call(source, "PUT /s/_block/write")
    assert error in refused(source, path, body)
    call(source, "HEAD /new", status=404)


def test_a_data_stream_is_made_of_an_alias(face: ElasticsearchFace) -> None:
    call(face, "PUT /_index_template/t", {"index_patterns": ["x*"], "data_stream": {}})
    call(face, "PUT /one/_doc/1", {"@timestamp": "2023-01-01"}, 201)
    call(face, "PUT /two/_doc/1", {"@timestamp": "2023-01-02"}, 201)
    call(face, "PUT /three/_doc/1", {"a": 1}, 201)
    call(face, "PUT /one/_alias/x")
    call(face, "POST /_data_stream/_migrate/x")
    add = {"add_backing_index": {"data_stream": "x", "index": "two"}}
    call(face, "POST /_data_stream/_modify", {"actions": [add]})
    [stream] = call(face, "GET /_data_stream/x")["data_streams"]
    assert [index["index_name"] for index in stream["indices"]] == ["two", "one"]
    assert call(face, "POST /x/_count")["count"] == 2
    bad = {"add_backing_index": {"data_stream": "x", "index": "three"}}
    text = refused(face, "POST /_data_stream/_modify", {"actions": [bad]})
    assert text.endswith("[@timestamp] does not exist in index [three]")
    remove = {"remove_backing_index": {"data_stream": "x", "index": "two"}}
    call(face, "POST /_data_stream/_modify", {"actions": [remove]})
    assert call(face, "POST /x/_count")["count"] == 1


def test_data_streams_have_lifecycles(face: ElasticsearchFace) -> None:
    call(face, "PUT /_index_template/t", {"index_patterns": ["x*"], "data_stream": {}})
    call(face, "PUT /_data_stream/x")
    call(face, "PUT /_data_stream/x/_lifecycle", {"data_retention": "7d"})
    lifecycle = {"enabled": True, "data_retention": "7d"}
    told = call(face, "GET /_data_stream/x/_lifecycle")
    assert told == {"data_streams": [{"name": "x", "lifecycle": lifecycle}]}
    [explained] = call(face, "GET /x/_lifecycle/explain")["indices"].values()
    assert explained["managed_by_lifecycle"] is True
    assert call(face, "GET /_lifecycle/stats")["data_stream_count"] == 1
    call(face, "DELETE /_data_stream/x/_lifecycle")
    assert call(face, "GET /_data_stream/x/_lifecycle")["data_streams"] == [{"name": "x"}]
