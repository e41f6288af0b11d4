"""Queries for texts: their words, phrases, beginnings, several fields, and their scores."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from searched import Searched

PROPERTIES = {
    "t": {"type": "text", "fields": {"k": {"type": "keyword"}}},
    "u": {"type": "text"},
    "e": {"type": "text", "analyzer": "english"},
    "n": {"type": "long"},
    "k": {"type": "keyword"},
}
DOCUMENTS = {
    "1": {"t": "Quick brown fox", "u": "fox", "n": 7, "k": "Quick fox"},
    "2": {"t": "The fox is quick and brown", "n": 8},
    "3": {"t": ["brown", "fox"], "u": "quick brown dogs"},
    "4": {"t": "quick", "u": "brown fox jumps", "e": "The running of the bulls"},
    "5": {"t": "quack", "e": "bull's-eye runs"},
}


@pytest.fixture(scope="module")
def searched() -> Searched:
    return Searched(PROPERTIES, DOCUMENTS)


def in_t(query: str, text: str, **options: object) -> dict[str, object]:
    return {query: {"t": {"query": text, **options}}}


def test_each_finds_its_documents(searched: Searched) -> None:
    both = ["t", "u"]
    assert (
        searched.differing(
            [
                (in_t("match", "quikc", fuzziness="AUTO"), "124"),
                (in_t("match", "quack fax", fuzziness=1, prefix_length=2), "1245"),
                (in_t("match", "quick FOX", analyzer="whitespace"), "124"),
                (in_t("match", "quick fox", analyzer="keyword"), ""),
                ({"match": {"k": {"query": "quick fox", "fuzziness": 1}}}, "1"),
                ({"match": {"e": "bull run"}}, "45"),
                ({"match": {"e": "the"}}, ""),
                (in_t("match_phrase", "quick brown"), "1"),
                (in_t("match_phrase", "brown fox"), "1"),
                (in_t("match_phrase", "brown quick", slop=3), "12"),
                (in_t("match_phrase", "brown quick", slop=2), "1"),
                (in_t("match_phrase", "brown quick", slop=1), ""),
                (in_t("match_phrase", "fox brown", slop=4), "12"),
                (in_t("match_phrase", "brown fox", slop=100), "123"),
                (in_t("match_phrase", "quick"), "124"),
                (in_t("match_phrase", "fox fox"), ""),
                (in_t("match_phrase", "fox fox", slop=9), ""),
                ({"match_phrase": {"e": "run of the bull"}}, "4"),
                ({"match_phrase": {"e": "run bull"}}, ""),
                ({"match_phrase": {"n": "7"}}, "1"),
                ({"match_phrase": {"k": "Quick fox"}}, "1"),
                ({"match_phrase": {"k": "Quick"}}, ""),
                ({"match_phrase": {"nowhere": "x"}}, ""),
                (in_t("match_phrase", "...", zero_terms_query="all"), "12345"),
                (in_t("match_phrase_prefix", "quick br"), "1"),
                (in_t("match_phrase_prefix", "qu"), "1245"),
                (in_t("match_phrase_prefix", "qu", max_expansions=1), "5"),
                (in_t("match_phrase_prefix", "quick fo", slop=1), "1"),
                (in_t("match_bool_prefix", "brown qua"), "1235"),
                (in_t("match_bool_prefix", "brown qui", operator="and"), "12"),
                ({"match_bool_prefix": {"k": "Qui"}}, "1"),
                ({"multi_match": {"query": "fox", "fields": both}}, "1234"),
                ({"multi_match": {"query": "fox", "fields": ["u"]}}, "14"),
                ({"multi_match": {"query": "fox", "fields": "u*"}}, "14"),
                ({"multi_match": {"query": "7"}}, "1"),
                ({"multi_match": {"query": "quick fox", "fields": both, "operator": "and"}}, "12"),
                (
                    {
                        "multi_match": {
                            "query": "quick dogs",
                            "fields": both,
                            "operator": "and",
                            "type": "cross_fields",
                        }
                    },
                    "3",
                ),
                ({"multi_match": {"query": "brown fox", "fields": both, "type": "phrase"}}, "14"),
                (
                    {"multi_match": {"query": "fox ju", "fields": both, "type": "phrase_prefix"}},
                    "4",
                ),
                ({"multi_match": {"query": "jum", "fields": both, "type": "bool_prefix"}}, "4"),
                ({"multi_match": {"query": "fix", "fields": both, "fuzziness": 1}}, "1234"),
                ({"multi_match": {"query": "x", "fields": ["n", "t"], "lenient": True}}, ""),
                ({"multi_match": {"query": "fox", "fields": ["nowhere"]}}, ""),
            ]
        )
        == []
    )


def test_phrases_find_what_a_loop_finds() -> None:
    random = Random(3)
    texts = {str(n): random.choices("abcd", k=random.randint(1, 7)) for n in range(60)}
    searched = Searched(PROPERTIES, {id_: {"t": " ".join(text)} for id_, text in texts.items()})
    for _ in range(40):
        phrase = random.sample("abcd", k=random.randint(2, 3))
        slop = random.choice([0, 0, 1, 2, 4])
        expected = set()
        for id_, text in texts.items():
            places = [[n for n, word in enumerate(text) if word == wanted] for wanted in phrase]
            for found in product(*places):
                moved = [place - offset for offset, place in enumerate(found)]
                if max(moved) - min(moved) <= slop:
                    expected.add(id_)
        query = in_t("match_phrase", " ".join(phrase), slop=slop)
        assert {*searched.ids(query)} == expected, (phrase, slop)


def test_scores_order_sensibly(searched: Searched) -> None:
    near, far = (
        searched.scores(in_t("match_phrase", "brown fox", slop=100))["1"],
        searched.scores(in_t("match_phrase", "brown fox", slop=100))["3"],
    )
    assert near > far > 0
    exact = searched.scores(in_t("match", "quick", fuzziness=1))
    assert exact["4"] > exact["1"]
    one = {"multi_match": {"query": "brown fox", "fields": ["t", "u"]}}
    best, most = (
        searched.scores(one),
        searched.scores({"multi_match": {**one["multi_match"], "type": "most_fields"}}),
    )
    assert most["1"] > best["1"]
    assert most["2"] == best["2"]
    boosted = {"multi_match": {"query": "fox", "fields": ["t", "u^10"]}}
    assert searched.ids(boosted)[:2] == ["1", "4"]
    tied = {"multi_match": {"query": "brown fox", "fields": ["t", "u"], "tie_breaker": 1}}
    assert searched.scores(tied) == most
    dis_max = {
        "dis_max": {"queries": [{"match": {"t": "brown fox"}}, {"match": {"u": "brown fox"}}]}
    }
    assert searched.scores(dis_max) == best
    only = searched.scores(in_t("match", "quick"))
    less = {
        "boosting": {
            "positive": in_t("match", "quick"),
            "negative": {"term": {"n": 7}},
            "negative_boost": 0.5,
        }
    }
    assert searched.scores(less) == {**only, "1": pytest.approx(only["1"] / 2)}


def test_malformed_ones_are_refused(searched: Searched) -> None:
    multi = {"query": "x", "fields": ["t"]}
    assert (
        searched.wrongly_refused(
            [
                (in_t("match_phrase", "x", slop=-1), "No negative slop allowed."),
                (
                    in_t("match_phrase", "x", fuzziness=1),
                    "[match_phrase] query does not support [fuzziness]",
                ),
                ({"match_phrase": {"t": {}}}, "No text specified for text query"),
                (in_t("match", "x", analyzer="bogus"), "[match] analyzer [bogus] not found"),
                ({"match": {"n": "x"}}, 'failed to create query: For input string: "x"'),
                (
                    {"match_phrase_prefix": {"k": "x"}},
                    (
                        "failed to create query: Can only use phrase prefix queries on text fields "
                        "- not on [k] which is of type [keyword]"
                    ),
                ),
                (
                    in_t("match_phrase", "x", analyzer="bogus"),
                    "[match_phrase] analyzer [bogus] not found",
                ),
                (
                    {"multi_match": {**multi, "type": "bool_prefix", "slop": 1}},
                    "[slop] not allowed for type [bool_prefix]",
                ),
                ({"multi_match": {"fields": ["t"]}}, "No text specified for multi_match query"),
                (
                    {"multi_match": {**multi, "foo": 1}},
                    "[multi_match] query does not support [foo]",
                ),
                (
                    {"multi_match": {**multi, "type": "x"}},
                    "failed to parse [multi_match] query type [x]. unknown type.",
                ),
                (
                    {"multi_match": {**multi, "type": "phrase", "fuzziness": 1}},
                    "Fuzziness not allowed for type [phrase]",
                ),
                ({"dis_max": {}}, "[dis_max] requires 'queries' field with at least one clause"),
                (
                    {"boosting": {"positive": {"match_all": {}}}},
                    "[boosting] query requires 'negative' query to be set'",
                ),
            ]
        )
        == []
    )
