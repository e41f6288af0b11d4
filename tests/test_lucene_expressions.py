"""Regular expressions of Lucene's are translated, or refused in words."""

from __future__ import annotations

import pytest

from mockkibana.lucene_expressions import BadExpression, compiled


@pytest.mark.parametrize(
    ("pattern", "found", "not_found"),
    [
        ("a.c", "abc", "ac"),
        ("ab|cd", "cd", "abd"),
        ("a{2,3}", "aaa", "a"),
        (r"a\.c", "a.c", "abc"),
        ("[^a-c]x", "dx", "ax"),
        (r"\d+", "12", "1a"),
        ("^a$", "^a$", "a"),
        ("~(ab?)", "abc", "ab"),
    ],
)
def test_an_expression_is_compared_with_the_whole_text(
    pattern: str, found: str, not_found: str
) -> None:
    expression, wanted = compiled(pattern)
    assert (expression.fullmatch(found) is not None) is wanted
    assert (expression.fullmatch(not_found) is not None) is not wanted


def test_the_case_may_be_ignored() -> None:
    expression, _ = compiled("a[b-c]", ignore_case=True)
    assert expression.fullmatch("AC")
    assert not compiled("a")[0].fullmatch("A")


def test_the_error_calls_the_pattern_what_it_is_told_to() -> None:
    for pattern in ("(", "a**", "a&b", "[a", "a{2}{3}", "(?i)a"):
        with pytest.raises(BadExpression, match="/shown/"):
            compiled(pattern, shown="/shown/")
