"""`query_string`, `simple_query_string` and the parameter `q`: texts with operators."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from face_requests import request_of
from searched import Searched

from mockkibana.elasticsearch.face.face import ElasticsearchFace

PROPERTIES = {
    "t": {"type": "text", "fields": {"k": {"type": "keyword"}}},
    "u": {"type": "text"},
    "n": {"type": "long"},
    "at": {"type": "date"},
    "k": {"type": "keyword"},
    "o": {"properties": {"x": {"type": "text"}}},
    "e": {"type": "text", "analyzer": "english"},
}
DOCUMENTS = {
    "1": {"t": "quick brown fox", "n": 1, "at": "2024-03-14", "k": "a:b"},
    "2": {"t": "quick dog", "u": "brown", "n": 5, "at": "2024-03-15"},
    "3": {"t": "brown dog", "n": 10, "o": {"x": "fox"}},
    "4": {"u": "Quick fox", "k": "Foo Bar"},
    "5": {"t": "a dog and a cat", "e": "the cats"},
}


@pytest.fixture(scope="module")
def searched() -> Searched:
    return Searched(PROPERTIES, DOCUMENTS)


def string(query: str, **options: Any) -> Any:
    return {"query_string": {"query": query, **options}}


def simple(query: str, **options: Any) -> Any:
    return {"simple_query_string": {"query": query, **options}}


def test_a_query_string_finds_what_its_operators_say(searched: Searched) -> None:
    t = {"default_field": "t"}
    assert (
        searched.differing(
            [
                (string("fox"), "134"),
                (string("5"), "2"),
                (string("quick brown"), "1234"),
                (string("quick brown", **t), "123"),
                (string("quick brown", default_operator="AND", **t), "1"),
                (string("quick AND brown", **t), "1"),
                (string("quick && brown", **t), "1"),
                (string("quick OR cat", **t), "125"),
                (string("quick || cat", **t), "125"),
                (string("quick AND brown OR cat", **t), "1"),
                (string("dog NOT cat", **t), "23"),
                (string("dog AND NOT cat", **t), "23"),
                (string("dog !cat", **t), "23"),
                (string("+dog -cat quick", **t), "23"),
                (string("NOT dog", **t), "14"),
                (string("dog AND (quick OR cat)", **t), "25"),
                (string("brown AND (NOT fox)", **t), "3"),
                (string('"quick brown"', **t), "1"),
                (string('"fox quick"~5', **t), "1"),
                (string("fox quick", type="phrase", **t), ""),
                (string("t:quick AND u:brown"), "2"),
                (string("t:(fox OR cat)"), "15"),
                (string("u:quick"), "4"),
                (string("o.\\*:fox"), "3"),
                (string("qu* AND b?own", **t), "1"),
                (string("QU*", **t), "12"),
                (string("*ick", **t), "12"),
                (string("k:Foo*"), "4"),
                (string("k:foo*"), ""),
                (string("k:a\\:b"), "1"),
                (string('k:"Foo Bar"'), "4"),
                (string("k:Foo\\ Bar"), "4"),
                (string("/[bd]o?.*g?/", **t), "1235"),
                (string("quikc~", **t), "12"),
                (string("quikc~1", **t), "12"),
                (string("qukci~0.5", **t), "12"),
                (string("n:[5 TO *]"), "23"),
                (string("n:{5 TO *]"), "3"),
                (string("n:[* TO 5}"), "1"),
                (string("n:>=5"), "23"),
                (string("n:>5"), "3"),
                (string("n:(>1 AND <10)"), "2"),
                (string("at:[2024-03-14 TO now/d]"), "12"),
                (string("at:[2024-03-15 TO *]"), "2"),
                (string('at:["2024-03-15T00:00" TO *]', time_zone="+01:00"), "2"),
                (string("_exists_:u"), "24"),
                (string("NOT _exists_:t"), "4"),
                (string("u:*"), "24"),
                (string("*"), "12345"),
                (string("*:*"), "12345"),
                (string(""), ""),
                (string("brown^5 fox", fields=["t", "u^2"]), "1234"),
                (string("quick brown cat", minimum_should_match=2, **t), "1"),
                (string("quick brown (cat)", minimum_should_match=2, **t), ""),
                (string("a:b", fields=["k"], escape=True), "1"),
                (string("n:x", lenient=True), ""),
                (string("fox", analyzer="keyword"), "134"),
            ]
        )
        == []
    )


def test_what_is_no_query_string_is_refused(searched: Searched) -> None:
    for text in (
        "(a",
        "a)",
        "a AND",
        "AND a",
        "[1 TO",
        'x"',
        "a:b:c",
        "^2",
        "(" * 300 + "a" + ")" * 300,
    ):
        status, answer = searched.answer(string(text))
        error = answer["error"]
        assert (status, error["type"]) == (400, "search_phase_execution_exception")
        root = error["failed_shards"][0]["reason"]
        assert (root["type"], root["reason"]) == (
            "query_shard_exception",
            f"Failed to parse query [{text}]",
        )
        assert root["caused_by"]["reason"].startswith(f"Cannot parse '{text}': ")
    both = "cannot use [fields] parameter in conjunction with [default_field]"
    assert (
        searched.wrongly_refused(
            [
                ({"query_string": {}}, "[query_string] must be provided with a [query]"),
                (string("a", foo=1), "[query_string] query does not support [foo]"),
                (string("a", default_field="t", fields=["t"]), both),
                (string("n:x"), 'failed to create query: For input string: "x"'),
                (string("*a", allow_leading_wildcard=False), "Failed to parse query [*a]"),
                (simple("a", foo=1), "[simple_query_string] unsupported field [foo]"),
                (simple("a", flags="X"), "Unknown simple_query_string flag [X]"),
                ({"simple_query_string": {}}, "[simple_query_string] query text missing"),
            ]
        )
        == []
    )


def test_a_simple_query_string_finds_what_its_operators_say(searched: Searched) -> None:
    t = {"fields": ["t"]}
    assert (
        searched.differing(
            [
                (simple("fox"), "134"),
                (simple("quick cat", **t), "125"),
                (simple("quick + brown", **t), "1"),
                (simple("quick brown", default_operator="and", **t), "1"),
                (simple("quick | cat", default_operator="and", **t), "125"),
                (simple("dog + -cat", **t), "23"),
                (simple("-dog", **t), "14"),
                (simple('"quick brown"', **t), "1"),
                (simple('"fox quick"~5', **t), "1"),
                (simple("qu* +dog", **t), "2"),
                (simple("(quick | cat) + dog", **t), "25"),
                (simple("quikc~1", **t), "12"),
                (simple("t:quick", **t), ""),
                (simple("quick cat brown", minimum_should_match=2, **t), "1"),
                (simple("qu\\*", **t), ""),
                (simple("qu*", flags="OR", **t), ""),
                (simple("quick | cat", flags="OR|WHITESPACE", **t), "125"),
                # nothing is malformed
                (simple("((quick", **t), "12"),
                (simple('quick "', **t), "12"),
                (simple(") quick (", **t), "12"),
                (simple("", **t), ""),
            ]
        )
        == []
    )


def test_clauses_without_words_are_passed_over(searched: Searched) -> None:
    e = {"fields": ["e"]}
    assert (
        searched.differing(
            [
                (string("the AND cat", **e), "5"),
                (string("+cat -the", **e), "5"),
                (string("the AND of", **e), ""),
                (string("NOT the", **e), ""),
                (string("NOT (the)", **e), ""),
                (string("cat NOT (the OR of)", **e), "5"),
                (string("cat AND ...", fields=["t"]), "5"),
                (simple("the + cat", **e), "5"),
                (simple("cat + -the", **e), "5"),
                (simple("-the", **e), ""),
                (simple("+ | - ~ *", fields=["t"]), ""),
            ]
        )
        == []
    )


def test_query_strings_are_read_in_linear_time(searched: Searched) -> None:
    for text in ("(" * 40_000, "a " * 500, '"a ' * 500, "-" * 40_000, "a|" * 500):
        assert searched.answer(simple(text, fields=["t"]))[0] == 200


def test_any_combination_of_clauses_finds_what_bool_finds(searched: Searched) -> None:
    random = Random(2)
    words = ["quick", "brown", "fox", "dog", "cat"]
    for _ in range(40):
        clauses = [(random.choice(["+", "-", ""]), random.choice(words)) for _ in range(3)]
        kinds = {"+": "must", "-": "must_not", "": "should"}
        query: dict[str, list[Any]] = {"must": [], "must_not": [], "should": []}
        for sign, word in clauses:
            query[kinds[sign]].append({"match": {"t": word}})
        text = " ".join(sign + word for sign, word in clauses)
        found = searched.ids(string(text, default_field="t"))
        assert sorted(found) == sorted(searched.ids({"bool": query})), text


def test_the_uri_has_a_query_string_too(searched: Searched) -> None:
    face = ElasticsearchFace(searched.cluster)

    def count(parameters: str) -> Any:
        search = face.handle(request_of(f"GET /t/_search?{parameters}"))
        counted = face.handle(request_of(f"GET /t/_count?{parameters}"))
        assert search.status == counted.status
        if search.status != 200:
            return search.body["error"]["root_cause"][0]["reason"]
        assert counted.body["count"] == search.body["hits"]["total"]["value"]
        return counted.body["count"]

    assert count("q=t:quick") == 2
    assert count("q=quick brown&df=t") == 3
    assert count("q=quick brown&df=t&default_operator=AND") == 1
    assert count("q=n:x&lenient=true") == 0
    assert count("q=n:x") == 'failed to create query: For input string: "x"'
    assert count("q=(") == "Failed to parse query [(]"
    assert count("q=a&default_operator=x") == (
        "No enum constant org.elasticsearch.index.query.Operator.X"
    )
