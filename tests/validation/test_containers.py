"""Arrays, records and maps: their bounds, their parts, and JSON in a string."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana import validation as v
from mockkibana.validation import missing

KINDS = [
    (missing, "undefined"),
    (None, "null"),
    (True, "boolean"),
    (5, "number"),
    ([], "Array"),
    ({}, "Object"),
]
WORDS = [word for _, word in KINDS]


@pytest.mark.parametrize(("value", "word"), KINDS, ids=WORDS)
@pytest.mark.parametrize(
    ("field", "text", "fine"),
    [
        (v.ArrayOf(v.Any()), "expected value of type [array] but got [{}]", "Array"),
        (v.RecordOf(v.Any()), "expected value of type [object] but got [{}]", "Object"),
        (v.MapOf(v.Any()), "expected value of type [Map] or [object] but got [{}]", "Object"),
    ],
    ids=["array", "record", "map"],
)
def test_a_container_of_the_wrong_type_is_named(
    sentence: Any, field: v.Field, text: str, fine: str, value: Any, word: str
) -> None:
    if word == fine:
        assert field.deserialize(value) is value
    else:
        assert sentence(field, value) == text.format(word)


@pytest.mark.parametrize(
    ("field", "text", "loaded"),
    [
        (v.ArrayOf(v.Number()), '[1, "2"]', [1, 2]),
        (v.ArrayOf(v.Any()), " []\n", []),
        (v.RecordOf(v.Number()), '{"a": "2"}', {"a": 2}),
        (v.MapOf(v.Number()), '{"a": "2"}', {"a": 2}),
        (v.RecordOf(v.Any()), '{"a": 1.0, "b": 1e3}', {"a": 1, "b": 1000}),
        (v.ArrayOf(v.RecordOf(v.Any())), '["{\\"a\\":1}", {}]', [{"a": 1}, {}]),
    ],
)
def test_a_container_may_be_a_string_of_json(field: v.Field, text: str, loaded: Any) -> None:
    assert field.deserialize(text) == loaded


@pytest.mark.parametrize("value", ["", "text", "{", "NaN", "[NaN]", '{"a":Infinity}', "'a'"])
@pytest.mark.parametrize(
    ("field", "word"),
    [(v.ArrayOf(v.Any()), "array"), (v.RecordOf(v.Any()), "record"), (v.MapOf(v.Any()), "map")],
    ids=["array", "record", "map"],
)
def test_a_string_that_is_no_json_is_refused(
    sentence: Any, field: v.Field, word: str, value: str
) -> None:
    assert sentence(field, value) == f"could not parse {word} value from json input"


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        (v.ArrayOf(v.Any()), "{}", "expected value of type [array] but got [Object]"),
        (v.ArrayOf(v.Any()), '"[]"', "expected value of type [array] but got [string]"),
        (v.RecordOf(v.Any()), "[]", "expected value of type [object] but got [Array]"),
        (v.RecordOf(v.Any()), "null", "expected value of type [object] but got [null]"),
        (v.MapOf(v.Any()), "1", "expected value of type [Map] or [object] but got [number]"),
    ],
)
def test_json_of_the_wrong_kind_is_named_by_its_own_type(
    sentence: Any, field: v.Field, value: str, text: str
) -> None:
    assert sentence(field, value) == text


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        (
            v.ArrayOf(v.String()),
            ["a", 1, None],
            "[1]: expected value of type [string] but got [number]",
        ),
        (
            v.ArrayOf(v.ArrayOf(v.Boolean())),
            [[], [True, 0]],
            "[1.1]: expected value of type [boolean] but got [number]",
        ),
        (v.ArrayOf(v.Any()), [1, missing], "[1]: sparse array are not allowed"),
        (
            v.RecordOf(v.Number()),
            {"a": 1, "b": "x"},
            "[b]: expected value of type [number] but got [string]",
        ),
        (
            v.RecordOf(v.ArrayOf(v.Number())),
            {"a": [1, "x"]},
            "[a.1]: expected value of type [number] but got [string]",
        ),
        (
            v.MapOf(v.Number()),
            {"a": None},
            "[a]: expected value of type [number] but got [null]",
        ),
        (
            v.RecordOf(v.Any(), keys=v.String(min_length=2)),
            {"a": 1},
            '[key("a")]: value has length [1] but it must have a minimum length of [2].',
        ),
        (
            v.MapOf(v.Any(), keys=v.Number(), load_default={}),
            {"a": 1},
            '[key("a")]: expected value of type [number] but got [string]',
        ),
        (
            v.RecordOf(v.Number(), keys=v.String(min_length=2)),
            {"ab": "x", "a": 1},
            "[ab]: expected value of type [number] but got [string]",
        ),
        (
            v.Object({"g": v.Object({"p": v.RecordOf(v.Number(), keys=v.String(min_length=2))})}),
            {"g": {"p": {"a": "x"}}},
            '[g.p.key("a")]: value has length [1] but it must have a minimum length of [2].',
        ),
        (
            v.RecordOf(v.String(), keys=v.OneOf([v.Literal("nick"), v.Literal("last")])),
            {"name": "foo"},
            (
                '[key("name")]: types that failed validation:\n'
                "- [0]: expected value to equal [nick]\n"
                "- [1]: expected value to equal [last]"
            ),
        ),
    ],
)
def test_the_first_faulty_part_is_named(
    sentence: Any, field: v.Field, value: Any, text: str
) -> None:
    assert sentence(field, value) == text


def test_a_union_in_a_record_is_told_as_seen_from_the_entry(sentence: Any) -> None:
    rule = v.Object({"headers": v.RecordOf(v.Nullable(v.String()))})
    assert sentence(rule, {"headers": {"x": 1}}, "request body").split("\n") == [
        "[request body.headers.x]: types that failed validation:",
        "- [request body.0]: expected value of type [string] but got [number]",
        "- [request body.1]: expected value to equal [null]",
    ]


def test_a_record_is_walked_as_javascript_does_with_array_indices_first(sentence: Any) -> None:
    field = v.RecordOf(v.Number())
    value = {"b": "x", "10": "x", "2": "x", "01": "x", "4294967295": "x"}
    assert sentence(field, value).startswith("[2]")
    assert sentence(field, {key: "x" for key in value if key not in ("2", "10")}).startswith("[b]")


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        (v.ArrayOf(v.Any(), min_size=2), [1], "array size is [1], but cannot be smaller than [2]"),
        (
            v.ArrayOf(v.Any(), max_size=1),
            [1, 2],
            "array size is [2], but cannot be greater than [1]",
        ),
        (v.ArrayOf(v.Any(), min_size=1), "[]", "array size is [0], but cannot be smaller than [1]"),
        (
            v.ArrayOf(v.String(), max_size=1),
            ["a", 2],
            "[1]: expected value of type [string] but got [number]",
        ),
    ],
    ids=["small", "great", "json", "element first"],
)
def test_an_array_outside_its_sizes_is_refused(
    sentence: Any, field: v.Field, value: Any, text: str
) -> None:
    assert sentence(field, value) == text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (v.ArrayOf(v.RecordOf(v.Any())), [{"a": 1}, {}]),
        (v.ArrayOf(v.String(), max_size=2), ["a", "b"]),
        (v.ArrayOf(v.Nullable(v.String())), ["a", None]),
        (v.RecordOf(v.Any()), {"a": [1, {}]}),
        (v.RecordOf(v.String(), keys=v.String()), {"a": "b"}),
        (v.RecordOf(v.Maybe(v.Boolean())), {"a": True}),
        (v.MapOf(v.RecordOf(v.Any())), {"a": {}}),
    ],
)
def test_a_container_whose_parts_pass_as_they_are_is_passed_on_uncopied(
    field: v.Field, value: Any
) -> None:
    before = repr(value)
    assert field.deserialize(value) is value
    assert repr(value) == before


@pytest.mark.parametrize(
    ("field", "value", "loaded"),
    [
        (v.ArrayOf(v.RecordOf(v.Any())), [{"a": 1}, '{"b":2}'], [{"a": 1}, {"b": 2}]),
        (v.ArrayOf(v.Number()), ["1", 2], [1, 2]),
        (v.RecordOf(v.Boolean()), {"a": "TRUE"}, {"a": True}),
        (v.RecordOf(v.Any(), keys=v.Number()), {"07": "a"}, {7: "a"}),
    ],
    ids=["document as text", "numbers", "booleans", "keys"],
)
def test_parts_that_change_leave_the_senders_value_alone(
    field: v.Field, value: Any, loaded: Any
) -> None:
    before = repr(value)
    assert field.deserialize(value) == loaded
    assert repr(value) == before


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        (v.ArrayOf(v.Any(), validate=lambda a: f"{len(a)} are too many"), [1], "1 are too many"),
        (v.RecordOf(v.Any(), validate=lambda r: f"no {next(iter(r))}"), {"a": 1}, "no a"),
        (v.ArrayOf(v.RecordOf(v.Any(), validate=lambda _: "no")), [{}], "[0]: no"),
        (v.RecordOf(v.ArrayOf(v.Any(), validate=lambda _: "no")), {"a": []}, "[a]: no"),
        (v.ArrayOf(v.String(validate=lambda s: s)), ["x"], "[0]: x"),
    ],
)
def test_a_rule_sees_the_loaded_container(
    sentence: Any, field: v.Field, value: Any, text: str
) -> None:
    assert sentence(field, value) == text


@pytest.mark.parametrize(
    ("rule", "text", "loaded"),
    [
        (v.RecordOf(v.Any()), '{"a":1,"__proto__":{"b":1}}', {"a": 1}),
        (v.RecordOf(v.String()), r'{"\u005f_proto__":"x"}', {}),
        (v.ArrayOf(v.RecordOf(v.Any())), '[{"a":1},{"__proto__":1}]', [{"a": 1}, {}]),
        (v.Object({"a": v.Any()}), '{"__proto__":1,"a":2}', {"a": 2}),
        (
            v.RecordOf(v.Any()),
            '{"a":{"__proto__":1}}',
            {"a": {"__proto__": 1}},
        ),
    ],
    ids=["record", "escaped", "array", "object", "a value that is not copied"],
)
def test_an_own_key_proto_of_a_json_text_is_lost_where_an_object_is_copied(
    rule: v.Field, text: str, loaded: Any
) -> None:
    assert rule.deserialize(text) == loaded
