"""Parsing of documents: the exact errors, and what a document adds to the mapping."""

from __future__ import annotations

import json

import pytest

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.mapping import definitions
from mockkibana.elasticsearch.mapping.document_parser import Limits, parse
from mockkibana.elasticsearch.mapping.mapping import compile_mapping
from mockkibana.json import Json

TEXT = {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}


def fit(mappings: Json, source: Json, raw: bytes | None = None, fields: int = 1000) -> Json:
    mapping = compile_mapping(definitions.read(mappings))
    return parse(mapping, source, id="2", raw=raw, limits=Limits(fields, 20))


def refusal(mappings: Json, source: Json, raw: bytes | None = None, fields: int = 1000) -> Json:
    with pytest.raises(ElasticsearchError) as caught:
        fit(mappings, source, raw, fields)
    assert caught.value.status == 400
    return caught.value.item()


def preview(at: str, field: str, kind: str, value: str) -> str:
    return (
        f"[{at}] failed to parse field [{field}] of type [{kind}] in document with id '2'. "
        f"Preview of field's value: '{value}'"
    )


def illegal(reason: str, caused_by: Json = None) -> Json:
    error = {"type": "illegal_argument_exception", "reason": reason}
    return error if caused_by is None else {**error, "caused_by": caused_by}


def jackson(at: str, reason: str) -> Json:
    return {
        "type": "x_content_parse_exception",
        "reason": f"[{at}] {reason}",
        "caused_by": {"type": "json_parse_exception", "reason": reason},
    }


def no_text(token: str) -> Json:
    return {"type": "illegal_state_exception", "reason": f"Can't get text on a {token} at 1:6"}


def number_format(text: str) -> Json:
    return {"type": "number_format_exception", "reason": f'For input string: "{text}"'}


def bad_date(text: str, formats: str, inner: str) -> Json:
    return illegal(
        f"failed to parse date field [{text}] with format [{formats}]",
        {"type": "date_time_parse_exception", "reason": inner},
    )


ISO = "strict_date_optional_time||epoch_millis"


@pytest.mark.parametrize(
    ("field", "value", "shown", "caused_by"),
    [
        ("long", "abc", "abc", illegal('For input string: "abc"')),
        ("long", " 1", " 1", illegal('For input string: " 1"')),
        ("long", "1e400", "1e400", illegal("Value [1e400] is out of range for a long")),
        (
            "long",
            "9223372036854775808",
            "9223372036854775808",
            illegal("Value [9223372036854775808] is out of range for a long"),
        ),
        ("long", {"x": 1}, "{x=1}", illegal("Cannot parse object as number")),
        (
            "long",
            True,
            "true",
            jackson(
                "1:10",
                "Current token (VALUE_TRUE) not numeric, can not use numeric value accessors",
            ),
        ),
        ("integer", "abc", "abc", number_format("abc")),
        (
            "integer",
            "2147483648",
            "2147483648",
            illegal("Value [2147483648] is out of range for an integer"),
        ),
        ("short", 32768, "32768", illegal("Value [32768] is out of range for a short")),
        ("byte", -129, "-129", illegal("Value [-129] is out of range for a byte")),
        ("float", "abc", "abc", number_format("abc")),
        (
            "float",
            1e39,
            "1.0E39",
            illegal("[float] supports only finite values, but got [Infinity]"),
        ),
        (
            "half_float",
            -65520,
            "-65520",
            illegal("[half_float] supports only finite values, but got [-Infinity]"),
        ),
        ("double", "NaN", "NaN", illegal("[double] supports only finite values, but got [NaN]")),
        ("double", {"x": [1]}, "{x=[1]}", illegal("Cannot parse object as number")),
        (
            "boolean",
            "x",
            "x",
            illegal("Failed to parse value [x] as only [true] or [false] are allowed."),
        ),
        ("boolean", 1, "1", jackson("1:7", "Current token (VALUE_NUMBER_INT) not of boolean type")),
        ("date", "foo", "foo", bad_date("foo", ISO, "Failed to parse with all enclosed parsers")),
        ("date", True, "true", bad_date("true", ISO, "Failed to parse with all enclosed parsers")),
        ("date", "", "", illegal("cannot parse empty date")),
        ("date", {"a": 1}, "{a=1}", no_text("START_OBJECT")),
        ("text", {"x": 1}, "{x=1}", no_text("START_OBJECT")),
        ("keyword", {"b": 1, "a": None}, "{a=null, b=1}", no_text("START_OBJECT")),
        ("ip", "foo", "foo", illegal("'foo' is not an IP string literal.")),
        (
            "flattened",
            "x",
            "x",
            {
                "type": "parsing_exception",
                "reason": "Failed to parse object: expecting token of type [START_OBJECT] but "
                "found [VALUE_STRING]",
            },
        ),
    ],
    ids=repr,
)
def test_a_value_of_the_wrong_kind_is_refused(
    field: str, value: Json, shown: str, caused_by: Json
) -> None:
    source = {"n": value}
    # The preview of an object has read it to its end.
    compact = json.dumps(source, separators=(",", ":"))
    at = f"1:{len(compact) - 1}" if isinstance(value, dict) else "1:6"
    assert refusal({"properties": {"n": {"type": field}}}, source) == {
        "type": "document_parsing_exception",
        "reason": preview(at, "n", field, shown),
        "caused_by": caused_by,
    }


