"""What JavaScript says of a text that is no JSON, as Node 20 said it."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana.json_errors import json_error

TOLD = {
    "": "Unexpected end of JSON input",
    "x": "Unexpected token 'x', \"x\" is not valid JSON",
    "{": "Expected property name or '}' in JSON at position 1",
    '{"a"': "Expected ':' after property name in JSON at position 4",
    '{"a":': "Unexpected end of JSON input",
    '{"a":1': "Expected ',' or '}' after property value in JSON at position 6",
    '{"a":1,': "Expected double-quoted property name in JSON at position 7",
    "[1": "Expected ',' or ']' after array element in JSON at position 2",
    "[1,]": "Unexpected token ']', \"[1,]\" is not valid JSON",
    'tr"': "Unexpected string in JSON at position 2",
    "-": "No number after minus sign in JSON at position 1",
    "01": "Unexpected number in JSON at position 1",
    "1.": "Unterminated fractional number in JSON at position 2",
    "1e": "Exponent part is missing a number in JSON at position 2",
    '"a': "Unterminated string in JSON at position 2",
    '"\\': "Unexpected end of JSON input",
    '"\\x"': "Bad escaped character in JSON at position 2",
    '"\\u1"': "Bad Unicode escape in JSON at position 4",
    '"\n"': "Bad control character in string literal in JSON at position 1",
    "{}x": "Unexpected non-whitespace character after JSON at position 2",
    "NaN": '"NaN" is not valid JSON',
    "[1, 2, 3, 4, 5, 6, x, 7, 8, 9, 10]": (
        "Unexpected token 'x', ...\" 4, 5, 6, x, 7, 8, 9\"... is not valid JSON"
    ),
}


@pytest.mark.parametrize(("text", "message"), TOLD.items(), ids=map(repr, TOLD))
def test_a_text_that_is_no_json_is_told_in_v8s_words(text: str, message: str) -> None:
    assert json_error(text) == message


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=9))
def test_json_has_no_error(value: object) -> None:
    assert json_error(json.dumps(value)) is None


def test_depth_is_no_error() -> None:
    assert json_error("[" * 100_000 + "]" * 100_000) is None


_PIECES = ['{"a":', "[", "]", "}", ",", '"a"', "1", "tru", "null", " ", "\n", "\\", "-", ".", "e"]


@pytest.mark.skipif(shutil.which("node") is None, reason="no node to compare with")
@settings(max_examples=1, deadline=None)
@given(st.lists(st.lists(st.sampled_from(_PIECES), max_size=12), min_size=300, max_size=300))
def test_node_says_the_same(drawn: list[list[str]]) -> None:
    texts = ["".join(pieces) for pieces in drawn]
    script = (
        "const told = (t) => { try { JSON.parse(t); return null } catch (e) { return e.message } };"
        "console.log(JSON.stringify([process.version, JSON.parse(process.argv[1]).map(told)]))"
    )
    ran = subprocess.run(
        ["node", "-e", script, json.dumps(texts)], capture_output=True, text=True, check=True
    )
    version, told = json.loads(ran.stdout)
    if not version.startswith("v20."):
        pytest.skip(f"node {version} words some otherwise")
    assert [json_error(text) for text in texts] == told
