"""Strings, numbers, booleans, literals and streams, each with its refusals."""

from __future__ import annotations

import io
from collections.abc import Set
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockkibana import validation as v
from mockkibana.validation import Refused, missing

KINDS = [
    (missing, "undefined"),
    (None, "null"),
    (True, "boolean"),
    ("text", "string"),
    (5, "number"),
    (1.5, "number"),
    ([], "Array"),
    ({}, "Object"),
    (b"bytes", "Uint8Array"),
]
THROWS = frozenset(("undefined",))
LABELS = ["undefined", "null", "boolean", "string", "int", "float", "array", "object", "bytes"]


@pytest.mark.parametrize(("value", "word"), KINDS, ids=LABELS)
@pytest.mark.parametrize(
    ("field", "text", "fine"),
    [
        (v.String(), "expected value of type [string] but got [{}]", {"string"}),
        (v.Number(), "expected value of type [number] but got [{}]", {"number"}),
        (v.Boolean(), "expected value of type [boolean] but got [{}]", {"boolean"}),
        (v.Buffer(), "expected value of type [Buffer] but got [{}]", {"Uint8Array"}),
        (v.Stream(), "expected value of type [Stream] but got [{}]", set()),
        # An absent one makes config-schema throw.
        (v.Literal("x"), "expected value to equal [x]", THROWS),
        (v.Never(), "a value wasn't expected to be present", {"undefined"}),
        (
            v.Any(),
            "expected value of type [any] but got [{}]",
            {word for _, word in KINDS} - {"undefined"},
        ),
    ],
    ids=["string", "number", "boolean", "buffer", "stream", "literal", "never", "any"],
)
def test_a_value_of_the_wrong_type_is_named(
    sentence: Any, field: v.Field, text: str, fine: Set[str], value: Any, word: str
) -> None:
    if fine is THROWS and word in fine:
        assert sentence(field, value).startswith("Cannot destructure property")
    elif word in fine:
        assert field.deserialize(value) is value
    else:
        assert sentence(field, value) == text.format(word)


def test_a_file_object_is_a_stream() -> None:
    stream = io.BytesIO(b"x")
    assert v.Stream().deserialize(stream) is stream


@pytest.mark.parametrize(
    ("options", "value", "text"),
    [
        ({"min_length": 2}, "a", "value has length [1] but it must have a minimum length of [2]."),
        ({"min_length": 1}, "", "value has length [0] but it must have a minimum length of [1]."),
        ({"max_length": 1}, "ab", "value has length [2] but it must have a maximum length of [1]."),
        ({"max_length": 1}, "😀", "value has length [2] but it must have a maximum length of [1]."),
        (
            {"min_length": 3, "max_length": 1},
            "ab",
            "value has length [2] but it must have a minimum length of [3].",
        ),
        ({"max_length": 1}, 12, "expected value of type [string] but got [number]"),
    ],
)
def test_a_string_outside_its_lengths_is_refused(
    sentence: Any, options: dict[str, int], value: Any, text: str
) -> None:
    assert sentence(v.String(**options), value) == text


@pytest.mark.parametrize(
    ("options", "value"),
    [({}, ""), ({"min_length": 1, "max_length": 1}, "é"), ({"max_length": 2}, "😀")],
)
def test_a_string_within_its_lengths_is_accepted(options: dict[str, int], value: str) -> None:
    assert v.String(**options).deserialize(value) == value


HOSTNAMES = ["localhost", "a.b", "A-1.example.com", "127.0.0.1", "::1", "münchen.example", "xn--e"]
NO_HOSTNAMES = ["a_b", "a b", "a:80", "*", "*.a", "a..b", ".a", "a.", "-a", "a-", "1.2", "a.7"]


@pytest.mark.parametrize("value", HOSTNAMES)
def test_a_hostname_is_accepted(value: str) -> None:
    assert v.String(hostname=True).deserialize(value) == value


