"""Objects: declared keys in their order, defaults, and unknown keys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields

from mockkibana import validation as v
from mockkibana.validation import Refused, missing


class Level(v.Schema):
    name = v.String()
    size = v.Number(load_default=1)
    note = v.Maybe(v.String())


class Outer(v.Schema):
    title = v.String(load_default="untitled")
    level = v.Object(Level())


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, "null"),
        ([], "Array"),
        (123, "number"),
        (True, "boolean"),
        (b"{}", "Uint8Array"),
        ("[1]", "Array"),
        ("null", "null"),
        ('"text"', "string"),
    ],
)
@pytest.mark.parametrize("rule", [Level(), v.Object(Level())], ids=["schema", "field"])
def test_what_is_no_object_is_named(sentence: Any, rule: Any, value: Any, word: str) -> None:
    text = f"[request body]: expected a plain object value, but found [{word}] instead."
    assert sentence(rule, value, "request body") == text


@pytest.mark.parametrize("text", ["abc", "", "{", '{"name":NaN}'])
def test_a_string_that_is_no_json_is_no_object(sentence: Any, text: str) -> None:
    refusal = sentence(Level(), text, "request body")
    assert refusal == "[request body]: could not parse object value from json input"


@pytest.mark.parametrize(
    ("value", "loaded"),
    [
        ({"name": "a"}, {"name": "a", "size": 1}),
        ('{"name":"a","size":"2"}', {"name": "a", "size": 2}),
        ({"note": "n", "size": 3, "name": "a"}, {"name": "a", "size": 3, "note": "n"}),
    ],
)
def test_an_object_is_loaded_with_its_defaults(value: Any, loaded: Any) -> None:
    assert Level().load(value) == loaded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "[level.name]: expected value of type [string] but got [undefined]"),
        (missing, "[level.name]: expected value of type [string] but got [undefined]"),
        ({"level": {}}, "[level.name]: expected value of type [string] but got [undefined]"),
        (
            {"level": None},
            "[level]: expected a plain object value, but found [null] instead.",
        ),
        ({"level": "x"}, "[level]: could not parse object value from json input"),
        (
            {"level": {"name": "a", "size": "x"}, "title": 1},
            "[title]: expected value of type [string] but got [number]",
        ),
        (
            {"level": {"name": "a", "note": None}},
            "[level.note]: expected value of type [string] but got [null]",
        ),
        (
            {"x": 1, "level": {"name": "a", "size": "x"}},
            "[level.size]: expected value of type [number] but got [string]",
        ),
        ({"level": {"name": "a", "x": 1}}, "[level.x]: definition for this key is missing"),
    ],
)
def test_the_first_failure_in_declared_order_is_the_only_one(
    sentence: Any, value: Any, text: str
) -> None:
    assert sentence(Outer(), value) == text


@given(
    states=st.lists(st.sampled_from(["fine", "wrong", "absent"]), min_size=1, max_size=6),
    unknown=st.lists(st.sampled_from(["z", "y", "10", "9", "01"]), unique=True, max_size=4),
    data=st.data(),
)
def test_declared_keys_fail_in_their_order_and_unknown_ones_after_them(
    states: list[str], unknown: list[str], data: st.DataObject
) -> None:
    rule = v.Object({f"key{n}": v.String() for n in range(len(states))})
    sent = {f"key{n}": state for n, state in enumerate(states)} | dict.fromkeys(unknown, "unknown")
    order = data.draw(st.permutations(list(sent)))
    value = {key: 1 if sent[key] == "wrong" else "" for key in order if sent[key] != "absent"}
    faulty = [f"key{n}" for n, state in enumerate(states) if state != "fine"]
    indices = sorted((key for key in unknown if key in ("9", "10")), key=int)
    faulty += indices + [key for key in order if key in unknown and key not in indices]
    if not faulty:
        assert rule.deserialize(value) == value
        return
    with pytest.raises(Refused) as caught:
        rule.deserialize(value)
    failure = caught.value.failure
    if failure.code == "unknown_keys":
        assert failure.path == ()
        assert failure.expected == tuple(faulty)
    else:
        assert failure.path == (faulty[0],)


def nested(outer: Any, inner: Any) -> v.Field:
    return v.Object({"in": v.Object({"a": v.Any()}, unknowns=inner)}, unknowns=outer)


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        (None, None, "[in.b]"),
        ("forbid", None, "[in.b]"),
        ("allow", None, "[in.b]"),
        ("ignore", None, {"in": {"a": 1}}),
        ("ignore", "forbid", "[in.b]"),
        ("ignore", "allow", {"in": {"a": 1, "b": 2}}),
        ("ignore", "ignore", {"in": {"a": 1}}),
        ("allow", "ignore", {"in": {"a": 1}, "c": 3}),
        ("allow", "allow", {"in": {"a": 1, "b": 2}, "c": 3}),
        (None, "ignore", "[c]"),
        ("forbid", "allow", "[c]"),
    ],
)
def test_unknown_keys(sentence: Any, outer: Any, inner: Any, expected: Any) -> None:
    field, value = nested(outer, inner), {"c": 3, "in": {"b": 2, "a": 1}}
    if isinstance(expected, str):
        assert sentence(field, value) == f"{expected}: definition for this key is missing"
    else:
        assert field.deserialize(value) == expected


@pytest.mark.parametrize(
    ("wrap", "value", "loaded"),
    [
        (v.ArrayOf, [{"a": 1, "b": 2}], [{"a": 1}]),
        (v.RecordOf, {"k": {"a": 1, "b": 2}}, {"k": {"a": 1}}),
        (v.Maybe, {"a": 1, "b": 2}, {"a": 1}),
        (v.Nullable, {"a": 1, "b": 2}, {"a": 1}),
        (lambda inner: v.OneOf([inner, v.Number()]), {"a": 1, "b": 2}, {"a": 1}),
        (
            lambda inner: v.Conditional("x", None, v.Number(), inner),
            {"a": 1, "b": 2},
            {"a": 1},
        ),
    ],
    ids=["array", "record", "maybe", "nullable", "union", "conditional"],
)
def test_ignoring_unknown_keys_reaches_through_other_fields(
    wrap: Any, value: Any, loaded: Any
) -> None:
    rule = v.Object({"in": wrap(v.Object({"a": v.Any()}))}, unknowns="ignore")
    assert rule.deserialize({"in": value, "z": 1}) == {"in": loaded}


def test_ignoring_unknown_keys_does_not_reach_into_a_map(sentence: Any) -> None:
    rule = v.Object({"in": v.MapOf(v.Object({"a": v.Any()}))}, unknowns="ignore")
    text = sentence(rule, {"in": {"k": {"a": 1, "b": 2}}})
    assert text == "[in.k.b]: definition for this key is missing"


class Allowing(v.Schema):
    unknowns = "allow"
    a = v.Number()


@pytest.mark.parametrize(
    ("rule", "loaded"),
    [(Allowing(), {"a": 1, "b": 2}), (Allowing(unknowns="ignore"), {"a": 1})],
    ids=["class", "instance"],
)
def test_a_schema_says_what_happens_to_unknown_keys(rule: v.Schema, loaded: Any) -> None:
    assert rule.load({"b": 2, "a": "1"}) == loaded


def test_names_on_the_wire_are_the_keys_of_a_loaded_object(sentence: Any) -> None:
    class Wire(v.Schema):
        class_ = v.String(data_key="class")
        kbn_xsrf = v.Number(data_key="kbn-xsrf", load_default=7)

    assert Wire().load({"class": "a"}) == {"class": "a", "kbn-xsrf": 7}
    assert sentence(Wire(), {}).startswith("[class]")
    assert sentence(Wire(), {"class_": "a", "class": "a"}).startswith("[class_]: definition")


def test_an_inline_object_may_have_any_key() -> None:
    keys = ["class", "a-b", "fields", "load", "unknowns", "Meta", "context", ""]
    field = v.Object({key: v.Any() for key in keys})
    assert field.deserialize(dict.fromkeys(keys, 1)) == dict.fromkeys(keys, 1)


def test_a_subclass_adds_its_fields_after_the_inherited_ones(sentence: Any) -> None:
    class More(Level):
        more = v.Number()

    assert sentence(More(), {}).startswith("[name]")
    assert sentence(More(), {"name": "a"}).startswith("[more]")


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (v.Object(Level(), load_default={"x": 1}), missing, {"x": 1}),
        (v.Object(Level(), load_default=None), missing, None),
        (v.Object(Level(), load_default={}), {"name": "a"}, {"name": "a", "size": 1}),
        (v.Object({"a": v.Any(load_default=1)}), missing, {"a": 1}),
        (v.Object({}), missing, {}),
    ],
)
def test_an_absent_object_is_its_default_or_an_empty_one(
    field: v.Field, value: Any, expected: Any
) -> None:
    assert field.deserialize(value) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": "2"}, "2 is too much"),
        ({}, "1 is too much"),
        ({"a": "x"}, "[a]: expected value of type [number] but got [string]"),
        ({"a": 1, "b": 1}, "[b]: definition for this key is missing"),
    ],
    ids=["loaded value", "default inside", "after the keys", "after unknown keys"],
)
def test_a_rule_sees_the_loaded_object(sentence: Any, value: Any, text: str) -> None:
    rule = v.Object(
        {"a": v.Number(load_default=1)}, validate=lambda loaded: f"{loaded['a']} is too much"
    )
    assert sentence(rule, value) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "n", "value": "5"}, 5),
        ({"type": "s", "value": "5"}, "5"),
        ({"value": "5"}, "5"),
        ({"type": "n", "value": "x"}, "[value]: expected value of type [number] but got [string]"),
        ({"type": "s", "value": 5}, "[value]: expected value of type [string] but got [number]"),
        ({"type": "n"}, "[value]: expected value of type [number] but got [undefined]"),
        ({"type": 5, "value": 5}, "[type]: expected value of type [string] but got [number]"),
    ],
)
@pytest.mark.parametrize("first", ["type", "value"])
def test_a_condition_looks_at_its_loaded_sibling(
    sentence: Any, first: str, value: Any, expected: Any
) -> None:
    fields_ = {
        "type": v.String(load_default="s"),
        "value": v.Conditional("type", "n", v.Number(), v.String()),
    }
    rule = v.Object({first: fields_[first]} | fields_)
    if isinstance(expected, str) and expected.startswith("["):
        assert sentence(rule, value) == expected
    else:
        assert rule.deserialize(value)["value"] == expected


@pytest.mark.parametrize(
    ("equals", "sibling", "then"),
    [
        (v.Number(), 1, True),
        (v.Number(), "x", False),
        (v.Never(), missing, True),
        (v.Never(), None, False),
        (v.Literal(None), None, True),
        (None, None, True),
        (None, missing, False),
        (True, True, True),
        (True, 1, False),
        ("x", missing, False),
    ],
)
def test_a_condition_compares_with_a_value_or_a_field(
    equals: Any, sibling: Any, then: bool
) -> None:
    condition = v.Conditional("x", equals, v.Any(load_default="then"), v.Any(load_default="else"))
    rule = v.Object({"x": v.Maybe(v.Any()), "y": condition})
    loaded = rule.deserialize({} if sibling is missing else {"x": sibling})
    assert loaded["y"] == ("then" if then else "else")


def test_conditions_work_inside_optional_values_and_unions(sentence: Any) -> None:
    condition = v.Conditional("t", "n", v.Number(), v.Boolean())
    rule = v.Object(
        {"m": v.Maybe(condition), "u": v.Nullable(condition), "t": v.String(load_default="n")}
    )
    assert rule.deserialize({"m": "1", "u": None}) == {"t": "n", "m": 1, "u": None}
    assert rule.deserialize({"u": "true", "t": "b"}) == {"t": "b", "u": True}
    assert sentence(rule, {"m": True}).startswith("[m]: expected value of type [number]")
    assert sentence(rule, {"u": "x", "t": "b"}).split("\n")[1] == (
        "- [u.0]: expected value of type [boolean] but got [string]"
    )


def test_an_absent_object_of_a_condition_is_an_empty_one(sentence: Any) -> None:
    condition = v.Conditional("t", "o", v.Object({"a": v.String()}), v.Maybe(v.Any()))
    rule = v.Object({"t": v.String(), "o": condition})
    assert rule.deserialize({"t": "x"}) == {"t": "x"}
    assert sentence(rule, {"t": "o"}).startswith("[o.a]: expected value of type [string]")


def test_a_condition_with_a_rule_and_a_default() -> None:
    condition = v.Conditional(
        "t", 1, v.Number(), v.Number(), validate=lambda n: "odd" if n % 2 else None, load_default=5
    )
    rule = v.Object({"y": condition})
    assert rule.deserialize({}) == {"y": 5}
    with pytest.raises(Refused, match="odd"):
        rule.deserialize({"y": 3})


def test_siblings_that_wait_for_each_other_are_a_mistake() -> None:
    with pytest.raises(TypeError, match="depends on itself"):
        v.Object(
            {
                "a": v.Conditional("b", 1, v.Any(), v.Any()),
                "b": v.Conditional("a", 1, v.Any(), v.Any()),
            }
        )


def test_fields_of_marshmallow_itself_are_a_mistake() -> None:
    class Foreign(v.Schema):
        name = fields.String()

    with pytest.raises(TypeError, match="name is no field"):
        Foreign()


def test_options_of_marshmallow_are_a_mistake() -> None:
    with pytest.raises(TypeError, match="load takes no many"):
        Level().load([], many=True)


def test_loading_leaves_the_senders_object_alone() -> None:
    value = {"level": {"name": "a", "size": "3"}}
    Outer().load(value)
    assert value == {"level": {"name": "a", "size": "3"}}


def test_threads_share_a_schema() -> None:
    rule = Outer()

    def once(n: int) -> Any:
        try:
            return rule.load({"level": {"name": "a", "size": n if n % 3 else "x"}})
        except Refused as refused:
            return refused.failure.path

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(once, range(300)))
    assert outcomes == [once(n) for n in range(300)]


@pytest.mark.parametrize("value", [{"name": "a"}, '{"name":"a"}'])
def test_schemas_and_fields_are_loaded_alike(value: Any) -> None:
    assert v.load(Level(), value) == v.load(v.Object(Level()), value) == {"name": "a", "size": 1}
