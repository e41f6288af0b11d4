"""The JSON reader and the JSON writer."""

from __future__ import annotations

import json
import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.json import MAX_DEPTH, Encoded, Malformed, dumps, encode, has_infinity, loads

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
).filter(lambda value: "__proto__" not in json.dumps(value))  # fmt: skip


@given(values)
def test_what_is_written_is_read_as_it_was(value):
    text = dumps(value)
    assert text.isascii()
    assert loads(text) == value
    assert loads(text.encode()) == value


@given(st.text() | st.binary())
def test_whatever_arrives_is_read_or_malformed(data):
    for javascript in (False, True):
        with suppress(Malformed):
            loads(data, javascript=javascript)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0", 1),
        ("-0.0", 0),
        ("-0", 0),
        ("1.5", 1.5),
        ("1e3", 1000),
        ("1E+3", 1000),
        ("123456789012345", 123456789012345),
        ("9007199254740991", 9007199254740991),
        ("-9007199254740991", -9007199254740991),
        ("9007199254740993", 9007199254740992),
        ("-9007199254740993", -9007199254740992),
        ("9007199254740995", 9007199254740996),
        ("100000000000000000000", 100000000000000000000),
        ("123456789012345678901", 123456789012345680000),
        ("1e21", 1e21),
        ("1000000000000000000000", 1e21),
        ("1e400", None),
        ("-1e400", None),
        ("9" * 310, None),
        ("9" * 5000, None),
        ("1e-400", 0),
        ("5e-324", 5e-324),
        ("0.1", 0.1),
    ],
    ids=lambda value: str(value)[:25],
)
def test_numbers_become_javascripts_on_request(text, value):
    read = loads(f'{{"a":[{text}]}}', javascript=True)["a"][0]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0", 1.0),
        ("9007199254740993", 9007199254740993),
        ("9" * 400, int("9" * 400)),
        ("1e400", math.inf),
        ("-1e400", -math.inf),
        ("9" * 5000, math.inf),
    ],
    ids=lambda value: str(value)[:25],
)
def test_numbers_stay_what_they_are_otherwise(text, value):
    read = loads(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "{", "[1,]", '{"a":1,}', "{'a':1}", "{a:1}", "NaN", "Infinity",
        "-Infinity",
        '{"a":[NaN]}', "01", "1.", ".5", "+1", "0x1", "tru", '"a', '"\n"', '"\\x"', '"\\ud8"',
        "1 2", "[1]]", "\ufeff{}", "//\n1", "\x00", "\xa01", "\x0c1",
    ],
    ids=ascii,
)  # fmt: skip
@pytest.mark.parametrize("javascript", [False, True])
def test_what_is_no_json_is_malformed(text, javascript):
    with pytest.raises(Malformed):
        loads(text, javascript=javascript)
    with pytest.raises(Malformed):
        loads(text.encode(), javascript=javascript)


@pytest.mark.parametrize(
    "text",
    [
        '{"__proto__":1}',
        '{"a":{"b":[0,{"__proto__":{}}]}}',
        r'{"\u005f_proto__":1}',
        r'{"\u005F\u005fproto\u005f_":1}',
        r'{"__pr\u006fto__":1}',
        r'{"__prot\u006F__":1}',
        r'{"__\u0070roto__":1}',
        r'{"__p\u0072o\u0074o__":1}',
        r'{"\u005f\u005f\u0070\u0072\u006f\u0074\u006f\u005f\u005f":1}',
    ],
)
def test_a_proto_key_is_malformed_however_it_is_written(text):
    with pytest.raises(Malformed, match="__proto__"):
        loads(text)
    with pytest.raises(Malformed, match="__proto__"):
        loads(text, javascript=True)
    assert loads(text, allow_proto=True) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        '"__proto__"',
        '["__proto__"]',
        '{"a":"__proto__"}',
        '{"_proto_":1}',
        '{"constructor":1}',
        r'{"a":"\u005f_proto__"}',
        r'{"\\u005f_proto__":1}',
    ],
)
def test_as_a_value_or_a_part_of_a_key_it_is_fine(text):
    assert loads(text) == json.loads(text)


def nested(depth: int, opening: str, closing: str, middle: str = "") -> str:
    return opening * depth + middle + closing * depth


@pytest.mark.parametrize("middle", ["", "1"])
def test_200_levels_are_read_and_201_are_not(middle):
    assert MAX_DEPTH == 200
    assert loads(nested(200, "[", "]", middle))
    with pytest.raises(Malformed, match="deeper than 200"):
        loads(nested(201, "[", "]", middle))