def test_a_single_date_format_says_where_it_failed() -> None:
    mappings = {"properties": {"d": {"type": "date", "format": "yyyy-MM-dd"}}}
    assert refusal(mappings, {"d": "x"})["caused_by"] == bad_date(
        "x", "yyyy-MM-dd", "Text 'x' could not be parsed at index 0"
    )


def test_without_coerce_texts_and_fractions_are_refused() -> None:
    mappings = {"properties": {"n": {"type": "long", "coerce": False}}}
    assert refusal(mappings, {"n": "1"})["caused_by"] == illegal("Long value passed as String")
    assert refusal(mappings, {"n": 1.5})["caused_by"] == illegal(
        "1.5 cannot be converted to Long without data loss"
    )
    assert fit(mappings, {"n": 1.0}) is None


def test_a_constant_keyword_takes_one_value_only() -> None:
    mappings = {"properties": {"c": {"type": "constant_keyword", "value": "a"}}}
    assert fit(mappings, {"c": "a"}) is None
    assert refusal(mappings, {"c": "b"})["caused_by"] == illegal(
        "[constant_keyword] field [c] only accepts values that are equal to the value defined in "
        "the mappings [a], but got [b]"
    )


def test_a_constant_keyword_without_a_value_takes_the_first() -> None:
    mappings = {"properties": {"c": {"type": "constant_keyword"}}}
    assert fit(mappings, {"c": "a"}) == {
        "properties": {"c": {"type": "constant_keyword", "value": "a"}}
    }


def test_a_term_too_long_for_lucene_is_refused() -> None:
    mappings = {"properties": {"k": {"type": "keyword"}}}
    assert fit(mappings, {"k": "a" * 32_766}) is None
    reason = refusal(mappings, {"k": "a" * 32_767})["caused_by"]["reason"]
    assert reason.startswith('Document contains at least one immense term in field="k" (whose UTF8')
    assert "[97, 97, " in reason


