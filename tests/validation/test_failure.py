"""Failures and the sentences made of them: paths, lists and indentation."""

from __future__ import annotations

import pytest

from mockkibana.validation import Failure, Refused


@pytest.mark.parametrize(
    ("failure", "namespace", "text"),
    [
        (Failure("t"), "", "t"),
        (Failure("t"), "request body", "[request body]: t"),
        (Failure("t").under("a"), "", "[a]: t"),
        (Failure("t").under(0).under("a"), "request body", "[request body.a.0]: t"),
        (Failure("t").under_entry('key("k")').under("a"), "", '[a.key("k")]: t'),
        (Failure("t").under(""), "", "[]: t"),
    ],
    ids=["root", "namespace", "key", "index", "record key", "empty key"],
)
def test_a_sentence_starts_with_the_path(failure: Failure, namespace: str, text: str) -> None:
    assert failure.sentence(namespace) == text


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (Failure("t", label=()), '"value" t'),
        (Failure("t", label=()).under("b").under("a"), '[a.b]: "a.b" t'),
        (Failure("t", label=()).under("b").under(0).under("a"), '[a.0.b]: "a[0].b" t'),
        (Failure("t", label=()).under(0), '[0]: "[0]" t'),
        (Failure("t", label=()).under("c").under_entry("b").under("a"), '[a.b.c]: "c" t'),
        (
            Failure("u:", (), (Failure("t", label=()).as_branch(0),)).under("a"),
            '[a]: u:\n- [a.0]: "a" t',
        ),
        (
            Failure("u:", (), (Failure("t", label=()).as_branch(0),)).under_entry("b").under("a"),
            '[a.b]: u:\n- [0]: "value" t',
        ),
    ],
    ids=["root", "keys", "index", "index at root", "record", "union", "union in a record"],
)
def test_a_text_of_joi_names_the_value_by_its_keys(failure: Failure, text: str) -> None:
    assert failure.sentence() == text


def union(*failures: Failure) -> Failure:
    branches = tuple(failure.as_branch(index) for index, failure in enumerate(failures))
    return Failure("types:", (), branches)


def test_lists_are_indented_and_leave_out_the_alternatives_around_them() -> None:
    inner = union(Failure("x"), union(Failure("y"), Failure("z")).under("k"))
    failure = union(inner.under("b"), Failure("w")).under("a")
    assert failure.sentence("n").split("\n") == [
        "[n.a]: types:",
        "- [n.a.0.b]: types:",
        " - [n.a.b.0]: x",
        " - [n.a.b.1.k]: types:",
        "  - [n.a.b.k.0]: y",
        "  - [n.a.b.k.1]: z",
        "- [n.a.1]: w",
    ]


def test_lists_inside_a_record_know_nothing_of_what_is_around_it() -> None:
    failure = union(Failure("x").under("k"), Failure("y")).under_entry("b").under("a")
    assert failure.sentence("n") == "[n.a.b]: types:\n- [n.0.k]: x\n- [n.1]: y"


def test_a_refusal_carries_its_failure_and_reads_like_its_sentence() -> None:
    failure = Failure("t").under("a")
    refused = Refused(failure)
    assert refused.failure is failure
    assert str(refused.args[0]) == "[a]: t"
    assert refused.messages == ["[a]: t"]