@pytest.mark.parametrize(
    "value", [*NO_HOSTNAMES, "a" * 64, "a." * 128 + "a", "http://a", "::1%eth0", "256.1.1.1"]
)
def test_anything_else_is_no_hostname(sentence: Any, value: str) -> None:
    text = sentence(v.String(hostname=True), value)
    assert text == "value must be a valid hostname (see RFC 1123)."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (missing, "[host.name]: expected value of type [string] but got [undefined]"),
        ("", '[host.name]: "host.name" is not allowed to be empty'),
        (5, '[host.name]: "host.name" must be a string'),
        (None, '[host.name]: "host.name" must be a string'),
    ],
)
def test_joi_words_what_kibana_does_not_say_of_hostnames(
    sentence: Any, value: Any, text: str
) -> None:
    rule = v.Object({"host": v.Object({"name": v.String(hostname=True)})})
    host = {} if value is missing else {"name": value}
    assert sentence(rule, {"host": host}) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("4", 4),
        ("4.23", 4.23),
        ("-7", -7),
        ("+7", 7),
        ("1e3", 1000),
        ("1E+3", 1000),
        ("007", 7),
        (" 5 ", 5),
        ("5.", 5),
        (".5", 0.5),
        ("0", 0),
        ("0.0", 0),
        ("100", 100),
        ("1.50", 1.5),
        ("0.00000001", 1e-8),
        ("0.00000001234567890123456789", 1.2345678901234567e-8),
        ("9007199254740991", 2**53 - 1),
        (5, 5),
        (1.5, 1.5),
        (-(2**53) + 1, -(2**53) + 1),
    ],
)
def test_a_number_may_be_a_string(value: Any, number: float) -> None:
    loaded = v.Number().deserialize(value)
    assert (loaded, type(loaded)) == (number, type(number))


@pytest.mark.parametrize(
    "value", ["", " ", "0x10", "Infinity", "-Infinity", "NaN", "1_000", "1,5", "٣", "five", "1e"]
)
def test_other_strings_are_no_numbers(sentence: Any, value: str) -> None:
    assert sentence(v.Number(), value) == "expected value of type [number] but got [string]"


@pytest.mark.parametrize(
    "value",
    [
        2**53,
        -(2**53),
        1e300,
        float("inf"),
        "9007199254740992",
        "9007199254740993",
        "1e400",
        "1e-400",
        "0.12345678901234567890",
        "1" * 5000,
    ],
    ids=repr,
)
def test_a_number_that_a_double_cannot_hold_is_not_safe(sentence: Any, value: Any) -> None:
    assert sentence(v.Number(), value) == '"value" must be a safe number'


def test_nan_is_no_number(sentence: Any) -> None:
    text = sentence(v.Number(), float("nan"))
    assert text == "expected value of type [number] but got [number]"


@pytest.mark.parametrize(
    ("options", "value", "text"),
    [
        ({"min": 2}, 1, "Value must be equal to or greater than [2]."),
        ({"min": 2}, "1", "Value must be equal to or greater than [2]."),
        ({"max": 1.5}, 2, "Value must be equal to or lower than [1.5]."),
        ({"max": 1}, 2**60, '"value" must be a safe number'),
    ],
)
def test_a_number_outside_its_range_is_refused(
    sentence: Any, options: dict[str, float], value: Any, text: str
) -> None:
    assert sentence(v.Number(**options), value) == text


def test_the_limits_of_a_range_belong_to_it() -> None:
    assert [v.Number(min=1, max=2).deserialize(n) for n in (1, 2)] == [1, 2]


@pytest.mark.parametrize(
    ("value", "loaded"),
    [(True, True), (False, False), ("true", True), ("FALSE", False), ("tRuE", True)],
)
def test_a_boolean_may_be_a_word(value: Any, loaded: bool) -> None:
    assert v.Boolean().deserialize(value) is loaded


