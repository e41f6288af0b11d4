"""What of the tests of clients is not in scope is told, with its reason."""

from __future__ import annotations

from pathlib import Path

from soak import clients_yaml, elasticsearch_py, kibana_py, pycontribs

PAGE = Path(__file__).parent.parent / "docs" / "elastic-suites.md"


def test_the_page_tells_everything_that_is_out_of_scope() -> None:
    lines = PAGE.read_text().split("\n")
    for table in (clients_yaml.OUT_OF_SCOPE, elasticsearch_py.OUT_OF_SCOPE):
        for part, why in table.items():
            assert any(f"`{part}`" in line and why in line for line in lines), part


def test_the_reasons_why_tests_of_kibana_py_are_left_out_are_told() -> None:
    page = PAGE.with_name("coverage.md").read_text()
    assert all(f"| {why} |" in page for why in kibana_py.ELSEWHERE.values())


def test_the_reasons_why_tests_of_jira_are_left_out_are_told() -> None:
    page = PAGE.with_name("jira-suite.md").read_text()
    for part, why in {**pycontribs.ELSEWHERE, **pycontribs.OTHERWISE}.items():
        told = part if part in pycontribs.ELSEWHERE else part.removeprefix("tests/")
        assert f"| `{told}` | {why} |" in page, part
