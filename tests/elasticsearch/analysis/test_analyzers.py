"""Analyzers make words of texts: the built-in ones, and those of an index's settings."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.elasticsearch.analysis.analyzers import BUILT_IN, Analyzers, NoAnalyzer
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.indices import index_settings

TEXT = "The QUICK fox's  runs-2!"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("standard", ["the", "quick", "fox's", "runs", "2"]),
        ("default", ["the", "quick", "fox's", "runs", "2"]),
        ("simple", ["the", "quick", "fox", "s", "runs"]),
        ("whitespace", ["The", "QUICK", "fox's", "runs-2!"]),
        ("keyword", [TEXT]),
        ("stop", ["quick", "fox", "s", "runs"]),
        ("english", ["quick", "fox", "run", "2"]),
        ("snowball", ["quick", "fox", "run", "2"]),
    ],
)
def test_a_built_in_analyzer_makes_its_words(name: str, words: list[str]) -> None:
    analyzer = BUILT_IN.named(name)
    assert analyzer.words(TEXT) == words
    assert [token.text for token in analyzer.tokens(TEXT)] == words


def test_words_have_places_kinds_and_positions() -> None:
    tokens = BUILT_IN.named("english").tokens("The foxes, 東 and 42")
    assert [tuple(token) for token in tokens] == [
        ("fox", 4, 9, "<ALPHANUM>", 1),
        ("東", 11, 12, "<IDEOGRAPHIC>", 2),
        ("42", 17, 19, "<NUM>", 4),
    ]
    assert [token.kind for token in BUILT_IN.named("whitespace").tokens("a 1")] == ["word"] * 2


def made(**analysis: Any) -> Analyzers:
    return Analyzers(index_settings.read({"analysis": analysis}))


@pytest.mark.parametrize(
    ("analyzer", "words"),
    [
        ({"type": "standard", "stopwords": ["the", "runs"]}, ["quick", "fox's", "2"]),
        ({"type": "stop", "stopwords": "_none_"}, ["the", "quick", "fox", "s", "runs"]),
        ({"type": "snowball", "language": "German"}, ["the", "quick", "fox", "run", "2"]),
        (
            {"tokenizer": "whitespace", "filter": ["lowercase", "short"]},
            ["the", "qui", "fox", "run"],
        ),
        (
            {"type": "custom", "tokenizer": "letter", "filter": "uppercase"},
            ["THE", "QUICK", "FOX", "S", "RUNS"],
        ),
        ({"tokenizer": "edges"}, ["T", "Th", "Q", "QU", "f", "fo", "s", "r", "ru"]),
        (
            {"tokenizer": "standard", "filter": ["lowercase", "stop", "porter_stem"]},
            ["quick", "fox'", "run", "2"],
        ),
        ({"tokenizer": "edges", "filter": ["lowercase", "grams"]}, ["th", "qu", "fo", "ru"]),
    ],
)
def test_settings_make_analyzers_of_parts(analyzer: Any, words: list[str]) -> None:
    analyzers = made(
        analyzer={"mine": analyzer},
        tokenizer={"edges": {"type": "edge_ngram", "token_chars": ["letter"]}},
        filter={
            "short": {"type": "truncate", "length": "3"},
            "grams": {"type": "ngram", "min_gram": 2, "max_gram": 2},
        },
    )
    assert analyzers.named("mine").words(TEXT) == words


@pytest.mark.parametrize(
    ("filter_", "text", "words"),
    [
        ("asciifolding", "Straße ÉCOLE æ", ["Strasse", "ECOLE", "ae"]),
        ({"type": "asciifolding", "preserve_original": True}, "é", ["e", "é"]),
        ("apostrophe", "Ankara'da", ["Ankara"]),
        ({"type": "length", "min": 2, "max": 3}, "a ab abcd", ["ab"]),
        ("limit", "a b", ["a"]),
        ("unique", "a b a", ["a", "b"]),
        ("reverse", "abc", ["cba"]),
        ({"type": "stop", "stopwords": ["A"], "ignore_case": True}, "a b", ["b"]),
        ({"type": "stemmer", "language": "possessive_english"}, "fox's", ["fox"]),
        ({"type": "stemmer", "language": "porter2"}, "generously", ["generous"]),
        ({"type": "edge_ngram", "preserve_original": True}, "abc", ["a", "ab", "abc"]),
        ("ngram", "abc", ["a", "ab", "b", "bc", "c"]),
    ],
)
def test_filters_change_words(filter_: Any, text: str, words: list[str]) -> None:
    analyzer = BUILT_IN.custom({"tokenizer": "whitespace", "filter": [filter_]})
    assert analyzer.words(text) == words


def test_normalizers_change_whole_texts() -> None:
    analyzers = made(
        normalizer={"mine": {"type": "custom", "filter": ["asciifolding", "uppercase"]}}
    )
    assert analyzers.normalizer("mine").words("à la carte") == ["A LA CARTE"]
    assert analyzers.normalizer("lowercase").words("À La") == ["à la"]


def test_what_is_missing_or_wrong_is_said() -> None:
    for name in ("french", "bogus"):
        with pytest.raises(NoAnalyzer, match=name):
            BUILT_IN.named(name)
    with pytest.raises(NoAnalyzer, match="bogus"):
        BUILT_IN.normalizer("bogus")
    for options, reason in (
        ({"tokenizer": "pattern"}, "this mock has no tokenizer [pattern] for analyzers"),
        ({"tokenizer": "standard", "filter": ["kstem"]}, "this mock has no filter [kstem]"),
        ({"tokenizer": "standard", "char_filter": ["html_strip"]}, "this mock does not support"),
        ({"tokenizer": {"type": "ngram", "max_gram": 9}}, "The difference between max_gram and"),
        ({"tokenizer": {"type": "edge_ngram", "min_gram": 3}}, "minGram must not be greater than"),
        ({"tokenizer": {"type": "standard", "max_token_length": "x"}}, "Failed to parse value [x]"),
        (
            {"tokenizer": "standard", "filter": [{"type": "snowball", "language": "Klingon"}]},
            "this mock has no stems of [klingon]",
        ),
    ):
        with pytest.raises(ElasticsearchError) as caught:
            BUILT_IN.custom(options)
        assert caught.value.reason.startswith(reason)
    with pytest.raises(ElasticsearchError, match="must specify either an analyzer type, or"):
        made(analyzer={"mine": {"filter": "lowercase"}}).named("mine")
