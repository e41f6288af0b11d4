"""Rich text becomes Atlassian documents, and they become text."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.jira.issues import adf
from mockkibana.json import Json


def doc(*content: Json) -> Json:
    return {"type": "doc", "version": 1, "content": list(content)}


def text(value: str) -> Json:
    return {"type": "text", "text": value}


def paragraph(*content: Json) -> Json:
    return {"type": "paragraph", "content": list(content)}


def listing(kind: str, *items: Json) -> Json:
    return {"type": kind, "content": [{"type": "listItem", "content": [item]} for item in items]}


BREAK = {"type": "hardBreak"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("line", doc(paragraph(text("line")))),
        ("a\nb", doc(paragraph(text("a"), BREAK, text("b")))),
        ("a\n\nb", doc(paragraph(text("a")), paragraph(text("b")))),
        ("a\r\n \r\n\r\nb\n", doc(paragraph(text("a")), paragraph(text("b")))),
    ],
    ids=["none", "empty", "line", "break", "paragraphs", "blank lines"],
)
def test_a_text_becomes_a_document(value: str | None, expected: Json) -> None:
    assert adf.document(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (doc(), ""),
        (doc(paragraph(text("a"), BREAK, text("b"))), "a\nb"),
        (doc(paragraph(text("a")), paragraph(), paragraph(text("b"))), "a\nb"),
        (doc({"type": "heading", "attrs": {"level": 2}, "content": [text("a")]}), "h2. a"),
        (doc({"type": "heading", "content": [text("a")]}), "h1. a"),
        (doc(listing("bulletList", paragraph(text("a")), paragraph(text("b")))), "* a\n* b"),
        (
            doc(listing("orderedList", listing("bulletList", paragraph(text("a"))))),
            "#* a",
        ),
        (doc({"type": "codeBlock", "content": [text("x = 1")]}), "{code}\nx = 1\n{code}"),
        (
            doc({"type": "codeBlock", "attrs": {"language": "python"}, "content": [text("x")]}),
            "{code:python}\nx\n{code}",
        ),
        (doc({"type": "blockquote", "content": [paragraph(text("a"))]}), "{quote}\na\n{quote}"),
        (doc({"type": "rule"}), "----"),
        (doc({"type": "panel", "content": [paragraph(text("a"))]}), "a"),
        (doc(paragraph({"type": "mention", "attrs": {"text": "@ann"}}, text("!"))), "@ann!"),
        (
            doc(paragraph({"type": "inlineCard", "attrs": {"url": "https://example.com"}})),
            "https://example.com",
        ),
        (
            doc(
                paragraph(
                    text("a ") | {"marks": [{"type": "strong"}]},
                    text("b")
                    | {"marks": [{"type": "link", "attrs": {"href": "https://example.com"}}]},
                )
            ),
            "a [b|https://example.com]",
        ),
    ],
)
def test_a_document_becomes_text(value: Json, expected: str) -> None:
    assert adf.text(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        [],
        {},
        {"type": "doc", "content": []},
        {"type": "doc", "version": 2, "content": []},
        {"type": "doc", "version": True, "content": []},
        {"type": "doc", "version": 1},
        {"type": "paragraph", "version": 1, "content": []},
        doc("text"),
        doc({"content": []}),
        doc(paragraph({"type": "text"})),
    ],
)
def test_what_is_no_document_is_refused(value: Json) -> None:
    with pytest.raises(adf.NotADocument):
        adf.text(value)


NODES = st.recursive(
    st.fixed_dictionaries({"type": st.sampled_from(["text", "hardBreak", "rule", "x"])}),
    lambda children: st.fixed_dictionaries(
        {"type": st.sampled_from(["paragraph", "bulletList", "listItem", "heading", "codeBlock"])},
        optional={
            "content": st.lists(children) | st.text(),
            "attrs": st.none() | st.dictionaries(st.sampled_from(["level", "href"]), st.text()),
        },
    ),
)


@given(st.lists(NODES))
def test_any_document_becomes_text_or_is_refused(content: Json) -> None:
    with contextlib.suppress(adf.NotADocument):
        assert isinstance(adf.text(doc(*content)), str)


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), min_size=1))
def test_the_lines_of_a_text_survive_a_document(lines: list[str]) -> None:
    value = "\n".join(lines)
    assert adf.text(adf.document(value)) == value
