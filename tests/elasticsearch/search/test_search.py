"""Searches: pages, order, totals, sources, and several indices at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from document_writes import index_document
from face_requests import request_of
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.elasticsearch.mapping.number_fields import float32
from mockkibana.elasticsearch.search.scoring import shortest
from mockkibana.http.messages import Answer
from mockkibana.store import Store

Ask = Callable[..., Answer]


@pytest.fixture
def ask(face: ElasticsearchFace) -> Ask:
    """Ask `POST /path?query` with a body of JSON."""

    def ask(target: str, body: Any = None) -> Answer:
        raw = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        return face.handle(request_of(f"POST {target}", raw))

    return ask


@pytest.fixture
def five(cluster: Cluster) -> Cluster:
    """Five documents, n from 0 to 4, with levels a, b, c, and two without."""
    properties = {"level": {"type": "keyword"}, "text": {"type": "text"}, "f": {"type": "float"}}
    cluster.create_index("t", mappings={"properties": properties})
    for n in range(5):
        source: dict[str, Any] = {"n": n, "at": f"2024-01-0{n + 1}"}
        if n < 3:
            source |= {"level": "abc"[n], "f": n / 10, "on": n > 0, "text": "word"}
        index_document(cluster, "t", source, id=str(n))
    return cluster


def ids(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    return "".join(hit["_id"] for hit in answer.body["hits"]["hits"])


def reason_of(answer: Answer) -> str:
    text: str = answer.body["error"]["reason"]
    return text


@pytest.mark.usefixtures("five")
def test_an_answer_has_elasticsearchs_shape(ask: Ask) -> None:
    answer = ask("/t/_search", {"size": 1})
    assert answer.body["took"] >= 0
    del answer.body["took"]
    assert json.dumps(answer.body) == json.dumps(
        {
            "timed_out": False,
            "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
            "hits": {
                "total": {"value": 5, "relation": "eq"},
                "max_score": 1.0,
                "hits": [
                    {
                        "_index": "t",
                        "_id": "0",
                        "_score": 1.0,
                        "_source": {
                            "n": 0,
                            "at": "2024-01-01",
                            "level": "a",
                            "f": 0.0,
                            "on": False,
                            "text": "word",
                        },
                    }
                ],
            },
        }
    )


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("target", "body", "page"),
    [
        ("/t/_search", None, "01234"),
        ("/t/_search", {"from": 1, "size": 2}, "12"),
        ("/t/_search?from=3", {"size": 9}, "34"),
        ("/t/_search?size=1", {"size": 9}, "0"),
        ("/t/_search", {"size": 0}, ""),
        ("/t/_search", {"from": 5}, ""),
        ("/t/_search", {"size": "2"}, "01"),
        ("/t/_search", {"post_filter": {"term": {"n": 3}}}, "3"),
        ("/t/_search", {"min_score": 1.1}, ""),
        ("/_search", None, "01234"),
        ("/_search?index=t", None, "01234"),
        ("/t*,-u/_search", None, "01234"),
        ("/none*/_search", None, ""),
    ],
)
def test_a_page_of_the_hits_is_answered(ask: Ask, target: str, body: Any, page: str) -> None:
    assert ids(ask(target, body)) == page


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("sort", "order", "values"),
    [
        ("n", "01234", [0, 1, 2, 3, 4]),
        ([{"n": "desc"}], "43210", [4, 3, 2, 1, 0]),
        ({"n": {"order": "DESC"}}, "43210", [4, 3, 2, 1, 0]),
        ([{"level": "desc"}], "21034", ["c", "b", "a", None, None]),
        ([{"level": {"missing": "_first"}}], "34012", [None, None, "a", "b", "c"]),
        ([{"level": {"missing": "bb"}}], "01342", ["a", "b", "bb", "bb", "c"]),
        ([{"f": "desc"}], "21034", [0.2, 0.1, 0.0, "-Infinity", "-Infinity"]),
        ([{"on": "desc"}, "n"], "12034", [1, 1, 0, -(2**63), -(2**63)]),
        ([{"at": "asc"}], "01234", [1704067200000 + n * 86_400_000 for n in range(5)]),
        (["_doc"], "01234", [0, 1, 2, 3, 4]),
        ([{"nowhere": {"unmapped_type": "long"}}], "01234", [2**63 - 1] * 5),
    ],
    ids=json.dumps,
)
def test_hits_are_sorted_by_fields(ask: Ask, sort: Any, order: str, values: list[Any]) -> None:
    answer = ask("/t/_search", {"sort": sort})
    assert ids(answer) == order
    hits = answer.body["hits"]["hits"]
    assert [hit["sort"][0] for hit in hits] == values
    assert {hit["_score"] for hit in hits} == {None}
    assert answer.body["hits"]["max_score"] is None


@pytest.mark.usefixtures("five")
def test_equal_keys_leave_the_order_to_the_next_one(ask: Ask) -> None:
    answer = ask("/t/_search?sort=text.none:asc,n:desc", {"sort": []})
    assert answer.status == 400
    sort = [{"on": {"order": "asc", "missing": "_first"}}, {"n": "desc"}]
    assert ids(ask("/t/_search", {"sort": sort})) == "43021"
    assert ids(ask("/t/_search?sort=n:desc&size=2")) == "43"


@pytest.mark.usefixtures("five")
def test_scores_are_kept_where_they_are_asked_for(ask: Ask) -> None:
    query = {"match": {"text": "word"}}
    tracked = ask("/t/_search", {"query": query, "sort": ["n"], "track_scores": True}).body["hits"]
    assert tracked["max_score"] == tracked["hits"][0]["_score"] > 0
    plain = ask("/t/_search", {"query": query, "sort": ["_score"]}).body["hits"]
    assert "sort" not in plain["hits"][0]
    both = ask("/t/_search", {"query": query, "sort": ["_score", {"n": "desc"}]})
    assert ids(both) == "210"
    assert both.body["hits"]["hits"][0]["sort"] == [plain["max_score"], 2]


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("tracked", "total"),
    [
        (True, {"value": 5, "relation": "eq"}),
        ("true", {"value": 5, "relation": "eq"}),
        (0, {"value": 0, "relation": "gte"}),
        (1, {"value": 1, "relation": "gte"}),
        (3, {"value": 3, "relation": "gte"}),
        (5, {"value": 5, "relation": "eq"}),
        (-1, {"value": 5, "relation": "eq"}),
        (False, None),
    ],
)
def test_hits_are_counted_as_far_as_wished(ask: Ask, tracked: Any, total: Any) -> None:
    answers = [ask("/t/_search", {"track_total_hits": tracked})]
    answers.append(ask(f"/t/_search?track_total_hits={str(tracked).lower()}"))
    assert [answer.body["hits"].get("total") for answer in answers] == [total, total]


@pytest.mark.usefixtures("five")
def test_the_total_may_be_a_number(ask: Ask) -> None:
    assert ask("/t/_search?rest_total_hits_as_int=true").body["hits"]["total"] == 5
    refused = ask("/t/_search?rest_total_hits_as_int=true", {"track_total_hits": 3})
    assert "is not accurate, got 3" in reason_of(refused)


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("target", "body", "source"),
    [
        ("/t/_search", {"_source": ["n", "l*"]}, {"n": 0, "level": "a"}),
        ("/t/_search", {"_source": {"includes": "n"}}, {"n": 0}),
        ("/t/_search", {"_source": False}, None),
        ("/t/_search?_source=n", {"_source": False}, {"n": 0}),
        ("/t/_search?_source_excludes=at,level,f,on,text", None, {"n": 0}),
    ],
)
def test_the_wanted_parts_of_the_sources_are_answered(
    ask: Ask, target: str, body: Any, source: Any
) -> None:
    assert ask(target, body).body["hits"]["hits"][0].get("_source") == source


@pytest.mark.usefixtures("five")
def test_versions_are_answered_when_asked_for(ask: Ask) -> None:
    body = {"version": True, "seq_no_primary_term": True, "size": 1}
    hit = ask("/t/_search", body).body["hits"]["hits"][0]
    assert list(hit)[:6] == ["_index", "_id", "_version", "_seq_no", "_primary_term", "_score"]
    assert (hit["_version"], hit["_seq_no"], hit["_primary_term"]) == (1, 0, 1)


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("target", "body", "reason"),
    [
        ("", {"foo": 1}, "Unknown key for a VALUE_NUMBER in [foo]."),
        ("", {"query": 1}, "Unknown key for a VALUE_NUMBER in [query]."),
        ("", {"size": [1]}, "Unknown key for a START_ARRAY in [size]."),
        ("", [], "Expected [START_OBJECT] but found [START_ARRAY]"),
        ("", {"from": -1}, "[from] parameter cannot be negative but was [-1]"),
        ("?size=-5", None, "[size] parameter cannot be negative, found [-5]"),
        ("?size=x", None, "Failed to parse int parameter [size] with value [x]"),
        ("", {"size": "x"}, 'For input string: "x"'),
        (
            "",
            {"size": 2**31},
            "[1:9] Numeric value (2147483648) out of range of int (-2147483648 - 2147483647)",
        ),
        ("", {"aggs": {"a": {}}}, "Missing definition for aggregation [a]"),
        ("?suggest_field=n", None, "this mock does not support the parameter [suggest_field] yet"),
        ("?sort=n:up", None, "Unknown SortOrder [up]"),
        ("", {"sort": [{"n": {"foo": 1}}]}, "[1:16] [field_sort] unknown field [foo]"),
        (
            "?timeout=soon",
            None,
            (
                "failed to parse setting [timeout] with value [soon] as a time value: unit is "
                "missing or unrecognized"
            ),
        ),
    ],
    ids=lambda value: json.dumps(value),
)
def test_a_malformed_search_is_refused(
    ask: Ask, store: Store, target: str, body: Any, reason: str
) -> None:
    before = store.digest()
    answer = ask(f"/t/_search{target}", body)
    assert (answer.status, reason_of(answer)) == (400, reason)
    assert store.digest() == before


@pytest.mark.usefixtures("five")
def test_what_asks_for_nothing_is_not_refused(ask: Ask) -> None:
    assert ids(ask("/t/_search", {"aggs": {}, "explain": False, "profile": False})) == "01234"


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("body", "type_", "reason"),
    [
        (
            {"size": 10_001},
            "illegal_argument_exception",
            "Result window is too large, from + size must be less than or equal to: [10000] ",
        ),
        (
            {"sort": "text"},
            "illegal_argument_exception",
            "Fielddata is disabled on [text] in [t]. Text fields are not optimised for operations ",
        ),
        ({"sort": "zz"}, "query_shard_exception", "No mapping found for [zz] in order to sort on"),
    ],
    ids=["window", "text", "unmapped"],
)
def test_a_search_that_no_index_can_answer_fails(
    ask: Ask, body: Any, type_: str, reason: str
) -> None:
    answer = ask("/t/_search", body)
    error = answer.body["error"]
    assert (answer.status, error["type"]) == (400, "search_phase_execution_exception")
    root = error["root_cause"][0]
    assert root["type"] == type_
    assert root["reason"].startswith(reason)
    if type_ == "illegal_argument_exception":
        assert error["caused_by"]["caused_by"]["reason"] == root["reason"]
        assert "index" not in root
    else:
        assert "caused_by" not in error
        assert root["index"] == "t"


def test_an_index_that_fails_leaves_the_others_their_hits(ask: Ask, five: Cluster) -> None:
    five.create_index("u")
    answer = ask("/t,u/_search", {"sort": "n"})
    assert ids(answer) == "01234"
    shards = answer.body["_shards"]
    assert (shards["total"], shards["successful"], shards["failed"]) == (2, 1, 1)
    assert shards["failures"][0]["index"] == "u"


def test_hits_of_several_indices_are_merged(ask: Ask, five: Cluster) -> None:
    index_document(five, "u", {"n": 2.5, "level": "z"}, id="x")
    index_document(five, "u", {"n": -1}, id="y")
    assert ids(ask("/t,u/_search")) == "01234xy"
    assert ids(ask("/t,u/_search", {"sort": [{"n": "desc"}], "size": 4})) == "43x2"
    assert ids(ask("/_all/_search", {"sort": "n", "from": 1, "size": 2})) == "01"
    # scores are computed in each index on its own
    query = {"query": {"term": {"level": "a"}}}
    assert ids(ask("/_search", query)) == "0"


def test_a_filtered_alias_shows_a_part_of_its_index(ask: Ask, five: Cluster) -> None:
    add = {"index": "t", "alias": "late", "filter": {"terms": {"n": [3, 4]}}}
    five.update_aliases([{"add": add}])
    assert ids(ask("/late/_search")) == "34"
    assert ids(ask("/late/_search", {"query": {"term": {"n": 1}}})) == ""
    assert ask("/late/_count").body["count"] == 2
    assert ids(ask("/late,t/_search")) == "01234"


def test_documents_stand_in_the_order_in_which_they_were_written(ask: Ask, five: Cluster) -> None:
    index_document(five, "t", {"n": 0}, id="0")
    assert ids(ask("/t/_search")) == "12340"


@pytest.mark.usefixtures("five")
def test_a_missing_index_is_not_found(ask: Ask) -> None:
    answer = ask("/t,none/_search")
    assert (answer.status, reason_of(answer)) == (404, "no such index [none]")
    assert ids(ask("/t,none/_search?ignore_unavailable=true")) == "01234"
    assert ask("/no*/_search?allow_no_indices=false").status == 404


def test_a_search_of_no_index_finds_nothing(ask: Ask) -> None:
    body = ask("/_search").body
    assert body["_shards"]["total"] == 0
    assert body["hits"] == {"total": {"value": 0, "relation": "eq"}, "max_score": 0.0, "hits": []}


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("target", "body", "count"),
    [
        ("/t/_count", None, 5),
        ("/_count", {}, 5),
        ("/t/_count", {"query": {"term": {"n": 1}}}, 1),
        ("/none*/_count", None, 0),
    ],
)
def test_documents_are_counted(ask: Ask, target: str, body: Any, count: int) -> None:
    answer = ask(target, body).body
    shards = 0 if "none" in target else 1
    assert answer == {
        "count": count,
        "_shards": {"total": shards, "successful": shards, "skipped": 0, "failed": 0},
    }


@pytest.mark.usefixtures("five")
def test_a_count_takes_a_query_and_nothing_else(ask: Ask) -> None:
    error = ask("/t/_count", {"query": {"match_all": {}}, "size": 1}).body["error"]
    assert (error["reason"], error["line"], error["col"]) == (
        "request does not support [size]",
        1,
        27,
    )
    failed = ask("/t/_count", {"query": {"term": {"n": "x"}}})
    assert reason_of(failed) == "all shards failed"


@given(st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_the_shortest_number_is_the_same_32_bit_float(value: float) -> None:
    assert float32(shortest(value)) == value
    assert len(repr(shortest(value))) <= len(repr(value))


@pytest.mark.usefixtures("five")
def test_a_hit_tells_which_named_queries_have_found_it(ask: Ask) -> None:
    body = {
        "query": {
            "bool": {
                "should": [
                    {"terms": {"level": ["a", "b"], "_name": "few"}},
                    {"match": {"text": {"query": "word", "_name": "all"}}},
                    {"term": {"n": {"value": 4, "_name": 4}}},
                ],
                "_name": "outer",
            }
        },
        "post_filter": {"range": {"n": {"gte": 1, "_name": "late"}}},
    }
    hits = ask("/t/_search", body).body["hits"]["hits"]
    named = {hit["_id"]: sorted(hit["matched_queries"]) for hit in hits}
    assert named == {
        "1": ["all", "few", "late", "outer"],
        "2": ["all", "late", "outer"],
        "4": ["4", "late", "outer"],
    }
