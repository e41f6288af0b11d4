"""Queries are checked, fields and terms told, and answers of searches kept."""

from __future__ import annotations

import pytest
from face_requests import call, refused

from mockkibana.elasticsearch.face.face import ElasticsearchFace


@pytest.fixture
def fields(face: ElasticsearchFace) -> ElasticsearchFace:
    properties = {
        "tag": {"type": "keyword"},
        "text": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        "mixed": {"type": "long"},
        "hidden": {"type": "keyword", "index": False, "doc_values": False},
        "o": {"properties": {"n": {"type": "long"}}},
    }
    call(face, "PUT /i", {"mappings": {"properties": properties}})
    call(face, "PUT /j", {"mappings": {"properties": {"mixed": {"type": "keyword"}}}})
    for number, tag in enumerate(("ant", "Ape", "bee")):
        call(face, f"PUT /i/_doc/{number}", {"tag": tag, "mixed": number}, 201)
    return face


def test_fields_are_told_with_what_they_can_do(fields: ElasticsearchFace) -> None:
    told = call(fields, "GET /i,j/_field_caps?fields=t*,mixed,hidden,o")
    assert told["indices"] == ["i", "j"]
    assert list(told["fields"]) == ["hidden", "mixed", "o", "tag", "text", "text.raw"]
    both = {"metadata_field": False, "searchable": True, "aggregatable": True}
    assert told["fields"]["tag"] == {"keyword": {"type": "keyword", **both}}
    assert told["fields"]["mixed"] == {
        "long": {"type": "long", **both, "indices": ["i"]},
        "keyword": {"type": "keyword", **both, "indices": ["j"]},
    }
    text = {"type": "text", **both, "aggregatable": False}
    assert told["fields"]["text"] == {"text": text}
    assert told["fields"]["hidden"]["keyword"]["searchable"] is False
    unmapped = call(fields, "POST /_field_caps?include_unmapped", {"fields": ["tag"]})
    assert unmapped["fields"]["tag"]["unmapped"]["indices"] == ["j"]
    body = {"fields": "tag", "index_filter": {"term": {"tag": "bee"}}}
    assert call(fields, "POST /_field_caps", body)["indices"] == ["i"]


def test_a_query_is_valid_or_not(fields: ElasticsearchFace) -> None:
    good = {"query": {"term": {"tag": "ant"}}}
    shards = {"total": 1, "successful": 1, "failed": 0}
    assert call(fields, "POST /i/_validate/query", good) == {"_shards": shards, "valid": True}
    for bad in ({"query": {"term": {}, "x": 1}}, {"query": {"range": {"mixed": {"gt": "x"}}}}):
        assert call(fields, "POST /i/_validate/query", bad)["valid"] is False, bad
    assert call(fields, "GET /i/_validate/query?q=tag:ant")["valid"] is True


def test_a_body_that_holds_no_query_is_explained_for_no_index(fields: ElasticsearchFace) -> None:
    for body, error in (
        (
            {"match_all": {}},
            "org.elasticsearch.common.ParsingException: request does not support [match_all]",
        ),
        (
            {"query": {"foo": {}}},
            (
                "ParsingException[unknown query [foo]]; nested: NamedObjectNotFoundException["
                "[1:19] unknown field [foo]];; org.elasticsearch.xcontent."
                "NamedObjectNotFoundException: [1:19] unknown field [foo]"
            ),
        ),
        ({"query": {"term": {}, "x": 1}}, "field name is null or empty"),
    ):
        answer = call(fields, "POST /i/_validate/query?explain", body)
        assert answer == {"valid": False, "error": error}
        assert call(fields, "POST /i/_validate/query", body) == {"valid": False}


def test_each_index_is_told_what_it_has_against_a_query(fields: ElasticsearchFace) -> None:
    body = {"query": {"match": {"mixed": "1,2"}}}
    answer = call(fields, "POST /i,j/_validate/query?explain", body)
    assert answer["valid"] is False
    bad, good = answer["explanations"]
    where, _, error = bad.pop("error").partition(" ")
    assert (bad, good) == ({"index": "i", "valid": False}, {"index": "j", "valid": True})
    assert where.startswith("[i/")
    text = 'For input string: "1,2"'
    assert error == (
        f"QueryShardException[failed to create query: {text}]; "
        f"nested: NumberFormatException[{text}];; java.lang.NumberFormatException: {text}"
    )
    [told] = call(fields, "POST /i/_validate/query?explain&q=mixed:1*")["explanations"]
    assert told["error"] == (
        "org.elasticsearch.index.query.QueryShardException: Can only use prefix queries on "
        "keyword, text and wildcard fields - not on [mixed] which is of type [long]"
    )
    [told] = call(fields, "POST /i/_validate/query?explain&q=mixed:[1")["explanations"]
    assert "; nested: ParseException[Cannot parse 'mixed:[1': " in told["error"]
    assert ";; org.apache.lucene.queryparser.classic.ParseException: " in told["error"]


def test_the_terms_of_a_keyword_field_are_listed(fields: ElasticsearchFace) -> None:
    for body, terms in (
        ({"field": "tag"}, ["Ape", "ant", "bee"]),
        ({"field": "tag", "string": "a"}, ["ant"]),
        ({"field": "tag", "string": "a", "case_insensitive": True}, ["Ape", "ant"]),
        ({"field": "tag", "size": 1}, ["Ape"]),
        ({"field": "tag", "search_after": "ant"}, ["bee"]),
        ({"field": "none"}, []),
    ):
        answer = call(fields, "POST /i/_terms_enum", body)
        assert (answer["terms"], answer["complete"]) == (terms, True), body
    assert "size" in refused(fields, "POST /i/_terms_enum", {"field": "tag", "size": 0})


def test_the_answer_of_a_search_is_kept_as_long_as_asked(fields: ElasticsearchFace) -> None:
    once = call(fields, "POST /i/_async_search", {"size": 0})
    assert "id" not in once
    assert once["response"]["hits"]["total"]["value"] == 3
    kept = call(fields, "POST /i/_async_search?keep_on_completion&keep_alive=1m", {"size": 0})
    assert kept["expiration_time_in_millis"] - kept["start_time_in_millis"] == 60_000
    call(fields, "DELETE /i/_doc/0")
    assert call(fields, f"GET /_async_search/{kept['id']}") == kept
    status = call(fields, f"GET /_async_search/status/{kept['id']}")
    assert (status["completion_status"], status["is_running"]) == (200, False)
    call(fields, f"DELETE /_async_search/{kept['id']}")
    missing = refused(fields, f"GET /_async_search/{kept['id']}", status=404)
    assert missing == f"resource_not_found_exception: {kept['id']}"


def test_a_document_is_explained_whether_a_query_finds_it_or_not(fields: ElasticsearchFace) -> None:
    found = call(fields, "POST /i/_explain/1", {"query": {"match_all": {}}})
    other = call(fields, "GET /i/_explain/1?q=tag:none")
    missing = call(fields, "POST /i/_explain/none", {"query": {"match_all": {}}}, 404)

    assert found["matched"] is True
    assert found["explanation"]["value"] == 1.0
    assert other["matched"] is False
    assert other["explanation"]["details"] == []
    assert missing == {"_index": "i", "_id": "none", "matched": False}
    assert refused(fields, "POST /i/_explain/1").endswith("Failed: 1: query is missing;")
