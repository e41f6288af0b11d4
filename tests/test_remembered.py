"""What callers send never fills the memory: only what is found out about short texts is kept."""

from __future__ import annotations

import ast
from pathlib import Path

import mockkibana
from mockkibana.remembered import LONGEST, remembered

PACKAGE = Path(mockkibana.__file__).parent
# Functions whose arguments are not callers' texts, or are bounded otherwise.
BOUNDED = {
    "app/routing.py": "releases",
    "connectors/catalog.py": "releases",
    "server/date.py": "seconds",
    "journal/rendering.py": "patterns of routes",
    "remembered.py": "short texts",
    "jira/projects/fields.py": "issue types of projects without fields of their own",
    "kibana/features.py": "releases",
    "kibana/routes/http.py": "settings",
    "settings/installation.py": "licences",
    "settings/release.py": "releases",
    "validation/releases.py": "schemas of ours, and releases",
    "testing/wsgi.py": "addresses and header names of a test's own",
    "elasticsearch/mapping/dates.py": "formats, which are short",
}


def test_the_latest_results_of_short_texts_are_remembered() -> None:
    asked = []

    @remembered(2)
    def found(text: str) -> int:
        asked.append(text)
        return len(text)

    long = "x" * (LONGEST + 1)
    for text in ("a", "b", "a", long, long):
        assert found(text) == len(text)
    assert asked == ["a", "b", long, long]


def test_nothing_else_remembers_what_callers_sent() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "lru_cache" in (text := path.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom)
        and node.module == "functools"
        and any(name.name == "lru_cache" for name in node.names)
    }
    assert found == set(BOUNDED)
