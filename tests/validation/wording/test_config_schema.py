"""Kibana 8.x's sentences: paths, lists of alternatives, and texts that begin with a name."""

from __future__ import annotations

import pytest

from mockkibana import validation as v
from mockkibana.validation import Entry, EntryKey, Failure, missing
from mockkibana.validation.wording.config_schema import sentence


def custom(text: str) -> Failure:
    return Failure("custom", text)


def union(*failures: Failure) -> Failure:
    return Failure("union", branches=failures)


EMPTY = Failure("empty")
TYPES = "types that failed validation:"


@pytest.mark.parametrize(
    ("failure", "namespace", "text"),
    [
        (custom("t"), "", "t"),
        (custom("t"), "request body", "[request body]: t"),
        (custom("t").under("a"), "", "[a]: t"),
        (custom("t").under(0).under("a"), "request body", "[request body.a.0]: t"),
        (custom("t").under(EntryKey("k")).under("a"), "", '[a.key("k")]: t'),
        (custom("t").under(""), "", "[]: t"),
        (
            Failure("unknown_keys", ("c", "b")).under("a"),
            "request body",
            "[request body.a.c]: definition for this key is missing",
        ),
    ],
    ids=["root", "namespace", "key", "index", "record key", "empty key", "unknown keys"],
)
def test_a_sentence_starts_with_the_path(failure: Failure, namespace: str, text: str) -> None:
    assert sentence(failure, namespace) == text


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (EMPTY, '"value" is not allowed to be empty'),
        (EMPTY.under("b").under("a"), '[a.b]: "a.b" is not allowed to be empty'),
        (
            EMPTY.under("b").under(0).under("a"),
            '[a.0.b]: "a[0].b" is not allowed to be empty',
        ),
        (EMPTY.under(0), '[0]: "[0]" is not allowed to be empty'),
        (
            EMPTY.under("c").under(Entry("b")).under("a"),
            '[a.b.c]: "c" is not allowed to be empty',
        ),
        (
            union(EMPTY).under("a"),
            f'[a]: {TYPES}\n- [a.0]: "a" is not allowed to be empty',
        ),
        (
            union(EMPTY).under(Entry("b")).under("a"),
            f'[a.b]: {TYPES}\n- [0]: "value" is not allowed to be empty',
        ),
    ],
    ids=["root", "keys", "index", "index at root", "record", "union", "union in a record"],
)
def test_a_text_of_joi_names_the_value_by_its_keys(failure: Failure, text: str) -> None:
    assert sentence(failure) == text


def test_lists_are_indented_and_leave_out_the_alternatives_around_them() -> None:
    inner = union(custom("x"), union(custom("y"), custom("z")).under("k"))
    failure = union(inner.under("b"), custom("w")).under("a")
    assert sentence(failure, "n").split("\n") == [
        f"[n.a]: {TYPES}",
        f"- [n.a.0.b]: {TYPES}",
        " - [n.a.b.0]: x",
        f" - [n.a.b.1.k]: {TYPES}",
        "  - [n.a.b.k.0]: y",
        "  - [n.a.b.k.1]: z",
        "- [n.a.1]: w",
    ]


def test_lists_inside_a_record_know_nothing_of_what_is_around_it() -> None:
    failure = union(custom("x").under("k"), custom("y")).under(Entry("b")).under("a")
    assert sentence(failure, "n") == f"[n.a.b]: {TYPES}\n- [n.0.k]: x\n- [n.1]: y"


def test_lists_inside_a_record_of_an_alternative_start_anew_too() -> None:
    inner = union(custom("x"), custom("y").under("k")).under(Entry("r")).under("c")
    assert sentence(union(inner).under("a"), "n").split("\n") == [
        f"[n.a]: {TYPES}",
        f"- [n.a.0.c.r]: {TYPES}",
        " - [n.0]: x",
        " - [n.1.k]: y",
    ]


THROWN = "Cannot destructure property 'Symbol(Symbol.iterator)' of 'undefined' as it is undefined."


@pytest.mark.parametrize(
    "failure",
    [
        Failure("literal", "a", missing),
        union(custom("t"), Failure("literal", "a", missing).under("k")),
    ],
    ids=["alone", "in a union"],
)
def test_config_schema_throws_where_a_literal_is_absent(failure: Failure) -> None:
    assert sentence(failure.under("b"), "request body") == THROWN


def test_an_absent_union_of_literals_is_refused_as_a_whole() -> None:
    rule = v.Object({"word": v.OneOf([v.Literal("a"), v.Literal("b")])})
    with pytest.raises(v.Refused) as caught:
        rule.deserialize({})
    text = "[word]: expected at least one defined value but got [undefined]"
    assert sentence(caught.value.failure) == text


def test_an_unknown_key_can_be_named_in_the_text_too() -> None:
    text = "Additional properties are not allowed ('b' was unexpected)"
    failure = Failure("unknown_keys", ("b", "c"), {}).under("a")
    assert sentence(failure, "n", names_unknown_keys=True) == f"[n.a.b]: {text}"
    in_a_union = sentence(union(failure, custom("t")), names_unknown_keys=True)
    assert in_a_union == f"{TYPES}\n- [0.a.b]: {text}\n- [1]: t"
