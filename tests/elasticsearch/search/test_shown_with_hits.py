"""What hits show besides their sources: fields, highlights, explanations, one hit of a group."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from document_writes import index_document
from face_requests import request_of

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.http.messages import Answer

Ask = Callable[..., Answer]

_PROPERTIES = {
    "n": {"type": "long"},
    "level": {"type": "keyword", "ignore_above": 10, "store": True},
    "text": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
    "english": {"type": "text", "analyzer": "english"},
    "at": {"type": "date"},
    "on": {"type": "boolean"},
    "where": {"type": "ip"},
    "price": {"type": "scaled_float", "scaling_factor": 100},
    "comments": {"type": "nested", "properties": {"who": {"type": "keyword"}}},
}
_TEXT = "The disk is full. Disks of the host are old! Nobody knows why. Is the disk broken?"


@pytest.fixture
def ask(face: ElasticsearchFace, cluster: Cluster) -> Ask:
    """Search `t`, which has six documents, with a body."""
    cluster.create_index("t", mappings={"properties": _PROPERTIES})
    for n in range(6):
        source = {
            "n": str(n),
            "level": ["b", "a", "b"] if n == 0 else "abc"[n % 3],
            "text": _TEXT if n == 1 else f"disk number {n} & more",
            "english": "Two disks are running",
            "at": f"2024-03-0{n + 1}T12:30",
            "on": n % 2 == 0,
            "where": "10.0.0.7",
            "price": n + 0.1234,
            "o": {"p": n % 2},
            "comments": [{"who": "x"}],
        }
        index_document(cluster, "t", source, id=str(n))

    def ask(body: Any, parameters: str = "") -> Answer:
        raw = json.dumps(body).encode()
        return face.handle(request_of(f"POST /t/_search?{parameters}", raw))

    return ask


def first(answer: Answer) -> Any:
    assert answer.status == 200, answer.body
    return answer.body["hits"]["hits"][0]


def reason_of(answer: Answer) -> str:
    error = answer.body["error"]
    failed = error.get("failed_shards")
    text: str = failed[0]["reason"]["reason"] if failed else error["reason"]
    return text


_FIRST = {"sort": [{"n": "asc"}], "size": 1, "_source": False}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["n"], {"n": [0]}),
        (["level"], {"level": ["b", "a", "b"]}),
        (["at"], {"at": ["2024-03-01T12:30:00.000Z"]}),
        ([{"field": "at", "format": "yyyy-MM"}], {"at": ["2024-03"]}),
        ([{"field": "at", "format": "epoch_millis"}], {"at": ["1709296200000"]}),
        (["on", "where"], {"on": [True], "where": ["10.0.0.7"]}),
        (["price"], {"price": [0.12]}),
        (["o.*"], {"o.p": [0]}),
        (["text*"], {"text": ["disk number 0 & more"], "text.raw": ["disk number 0 & more"]}),
        (["nowhere", "nope*"], None),
    ],
    ids=str,
)
def test_fields_show_values_as_they_are_mapped(ask: Ask, fields: Any, expected: Any) -> None:
    hit = first(ask({**_FIRST, "fields": fields}))

    assert hit.get("fields") == expected
    assert "_source" not in hit


def test_doc_values_are_each_once_in_order_and_texts_have_none(ask: Ask) -> None:
    hit = first(ask({**_FIRST, "docvalue_fields": ["level", "at"]}))
    by_parameter = first(ask(_FIRST, "docvalue_fields=level,on"))
    refused = ask({**_FIRST, "docvalue_fields": ["text"]})

    assert hit["fields"] == {"level": ["a", "b"], "at": ["2024-03-01T12:30:00.000Z"]}
    assert by_parameter["fields"] == {"level": ["a", "b"], "on": [True]}
    assert refused.status == 400
    assert reason_of(refused).startswith("Can't load fielddata on [text]")


def test_doc_values_that_are_no_scalars_are_not_shown(ask: Ask, cluster: Cluster) -> None:
    cluster.put_mapping("t", {"properties": {"place": {"type": "geo_point"}}})
    index_document(cluster, "t", {"place": {"lat": 1, "lon": 2}}, id="7")
    seventh = {"query": {"ids": {"values": ["7"]}}, "_source": False}

    refused = ask({**seventh, "docvalue_fields": ["place"]})

    assert refused.status == 400
    assert reason_of(refused) == "this mock does not show doc values of type [geo_point]: [place]"
    assert "fields" not in first(ask({**seventh, "docvalue_fields": ["*"]}))
    assert first(ask({**seventh, "fields": ["*"]}))["fields"] == {"place": [{"lat": 1, "lon": 2}]}


def test_stored_fields_leave_the_source_out(ask: Ask) -> None:
    stored = {"sort": ["n"], "stored_fields": ["level", "n"]}

    assert first(ask(stored))["fields"] == {"level": ["b", "a", "b"]}
    assert "_source" not in first(ask(stored))
    assert "_source" in first(ask({**stored, "_source": True}))
    none = first(ask({"stored_fields": "_none_"}))
    assert "_source" not in none
    assert "fields" not in none
    assert reason_of(ask({"stored_fields": "_none_", "_source": True, "fields": ["n"]})) == (
        "Validation Failed: 1: [stored_fields] cannot be disabled if [_source] is requested;"
        "2: [stored_fields] cannot be disabled when using the [fields] option;"
    )


def test_a_collapsed_search_shows_the_first_hit_of_each_group(ask: Ask) -> None:
    inner = {"name": "all", "size": 5, "sort": [{"n": "asc"}], "_source": ["n"]}
    answer = ask(
        {
            "collapse": {"field": "o.p", "inner_hits": inner},
            "sort": [{"n": "desc"}],
            "query": {"range": {"n": {"gte": 1}}},
        }
    )

    hits = answer.body["hits"]
    assert [hit["_id"] for hit in hits["hits"]] == ["5", "4"]
    assert [hit["fields"] for hit in hits["hits"]] == [{"o.p": [1]}, {"o.p": [0]}]
    assert hits["total"] == {"value": 5, "relation": "eq"}
    groups = [hit["inner_hits"]["all"]["hits"] for hit in hits["hits"]]
    assert [[hit["_id"] for hit in group["hits"]] for group in groups] == [
        ["1", "3", "5"],
        ["2", "4"],
    ]
    second = ask({"collapse": {"field": "o.p"}, "sort": [{"n": "desc"}], "from": 1, "size": 1})
    assert [hit["_id"] for hit in second.body["hits"]["hits"]] == ["4"]


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("nope", "no mapping found for `nope` in order to collapse on"),
        ("text", "collapse is not supported for the field [text] of the type [text]"),
        ("level", "failed to collapse 0, the collapse field must be single valued"),
    ],
)
def test_what_cannot_be_collapsed_is_refused(ask: Ask, field: str, reason: str) -> None:
    answer = ask({"collapse": {"field": field}})

    assert answer.status == 400
    assert reason_of(answer) == reason


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"match": {"text": "DISK nothing"}}, "The <em>disk</em> is full."),
        (
            {"match": {"text": {"query": "full disk", "operator": "and"}}},
            "The <em>disk</em> is <em>full</em>.",
        ),
        ({"term": {"text": "disk"}}, "The <em>disk</em> is full."),
        ({"prefix": {"text": "dis"}}, "The <em>disk</em> is full."),
        ({"match_phrase": {"text": "disk is"}}, "The <em>disk</em> <em>is</em> full."),
        (
            {
                "bool": {
                    "must": {"match": {"text": "full"}},
                    "must_not": {"match": {"text": "missing number"}},
                    "filter": {"wildcard": {"text": "th?"}},
                }
            },
            "<em>The</em> disk is <em>full</em>.",
        ),
        (
            {"multi_match": {"query": "full host", "fields": ["text", "english"]}},
            "The disk is <em>full</em>.",
        ),
        ({"query_string": {"query": "text:full"}}, "The disk is <em>full</em>."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_words_for_which_a_document_was_found_are_between_tags(
    ask: Ask, query: Any, expected: str
) -> None:
    body = {
        "query": {"bool": {"must": [query, {"term": {"n": 1}}]}},
        "highlight": {"fields": {"text": {"fragment_size": 10}}},
    }

    assert first(ask(body))["highlight"]["text"][0] == expected


def test_highlights_take_their_options(ask: Ask) -> None:
    def shown(query: Any, **options: Any) -> Any:
        body = {"query": query, "sort": ["n"], "highlight": options}
        return first(ask(body)).get("highlight")

    run = {"match": {"english": "run disk"}}
    assert shown(run, fields={"english": {}}) == {
        "english": ["Two <em>disks</em> are <em>running</em>"]
    }
    assert shown(run, fields=[{"e*": {}}], pre_tags=["<b>"], post_tags=["</b>"]) == {
        "english": ["Two <b>disks</b> are <b>running</b>"]
    }
    assert shown(run, fields={"text": {"no_match_size": 6}}) == {"text": ["disk n"]}
    assert shown(run, fields={"text": {}}) is None
    assert shown({"match": {"text": "more"}}, encoder="html", fields={"text": {}}) == {
        "text": ["disk number 0 &amp; <em>more</em>"]
    }
    other = {"highlight_query": {"term": {"text": "number"}}}
    assert shown({"match_all": {}}, fields={"text": other}) == {
        "text": ["disk <em>number</em> 0 & more"]
    }
    whole = {"fields": {"text": {"number_of_fragments": 0}}}
    answer = ask({"query": {"match": {"text": "nobody"}}, "highlight": whole})
    assert first(answer)["highlight"]["text"] == [_TEXT.replace("Nobody", "<em>Nobody</em>")]


def test_an_explanation_adds_up_what_matched(ask: Ask) -> None:
    query = {
        "bool": {"should": [{"match": {"text": "full"}}, {"term": {"on": True}}]},
    }
    hit = first(ask({"query": query, "explain": True}))

    told = hit["_explanation"]
    assert told["value"] == hit["_score"]
    assert [part["description"] for part in told["details"]] == ["match(text) in 1"] or len(
        told["details"]
    ) == 1
    assert hit["_shard"] == "[t][0]"
    assert "_explanation" in first(ask({}, "explain=true"))


def test_a_search_that_terminates_early_says_so(ask: Ask) -> None:
    cut = ask({"terminate_after": 2}).body
    whole = ask({}, "terminate_after=100").body

    assert (cut["terminated_early"], cut["hits"]["total"]["value"]) == (True, 2)
    assert (whole["terminated_early"], whole["hits"]["total"]["value"]) == (False, 6)


@pytest.mark.parametrize(
    "body",
    [
        {"fields": "n"},
        {"fields": [{}]},
        {"docvalue_fields": [3]},
        {"collapse": {}},
        {"collapse": {"field": "n", "inner_hits": {}}},
        {"highlight": {"fields": {"text": {"type": "nice"}}}},
        {"highlight": {"fields": [[]]}},
        {"highlight": {"fields": {"text": {}}, "pre_tags": []}},
        {"highlight": {"fields": {"text": {"highlight_query": {"nope": {}}}}}},
        {"terminate_after": -1},
        {"explain": "perhaps"},
        {"fields": [{"field": "at", "format": "JJJ"}]},
    ],
    ids=json.dumps,
)
def test_what_makes_no_sense_is_refused(ask: Ask, body: Any) -> None:
    assert ask(body).status == 400
