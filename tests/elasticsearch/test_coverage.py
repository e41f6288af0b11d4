"""The page of what works names the analyzers, field types and methods of scripts that there are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from mockkibana.elasticsearch.analysis.analyzers import ANALYZERS
from mockkibana.elasticsearch.analysis.filters import FILTERS
from mockkibana.elasticsearch.analysis.tokenizers import TOKENIZERS
from mockkibana.elasticsearch.mapping.definitions import OBJECTS
from mockkibana.elasticsearch.mapping.fields import TYPES
from mockkibana.elasticsearch.scripts.errors import ScriptError
from mockkibana.elasticsearch.scripts.methods import MATH, NAMES
from mockkibana.elasticsearch.scripts.parser import parse
from mockkibana.elasticsearch.search.field_terms import SEARCHABLE

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
MISSING = {
    "new": "new ArrayList()",
    "do": "do {} while (true)",
    "try": "try {}",
    "throw": "throw x",
    "instanceof": "1 instanceof int",
    **{sign: f"1 {sign} 1" for sign in ("&", "^", "<<", ">>", "=~", "->", "::")},
}


def row(name: str) -> str:
    [found] = [line for line in PAGE.read_text().split("\n") if line.startswith(f"| {name} |")]
    return found


def listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def test_the_docs_tell_which_analyzers_there_are() -> None:
    told = row("analyzers")
    assert told.startswith(f"| analyzers | {listed(ANALYZERS)}; ")
    assert f"tokenizers {listed(TOKENIZERS)}, " in told
    assert f"filters {listed(FILTERS)}; " in told


def test_the_docs_tell_which_field_types_there_are() -> None:
    told = row("field types")
    assert told.startswith(f"| field types | {listed([*TYPES, *OBJECTS])}; ")
    assert f"searched for their values are {listed(SEARCHABLE)}, and " in told


def test_the_docs_tell_what_scripts_may_do() -> None:
    told = row("scripts")
    assert f"the methods {listed(NAMES)}; " in told
    assert f"of `Math` {listed(MATH)}; " in told
    assert told.endswith(f"no {listed(MISSING)} and no functions |")
    for source in (*MISSING.values(), "int f() { 1 }"):
        with pytest.raises(ScriptError, match="this mock does not support"):
            parse(source, ())
