"""The engine against a model without any short cut: every part is looked at, in order."""

from __future__ import annotations

import json as stdlib_json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana import json
from mockkibana import validation as v
from mockkibana.validation import Entry, EntryKey, Failure, Refused, missing
from mockkibana.validation.wording import config_schema


def model(field: v.Field, value: Any, strip: bool = False) -> Any:
    """Return the loaded value or the `Failure`, trying everything."""
    if value is missing and field.load_default is not missing:
        return field.load_default
    if isinstance(field, v.Maybe) and value is missing:
        return missing
    loaded = model_check(field, value, strip)
    if isinstance(loaded, Failure) or field.rule is None:
        return loaded
    text = field.rule(loaded)
    return loaded if text is None else Failure("custom", text)


def model_check(field: v.Field, value: Any, strip: bool) -> Any:
    match field:
        case v.Maybe():
            return model(field.inner, value, strip)
        case v.OneOf():
            return model_union(field, value, strip)
        case v.Object():
            return model_object(field.schema, value, strip)
        case v.ArrayOf():
            return model_array(field, value, strip)
        case v.RecordOf():
            return model_record(field, value, strip)
    try:
        return type(field).deserialize(field, value)
    except Refused as refused:
        return refused.failure


def parsed(value: Any, word: str) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, javascript=True)
    except json.Malformed:
        return Failure("json", word)


def model_union(field: v.OneOf, value: Any, strip: bool) -> Any:
    if value is missing:
        return Failure("union", None, missing)
    results = [model(alternative, value, strip) for alternative in field.alternatives]
    for result in results:
        if not isinstance(result, Failure):
            return result
    if len(results) == 1:
        return results[0]
    return Failure("union", branches=tuple(results))


def model_object(schema: v.Schema, value: Any, strip: bool) -> Any:
    value = parsed({} if value is missing else value, "object")
    if isinstance(value, Failure):
        return value
    if not isinstance(value, dict):
        return Failure("type", "object", value)
    if schema.unknowns is not None:
        strip = schema.unknowns == "ignore"
    loaded = {}
    for key, inner in schema.keyed_fields.items():
        result = model(inner, value.get(key, missing), strip)
        if isinstance(result, Failure):
            return result.under(key)
        if result is not missing:
            loaded[key] = result
    unknown = [key for key in value if key not in schema.keyed_fields]
    unknown.sort(key=lambda key: (0, int(key)) if key.isdigit() else (1, 0))
    for key in unknown:
        if schema.unknowns == "allow":
            loaded[key] = value[key]
        elif not strip:
            return Failure("unknown_keys", (key,))
    return loaded


def model_array(field: v.ArrayOf, value: Any, strip: bool) -> Any:
    value = parsed(value, "array")
    if isinstance(value, Failure):
        return value
    if not isinstance(value, list):
        return Failure("type", "array", value)
    loaded = []
    for index, element in enumerate(value):
        result = model(field.inner, element, strip)
        if isinstance(result, Failure):
            return result.under(index)
        loaded.append(result)
    if field.max_size is not None and len(value) > field.max_size:
        return Failure("max_size", field.max_size, value)
    return loaded


def model_record(field: v.RecordOf, value: Any, strip: bool) -> Any:
    value = parsed(value, "record")
    if isinstance(value, Failure):
        return value
    if not isinstance(value, dict):
        return Failure("type", "record", value)
    loaded = {}
    for key in sorted(value, key=lambda key: (0, int(key)) if key.isdigit() else (1, 0)):
        if field.keys is not None and isinstance(name := model(field.keys, key), Failure):
            return name.under(EntryKey(key))
        result = model(field.values, value[key], strip)
        if isinstance(result, Failure):
            return result.under(Entry(key))
        loaded[key] = result
    return loaded


def no_x(text: str) -> str | None:
    return "no x" if "x" in text else None


WORDS = ["x", "y", "true", "5", "", "type"]
KEYS = ["type", "a", "2", "10"]
UNKNOWNS = st.sampled_from([None, None, "forbid", "ignore", "allow"])

SCALARS = st.one_of(
    st.sampled_from(WORDS).map(v.Literal),
    st.sampled_from([None, True, 5, 1]).map(v.Literal),
    st.sampled_from(
        [
            v.Any(),
            v.Boolean(),
            v.Number(),
            v.Number(max=4),
            v.String(),
            v.String(min_length=2),
            v.String(load_default="x"),
            v.String(validate=no_x),
            v.Uri(),
            v.OneOf([v.Literal("x"), v.Literal("y")]),
            v.Never(),
        ]
    ),
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda fields, unknowns: v.Object(fields, unknowns=unknowns),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
        UNKNOWNS,
    )


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from([None, v.String(), v.String(validate=no_x), v.String(min_length=2)])
    return st.one_of(
        st.builds(v.ArrayOf, inner),
        st.builds(v.ArrayOf, inner, max_size=st.just(1)),
        st.builds(v.RecordOf, inner, keys=keys),
        st.builds(v.RecordOf, inner, validate=st.just(lambda r: "one" if len(r) == 1 else None)),
        st.builds(v.Maybe, inner),
        st.builds(v.Nullable, inner),
        st.builds(v.OneOf, st.lists(inner, min_size=1, max_size=3)),
    )


def tagged(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Unions as connectors have them: objects that a literal key tells apart, among others."""
    tag = st.one_of(
        st.sampled_from(["x", "y"]).map(v.Literal),
        st.sampled_from([v.OneOf([v.Literal("x"), v.Literal("5")]), v.Literal(None), v.String()]),
    )
    member = st.builds(
        lambda tag, fields, unknowns: v.Object({"type": tag} | fields, unknowns=unknowns),
        tag,
        st.dictionaries(st.sampled_from(["a", "2"]), inner, max_size=2),
        UNKNOWNS,
    )
    return st.builds(v.OneOf, st.lists(st.one_of(member, member, inner), min_size=2, max_size=4))


FIELDS = st.recursive(
    SCALARS, lambda inner: st.one_of(containers(inner), objects(inner), tagged(inner)), max_leaves=6
)
FIELDS_THAT_SETTLE = st.recursive(SCALARS, containers, max_leaves=6)

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 6),
    st.sampled_from([1.5, 2**60]),
    st.sampled_from([*WORDS, "[]", "{}", "null", '{"type":"x"}', '["x"]', '{"a":{"2":"5"}}']),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*KEYS, "z"]), inner, max_size=3),
    ),
    max_leaves=8,
)


def outcome(field: v.Field, value: Any) -> Any:
    try:
        return field.deserialize(value)
    except Refused as refused:
        return refused.failure


def told(result: Any) -> str:
    """Return the sentence of a failure, or the value so that 1, 1.0 and true differ."""
    if isinstance(result, Failure):
        return config_schema.sentence(result, "n")
    return "nothing" if result is missing else stdlib_json.dumps(result, sort_keys=True)


@settings(max_examples=600, deadline=None)
@given(FIELDS, st.one_of(VALUES, VALUES, st.just(missing)))
def test_short_cuts_change_neither_values_nor_sentences(field: v.Field, value: Any) -> None:
    before = repr(value)
    assert told(outcome(field, value)) == told(model(field, value))
    assert repr(value) == before


@settings(max_examples=300, deadline=None)
@given(FIELDS_THAT_SETTLE, VALUES)
def test_a_loaded_value_is_loaded_to_itself(field: v.Field, value: Any) -> None:
    loaded = outcome(field, value)
    if not isinstance(loaded, Failure):
        assert told(outcome(field, loaded)) == told(loaded)
