"""A schema is written once, and each release of Kibana has it in its own way."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana import validation as v
from mockkibana.settings.release import release_of
from mockkibana.validation import Failure, Refused, missing
from mockkibana.validation.releases import of_route, of_type
from mockkibana.validation.wording.issues import singly

OLD, NEW = release_of("8.19.0"), release_of("9.5.0")


class Config(v.Schema):
    """A schema that changed."""

    url = v.String()
    gone = v.Maybe(v.String(), until="8.18")
    added = v.Boolean(load_default=False, since="9.2")
    method = v.ByRelease({"8.17": v.literals("post", "put"), "9.3": v.literals("post", "get")})
    level = v.Maybe(v.OneOf([v.Literal("a"), v.Literal("b", since="9.4")]))


CONFIG = Config()


def refused(rule: v.Field | v.Schema, value: Any) -> Failure:
    with pytest.raises(Refused) as caught:
        v.load(rule, value)
    return caught.value.failure


def test_a_release_has_the_keys_values_and_alternatives_that_came_in_before() -> None:
    given = {"url": "u", "method": "get", "level": "b"}
    assert of_type(CONFIG, NEW).load(given) == {**given, "added": False}
    assert refused(of_type(CONFIG, OLD), given).path == ("method",)
    assert refused(of_type(CONFIG, OLD), {**given, "method": "put"}).path == ("level",)
    assert of_type(CONFIG, OLD).load({"url": "u", "method": "put"}) == {"url": "u", "method": "put"}
    with_new = {"url": "u", "method": "put", "added": True}
    assert refused(of_type(CONFIG, OLD), with_new).expected == ("added",)
    with_old = {"url": "u", "method": "get", "gone": ""}
    assert refused(of_type(CONFIG, NEW), with_old).expected == ("gone",)
    assert of_type(CONFIG, release_of("8.18.2")).load({**with_old, "method": "put"})["gone"] == ""


def test_a_schema_of_a_release_is_made_once_and_is_itself_where_nothing_changed() -> None:
    plain = v.Object({"a": v.Nullable(v.ArrayOf(v.RecordOf(v.Any())))})
    assert of_type(plain, OLD) is plain
    assert of_route(plain, NEW) is plain
    assert of_type(CONFIG, NEW) is of_type(CONFIG, NEW)


def test_the_bodies_of_routes_convert_and_stop_at_the_first_failure_in_every_release() -> None:
    body = v.Object({"a": v.Boolean(), "b": v.String(), "c": v.String(since="9.2")})
    assert of_route(body, OLD).deserialize('{"a": "true", "b": ""}') == {"a": True, "b": ""}
    assert of_route(body, NEW).deserialize({"a": "false", "b": "", "c": ""})["a"] is False
    assert refused(of_route(body, NEW), {"a": 1}) == Failure("type", "boolean", 1, ("a",))


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (v.Boolean(), "true"),
        (v.Number(), "5"),
        (v.ArrayOf(v.Any()), "[]"),
        (v.RecordOf(v.Any()), "{}"),
        (v.Object({}), "{}"),
        (v.Object({"a": v.Maybe(v.Any())}), missing),
    ],
    ids=["boolean", "number", "array", "record", "object", "absent object"],
)
def test_connector_types_convert_values_up_to_a_release(rule: v.Field, value: Any) -> None:
    of_type(rule, release_of("9.2.9")).deserialize(value)
    refused(of_type(rule, release_of("9.3.0")), value)


def test_a_coerced_record_is_read_from_json_in_every_release() -> None:
    rule = v.RecordOf(v.Number(), coerced=True)
    for release in (OLD, NEW):
        assert of_type(rule, release).deserialize('{"a": 1}') == {"a": 1}
    assert refused(of_type(rule, NEW), '{"a": "1"}').code == "type"


def test_a_coerced_number_is_what_javascript_makes_of_the_value() -> None:
    rule = v.Object({"a": v.Nullable(v.Number(coerced=True, max=20))})
    values = [("0x10", 16), (True, 1), ([], 0), (None, None), (missing, None)]
    for value, number in values:
        given = {} if value is missing else {"a": value}
        assert of_type(rule, NEW).deserialize(given) == {"a": number}
    assert refused(of_type(rule, NEW), {"a": {}}).code == "not_finite"
    assert refused(of_type(rule, NEW), {"a": "Infinity"}).code == "not_finite"
    assert refused(of_type(rule, NEW), {"a": "21"}).code == "max"
    assert refused(of_type(rule, OLD), {"a": "0x10"}).code == "union"


def test_the_default_of_an_optional_value_applies_in_zod_4_only() -> None:
    rule = v.Object({"a": v.Maybe(v.Number(load_default=1)), "b": v.Maybe(v.Number())})
    for version in ("8.19.0", "9.3.0"):
        assert of_type(rule, release_of(version)).deserialize({}) == {}
    assert of_type(rule, NEW).deserialize({}) == {"a": 1}


def test_all_that_is_wrong_is_told_in_the_order_of_the_fields_then_unknown_keys() -> None:
    rule = v.Object(
        {
            "a": v.String(),
            "b": v.ArrayOf(v.Object({"c": v.String()}), max_size=1),
            "d": v.RecordOf(v.String(), keys=v.String(max_length=1)),
        }
    )
    value = {"z": 0, "b": [{}, {"c": 1, "y": 2}], "d": {"k": 1, "kk": ""}}
    failure = refused(of_type(rule, NEW), value)
    told = [(*place, single.code) for single, place in singly(failure)]
    assert told == [
        ("a", "type"),
        ("b", 0, "c", "type"),
        ("b", 1, "c", "type"),
        ("b", 1, "unknown_keys"),
        ("b", "max_size"),
        ("d", "k", "type"),
        ("d", "kk", "max_length"),
        ("unknown_keys",),
    ]


def test_rules_look_at_a_value_beyond_its_limits_but_not_at_one_of_another_type() -> None:
    rule = of_type(v.String(min_length=2, validate=lambda text: f"{text}!"), NEW)
    assert [each.code for each in refused(rule, "a").branches] == ["min_length", "custom"]
    assert refused(rule, 5) == Failure("type", "string", 5)
    assert [each.code for each in refused(rule, []).branches] == ["min_size"]


def test_keys_are_dropped_or_kept_as_the_release_has_it_and_only_in_their_own_object() -> None:
    changing = {"8.17": "forbid", "9.3": "ignore"}
    rule = v.Object({"a": v.Object({})}, unknowns=changing)
    assert refused(of_type(rule, OLD), {"a": {}, "b": 1}).code == "unknown_keys"
    assert of_type(rule, NEW).deserialize({"a": {}, "b": 1}) == {"a": {}}
    assert refused(of_type(rule, NEW), {"a": {"x": 1}}).path == ("a",)


def test_any_value_may_be_absent_in_the_first_releases_of_zod_only() -> None:
    rule = v.Object({"a": v.Any()})
    assert refused(of_type(rule, OLD), {}).expected == "any"
    for version in ("9.3.0", "9.4.0"):
        assert of_type(rule, release_of(version)).deserialize({}) == {}
    assert refused(of_type(rule, NEW), {}).expected == "nonoptional"


def test_null_is_not_among_the_alternatives_that_are_told() -> None:
    assert refused(of_type(v.Nullable(v.String()), NEW), 5) == Failure("type", "string", 5)
    words = v.OneOf([v.Literal("a"), v.Literal("b"), v.Literal(None)])
    assert refused(of_type(words, NEW), 5) == Failure("literals", ("a", "b"), 5)
    apart = v.OneOf([v.Literal("a"), v.Literal("b")], apart=True)
    assert refused(of_type(apart, NEW), 5).code == "union"
