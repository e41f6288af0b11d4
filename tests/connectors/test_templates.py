"""The Mustache templates that a connector renders itself."""

from __future__ import annotations

import pytest

from mockkibana.connectors.templates import rendered

VARIABLES = {"case": {"title": '"a & b"'}, "external": {"system": {"id": "7"}}}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{"title": {{{case.title}}}}', '{"title": "a & b"}'),
        ("{{& case.title }}", '"a & b"'),
        ("{{ case.title }}", "&quot;a &amp; b&quot;"),
        ("/{{{ external.system.id }}}/{{{external.system.name}}}", "/7/"),
        ("a{{! of no account }}b", "ab"),
        ("{{{case}}}{{{case.title.length}}}", "[object Object]"),
        ("{{{case.title", 'error rendering mustache template "{{{case.title": Unclosed tag at 0'),
        ("{{a}}{{b}", 'error rendering mustache template "{{a}}{{b}": Unclosed tag at 5'),
    ],
)
def test_a_template_gets_its_values(template: str, text: str) -> None:
    assert rendered(template, VARIABLES) == text