def test_objects_count_as_levels_too():
    assert loads(nested(200, '{"a":', "}", "1"))
    assert loads(nested(100, '{"a":[', "]}", "1"))
    with pytest.raises(Malformed, match="deeper than 200"):
        loads(nested(201, '{"a":', "}", "1"))
    with pytest.raises(Malformed, match="deeper than 200"):
        loads("[" + nested(100, '{"a":[', "]}") + "]")


@pytest.mark.parametrize(("begin", "end"), [('"', '"'), ('"\\"', '\\""')])
def test_brackets_in_strings_hide_no_depth(begin, end):
    opening, closing = f"[{begin}]{end},", f",{begin}[{end}]"
    assert loads(opening * 200 + "0" + closing * 200)
    with pytest.raises(Malformed, match="deeper than 200"):
        loads(opening * 201 + "0" + closing * 201)


def test_many_brackets_are_not_depth():
    wide = f"[{','.join(['[{}]'] * 1000)}]"
    assert len(loads(wide)) == 1000
    assert loads('{"a":"' + "[" * 500 + '"}') == {"a": "[" * 500}


def test_the_deepest_nesting_is_no_crash():
    with pytest.raises(Malformed):
        loads("[" * 100_000)
    with pytest.raises(Malformed):
        loads(nested(100_000, "[", "]"))


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'"\xff"', "\ufffd"),
        (b'"a\xc3"', "a\ufffd"),
        (b'{"\xff":1}', {"\ufffd": 1}),
        (b'"\xc3\xa9"', "é"),
        (b'"\xf0\x9f\x98\x80"', "😀"),
        (b'"\xe2\x80\xa8"', "\u2028"),
    ],
)
def test_bytes_are_utf_8_and_bad_ones_become_replacement_characters(data, value):
    assert loads(data) == value


@pytest.mark.parametrize("text", [r'"\ud83d"', r'"\ude00"', r'"\ude00\ud83d"', r'{"\ud83d":1}'])
def test_half_a_surrogate_pair_is_kept(text):
    assert dumps(loads(text)) == text


def test_a_surrogate_pair_is_one_character():
    assert loads(r'"\ud83d\ude00"') == "😀"
    assert dumps("😀") == r'"\ud83d\ude00"'


def test_of_equal_keys_the_last_one_counts():
    assert loads('{"a":1,"b":2,"a":3}') == {"a": 3, "b": 2}


# The writer


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, 2.5, None, True]}, '{"a":[1,2.5,null,true]}'),
        ({"ü": "\x00\n\u2028"}, r'{"\u00fc":"\u0000\n\u2028"}'),
        ("a/b<", '"a/b<"'),
        ([], "[]"),
    ],
    ids=str,
)
def test_a_value_is_written_compact_and_in_ascii(value, text):
    assert dumps(value) == text


def test_an_answer_is_in_utf_8_as_node_writes_it():
    value = {"ü": "✖ 😀 \x00\n\u2028\x7f", "half": "a\ud800b"}

    assert encode(value).decode() == '{"ü":"✖ 😀 \\u0000\\n\u2028\x7f","half":"a\\ud800b"}'


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (Encoded(b"[1 ]"), b"[1 ]"),
        ({"a": 1, "b": Encoded(b'{"c": "\xc3\xa9"}')}, b'{"a":1,"b":{"c": "\xc3\xa9"}}'),
        ({"a": Encoded(b"1"), "ü": {"b": [0]}}, b'{"a":1,"\xc3\xbc":{"b":[0]}}'),
    ],
    ids=str,
)
def test_an_encoded_text_is_written_as_it_is(value, data):
    assert encode(value) == data


@pytest.mark.parametrize("value", [math.nan, math.inf, [-math.inf]], ids=str)
def test_what_json_cannot_say_is_not_written(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps(value)


def test_an_encoded_text_can_be_read():
    assert Encoded(b'{"a":[1]}').value() == {"a": [1]}


@pytest.mark.parametrize("text", ["1e400", "-1e400", "9" * 5000], ids=lambda text: text[:7])
def test_what_no_double_holds_is_null_where_numbers_are_finite(text):
    value = loads(f'{{"a":[{text},1.0,9007199254740993]}}', finite=True)
    assert value == {"a": [None, 1.0, 9007199254740993]}


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_what_cannot_be_written_is_found_at_any_depth(number):
    assert has_infinity({"a": [{"b": [number]}]})
    assert not has_infinity({"a": [1.0, 10**400, True, "Infinity", None]})
