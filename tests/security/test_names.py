"""Names in roles."""

from __future__ import annotations

import pytest

from mockkibana.security.names import BadExpression, matcher


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
        (["/"], "/", True),
        (["LOGS"], "logs", False),
    ],
    ids=str,
)
def test_a_name_matches_wildcards_and_regular_expressions(
    patterns: list[str], name: str, matches: bool
) -> None:
    assert matcher(patterns)(name) is matches


@pytest.mark.parametrize("pattern", ["/(/", "/[/", "/a{2,1}/", "/~(()/"])
def test_a_bad_expression_is_refused(pattern: str) -> None:
    with pytest.raises(BadExpression):
        matcher([pattern])


def test_an_expression_that_takes_for_ever_matches_nothing() -> None:
    assert matcher(["/(a|a)*(a|a)*(a|a)*b/"])("a" * 200) is False