@pytest.mark.parametrize("value", ["", "yes", "1", " true"])
def test_other_words_are_no_booleans(sentence: Any, value: str) -> None:
    assert sentence(v.Boolean(), value) == "expected value of type [boolean] but got [string]"


@pytest.mark.parametrize(
    ("literal", "other", "word"),
    [
        ("a", "b", "a"),
        (1, True, "1"),
        (0, False, "0"),
        (1, "1", "1"),
        (True, 1, "true"),
        (False, "false", "false"),
        (None, "null", "null"),
        (1.5, 2, "1.5"),
        ("a", {}, "a"),
    ],
)
def test_a_literal_is_one_value_of_one_type(
    sentence: Any, literal: Any, other: Any, word: str
) -> None:
    field = v.Literal(literal)
    assert sentence(field, other) == f"expected value to equal [{word}]"
    assert field.deserialize(literal) is literal


def test_whole_numbers_are_equal_to_a_literal_however_they_are_written() -> None:
    assert v.Literal(1).deserialize(1.0) == 1


@pytest.mark.parametrize("value", [None, "", 0, False, [], {}])
def test_any_accepts_null_and_empty_values(value: Any) -> None:
    assert v.Any().deserialize(value) is value


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (v.String(load_default="d"), missing, "d"),
        (v.String(load_default=None), missing, None),
        (v.String(load_default=lambda: "made"), missing, "made"),
        (v.String(load_default="d"), "given", "given"),
        (v.Number(load_default="text"), missing, "text"),
        (v.String(load_default="a", validate=lambda _: "refused"), missing, "a"),
        (v.String(load_default="a", min_length=9), missing, "a"),
    ],
    ids=["value", "null", "function", "given", "unchecked", "no rule", "no length"],
)
def test_a_default_stands_in_for_an_absent_value_and_is_not_checked(
    field: v.Field, value: Any, expected: Any
) -> None:
    assert field.deserialize(value) == expected


def test_a_default_does_not_stand_in_for_null(sentence: Any) -> None:
    text = sentence(v.String(load_default="d"), None)
    assert text == "expected value of type [string] but got [null]"


@pytest.mark.parametrize("default", [{"a": []}, [{}]], ids=["object", "array"])
def test_changing_a_loaded_default_does_not_change_the_next_one(default: Any) -> None:
    field = v.Any(load_default=default)
    first = field.deserialize(missing)
    first.clear()
    assert field.deserialize(missing) == default


def raising(text: str) -> Any:
    def rule(value: Any) -> str | None:
        raise v.Refused(v.Failure("custom", f"{text} {value}"))

    return rule


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        (v.String(validate=lambda s: f"no {s}"), "cats", "no cats"),
        (v.String(validate=raising("thrown for")), "cats", "thrown for cats"),
        (
            v.String(validate=lambda _: "rule"),
            1,
            "expected value of type [string] but got [number]",
        ),
        (
            v.String(min_length=9, validate=lambda _: "rule"),
            "a",
            "value has length [1] but it must have a minimum length of [9].",
        ),
        (v.Number(validate=lambda n: f"{n + 1}"), "4", "5"),
        (v.Any(validate=lambda value: f"{value}"), None, "None"),
        (v.Literal(None, validate=lambda _: "not even null"), None, "not even null"),
    ],
)
def test_a_rule_sees_the_loaded_value_after_the_type_check(
    sentence: Any, field: v.Field, value: Any, text: str
) -> None:
    assert sentence(field, value) == text


def test_a_rule_without_a_text_accepts() -> None:
    assert v.String(validate=lambda _: None).deserialize("a") == "a"


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
@example(5e-324)
@example(-0.0)
def test_every_number_is_read_back_from_its_shortest_text(number: float) -> None:
    assert v.Number().deserialize(repr(number)) == number


@given(st.text(alphabet="0123456789.eE+- x", max_size=8))
def test_a_text_is_a_number_or_refused(text: str) -> None:
    try:
        loaded = v.Number().deserialize(text)
    except Refused:
        return
    assert loaded == float(text)
