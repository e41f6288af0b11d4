"""No text of a caller's becomes a regular expression: a bad one would stop every thread."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from time import thread_time

import pytest

import mockkibana
from mockkibana.connectors.markdown import html_of
from mockkibana.connectors.templates import rendered
from mockkibana.journal.redaction import Redaction
from mockkibana.lucene_expressions import BadExpression
from mockkibana.security.names import matcher

PACKAGE = Path(mockkibana.__file__).parent
# Where a function is given an expression that is a constant of ours.
CONSTANTS = {
    "elasticsearch/analysis/words.py": "the words of a text, compiled when they are asked for",
    "elasticsearch/mapping/dates.py": "the built-in formats, compiled when they are asked for",
    "validation/field.py": "the patterns of schemas",
}


def _calls_within_functions(tree: ast.AST) -> Iterator[ast.Call]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from (node for node in ast.walk(function) if isinstance(node, ast.Call))


def _is_of_re(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
    )


def test_functions_give_only_constants_to_re() -> None:
    found = {
        f"{path.relative_to(PACKAGE).as_posix()}:{call.lineno}"
        for path in PACKAGE.rglob("*.py")
        if "import re\n" in (text := path.read_text())
        for call in _calls_within_functions(ast.parse(text))
        if _is_of_re(call) and not isinstance(call.args[0], ast.Constant)
    }
    assert {place.partition(":")[0] for place in found} == set(CONSTANTS), found


def test_nothing_is_imported_from_re_by_name() -> None:
    by_name = re.compile(r"^\s*(from re(gex)? import|import re(gex)? as)", re.MULTILINE)
    assert not [path for path in PACKAGE.rglob("*.py") if by_name.search(path.read_text())]


def _expressions() -> Iterator[tuple[str, re.Pattern[str]]]:
    for path in PACKAGE.rglob("*.py"):
        if "re.compile(" in path.read_text():
            name = ".".join(("mockkibana", *path.relative_to(PACKAGE).with_suffix("").parts))
            for constant, value in vars(import_module(name)).items():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    yield f"{name}.{constant}", value


def _seconds(function: Callable[[str], object], text: str) -> float:
    begun = thread_time()
    function(text)
    return thread_time() - begun


def _is_slow(find: Callable[[str], object], start: str, sign: str) -> bool:
    # What is cubic takes 0.02 s of the first, what is quadratic 0.2 s of the second.
    return any(
        all(_seconds(find, f"{start}{sign * size}\x01") > most for _ in range(2))
        for size, most in ((300, 0.01), (3_000, 0.05))
    )


def test_no_expression_of_ours_goes_through_a_text_again_and_again() -> None:
    beginning = re.compile(r"(?:\\[^\w\s]|[^\\()\[\]{}.*+?|^$])+")
    slow = set()
    for name, expression in _expressions():
        literal = beginning.match(expression.pattern)
        starts = {"", "" if literal is None else literal[0].replace("\\", "")}
        signs = {*expression.pattern, *"1a -\n\t"}
        slow |= {
            name
            for find in (expression.match, expression.fullmatch)
            for start, sign in product(starts, signs)
            if _is_slow(find, start, sign)
        }
    assert not slow


def _refused(pattern: str) -> None:
    with pytest.raises(BadExpression):
        matcher([pattern])


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (html_of, "# a" + "\t" * 6_000 + "b"),
        (html_of, "```" + "a" * 6_000 + "`"),
        (html_of, "~" * 1_500 + "`"),
        (lambda text: rendered(text, {}), "{" * 6_000),
        (lambda text: rendered(text, {}), "{{" * 3_000 + "}}{"),
        (Redaction().text, 'password key"' + "\\" * 6_000),
        (_refused, "/" + "[" * 6_000 + "/"),
    ],
    ids=["heading", "fence", "tildes", "tags", "braces", "redaction", "class"],
)
def test_long_texts_are_read_in_a_time_that_grows_as_they_do(
    read: Callable[[str], object], text: str
) -> None:
    assert _seconds(read, text) < 0.1
