"""Unions: the first alternative that accepts decides, and a refusal lists them all."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana import validation as v
from mockkibana.validation import missing


def alternatives(text: str, *lines: str) -> str:
    return "\n".join([f"{text}types that failed validation:", *lines])


@pytest.mark.parametrize(
    ("rule", "value", "namespace", "text"),
    [
        (
            v.Object({"key": v.OneOf([v.String(), v.ArrayOf(v.String())])}),
            {"key": 123},
            "request body",
            alternatives(
                "[request body.key]: ",
                "- [request body.key.0]: expected value of type [string] but got [number]",
                "- [request body.key.1]: expected value of type [array] but got [number]",
            ),
        ),
        (
            v.OneOf([v.String(), v.Literal(1)]),
            True,
            "",
            alternatives(
                "",
                "- [0]: expected value of type [string] but got [boolean]",
                "- [1]: expected value to equal [1]",
            ),
        ),
        (
            v.OneOf([v.String(), v.Literal(1)]),
            True,
            "request query",
            alternatives(
                "[request query]: ",
                "- [request query.0]: expected value of type [string] but got [boolean]",
                "- [request query.1]: expected value to equal [1]",
            ),
        ),
        (
            v.Object({"key": v.OneOf([v.Object({"age": v.Number()}), v.Number()])}),
            {"key": {"age": "x"}},
            "",
            alternatives(
                "[key]: ",
                "- [key.0.age]: expected value of type [number] but got [string]",
                "- [key.1]: expected value of type [number] but got [Object]",
            ),
        ),
        (
            v.OneOf([v.Boolean(), v.OneOf([v.Object({}), v.Number()])]),
            "x",
            "",
            alternatives(
                "",
                "- [0]: expected value of type [boolean] but got [string]",
                "- [1]: types that failed validation:",
                " - [0]: could not parse object value from json input",
                " - [1]: expected value of type [number] but got [string]",
            ),
        ),
        (
            v.Object({"foo": v.Nullable(v.String(max_length=1))}),
            {"foo": "ab"},
            "",
            alternatives(
                "[foo]: ",
                "- [foo.0]: value has length [2] but it must have a maximum length of [1].",
                "- [foo.1]: expected value to equal [null]",
            ),
        ),
        (
            v.Object({"list": v.Nullable(v.ArrayOf(v.Object({"id": v.String()})))}),
            {"list": [{"id": "a"}, {"id": "b"}, {}]},
            "",
            alternatives(
                "[list]: ",
                "- [list.0.2.id]: expected value of type [string] but got [undefined]",
                "- [list.1]: expected value to equal [null]",
            ),
        ),
        (
            v.Object({"n": v.Nullable(v.Number())}),
            {"n": 2**60},
            "",
            alternatives(
                "[n]: ",
                '- [n.0]: "n" must be a safe number',
                "- [n.1]: expected value to equal [null]",
            ),
        ),
    ],
    ids=["key", "root", "root namespace", "object", "nested", "nullable", "array", "label"],
)
def test_a_union_lists_what_every_alternative_says(
    sentence: Any, rule: Any, value: Any, namespace: str, text: str
) -> None:
    assert sentence(rule, value, namespace) == text


@pytest.mark.parametrize(
    ("rule", "value", "text"),
    [
        (
            v.Object({"age": v.OneOf([v.Number()])}),
            {"age": "foo"},
            "[age]: expected value of type [number] but got [string]",
        ),
        (v.OneOf([v.Literal("a")]), "b", "expected value to equal [a]"),
        (
            v.OneOf([v.OneOf([v.Object({"a": v.OneOf([v.Number()])})])]),
            {"a": "x"},
            "[a]: expected value of type [number] but got [string]",
        ),
        (
            v.OneOf([v.OneOf([v.Literal("a"), v.Literal("b")])]),
            "c",
            alternatives(
                "", "- [0]: expected value to equal [a]", "- [1]: expected value to equal [b]"
            ),
        ),
    ],
)
def test_a_union_of_one_alternative_speaks_with_its_voice(
    sentence: Any, rule: Any, value: Any, text: str
) -> None:
    assert sentence(rule, value) == text


@pytest.mark.parametrize(
    "rule",
    [
        v.OneOf([v.String(), v.Number()]),
        v.OneOf([v.Literal("a")]),
        v.OneOf([v.Object({}), v.Object({"a": v.String()})]),
        v.OneOf([v.String(load_default="a"), v.Maybe(v.String())]),
        v.OneOf([v.OneOf([v.Any()])]),
    ],
    ids=["scalars", "one", "objects", "defaults", "nested"],
)
def test_an_absent_value_fits_no_union(sentence: Any, rule: Any) -> None:
    text = sentence(rule, missing)
    assert text == "expected at least one defined value but got [undefined]"


def test_a_default_of_a_union_is_not_checked() -> None:
    assert v.OneOf([v.Number()], load_default="d").deserialize(missing) == "d"


@pytest.mark.parametrize(
    ("rule", "value", "loaded"),
    [
        (v.OneOf([v.Boolean(), v.String()]), "true", True),
        (v.OneOf([v.String(), v.Boolean()]), "true", "true"),
        (v.OneOf([v.Number(), v.String()]), "5", 5),
        (v.OneOf([v.ArrayOf(v.String()), v.String()]), "[]", []),
        (v.OneOf([v.ArrayOf(v.String()), v.String()]), "[", "["),
        (v.OneOf([v.RecordOf(v.Number()), v.RecordOf(v.Any())]), {"a": "1"}, {"a": 1}),
        (v.OneOf([v.RecordOf(v.Number()), v.RecordOf(v.Any())]), {"a": "x"}, {"a": "x"}),
        (v.OneOf([v.Literal(1), v.Boolean()]), True, True),
        (v.OneOf([v.Number(max=1), v.Any()]), 2, 2),
        (v.OneOf([v.Never(), v.Any()]), None, None),
    ],
)
def test_the_first_alternative_that_accepts_decides(rule: Any, value: Any, loaded: Any) -> None:
    results = [
        rule.deserialize(value),
        v.ArrayOf(rule).deserialize([value])[0],
        v.RecordOf(rule).deserialize({"a": value})["a"],
        v.Object({"a": rule}).deserialize({"a": value})["a"],
    ]
    assert [(result, type(result)) for result in results] == [(loaded, type(loaded))] * 4


def test_a_rule_of_a_union_sees_the_accepted_value(sentence: Any) -> None:
    rule = v.OneOf([v.Number(), v.String()], validate=lambda value: f"not {value!r}")
    assert [sentence(rule, value) for value in ("5", "x")] == ["not 5", "not 'x'"]


@pytest.mark.parametrize(
    ("value", "loaded"),
    [(missing, None), (None, None), ("a", "a")],
    ids=["absent", "null", "value"],
)
def test_a_nullable_value_is_null_when_absent(value: Any, loaded: Any) -> None:
    assert v.Nullable(v.String(load_default="inner")).deserialize(value) == loaded


def test_an_optional_value_stays_absent_whatever_the_inner_default(sentence: Any) -> None:
    rule = v.Object(
        {
            "text": v.Maybe(v.String(load_default="inner")),
            "object": v.Maybe(v.Object({"a": v.String()})),
        }
    )
    assert rule.deserialize({}) == {}
    assert sentence(rule, {"text": None}) == (
        "[text]: expected value of type [string] but got [null]"
    )
    assert sentence(rule, {"object": {}}).startswith("[object.a]")


def test_never_leaves_the_key_out(sentence: Any) -> None:
    rule = v.Object({"a": v.Never()})
    assert rule.deserialize({}) == {}
    assert sentence(rule, {"a": None}) == "[a]: a value wasn't expected to be present"


def action(word: Any, inner: v.Field) -> v.Field:
    return v.Object({"type": word, "value": inner})


KEYED = v.OneOf(
    [
        action(v.Literal("a"), v.String()),
        action(v.OneOf([v.Literal("b"), v.Literal("c")]), v.Number()),
        action(v.Literal("a"), v.Number()),
        action(v.String(min_length=2), v.Any()),
        v.Number(),
    ]
)


@pytest.mark.parametrize(
    ("value", "loaded"),
    [
        ({"type": "a", "value": "1"}, {"type": "a", "value": "1"}),
        ({"type": "a", "value": 1}, {"type": "a", "value": 1}),
        ({"type": "b", "value": "1"}, {"type": "b", "value": 1}),
        ('{"type": "c", "value": "1"}', {"type": "c", "value": 1}),
        ({"type": "other", "value": "1"}, {"type": "other", "value": "1"}),
        ("5", 5),
    ],
)
def test_objects_are_told_apart_by_a_literal_key(value: Any, loaded: Any) -> None:
    assert KEYED.deserialize(value) == loaded


@pytest.mark.parametrize("word", ["b", "x", "", None, 1, [], {}])
def test_a_failure_lists_the_objects_that_were_told_apart_too(sentence: Any, word: Any) -> None:
    value = {"type": word, "value": "x"}
    lines = sentence(KEYED, value).split("\n")
    heads = [line.split("]")[0] for line in lines if line.startswith("- ")]
    second = "value" if word == "b" else "type"
    assert heads == ["- [0.type", f"- [1.{second}", "- [2.type", "- [3.type", "- [4"]


def test_an_object_without_a_literal_may_accept_what_a_literal_one_refuses() -> None:
    rule = v.OneOf(
        [
            action(v.Literal("a"), v.String()),
            action(v.String(), v.Number()),
            action(v.Literal("b"), v.String()),
        ]
    )
    assert [rule.deserialize({"type": word, "value": 1})["type"] for word in "abc"] == [
        "a",
        "b",
        "c",
    ]


@pytest.mark.parametrize(
    "field",
    [
        v.String(validate=lambda _: "no"),
        v.Maybe(v.String(), validate=lambda _: "no"),
        v.OneOf([v.String()], validate=lambda _: "no"),
        v.Nullable(v.String(), validate=lambda _: "no"),
        v.Conditional("b", 1, v.String(), v.String(), validate=lambda _: "no"),
    ],
    ids=["string", "maybe", "union", "nullable", "conditional"],
)
def test_no_short_cut_leads_past_a_rule(sentence: Any, field: v.Field) -> None:
    assert sentence(v.Object({"a": field}), {"a": "x"}) == "[a]: no"
    assert sentence(v.ArrayOf(field), ["x"]) == "[0]: no"


def test_a_literal_key_with_a_default_tells_nothing_apart() -> None:
    rule = v.OneOf(
        [
            action(v.Literal("a"), v.String()),
            action(v.Literal("b", load_default="b"), v.String()),
            action(v.Literal("c"), v.String()),
        ]
    )
    assert rule.deserialize({"value": "x"}) == {"type": "b", "value": "x"}
