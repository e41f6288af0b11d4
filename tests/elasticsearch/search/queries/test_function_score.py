"""`function_score`: scores changed by weights, fields, distances and chance."""

from __future__ import annotations

import math
from statistics import mean
from typing import Any

import pytest
from searched import Searched

DOCUMENTS: dict[str, Any] = {
    "1": {"n": 4, "at": "2024-03-15T12:30:45Z", "k": "a"},
    "2": {"n": [9, 1], "at": "2024-03-13T12:30:45Z", "k": "b"},
    "3": {"k": "a"},
}
PROPERTIES = {"n": {"type": "long"}, "at": {"type": "date"}, "k": {"type": "keyword"}}
A = {"term": {"k": "a"}}


@pytest.fixture(scope="module")
def searched() -> Searched:
    return Searched(PROPERTIES, DOCUMENTS)


def score(*functions: Any, **options: Any) -> Any:
    return {"function_score": {"functions": list(functions), **options}}


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-6)


def test_each_function_has_its_value(searched: Searched) -> None:
    def one(**body: Any) -> list[float]:
        scores = searched.scores({"function_score": body})
        return [scores[id_] for id_ in "123"]

    def field(**options: Any) -> list[float]:
        return one(field_value_factor={"field": "n", "missing": 1, **options})

    assert one() == [1, 1, 1]
    assert one(weight=3) == [3, 3, 3]
    assert field() == [4, 1, 1]
    assert field(factor=2) == [8, 2, 2]
    assert field(modifier="sqrt") == [2, 1, 1]
    assert field(modifier="square") == [16, 1, 1]
    assert field(modifier="reciprocal") == [0.25, 1, 1]
    assert field(modifier="log1p") == [
        near(math.log10(5)),
        near(math.log10(2)),
        near(math.log10(2)),
    ]
    assert field(modifier="ln2p") == [near(math.log(6)), near(math.log(3)), near(math.log(3))]
    assert field(modifier="ln") == [near(math.log(4)), 0, 0]
    assert one(linear={"n": {"origin": 0, "scale": 8}}) == [0.75, near(0.9375), 1]
    assert one(exp={"n": {"origin": 0, "scale": 4}}) == [0.5, near(0.5**0.25), 1]
    assert one(gauss={"n": {"origin": 0, "scale": 2, "decay": 0.25}})[0] == near(0.25**4)
    assert one(linear={"n": {"origin": 0, "scale": 8, "offset": 4}})[0] == 1
    furthest = {"n": {"origin": 0, "scale": 9}, "multi_value_mode": "max"}
    assert one(exp=furthest)[1] == 0.5
    assert one(exp={"at": {"scale": "1d"}}) == [1, 0.25, 1]
    assert one(exp={"at": {"origin": "now-2d", "scale": "2d"}})[:2] == [0.5, 1]
    random = one(random_score={"seed": 7})
    assert random == one(random_score={"seed": 7}) != one(random_score={"seed": 8})
    assert len({*random}) == 3
    assert all(0 <= value < 1 for value in random)


@pytest.mark.parametrize(
    ("mode", "combine"),
    [
        ("multiply", math.prod),
        ("sum", sum),
        ("avg", None),
        ("first", lambda values: values[0]),
        ("max", max),
        ("min", min),
    ],
)
def test_values_of_several_functions_become_one(
    searched: Searched, mode: str, combine: Any
) -> None:
    found = searched.scores(
        score(
            {"filter": A, "weight": 2},
            {"filter": {"term": {"n": 4}}, "weight": 5},
            {"field_value_factor": {"field": "n", "missing": 3}, "weight": 2},
            score_mode=mode,
        )
    )
    expected = {"1": [2, 5, 8], "2": [2], "3": [2, 6]}
    if combine is None:  # the weights count as weights do
        assert found == {"1": near(15 / 9), "2": 1, "3": 2}
    else:
        assert found == {id_: combine(values) for id_, values in expected.items()}


