"""The query DSL: what each query finds, its scores, and how a malformed one is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from document_writes import index_document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.elasticsearch.search.query_parser import PARSERS
from mockkibana.elasticsearch.vocabulary import names
from mockkibana.http.messages import Answer, Request

Search = Callable[[Any], Answer]

OPTIONS = ("_name", "boost")  # of any query

MAPPINGS = {
    "properties": {
        "name": {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 20}}},
        "level": {"type": "keyword"},
        "n": {"type": "long"},
        "size": {"type": "float"},
        "on": {"type": "boolean"},
        "at": {"type": "date"},
        "ip": {"type": "ip"},
        "hidden": {"type": "object", "dynamic": False},
        "zero": {"type": "long", "null_value": 0},
        "all": {"type": "text"},
        "title": {"type": "text", "copy_to": "all"},
        "items": {"type": "nested", "properties": {"id": {"type": "long"}}},
        "unindexed": {"type": "text", "index": False},
        "place": {"type": "geo_point"},
        "french": {"type": "text", "analyzer": "french"},
    }
}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "1": {"name": "Foo bar", "level": "warn", "n": 1, "on": True, "at": "2024-01-02T03:04:05Z"},
    "2": {"name": "foo foo BAZ", "level": ["info", "warn"], "n": [2, 3], "size": 0.1},
    "3": {"name": "x" * 21, "n": "7", "on": "false", "at": 1704240000000, "ip": "10.0.0.1"},
    "4": {"hidden": {"a": 1}, "zero": None, "title": "Quick fox", "items": [{"id": 1}]},
    "5": {"o": {"a": {"b": "deep"}}, "o.a.c": "dotted", "unindexed": "word", "n": None},
}


@pytest.fixture
def cluster_of_five(cluster: Cluster) -> Cluster:
    cluster.create_index("t", mappings=MAPPINGS)
    for id_, source in DOCUMENTS.items():
        index_document(cluster, "t", source, id=id_)
    return cluster


@pytest.fixture
def search(cluster_of_five: Cluster) -> Search:
    face = ElasticsearchFace(cluster_of_five)

    def search(body: Any) -> Answer:
        raw = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
        headers = {"content-type": "application/json"}
        return face.handle(Request("POST", "/t/_search", headers=headers, body=raw))

    return search


def found(search: Search, query: Any) -> list[str]:
    answer = search({"query": query})
    assert answer.status == 200, answer.body
    return [hit["_id"] for hit in answer.body["hits"]["hits"]]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"match_all": {}}, "12345"),
        ({"match_none": {}}, ""),
        ({"ids": {"values": ["4", "2", "9"]}}, "24"),
        ({"ids": {"values": "4"}}, "4"),
        ({"ids": {"values": [4]}}, "4"),
        # text is compared by its words, keywords as a whole
        ({"term": {"name": "foo"}}, "21"),
        ({"term": {"name": "Foo"}}, ""),
        ({"term": {"name": {"value": "FOO", "case_insensitive": True}}}, "12"),
        ({"term": {"name.keyword": "Foo bar"}}, "1"),
        ({"term": {"name.keyword": "x" * 21}}, ""),
        ({"term": {"level": "warn"}}, "12"),
        ({"term": {"level": {"value": "WARN", "case_insensitive": True}}}, "12"),
        ({"terms": {"level": ["info", "error"]}}, "2"),
        ({"terms": {"level": []}}, ""),
        # numbers and booleans are taken as texts too
        ({"term": {"n": 1}}, "1"),
        ({"term": {"n": "3"}}, "2"),
        ({"term": {"n": 7.0}}, "3"),
        ({"term": {"n": 1.5}}, ""),
        ({"term": {"n": 10**40}}, ""),
        ({"terms": {"n": [1, "2"]}}, "12"),
        ({"term": {"size": 0.1}}, "2"),
        ({"term": {"on": True}}, "1"),
        ({"term": {"on": "false"}}, "3"),
        # a date stands for all that it leaves out
        ({"term": {"at": "2024-01-02T03:04:05.000Z"}}, "1"),
        ({"term": {"at": "2024-01-02"}}, "1"),
        ({"term": {"at": "2024-01"}}, "13"),
        ({"term": {"at": "2024"}}, "13"),
        ({"term": {"at": "2023-12"}}, ""),
        ({"term": {"at": 1704240000000}}, "3"),
        ({"term": {"ip": "10.0.0.1"}}, "3"),
        ({"match": {"name": "BAZ bar"}}, "12"),
        ({"match": {"name": {"query": "foo baz", "operator": "and"}}}, "2"),
        ({"match": {"name": {"query": "foo baz nope", "minimum_should_match": "67%"}}}, "2"),
        ({"match": {"name": "..."}}, ""),
        ({"match": {"name": {"query": "...", "zero_terms_query": "all"}}}, "12345"),
        ({"match": {"level": "warn"}}, "12"),
        ({"match": {"level": "Warn"}}, ""),
        ({"match": {"n": "2"}}, "2"),
        ({"match": {"n": {"query": "abc", "lenient": True}}}, ""),
        ({"match": {"all": "fox"}}, "4"),
        ({"exists": {"field": "name"}}, "123"),
        ({"exists": {"field": "name.keyword"}}, "12"),
        ({"exists": {"field": "o"}}, "5"),
        ({"exists": {"field": "o.*"}}, "5"),
        ({"exists": {"field": "l*"}}, "12"),
        ({"exists": {"field": "n"}}, "123"),
        ({"exists": {"field": "zero"}}, "4"),
        ({"exists": {"field": "nowhere"}}, ""),
        ({"exists": {"field": "_id"}}, "12345"),
        ({"term": {"zero": 0}}, "4"),
        # objects are flat, nested ones are documents of their own
        ({"term": {"o.a.b": "deep"}}, "5"),
        ({"term": {"o.a.c": "dotted"}}, "5"),
        ({"term": {"items.id": 1}}, ""),
        ({"term": {"hidden.a": 1}}, ""),
        ({"term": {"nowhere": 1}}, ""),
        ({"match": {"nowhere": "x"}}, ""),
        ({"term": {"_id": "3"}}, "3"),
        ({"terms": {"_index": ["t"]}}, "12345"),
        ({"term": {"_index": "u"}}, ""),
        ({"bool": {}}, "12345"),
        ({"bool": {"must_not": {"exists": {"field": "n"}}}}, "45"),
        ({"bool": {"filter": [{"term": {"on": True}}]}}, "1"),
        ({"bool": {"should": [{"term": {"n": 1}}, {"term": {"n": 7}}]}}, "13"),
        ({"bool": {"must": {"match_all": {}}, "should": {"term": {"n": 7}}}}, "31245"),
        (
            {
                "bool": {
                    "should": [{"term": {"level": "info"}}, {"term": {"n": 2}}, {"term": {"n": 1}}],
                    "minimum_should_match": 2,
                }
            },
            "2",
        ),
        ({"bool": {"must": [{"term": {"n": 1}}, {"term": {"level": "info"}}]}}, ""),
        ({"constant_score": {"filter": {"term": {"level": "info"}}}}, "2"),
    ],
    ids=json.dumps,
)
def test_a_query_finds_its_documents(search: Search, query: Any, ids: str) -> None:
    assert found(search, query) == list(ids)


@pytest.mark.parametrize(
    ("query", "score"),
    [
        ({"match_all": {}}, 1.0),
        ({"match_all": {"boost": 2.5}}, 2.5),
        ({"term": {"level": "info"}}, 0.2876821),
        ({"term": {"level": {"value": "info", "boost": 2}}}, 0.5753642),
        ({"terms": {"level": ["info"]}}, 1.0),
        ({"match": {"text": "disk full"}}, 0.5753642),
        ({"term": {"n": 5}}, 1.0),
        ({"exists": {"field": "n"}}, 1.0),
        ({"constant_score": {"filter": {"match_all": {}}, "boost": 1.2}}, 1.2),
        ({"bool": {"filter": {"match_all": {}}}}, 0.0),
        ({"bool": {"must_not": {"match_none": {}}}}, 0.0),
        ({"bool": {"must": [{"term": {"n": 5}}, {"term": {"level": "info"}}]}}, 1.287682),
        ({"bool": {"must": {"term": {"n": 5}}, "boost": 3}}, 3.0),
    ],
    ids=json.dumps,
)
def test_a_single_document_has_the_known_scores(cluster: Cluster, query: Any, score: float) -> None:
    cluster.create_index("t", mappings={"properties": {"level": {"type": "keyword"}}})
    index_document(cluster, "t", {"level": "info", "text": "Disk is full", "n": 5}, id="1")
    face = ElasticsearchFace(cluster)
    headers = {"content-type": "application/json"}
    body = json.dumps({"query": query}).encode()
    answer = face.handle(Request("POST", "/t/_search", headers=headers, body=body))
    assert answer.body["hits"]["max_score"] == score
    assert answer.body["hits"]["hits"][0]["_score"] == score


def test_rare_words_in_short_texts_score_higher(search: Search) -> None:
    answer = search({"query": {"match": {"name": "foo baz"}}})
    scores = {hit["_id"]: hit["_score"] for hit in answer.body["hits"]["hits"]}
    assert list(scores) == ["2", "1"]
    assert scores["2"] > 2 * scores["1"] > 0


X = "x_content_parse_exception"
P = "parsing_exception"
I = "illegal_argument_exception"  # noqa: E741


@pytest.mark.parametrize(
    ("query", "root", "chain"),
    [
        (
            {"bogus": {}},
            (P, "unknown query [bogus]", 19),
            [
                (P, "unknown query [bogus]", 19),
                ("named_object_not_found_exception", "[1:19] unknown field [bogus]"),
            ],
        ),
        (
            {"mtch": {}},
            (P, "unknown query [mtch] did you mean [match]?", 18),
            [
                (P, "unknown query [mtch] did you mean [match]?", 18),
                ("named_object_not_found_exception", "[1:18] unknown field [mtch]"),
            ],
        ),
        ({}, (I, "query malformed, empty clause found at [1:11]"), None),
        ([], (P, "Unknown key for a START_ARRAY in [query].", 10), None),
        (
            {"match": "x"},
            (P, "[match] query malformed, no start_object after query name", 19),
            None,
        ),
        (
            {"match_all": {}, "term": {"a": "x"}},
            (P, "[match_all] malformed query, expected [END_OBJECT] but found [FIELD_NAME]", 26),
            None,
        ),
        (
            {"term": {"a": {"value": "x", "foo": 1}}},
            (P, "[term] query does not support [foo]", 42),
            None,
        ),
        (
            {"match": {"author": "x", "body": "y"}},
            (P, "[match] query doesn't support multiple fields, found [author] and [body]", 40),
            None,
        ),
        ({"match": {}}, (P, "No text specified for text query", 20), None),
        ({"match": {"a": {}}}, (P, "No text specified for text query", 26), None),
        (
            {"exists": {"field": ["a"]}},
            (P, "[exists] unknown token [START_ARRAY] after [field]", 29),
            None,
        ),
        ({"exists": {}}, (P, "[exists] must be provided with a [field]", 21), None),
        (
            {"terms": {"body": ["x"], "author": ["y"]}},
            (P, "[terms] query does not support multiple fields", 42),
            None,
        ),
        ({"terms": {"a": "x"}}, (P, "[terms] query does not support [a]", 24), None),
        ({"bool": {"foo": []}}, (X, "[1:19] [bool] unknown field [foo]"), None),
        (
            {"bool": {"must": {"match": {"author": {"foo": 1}}}}},
            (P, "[match] query does not support [foo]", 52),
            [
                (X, "[1:52] [bool] failed to parse field [must]"),
                (P, "[match] query does not support [foo]", 52),
            ],
        ),
        (
            {"bool": {"must": [{}]}},
            (X, "[1:28] [bool] failed to parse field [must]"),
            [
                (X, "[1:28] [bool] failed to parse field [must]"),
                (I, "query malformed, empty clause found at [1:28]"),
            ],
        ),
        (
            {"bool": {"must": "x"}},
            (X, "[1:26] [bool] must doesn't support values of type: VALUE_STRING"),
            None,
        ),
        (
            {"ids": {"values": [{"a": 1}]}},
            (P, "[1:27] [ids] failed to parse field [values]", 27),
            [
                (P, "[1:27] [ids] failed to parse field [values]", 27),
                (X, "[1:27] [ids] failed to parse field [values]"),
            ],
        ),
        ({"term": {}}, (I, "field name is null or empty"), None),
        ({"term": {"a": None}}, (I, "value cannot be null"), None),
        (
            {"match": {"a": {"query": "x", "operator": "xor"}}},
            (I, "No enum constant org.elasticsearch.index.query.Operator.XOR"),
            None,
        ),
        (
            {"geo_grid": {"place": {}}},
            (I, "this mock does not support the [geo_grid] query yet"),
            None,
        ),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, (dict, list)) else None,
)
def test_a_malformed_query_is_refused_with_its_place(
    search: Search, query: Any, root: tuple[Any, ...], chain: list[tuple[Any, ...]] | None
) -> None:
    answer = search({"query": query})
    assert answer.status == 400
    error = answer.body["error"]
    assert [entry(cause) for cause in error["root_cause"]] == [root]
    links = []
    while error is not None:
        links.append(entry(error))
        error = error.get("caused_by")
    assert links == (chain or [root])


def in_bools(query: Any) -> Any:
    return {"bool": {"should": [{"match_all": {}}, {"bool": {"must": [query]}}]}}


def entry(error: dict[str, Any]) -> tuple[Any, ...]:
    place = (error["col"],) if "col" in error else ()
    return error["type"], error["reason"], *place


def test_places_count_lines_and_bytes(search: Search) -> None:
    body = '{\n  "query": {\r\n "match": {"日本": {"query": "x", "foo": 1}}}}'
    error = search(body.encode()).body["error"]
    assert (error["line"], error["col"]) == (3, 44)


def test_queries_can_be_nested_thirty_deep(search: Search) -> None:
    query: Any = {"match_all": {}}
    for _ in range(30):
        query = {"bool": {"must": query}}
    assert len(found(search, query)) == 5
    for _ in range(2):
        query = {"bool": {"must": query}}
    answer = search({"query": query})
    assert answer.status == 400
    assert "nested depth" in json.dumps(answer.body)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"geo_grid": {"place": {}}}, "this mock does not support the [geo_grid] query yet"),
        (
            {"match": {"name": {"query": "x", "analyzer": "french"}}},
            "this mock has no analyzer [french]",
        ),
        (
            {"term": {"place": "1,2"}},
            "this mock does not search fields of type [geo_point]: [place]",
        ),
        (
            {"match": {"french": "words"}},
            "this mock has no analyzer [french], which field [french] needs",
        ),
    ],
    ids=json.dumps,
)
@pytest.mark.parametrize("wrap", [lambda query: query, in_bools], ids=["alone", "in bools"])
def test_what_only_this_mock_lacks_is_said_at_the_top(
    search: Search, wrap: Callable[[Any], Any], query: Any, reason: str
) -> None:
    answer = search({"query": wrap(query)})
    assert answer.status == 400
    error = answer.body["error"]
    said = {"type": "illegal_argument_exception", "reason": reason}
    assert error == {"root_cause": [said], **said}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"term": {"n": "abc"}}, 'failed to create query: For input string: "abc"'),
        (
            {"term": {"on": "maybe"}},
            "failed to create query: Can't parse boolean value [maybe], expected [true] or [false]",
        ),
        ({"term": {"ip": "x"}}, "failed to create query: 'x' is not an IP string literal."),
        (
            {"term": {"at": "soon"}},
            (
                "failed to parse date field [soon] with format "
                "[strict_date_optional_time||epoch_millis]"
            ),
        ),
        (
            {"match": {"unindexed": "word"}},
            "failed to create query: Cannot search on field [unindexed] since it is not indexed.",
        ),
    ],
    ids=json.dumps,
)
def test_a_value_that_a_field_cannot_have_fails_its_index(
    search: Search, query: Any, reason: str
) -> None:
    answer = search({"query": query})
    assert answer.status == 400
    error = answer.body["error"]
    assert (error["type"], error["reason"]) == (
        "search_phase_execution_exception",
        "all shards failed",
    )
    assert (error["phase"], error["grouped"]) == ("query", True)
    assert error["root_cause"][0]["reason"] == reason
    assert error["root_cause"][0]["index"] == "t"
    assert error["failed_shards"][0]["reason"]["reason"] == reason


LEAVES = st.sampled_from(
    [
        {"term": {"level": "warn"}},
        {"term": {"n": 2}},
        {"match": {"name": "foo"}},
        {"exists": {"field": "at"}},
        {"ids": {"values": ["1", "5"]}},
        {"match_all": {}},
        {"match_none": {}},
    ]
)


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(inner, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "must": lists,
            "filter": lists,
            "should": lists,
            "must_not": lists,
            "minimum_should_match": st.integers(0, 3),
        },
    ).map(lambda clauses: {"bool": clauses})


def expected(search: Search, query: Any) -> set[str]:
    """Find documents as the definition of `bool` says, from those of its leaves."""
    if "bool" not in query:
        return set(found(search, query))
    clauses = query["bool"]
    ids = set(DOCUMENTS)
    for inner in clauses.get("must", []) + clauses.get("filter", []):
        ids &= expected(search, inner)
    for inner in clauses.get("must_not", []):
        ids -= expected(search, inner)
    should = [expected(search, inner) for inner in clauses.get("should", [])]
    required = bool(clauses.get("must") or clauses.get("filter"))
    if required or should or clauses.get("must_not"):
        needed = clauses.get("minimum_should_match", 0 if required or not should else 1)
        ids = {id_ for id_ in ids if sum(id_ in one for one in should) >= needed}
    return ids


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.recursive(LEAVES, combined, max_leaves=8))
def test_bool_joins_its_clauses_as_defined(search: Search, query: Any) -> None:
    assert set(found(search, query)) == expected(search, query)


def test_the_docs_name_every_query_that_is_served() -> None:
    page = (Path(__file__).parents[3] / "docs" / "coverage.md").read_text("utf-8")
    [row] = [line for line in page.splitlines() if line.startswith("| queries |")]
    assert [name for name in re.findall(r"`(\w+)`", row) if name not in OPTIONS] == list(
        PARSERS.every()
    )


def test_no_query_that_is_served_is_called_missing() -> None:
    assert not names("search", "queries") & PARSERS.every().keys()