@pytest.mark.parametrize(
    ("mappings", "source", "error"),
    [
        (
            {"properties": {"o": {"properties": {"a": {"type": "long"}}}}},
            {"o": 1},
            {
                "type": "document_parsing_exception",
                "reason": "[1:6] object mapping for [o] tried to parse field [o] as object, but "
                "found a concrete value",
            },
        ),
        (
            {"properties": {"o": {"type": "object"}}},
            {"o": [{"a": 1}, "x"]},
            {
                "type": "document_parsing_exception",
                "reason": "[1:15] object mapping for [o] tried to parse field [o] as object, but "
                "found a concrete value",
            },
        ),
        (
            {"dynamic": "strict"},
            {"zz": 1},
            {
                "type": "strict_dynamic_mapping_exception",
                "reason": "[1:7] mapping set to strict, dynamic introduction of [zz] within [_doc] "
                "is not allowed",
            },
        ),
        (
            {"dynamic": "strict"},
            {"zz": None},
            {
                "type": "strict_dynamic_mapping_exception",
                "reason": "[1:7] mapping set to strict, dynamic introduction of [zz] within [_doc] "
                "is not allowed",
            },
        ),
        (
            {"properties": {"o": {"dynamic": "strict", "properties": {"p": {"type": "object"}}}}},
            {"o": {"p": {"q": []}}},
            {
                "type": "strict_dynamic_mapping_exception",
                "reason": "[1:16] mapping set to strict, dynamic introduction of [q] within [o.p] "
                "is not allowed",
            },
        ),
        (
            {},
            {"": 1},
            {
                "type": "document_parsing_exception",
                "reason": "[1:2] failed to parse: field name cannot be an empty string",
                "caused_by": illegal("field name cannot be an empty string"),
            },
        ),
        (
            {},
            {"a": 1, " ": 1},
            {
                "type": "document_parsing_exception",
                "reason": "[1:8] Field name cannot contain only whitespace: [ ]",
            },
        ),
        (
            {},
            {".a": 1},
            {
                "type": "document_parsing_exception",
                "reason": "[1:2] failed to parse: field name cannot contain only whitespace: "
                "['.a']",
                "caused_by": illegal("field name cannot contain only whitespace: ['.a']"),
            },
        ),
        (
            {},
            {"..": 1},
            {
                "type": "document_parsing_exception",
                "reason": "[1:2] failed to parse: field name cannot contain only dots",
                "caused_by": illegal("field name cannot contain only dots"),
            },
        ),
        (
            {},
            {"_id": "x"},
            {
                "type": "document_parsing_exception",
                "reason": preview("1:8", "_id", "_id", "x"),
                "caused_by": {
                    "type": "document_parsing_exception",
                    "reason": "[1:8] Field [_id] is a metadata field and cannot be added inside a "
                    "document. Use the index API request parameters.",
                },
            },
        ),
        ({}, {"m": [1, 2.5]}, illegal("mapper [m] cannot be changed from type [long] to [float]")),
        (
            {},
            {"m": [1, {"a": 1}]},
            illegal("can't merge a non object mapping [m] with an object mapping"),
        ),
        (
            {"properties": {"n": {"type": "long"}, "a": {"type": "alias", "path": "n"}}},
            {"a": 1},
            {
                "type": "document_parsing_exception",
                "reason": "[1:6] Cannot write to a field alias [a].",
            },
        ),
        (
            {"properties": {"a": {"type": "long"}}},
            {"a.b": "xyz"},
            {
                "type": "document_parsing_exception",
                "reason": preview("1:8", "a", "long", "{b=xyz}"),
                "caused_by": illegal("Cannot parse object as number"),
            },
        ),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
def test_a_document_that_does_not_fit_is_refused(mappings: Json, source: Json, error: Json) -> None:
    assert refusal(mappings, source) == error


def test_the_place_is_that_in_the_text_which_arrived() -> None:
    raw = b'{\n  "ok": 1,\n  "n" : "abc"\n}'
    error = refusal({"properties": {"n": {"type": "long"}}}, {"ok": 1, "n": "abc"}, raw)
    assert error["reason"].startswith("[3:9] failed to parse field [n]")


def test_too_many_fields_are_refused() -> None:
    text = "Limit of total fields [2] has been exceeded while adding new fields [2]"
    assert refusal({"properties": {"a": {"type": "long"}}}, {"b": "x"}, fields=2) == {
        "type": "document_parsing_exception",
        "reason": f"[1:6] failed to parse: {text}",
        "caused_by": illegal(text),
    }


def test_objects_nested_too_deep_are_refused() -> None:
    source: Json = {}
    for _ in range(21):
        source = {"a": source}
    path = ".".join("a" * 21)
    error = refusal({}, source)
    assert error["caused_by"]["reason"] == (
        f"Limit of mapping depth [20] has been exceeded due to object field [{path}]"
    )


@pytest.mark.parametrize(
    ("mappings", "source", "update"),
    [
        ({}, {"a": None, "b": [], "c": [None, []]}, None),
        ({}, {"a": True}, {"a": {"type": "boolean"}}),
        ({}, {"a": 1}, {"a": {"type": "long"}}),
        ({}, {"a": 1.0}, {"a": {"type": "float"}}),
        ({}, {"a": "x"}, {"a": TEXT}),
        ({}, {"a": "2024"}, {"a": TEXT}),
        ({}, {"a": "2024-01-02"}, {"a": {"type": "date"}}),
        (
            {},
            {"a": "2024/01/02"},
            {"a": {"type": "date", "format": "yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis"}},
        ),
        ({"date_detection": False}, {"a": "2024-01-02"}, {"a": TEXT}),
        (
            {"numeric_detection": True},
            {"a": "5", "b": "1.5"},
            {"a": {"type": "long"}, "b": {"type": "float"}},
        ),
        ({}, {"a": {}}, {"a": {"properties": {}}}),
        ({}, {"a": [[1], [2]]}, {"a": {"type": "long"}}),
        ({}, {"a.b": 1}, {"a": {"properties": {"b": {"type": "long"}}}}),
        ({}, {"a": {"b": 1}}, {"a": {"properties": {"b": {"type": "long"}}}}),
        ({}, {"a.": 1}, {"a": {"type": "long"}}),
        (
            {},
            {"a": [{"b": 1}, {"b": 2, "c": "x"}], "a.d": True},
            {"a": {"properties": {"b": {"type": "long"}, "c": TEXT, "d": {"type": "boolean"}}}},
        ),
        (
            {"properties": {"a": {"properties": {"x": {"type": "long"}}}}},
            {"a": {"x": 1, "y": 2}},
            {"a": {"properties": {"y": {"type": "long"}}}},
        ),
        ({"dynamic": False}, {"a": {"b": 1}, "c": 1}, None),
        ({"properties": {"o": {"type": "object", "enabled": False}}}, {"o": {"a": 1}}, None),
        ({"properties": {"o": {"type": "object", "enabled": False}}}, {"o": "text"}, None),
        (
            {"subobjects": False},
            {"a.b": 1, "a": {"c": 2}},
            {"a.b": {"type": "long"}, "a.c": {"type": "long"}},
        ),
        (
            {"properties": {"a": {"type": "keyword", "copy_to": ["all", "o.x"]}}},
            {"a": "x"},
            {"all": TEXT, "o": {"properties": {"x": TEXT}}},
        ),
    ],
    ids=lambda value: json.dumps(value)[:50],
)
def test_new_fields_are_mapped_by_their_first_value(
    mappings: Json, source: Json, update: Json
) -> None:
    assert fit(mappings, source) == (None if update is None else {"properties": update})


def test_dynamic_runtime_adds_runtime_fields() -> None:
    update = fit({"dynamic": "runtime"}, {"a": "x", "b": {"c": 1.5}})
    assert update == {
        "properties": {},
        "runtime": {"a": {"type": "keyword"}, "b.c": {"type": "double"}},
    }


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("long", [1, 1.9, "2", "2.5", "", None, [1, "3"]]),
        ("unsigned_long", [2**64 - 1]),
        ("double", [1, "1e3", " 5 ", "1.5d"]),
        ("boolean", [True, "true", "false", ""]),
        ("keyword", ["x", 1, True]),
        ("date", ["2024-01-02T03:04:05.678Z", 1_700_000_000_000, "2024"]),
        ("ip", ["127.0.0.1", "::1"]),
        ("flattened", [{"a": {"b": 1}}]),
        ("geo_point", [[1.0, 2.0], {"lat": 1, "lon": 2}, "1,2"]),
        ("binary", ["U29tZQ=="]),
        ("nested", [{"a": 1}]),
    ],
)
def test_values_that_a_type_takes(kind: str, values: list[Json]) -> None:
    mappings = {"dynamic": "false", "properties": {"f": {"type": kind}}}
    for value in values:
        assert fit(mappings, {"f": value}) is None


