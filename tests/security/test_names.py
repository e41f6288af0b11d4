"""Names in roles."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.lucene_expressions import BadExpression
from mockkibana.security.names import Patience, covers, is_pattern, matcher


@pytest.mark.parametrize(
    ("patterns", "name", "matches"),
    [
        (["logs"], "logs", True),
        (["logs"], "logs-1", False),
        (["logs*"], "logs", True),
        (["*"], "anything", True),
        (["*"], "", True),
        (["l*s-*x"], "logs-1x", True),
        (["l*s-*x"], "logs-1", False),
        (["log?"], "logs", True),
        (["log?"], "log", False),
        (["log?"], "logs1", False),
        (["l?g*"], "logs-1", True),
        (["l?g*"], "lg", False),
        (["a.?"], "axb", False),
        (["a.?"], "a.b", True),
        (["?"], "\n", True),
        (["a", "b*"], "bee", True),
        (["a", "b*"], "c", False),
        ([], "a", False),
        (["/logs-[0-9]+/"], "logs-12", True),
        (["/logs-[0-9]+/"], "logs-12x", False),
        (["/logs-[0-9]+/"], "xlogs-12", False),
        (["/logs|metrics/"], "metrics", True),
        (["/~(logs-.*)/"], "metrics", True),
        (["/~(logs-.*)/"], "logs-1", False),
        (["/~(([.]|ilm-history-).*)/"], "logs", True),
        (["/~(([.]|ilm-history-).*)/"], ".kibana", False),
        (["/~(([.]|ilm-history-).*)/"], "ilm-history-5", False),
        (["/a^b$/"], "a^b$", True),
        (["/^ab$/"], "ab", False),
        (["/[^$a]/"], "b", True),
        (["/[^$a]/"], "$", False),
        (["/[$^]/"], "^", True),
        (["/[]a]/"], "]", True),
        (["/[a-c-]+/"], "b-", True),
        (["/[a\\-c]/"], "b", False),
        (["/[[:x]+/"], "[:", True),
        (["/a.b/"], "a\nb", True),
        (["/a\\<b/"], "a<b", True),
        (["/[<&@#~]/"], "@", True),
        (["/\\bab/"], "bab", True),
        (["/\\d+/"], "12", True),
        (["/\\d/"], "\u0663", False),
        (["/a}/"], "a}", True),
        (["/a{2}/"], "aa", True),
        (["/(ab){1,}/"], "abab", True),
        (["//"], "", True),
        (["/~([)])/"], "a", True),
        (["/"], "/", True),
        (["LOGS"], "logs", False),
    ],
    ids=str,
)
def test_a_name_matches_wildcards_and_regular_expressions(
    patterns: list[str], name: str, matches: bool
) -> None:
    assert matcher(patterns)(name) is matches


@pytest.mark.parametrize(
    "pattern",
    ["/(/", "/[/", "/[^]/", "/a{2,1}/", "/~([)/", "/a{,2}/", "/(ab){e}/", "/a\\/", "/*/", "/)/"],
)
def test_a_bad_expression_is_refused(pattern: str) -> None:
    with pytest.raises(BadExpression, match=" is no regular expression: "):
        matcher([pattern])


@pytest.mark.parametrize(
    ("pattern", "sign"),
    [
        ("/<1-5>/", "<"),
        ("/a>b/", ">"),
        ("/a&b/", "&"),
        ("/a@/", "@"),
        ("/#/", "#"),
        ("/a~(b)/", "~"),
        ("/~(a)|(b)/", "~"),
        ("/~(a)b/", "~"),
        ("/~(~(a))/", "~"),
        ('/"a.b"/', '"'),
        ("/(?i)ab/", "(?"),
        ("/a(?:b)/", "(?"),
        ("/~(a@)/", "@"),
        ("/a+?/", "?"),
        ("/a*+/", "+"),
        ("/a?{2}/", "{2}"),
    ],
)
def test_what_means_something_else_to_lucene_is_refused(pattern: str, sign: str) -> None:
    with pytest.raises(BadExpression) as refused:
        matcher([pattern])
    assert str(refused.value) == (
        f"this mock does not support [{sign}] in the expression [{pattern}]"
    )


@pytest.mark.parametrize(
    "pattern",
    ["/a{99999999}/", "/((a{1000}){1000}){1000}/", f"/{'(' * 600}a{')' * 600}/", "/~(a{9999999})/"],
    ids=["often", "nested", "deep", "complement"],
)
def test_an_expression_that_nobody_could_compile_is_refused(pattern: str) -> None:
    with pytest.raises(BadExpression, match="is too complex"):
        matcher([pattern])


@pytest.mark.parametrize(
    ("patterns", "asked", "covered"),
    [
        (["logs-*"], "logs-*", True),
        (["logs-*"], "logs-1*", True),
        (["logs-*"], "logs-*-x", True),
        (["logs-*"], "logs-?", True),
        (["logs-1*"], "logs-*", False),
        (["logs-?"], "logs-*", False),
        (["logs-?"], "logs-?", True),
        (["l?gs-*"], "l?gs-1*", False),
        (["a", "b*"], "b*", True),
        (["*"], "*", True),
        (["*"], "/a.*/", True),
        (["/*"], "/a.*/", False),
        (["/a.*/"], "/a.*/", True),
        (["/a.*/"], "a*", False),
        (["/~(secret.*)/"], "*", False),
        (["/~(secret.*)/"], "logs-*", False),
        ([], "*", False),
    ],
    ids=str,
)
def test_a_pattern_is_covered_by_one_that_is_as_wide(
    patterns: list[str], asked: str, covered: bool
) -> None:
    assert is_pattern(asked)
    assert covers(patterns, asked) is covered


@given(st.text("ab*", max_size=5), st.text("ab*", max_size=5), st.text("ab", max_size=5))
def test_what_is_covered_is_matched(wide: str, narrow: str, name: str) -> None:
    if covers([wide], narrow) and matcher([narrow])(name):
        assert matcher([wide])(name)


def test_an_expression_that_takes_for_ever_matches_nothing() -> None:
    assert matcher(["/(a|a)*[bc]/"])("a" * 200) is False


def test_the_complement_of_such_an_expression_gives_no_rights() -> None:
    assert matcher(["/~((a|a)*[bc])/"])("a" * 200) is False


def test_the_expressions_of_some_roles_share_their_time() -> None:
    patience = Patience()
    bad = matcher(["/(a|a)*[bc]/"], patience)
    begun = time.thread_time()
    assert not any(bad("a" * 200 + str(number)) for number in range(100))
    assert time.thread_time() - begun < 2
    assert matcher(["/a+/"], patience)("a") is False
    assert matcher(["/a+/"])("a") is True
