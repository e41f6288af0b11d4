"""What parameters of fields make of their values is what queries find."""

from __future__ import annotations

from typing import Any

import pytest
from searched import Searched

PROPERTIES: dict[str, Any] = {
    "name": {
        "type": "text",
        "copy_to": ["all", "o.copy"],
        "fields": {
            "raw": {"type": "keyword", "ignore_above": 5},
            "low": {"type": "keyword", "normalizer": "lowercase"},
            "stemmed": {"type": "text", "analyzer": "english"},
        },
    },
    "all": {"type": "text"},
    "o": {"properties": {"copy": {"type": "keyword"}}},
    "n": {"type": "long", "copy_to": "all", "null_value": 7},
    "k": {"type": "keyword", "null_value": "none"},
    "mine": {"type": "text", "analyzer": "mine", "search_analyzer": "whitespace"},
    "bad": {"type": "long", "ignore_malformed": True},
    "unseen": {"type": "object", "enabled": False},
}
DOCUMENTS: dict[str, Any] = {
    "1": {"name": "Foxes", "n": 5, "mine": "Quick FOX", "unseen": {"a": "b"}},
    "2": {"name": ["Fox", "a longer one"], "n": None, "k": None},
    "3": {"bad": "x", "k": "none", "tag_a": "Red Fox", "count_a": "5"},
    "4": {"bad": 3, "strange": "now"},
}
TEMPLATES = [
    {"tags": {"match": "tag_*", "mapping": {"type": "keyword"}}},
    {"counts": {"match": "count_*", "mapping": {"type": "integer"}}},
]


@pytest.fixture(scope="module")
def searched() -> Searched:
    return Searched(
        PROPERTIES,
        DOCUMENTS,
        mappings={"dynamic_templates": TEMPLATES},
        settings={
            "analysis": {"analyzer": {"mine": {"tokenizer": "letter", "filter": "uppercase"}}}
        },
    )


def test_values_are_found_as_they_are_indexed(searched: Searched) -> None:
    assert (
        searched.differing(
            [
                ({"term": {"name.raw": "Foxes"}}, "1"),
                ({"term": {"name.raw": "a longer one"}}, ""),
                ({"term": {"name.low": "FOXES"}}, "1"),
                ({"terms": {"name.low": ["foxes", "FOX"]}}, "12"),
                ({"match": {"name": "fox"}}, "2"),
                ({"match": {"name.stemmed": "fox"}}, "12"),
                ({"match": {"all": "fox 5"}}, "12"),
                ({"term": {"o.copy": "a longer one"}}, "2"),
                ({"term": {"n": 7}}, "2"),
                ({"term": {"k": "none"}}, "23"),
                ({"match": {"mine": "FOX"}}, "1"),
                ({"match": {"mine": "fox"}}, ""),
                ({"term": {"bad": 3}}, "4"),
                ({"exists": {"field": "unseen.a"}}, ""),
                ({"term": {"tag_a": "Red Fox"}}, "3"),
                ({"match": {"tag_a": "fox"}}, ""),
                ({"range": {"count_a": {"gt": 4}}}, "3"),
            ]
        )
        == []
    )


def test_the_values_of_a_list_are_far_from_each_other(searched: Searched) -> None:
    assert searched.ids({"match_phrase": {"name": "fox a"}}) == []
    assert searched.ids({"match_phrase": {"name": {"query": "fox a", "slop": 100}}}) == ["2"]


def test_runtime_fields_are_refused() -> None:
    searched = Searched({}, {"1": {"a": 1}}, mappings={"runtime": {"day": {"type": "keyword"}}})
    reason = "this mock does not search runtime fields: [day]"
    for query in ({"term": {"day": "x"}}, {"exists": {"field": "day"}}):
        assert searched.reason(query) == reason
    status, answer = searched.answer({"match_all": {}}, sort=["day"])
    assert (status, answer["error"]["reason"]) == (400, reason)