def test_malformed_values_can_be_ignored_but_objects_cannot() -> None:
    mappings = {"properties": {"n": {"type": "long", "ignore_malformed": True}}}
    assert fit(mappings, {"n": "abc"}) is None
    assert "Cannot parse object" in refusal(mappings, {"n": {}})["caused_by"]["reason"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("1969-12-31T23:59:59Z", "date[1969-12-31T23:59:59Z] is before the epoch in 1970"),
        ("2300-01-01", "date[2300-01-01T00:00:00Z] is after 2262-04-11T23:47:16.854775807"),
        (10**17, "date[100000000000000000] is after 2262-04-11T23:47:16.854775807"),
    ],
)
def test_nanoseconds_are_counted_in_a_long(value: Json, reason: str) -> None:
    error = refusal({"properties": {"a": {"type": "date_nanos"}}}, {"a": value})
    rest = " and cannot be stored in nanosecond resolution"
    assert error["caused_by"] == illegal(f"{reason}{rest}")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("a!", "Illegal character '!' (code 0x21) in base64 content"),
        ("YQ", "Unexpected end of base64-encoded String: base64 variant 'MIME-NO-LINEFEEDS' "),
    ],
)
def test_what_is_no_base64_is_refused(value: str, reason: str) -> None:
    error = refusal({"properties": {"a": {"type": "binary"}}}, {"a": value})
    start = "Failed to decode VALUE_STRING as base64 (MIME-NO-LINEFEEDS): "
    assert error["caused_by"]["type"] == "x_content_parse_exception"
    assert error["caused_by"]["caused_by"]["reason"].startswith(start + reason)


@pytest.mark.parametrize(("value", "token"), [(1, "VALUE_NUMBER_INT"), ({}, "START_OBJECT")])
def test_only_a_text_is_binary(value: Json, token: str) -> None:
    error = refusal({"properties": {"a": {"type": "binary"}}}, {"a": value})
    assert error["caused_by"]["caused_by"]["reason"] == (
        f"Current token ({token}) not VALUE_STRING or VALUE_EMBEDDED_OBJECT, can not access as "
        "binary"
    )
