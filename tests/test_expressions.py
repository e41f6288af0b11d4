"""No text of a caller's becomes a regular expression: a bad one would stop every thread."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import mockkibana

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
        for call in _calls_within_functions(ast.parse(path.read_text()))
        if _is_of_re(call) and not isinstance(call.args[0], ast.Constant)
    }
    assert {place.partition(":")[0] for place in found} == set(CONSTANTS), found


def test_nothing_is_imported_from_re_by_name() -> None:
    found = [
        path.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module in ("re", "regex")
    ]
    assert not found
