"""`_analyze` tells the words of texts, and where they are in them."""

from __future__ import annotations

from typing import Any

import pytest
from face_requests import request_of

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace


@pytest.fixture
def index(cluster: Cluster) -> None:
    cluster.create_index(
        "t",
        settings={
            "analysis": {
                "analyzer": {"mine": {"tokenizer": "whitespace", "filter": ["uppercase"]}},
                "normalizer": {"low": {"type": "custom", "filter": ["lowercase"]}},
            },
            "analyze.max_token_count": 5,
        },
        mappings={
            "properties": {
                "m": {"type": "text", "analyzer": "mine"},
                "k": {"type": "keyword"},
                "l": {"type": "keyword", "normalizer": "low"},
                "n": {"type": "long"},
            }
        },
    )


def ask(face: ElasticsearchFace, line: str, **body: Any) -> Any:
    answer = face.handle(request_of(f"POST {line}", body))
    if answer.status != 200:
        return answer.body["error"]["reason"]
    return [token["token"] for token in answer.body["tokens"]]


def test_words_are_told_with_their_places(face: ElasticsearchFace) -> None:
    body = {"analyzer": "standard", "text": "Foo 😀 bar"}
    answer = face.handle(request_of("GET /_analyze", body))
    assert answer.body == {
        "tokens": [
            {
                "token": "foo",
                "start_offset": 0,
                "end_offset": 3,
                "type": "<ALPHANUM>",
                "position": 0,
            },
            {
                "token": "bar",
                "start_offset": 7,
                "end_offset": 10,
                "type": "<ALPHANUM>",
                "position": 1,
            },
        ]
    }
    several = face.handle(request_of("GET /_analyze", {"text": ["a b", "c"]})).body["tokens"]
    assert [(token["start_offset"], token["position"]) for token in several] == [
        (0, 0),
        (2, 1),
        (4, 102),
    ]


@pytest.mark.usefixtures("index")
def test_the_analyzer_is_one_of_many(face: ElasticsearchFace) -> None:
    assert ask(face, "/_analyze", text="A b") == ["a", "b"]
    assert ask(face, "/_analyze", text="A b", tokenizer="keyword") == ["A b"]
    assert ask(face, "/_analyze", text="A b", filter=["lowercase"]) == ["a b"]
    assert ask(face, "/_analyze", text="A b", tokenizer="standard", filter=["uppercase"]) == [
        "A",
        "B",
    ]
    short = {"type": "truncate", "length": 1}
    assert ask(face, "/_analyze", text="ab", tokenizer="letter", filter=[short]) == ["a"]
    assert ask(face, "/t/_analyze", text="a-b c", analyzer="mine") == ["A-B", "C"]
    assert ask(face, "/t/_analyze", text="a-b c", field="m") == ["A-B", "C"]
    assert ask(face, "/t/_analyze", text="A b", field="k") == ["A b"]
    assert ask(face, "/t/_analyze", text="A b", field="l") == ["a b"]
    assert ask(face, "/t/_analyze", text="A b", field="nowhere") == ["a", "b"]
    assert ask(face, "/t/_analyze", text="A b", normalizer="low") == ["a b"]
    assert ask(face, "/t/_analyze", text=1) == ["1"]


@pytest.mark.usefixtures("index")
def test_what_cannot_be_analyzed_is_refused(face: ElasticsearchFace) -> None:
    table: list[tuple[str, dict[str, Any], str]] = [
        ("/_analyze", {}, "Validation Failed: 1: text is missing;"),
        ("/_analyze", {"text": "a", "analyzer": "x"}, "failed to find global analyzer [x]"),
        ("/t/_analyze", {"text": "a", "analyzer": "x"}, "failed to find analyzer [x]"),
        ("/_analyze", {"text": "a", "analyzer": "french"}, "this mock has no analyzer [french]"),
        ("/_analyze", {"text": "a", "foo": 1}, "[1:15] [analyze_request] unknown field [foo]"),
        (
            "/_analyze",
            {"text": "a", "explain": True},
            "this mock does not support [explain] in an analyze request",
        ),
        (
            "/_analyze",
            {"text": "a", "field": "m"},
            "analysis based on a specific field requires an index",
        ),
        (
            "/t/_analyze",
            {"text": "a", "field": "n"},
            "Can't process field [n], Analysis requests are only supported on tokenized fields",
        ),
        ("/t/_analyze", {"text": "a", "normalizer": "x"}, "failed to find normalizer under [x]"),
        (
            "/_analyze",
            {"text": "a", "normalizer": "low"},
            "Validation Failed: 1: index is required if normalizer is specified;",
        ),
        ("/nope/_analyze", {"text": "a"}, "no such index [nope]"),
        (
            "/t/_analyze",
            {"text": "a b c d e f"},
            (
                "The number of tokens produced by calling _analyze has exceeded the allowed "
                "maximum of [5]. This limit can be set by changing the "
                "[index.analyze.max_token_count] index level setting."
            ),
        ),
    ]
    found = [(line, body, ask(face, line, **body)) for line, body, _ in table]
    assert found == table
