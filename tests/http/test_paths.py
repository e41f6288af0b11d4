"""The path of a request: prefixes and escapes."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.http.paths import (
    BadEscape,
    decoded,
    decoded_segment,
    is_below,
    raw_path,
    split_space,
)


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"REQUEST_URI": "/a/b?c=/d"}, "/a/b"),
        ({"REQUEST_URI": "/a%2Fb%20c"}, "/a%2Fb%20c"),
        ({"REQUEST_URI": "/a#b?c"}, "/a"),
        ({"REQUEST_URI": "/a?b#c"}, "/a"),
        ({"REQUEST_URI": "http://h:1/a?b"}, "/a"),
        ({"REQUEST_URI": "HTTPS://h/a"}, "/a"),
        ({"REQUEST_URI": "http://h"}, "/"),
        ({"REQUEST_URI": "http://h?a"}, "?a"),
        ({"REQUEST_URI": "//h/a"}, "//h/a"),
        ({"RAW_URI": "/a"}, "/a"),
        ({"REQUEST_URI": "", "RAW_URI": "", "PATH_INFO": "/a b/\xc3\xa9"}, "/a%20b/%C3%A9"),
        ({"PATH_INFO": "/100%"}, "/100%25"),
        ({"REQUEST_URI": "/mount/a", "SCRIPT_NAME": "/mount"}, "/a"),
        ({"REQUEST_URI": "*"}, "*"),
    ],
    ids=str,
)
def test_the_path_is_taken_as_it_arrived(environ, path):
    if path == "?a":  # a target without a path has an empty one
        path = ""
    assert raw_path(environ) == path


@pytest.mark.parametrize(
    ("path", "rest", "space"),
    [
        ("/s/a/api", "/api", "a"),
        ("/s/a", "/", "a"),
        ("/s/a/", "/", "a"),
        ("/s/a-b_0/x/y", "/x/y", "a-b_0"),
        ("/s/default/x", "/x", "default"),
        ("/s/a//x", "//x", "a"),
        ("/s/a/s/b/x", "/s/b/x", "a"),
        ("/s/A/x", "/s/A/x", None),
        ("/s/a%20b/x", "/s/a%20b/x", None),
        ("/s//x", "/s//x", None),
        ("/s/", "/s/", None),
        ("/s", "/s", None),
        ("/sa/x", "/sa/x", None),
        ("/x/s/a", "/x/s/a", None),
        ("/api", "/api", None),
    ],
)
def test_a_space_prefix_is_split_off(path, rest, space):
    assert split_space(path) == (rest, space)


@pytest.mark.parametrize(
    ("path", "mount", "below"),
    [
        ("/_mock", "/_mock", True),
        ("/_mock/", "/_mock", True),
        ("/_mock/a", "/_mock", True),
        ("/_mocked", "/_mock", False),
        ("/x/_mock", "/_mock", False),
        ("/", "/_mock", False),
    ],
)
def test_a_path_is_below_a_mount_by_whole_segments(path, mount, below):
    assert is_below(path, mount) is below


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/a", "/a"),
        ("/a%20b", "/a b"),
        ("/%C3%A9", "/é"),
        ("/a%2Fb", "/a%2Fb"),
        ("/a%2fb", "/a%2fb"),
        ("/100%25", "/100%25"),
        ("/%252F", "/%252F"),
        ("/%2525", "/%2525"),
        ("/a+b", "/a+b"),
        ("/%41%2e", "/A."),
        ("/é%20", "/é "),
    ],
)
def test_all_escapes_but_two_are_decoded_before_the_split(path, text):
    assert decoded(path) == text


@pytest.mark.parametrize(
    ("segment", "text"),
    [("a%2Fb", "a/b"), ("a%2fb", "a/b"), ("100%25", "100%"), ("%252F", "%2F"), ("%2525", "%25")],
)
def test_the_other_two_are_decoded_in_the_segment(segment, text):
    assert decoded_segment(segment) == text


@pytest.mark.parametrize(
    "path",
    ["/%", "/%z", "/%zz", "/a%2", "/%%20", "/%ff", "/%C3", "/%C3%28", "/%ED%A0%80", "/%C0%AF"],
)
def test_what_decode_uri_component_refuses_is_a_bad_escape(path):
    with pytest.raises(BadEscape):
        decoded(path)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_escaped_segment_comes_back_as_it_was(text):
    segment = quote(text, safe="")
    assert "/" not in decoded(segment)
    assert decoded_segment(decoded(segment)) == text == unquote(segment)
