"""Markdown as HTML, as far as mails of connectors go: a small part of what markdown-it does.

Paragraphs, headings, rules, quotes, flat lists, fenced code; code, links, bare URLs, emphasis. No
nested lists, tables, images, references; HTML is shown as text.
"""

from __future__ import annotations

import re
from html import escape

_RULE = re.compile(r" {0,3}([-*_])(?: *\1){2,} *")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(```+|~~~+)[ \t]*([^`\s]*)[^`]*")
_ITEM = re.compile(r" {0,3}(?:[-*+]|(\d{1,9})[.)])[ \t]+(.*)")
_QUOTE = re.compile(r" {0,3}> ?(.*)")
_INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|`(?P<code>[^`]+)`"
    r"|\[(?P<text>[^\[\]]*)\]\((?P<url>[^\s()<>]*)\)"
    r"|\*\*(?=\S)(?P<strong>(?:[^*]|\*(?!\*))+)(?<=\S)\*\*"
    r"|(?P<mark>[*_])(?=\S)(?P<em>[^*_]+)(?<=\S)(?P=mark)(?!\w)"
    r"|~~(?P<gone>[^~]+)~~"
    r"|(?P<bare>https?://[^\s<>()\"']*[^\s<>()\"'.,;:!?*_])"
)
_DEEPEST = 9  # so deep may quotes stand in quotes
_SAFE = re.compile(r"(?!(?:javascript|vbscript|file|data):)", re.IGNORECASE)


def html_of(text: str) -> str:
    """Return a text in Markdown as HTML, whose blocks end with a newline."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "".join(_blocks(lines, 0))


def _blocks(lines: list[str], depth: int) -> list[str]:
    done: list[str] = []
    paragraph: list[str] = []
    at = 0

    def close(tag: str = "p") -> None:
        if paragraph:
            content = _inline("\n".join(line.strip() for line in paragraph))
            done.append(f"<{tag}>{content}</{tag}>\n")
            paragraph.clear()

    while at < len(lines):
        if not lines[at].strip():
            close()
            at += 1
        elif paragraph and (found := _UNDERLINE.fullmatch(lines[at])):
            close("h1" if found[1][0] == "=" else "h2")
            at += 1
        else:
            reads = (read(lines, at, depth) for read in (_rule, _heading, _fenced, _quoted, _items))
            block = next(filter(None, reads), None)
            if block is None:
                paragraph.append(lines[at])
                at += 1
            else:
                close()
                done.append(block[0])
                at = block[1]
    close()
    return done


# Each of these returns the block that begins with a line, and where the next one does, or None.


def _rule(lines: list[str], at: int, _depth: int) -> tuple[str, int] | None:
    return ("<hr>\n", at + 1) if _RULE.fullmatch(lines[at]) else None


def _heading(lines: list[str], at: int, _depth: int) -> tuple[str, int] | None:
    found = _HEADING.fullmatch(lines[at])
    if found is None:
        return None
    level = len(found[1])
    return f"<h{level}>{_inline(found[2] or '')}</h{level}>\n", at + 1


def _fenced(lines: list[str], at: int, _depth: int) -> tuple[str, int] | None:
    found = _FENCE.fullmatch(lines[at])
    if found is None:
        return None
    end = _end(lines, at + 1, found[1])
    name = f' class="language-{escape(found[2])}"' if found[2] else ""
    code = escape("".join(f"{line}\n" for line in lines[at + 1 : end]))
    return f"<pre><code{name}>{code}</code></pre>\n", end + 1


def _quoted(lines: list[str], at: int, depth: int) -> tuple[str, int] | None:
    inner = []
    while at < len(lines) and depth < _DEEPEST and (found := _QUOTE.fullmatch(lines[at])):
        inner.append(found[1])
        at += 1
    if not inner:
        return None
    return f"<blockquote>\n{''.join(_blocks(inner, depth + 1))}</blockquote>\n", at


def _items(lines: list[str], at: int, _depth: int) -> tuple[str, int] | None:
    tag, items = "", []
    while at < len(lines) and (found := _ITEM.fullmatch(lines[at])):
        kind = "ul" if found[1] is None else "ol"
        if kind != (tag or kind):
            break
        tag = kind
        items.append(f"<li>{_inline(found[2].strip())}</li>\n")
        at += 1
    return (f"<{tag}>\n{''.join(items)}</{tag}>\n", at) if items else None


def _end(lines: list[str], start: int, fence: str) -> int:
    """Return where a fenced block ends, which began before `start`."""
    for at in range(start, len(lines)):
        line = lines[at].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return at
    return len(lines)


def _inline(text: str) -> str:
    done, at = [], 0
    for found in _INLINE.finditer(text):
        done.append(_text(text[at : found.start()]))
        done.append(_span(found))
        at = found.end()
    return "".join((*done, _text(text[at:])))


def _span(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind == "escaped":
        return escape(found["escaped"])
    if kind == "code":
        return f"<code>{escape(found['code'].strip())}</code>"
    if kind == "bare":
        return f'<a href="{escape(found["bare"])}">{escape(found["bare"])}</a>'
    if kind == "url":
        if not _SAFE.match(found["url"]):
            return escape(found[0])
        return f'<a href="{escape(found["url"])}">{_text(found["text"])}</a>'
    if kind == "strong":
        return f"<strong>{_inline(found['strong'])}</strong>"
    if kind == "gone":
        return f"<s>{_inline(found['gone'])}</s>"
    return f"<em>{_inline(found['em'])}</em>"


def _text(text: str) -> str:
    return escape(text, quote=False).replace('"', "&quot;")
