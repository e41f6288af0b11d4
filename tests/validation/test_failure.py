"""A refusal is a value with the facts of it, which each object around gives its key."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana import validation as v
from mockkibana.settings.release import release_of
from mockkibana.validation import Entry, EntryKey, Failure, Refused, missing
from mockkibana.validation.releases import of_type


def refusal(rule: v.Field, value: Any) -> Failure:
    with pytest.raises(Refused) as caught:
        rule.deserialize(value)
    return caught.value.failure


def test_a_failure_gets_the_key_of_each_object_around_it() -> None:
    failure = Failure("type", "string", 5).under(0).under("a")
    assert failure == Failure("type", "string", 5, ("a", 0))


def test_a_refusal_carries_its_failure_and_does_not_tell_the_value() -> None:
    failure = Failure("type", "string", 12345).under("b").under("a")
    refused = Refused(failure)
    assert refused.failure is failure
    assert refused.messages == ["a.b: type, expected string"]
    assert "12345" not in repr(failure)


@pytest.mark.parametrize(
    ("rule", "value", "failure"),
    [
        (v.String(), 5, Failure("type", "string", 5)),
        (v.String(), missing, Failure("type", "string", missing)),
        (v.String(hostname=True), 5, Failure("type", "hostname", 5)),
        (v.String(min_length=2), "a", Failure("min_length", 2, "a")),
        (v.String(max_length=1), "abc", Failure("max_length", 1, "abc")),
        (v.Number(min=2), "1", Failure("min", 2, 1)),
        (v.Number(max=2), 3, Failure("max", 2, 3)),
        (v.Number(), 2**60, Failure("unsafe_number", None, 2**60)),
        (v.Literal("a"), "b", Failure("literal", "a", "b")),
        (v.ArrayOf(v.Any()), "x", Failure("json", "array", "x")),
        (v.ArrayOf(v.Any(), max_size=1), [1, 2], Failure("max_size", 1, [1, 2])),
        (v.ArrayOf(v.String()), ["a", 5], Failure("type", "string", 5, (1,))),
        (v.RecordOf(v.String()), {"k": 5}, Failure("type", "string", 5, (Entry("k"),))),
        (
            v.RecordOf(v.Any(), keys=v.String(max_length=1)),
            {"long": 5},
            Failure("max_length", 1, "long", (EntryKey("long"),)),
        ),
        (v.String(validate=lambda _: "no"), "a", Failure("custom", "no", "a")),
        (v.Object({}), [], Failure("type", "object", [])),
        (
            v.Object({"a": v.Object({})}),
            {"a": {"z": 1, "y": 2, "5": 3}},
            Failure("unknown_keys", ("5", "z", "y"), {"z": 1, "y": 2, "5": 3}, ("a",)),
        ),
        (v.Uri(scheme=["https"]), "http://a", Failure("scheme", ("https",), "http://a")),
        (v.ByteSize(max="1kb"), "2kb", Failure("max_bytes", 1024, "2kb")),
    ],
)
def test_a_refusal_says_in_facts_what_was_expected_and_what_came(
    rule: v.Field, value: Any, failure: Failure
) -> None:
    assert refusal(rule, value) == failure
    assert [type(segment) for segment in refusal(rule, value).path] == [
        type(segment) for segment in failure.path
    ]


@pytest.mark.parametrize("value", ["c", missing], ids=["wrong", "absent"])
def test_a_refused_union_tells_all_its_alternatives(value: Any) -> None:
    rule = v.Object({"word": v.OneOf([v.Literal("a"), v.Literal("b")])})
    failure = refusal(rule, {} if value is missing else {"word": value})
    assert (failure.code, failure.path, failure.received) == ("union", ("word",), value)
    assert [branch.expected for branch in failure.branches] == ["a", "b"]


def test_a_refused_union_of_objects_tells_what_each_of_them_says() -> None:
    rule = v.OneOf(
        [
            v.Object({"action": v.Literal("push"), "id": v.String()}),
            v.Object({"action": v.Literal("pull")}),
        ],
        discriminator="action",
    )
    failure = refusal(rule, {"action": "push"})
    assert failure.code == "union"
    assert [branch.path for branch in failure.branches] == [("id",), ("action",)]


def test_a_refused_union_tells_the_key_that_tells_its_objects_apart_where_all_is_told() -> None:
    rule = v.OneOf(
        [
            v.Object({"action": v.Literal("push"), "id": v.String()}),
            v.Object({"action": v.Literal("pull")}),
        ],
        discriminator="action",
    )
    exact = of_type(rule, release_of("9.5.0"))
    failure = refusal(exact, {"action": "nope"})
    assert (failure.code, failure.path) == ("discriminator", ("action",))
    assert failure.expected == ("push", "pull")
    assert refusal(exact, {"action": "push"}) == Failure("type", "string", missing, ("id",))
