"""Markdown of mails: what markdown-it makes of it."""

from __future__ import annotations

import pytest

from mockkibana.connectors.markdown import html_of

BLOCKS = [
    ("", ""),
    ("a\nb\n\nc", "<p>a\nb</p>\n<p>c</p>\n"),
    ("a\r\nb\rc", "<p>a\nb\nc</p>\n"),
    ("# A\n### B ###", "<h1>A</h1>\n<h3>B</h3>\n"),
    ("#a", "<p>#a</p>\n"),
    ("A\n===\nB\n---", "<h1>A</h1>\n<h2>B</h2>\n"),
    ("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>\n"),
    ("* * *", "<hr>\n"),
    ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
    ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"),
    ("a\n- b", "<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n"),
    ("> a\n> b", "<blockquote>\n<p>a\nb</p>\n</blockquote>\n"),
    ("> > a", "<blockquote>\n<blockquote>\n<p>a</p>\n</blockquote>\n</blockquote>\n"),
    ("```\n<a> & b\n```", "<pre><code>&lt;a&gt; &amp; b\n</code></pre>\n"),
    ("~~~json\n{}\n~~~", '<pre><code class="language-json">{}\n</code></pre>\n'),
    ("```\nopen", "<pre><code>open\n</code></pre>\n"),
]
SPANS = [
    (
        "**a** __b__ *c* _d_ ~~e~~",
        "<strong>a</strong> <strong>b</strong> <em>c</em> <em>d</em> <s>e</s>",
    ),
    ("a_b_c 2 * 3 * 4", "a_b_c 2 * 3 * 4"),
    ("`a < *b*`", "<code>a &lt; *b*</code>"),
    ('<b>a</b> & "c"', "&lt;b&gt;a&lt;/b&gt; &amp; &quot;c&quot;"),
    (r"\*a\* \a", r"*a* \a"),
    ("[a *b*](https://c.example?d&e)", '<a href="https://c.example?d&amp;e">a <em>b</em></a>'),
    ('[a](/b "c")', '<a href="/b" title="c">a</a>'),
    ("[a](javascript:b)", "[a](javascript:b)"),
    ("![a](/b.png)", '<img src="/b.png" alt="a">'),
    ("<https://a.example>", '<a href="https://a.example">https://a.example</a>'),
    ("see https://a.example/b.", 'see <a href="https://a.example/b">https://a.example/b</a>.'),
    (
        "see www.a.com, b.md",
        'see <a href="http://www.a.com">www.a.com</a>, <a href="http://b.md">b.md</a>',
    ),
    ("see a.example, b.text", "see a.example, b.text"),
    (
        "<ann@a.example> <xy:z>",
        '<a href="mailto:ann@a.example">ann@a.example</a> <a href="xy:z">xy:z</a>',
    ),
    ("[see a.com](/b)", '<a href="/b">see a.com</a>'),
    ("[a](/ü%20)", '<a href="/%C3%BC%20">a</a>'),
    ("to a@b.com", 'to <a href="mailto:a@b.com">a@b.com</a>'),
    ("a  \nb\\\nc", "a<br>\nb<br>\nc"),
]


@pytest.mark.parametrize(("text", "html"), BLOCKS, ids=[repr(row[0]) for row in BLOCKS])
def test_blocks(text, html):
    assert html_of(text) == html


@pytest.mark.parametrize(("text", "html"), SPANS, ids=[repr(row[0]) for row in SPANS])
def test_spans(text, html):
    assert html_of(text) == f"<p>{html}</p>\n"


TABLE = """\
| a | b |
|:--|--:|
| 1 | **2** |
| 3 |
end"""


def test_a_table():
    assert html_of(TABLE.removesuffix("\nend")) == (
        "<table>\n<thead>\n<tr>\n"
        '<th style="text-align:left">a</th>\n<th style="text-align:right">b</th>\n'
        "</tr>\n</thead>\n<tbody>\n<tr>\n"
        '<td style="text-align:left">1</td>\n'
        '<td style="text-align:right"><strong>2</strong></td>\n'
        "</tr>\n<tr>\n"
        '<td style="text-align:left">3</td>\n<td style="text-align:right"></td>\n'
        "</tr>\n</tbody>\n</table>\n"
    )


LISTS = [
    (
        "- a\n  - b\n- c",
        "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n<li>c</li>\n</ul>\n",
    ),
    ("- a\n\n- b", "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>\n"),
    ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
    ("- a\nb", "<ul>\n<li>a\nb</li>\n</ul>\n"),
    ("    code", "<pre><code>code\n</code></pre>\n"),
]


@pytest.mark.parametrize(("text", "html"), LISTS, ids=[repr(row[0]) for row in LISTS])
def test_lists(text, html):
    assert html_of(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "# a" + " " * 20_000 + "b",
        "```" + "a" * 20_000 + "`",
        "a|b\n|" + " " * 20_000 + "x|",
        "a." * 20_000,
        "> " * 5000 + "a",
        "- " * 5000 + "a",
        "[" * 20_000,
        "**a" * 10_000,
        "`" * 20_000,
        "|" * 20_000,
    ],
    ids=[
        "heading",
        "fence",
        "table",
        "names",
        "quotes",
        "lists",
        "brackets",
        "stars",
        "ticks",
        "cells",
    ],
)
def test_no_text_takes_long(text):
    assert html_of(text)
