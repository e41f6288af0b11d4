"""Rich text: plain in Jira's second API, Atlassian documents in its third, and HTML to look at."""

from __future__ import annotations

import re
from html import escape

from mockkibana.json import Json

_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


class NotADocument(ValueError):
    """The value is no Atlassian document (`{"type":"doc","version":1,"content":[...]}`)."""


def document(text: str | None) -> Json:
    """Return the document of a text: blank lines part paragraphs; None for no text."""
    if not text:
        return None
    paragraphs = _BLANK_LINES.split(text.replace("\r\n", "\n").strip("\n"))
    return {"type": "doc", "version": 1, "content": [_paragraph(part) for part in paragraphs]}


def _paragraph(text: str) -> Json:
    content: list[Json] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            content.append({"type": "hardBreak"})
        if line:
            content.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": content}


def html(text: str | None) -> str:
    """Return the HTML of a text; the empty text for none."""
    blocks = re.split(r"\n\s*\n", text) if text else []
    return "\n\n".join(f"<p>{escape(block).replace(chr(10), '<br/>')}</p>" for block in blocks)


def text(value: Json) -> str:
    """Return the text of a document, its headings, lists and code in wiki markup.

    Raises `NotADocument`.
    """
    if not isinstance(value, dict) or value.get("type") != "doc":
        raise NotADocument
    version, content = value.get("version"), value.get("content")
    if type(version) is not int or version != 1 or not isinstance(content, list):
        raise NotADocument
    return _blocks(content)


def _blocks(nodes: Json) -> str:
    return "\n".join(filter(None, (_block(node, "") for node in _nodes(nodes))))


def _nodes(value: Json) -> list[dict[str, Json]]:
    if not isinstance(value, list):
        return []
    if not all(isinstance(node, dict) and isinstance(node.get("type"), str) for node in value):
        raise NotADocument
    return value


def _block(node: dict[str, Json], bullets: str) -> str:
    kind, content = node["type"], node.get("content")
    match kind:
        case "heading":
            level = _attribute(node, "level")
            return f"h{level if type(level) is int else 1}. {_inline(content)}"
        case "codeBlock":
            language = _attribute(node, "language")
            tag = f"code:{language}" if isinstance(language, str) and language else "code"
            return f"{{{tag}}}\n{_inline(content)}\n{{code}}"
        case "bulletList":
            return _items(content, f"{bullets}*")
        case "orderedList":
            return _items(content, f"{bullets}#")
        case "blockquote":
            return f"{{quote}}\n{_blocks(content)}\n{{quote}}"
        case "rule":
            return "----"
        case "paragraph" | "text" | "hardBreak" | "mention" | "emoji" | "inlineCard":
            return _inline([node] if kind != "paragraph" else content)
        case _:  # panels, tables, media, ...: what they hold
            return _blocks(content)


def _items(items: Json, bullets: str) -> str:
    lines: list[str] = []
    for item in _nodes(items):
        for child in _nodes(item.get("content")):
            told = _block(child, bullets)
            nested = child["type"] in ("bulletList", "orderedList")
            lines.append(told if nested else f"{bullets} {told}")
    return "\n".join(lines)


def _inline(nodes: Json) -> str:
    return "".join(_run(node) for node in _nodes(nodes))


def _run(node: dict[str, Json]) -> str:
    match node["type"]:
        case "text":
            return _text_run(node)
        case "hardBreak":
            return "\n"
        case "mention" | "emoji":
            return _first_text(node, "text", "shortName", "id")
        case "inlineCard":
            return _first_text(node, "url")
        case _:
            return _inline(node.get("content"))


def _text_run(node: dict[str, Json]) -> str:
    told = node.get("text")
    if not isinstance(told, str):
        raise NotADocument
    for mark in _nodes(node.get("marks")):
        address = _attribute(mark, "href")
        if mark["type"] == "link" and isinstance(address, str) and address != told:
            return f"[{told}|{address}]"
    return told


def _attribute(node: dict[str, Json], name: str) -> Json:
    attributes = node.get("attrs")
    return attributes.get(name) if isinstance(attributes, dict) else None


def _first_text(node: dict[str, Json], *names: str) -> str:
    values = (_attribute(node, name) for name in names)
    return next((value for value in values if isinstance(value, str)), "")