@pytest.mark.parametrize(
    ("mode", "combine"),
    [
        ("multiply", math.prod),
        ("replace", lambda values: values[1]),
        ("sum", sum),
        ("avg", mean),
        ("max", max),
        ("min", min),
    ],
)
def test_they_change_the_score_of_the_query(searched: Searched, mode: str, combine: Any) -> None:
    query = {"constant_score": {"filter": A, "boost": 3}}
    found = searched.scores(score({"weight": 8}, query=query, boost_mode=mode, max_boost=5))
    assert found == {"1": combine([3, 5]), "3": combine([3, 5])}


def test_low_scores_are_left_out_and_all_are_boosted(searched: Searched) -> None:
    field = {"field_value_factor": {"field": "n", "missing": 0}}
    assert searched.scores(score(field, min_score=1, boost=2)) == {"1": 8, "2": 2}
    assert searched.ids({"bool": {"filter": score(field, min_score=2)}}) == ["1"]
    assert searched.scores(score({"filter": {"term": {"n": 4}}, "weight": 9}))["3"] == 1


def test_malformed_ones_are_refused(searched: Searched) -> None:
    failed = "failed to parse [function_score] query. "
    misplaced = "you can either define [functions] array or a single function, not both. "
    created = "failed to create query: "
    package = "org.elasticsearch.common.lucene.search.function"
    assert (
        searched.wrongly_refused(
            [
                ({"function_score": {"foo": {}}}, "[1:38] unknown field [foo]"),
                ({"function_score": {"foo": 1}}, f"{failed}field [foo] is not supported"),
                ({"function_score": {"foo": []}}, f"{failed}array [foo] is not supported"),
                (
                    {"function_score": {"weight": 1, "functions": []}},
                    f"{failed}[{misplaced}already found [weight], now encountering [functions].]",
                ),
                (
                    score({"weight": 1}, weight=1),
                    (
                        f"{failed}[{misplaced}already found [functions] array, now encountering "
                        "[weight].]"
                    ),
                ),
                (
                    {"function_score": {"random_score": {}, "weight": 1}},
                    (
                        f"{failed}already found function [random_score], now encountering "
                        "[weight]. use [functions] array if you want to define several functions."
                    ),
                ),
                (score({}), f"{failed}an entry in functions list is missing a function."),
                (score({"weight": -1}), "[weight] cannot be negative for a filtering function"),
                (score({"weight": 1}, score_mode="x"), f"No enum constant {package}.ScoreMode.X"),
                (
                    score({"script_score": {"nope": "1"}}),
                    "script_score query does not support [nope]",
                ),
                (
                    score({"field_value_factor": {"field": "n"}}),
                    "Missing value for field [n]",
                ),
                (
                    score({"field_value_factor": {"field": "no"}}),
                    "Unable to find a field mapper for field [no]. No 'missing' value defined.",
                ),
                (
                    score({"field_value_factor": {"field": "n", "factor": -1, "missing": 0}}),
                    (
                        "field value function must not produce negative scores, but got: [-4.0] "
                        "for field value: [4.0]"
                    ),
                ),
                (
                    score({"exp": {"n": {"scale": 1}}}),
                    f"{created}both [scale] and [origin] must be set for numeric fields.",
                ),
                (
                    score({"exp": {"at": {"decay": 0.1}}}),
                    f"{created}[scale] must be set for date fields.",
                ),
                (
                    score({"exp": {"k": {"origin": 1, "scale": 1}}}),
                    "field [k] is of type [keyword], but only numeric types are supported.",
                ),
                (score({"exp": {"no": {"origin": 1, "scale": 1}}}), "unknown field [no]"),
                (
                    score({"exp": {"n": {"origin": 1, "scale": 0}}}),
                    f"{created}function_score : scale must be > 0.0.",
                ),
                (
                    score({"exp": {"n": {"origin": 1, "scale": 1, "decay": 1}}}),
                    f"{created}function_score : decay must be in the range [0..1].",
                ),
                (
                    score({"exp": {"n": {"foo": 1}}}),
                    f"{created}parameter [foo] not supported!",
                ),
                (
                    score({"exp": {"n": {}, "multi_value_mode": "x"}}),
                    "Illegal sort mode: x",
                ),
                (
                    score({"exp": {"at": {"scale": "x"}}}),
                    (
                        f"{created}failed to parse setting [DecayFunctionParser.scale] with value "
                        "[x] as a time value: unit is missing or unrecognized"
                    ),
                ),
            ]
        )
        == []
    )
