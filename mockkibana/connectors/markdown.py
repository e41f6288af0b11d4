"""Markdown as HTML, as far as mails of connectors go: most of what markdown-it does.

Paragraphs, headings, rules, quotes, lists, tables, code. No references, no entities; HTML is shown
as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from mockkibana.connectors.markdown_spans import spans

_RULE = re.compile(r" {0,3}([-*_])(?: *\1){2,} *")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}+|~{3,}+)[ \t]*+([^`\s]*+)[^`]*")
_ITEM = re.compile(r"( {0,3}(?:[-*+]|(\d{1,9})[.)]))(?:( +)(.*)|)")
_QUOTE = re.compile(r" {0,3}> ?(.*)")
_DELIMITERS = re.compile(r" {0,3}(?=.*\|)\|?(?: *:?-+:? *\|)* *+(?::?-+:?)?+ *+")
_CELL = re.compile(r"(?:[^\\|]|\\.)*+")
_DEEPEST = 9  # so deep may quotes and lists stand in each other


@dataclass(frozen=True, slots=True)
class _Block:
    """A block: HTML that ends with a newline, or the text of a paragraph; `gap` is before it."""

    html: str
    is_text: bool = False
    gap: bool = False

    def shown(self) -> str:
        return f"<p>{self.html}</p>\n" if self.is_text else self.html


def html_of(text: str) -> str:
    """Return a text in Markdown as HTML, whose blocks end with a newline."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "".join(block.shown() for block in _blocks(list(map(_without_tabs, lines)), 0))


def _without_tabs(line: str) -> str:
    body = line.lstrip(" \t")
    return line[: len(line) - len(body)].expandtabs(4) + body


def _blocks(lines: list[str], depth: int) -> list[_Block]:
    done: list[_Block] = []
    paragraph: list[str] = []
    at, gap = 0, False

    def add(html: str, *, is_text: bool = False) -> None:
        nonlocal gap
        done.append(_Block(html, is_text, gap and bool(done)))
        gap = False

    def close() -> str:
        text = "\n".join(line.lstrip() for line in paragraph).rstrip()
        paragraph.clear()
        return spans(text)

    while at < len(lines):
        line = lines[at]
        if not line.strip():
            if paragraph:
                add(close(), is_text=True)
            gap = True
            at += 1
        elif paragraph and (found := _UNDERLINE.fullmatch(line)):
            level = 1 if found[1][0] == "=" else 2
            add(f"<h{level}>{close()}</h{level}>\n")
            at += 1
        elif (block := _read(lines, at, depth, in_paragraph=bool(paragraph))) is not None:
            if paragraph:
                add(close(), is_text=True)
            add(block[0])
            at = block[1]
        else:
            paragraph.append(line)
            at += 1
    if paragraph:
        add(close(), is_text=True)
    return done


def _read(lines: list[str], at: int, depth: int, *, in_paragraph: bool) -> tuple[str, int] | None:
    """Return the block that begins with a line, and where the next one does; None: a paragraph."""
    if not in_paragraph and lines[at].startswith("    "):
        return _indented(lines, at)
    if depth < _DEEPEST:
        if found := _quoted(lines, at, depth):
            return found
        item = None if _RULE.fullmatch(lines[at]) else _ITEM.fullmatch(lines[at])
        # A text is not torn apart by a number, as of a year, nor by a lonely dash.
        if item and (not in_paragraph or (item[4] and item[2] in (None, "1"))):
            return _listed(lines, at, depth)
    reads = (read(lines, at) for read in (_rule, _heading, _fenced, _table))
    return next(filter(None, reads), None)


def _indented(lines: list[str], at: int) -> tuple[str, int]:
    end = at
    while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
        end += 1
    code = "\n".join(line[4:] for line in lines[at:end]).rstrip()
    return f"<pre><code>{_code(code)}\n</code></pre>\n", end


def _rule(lines: list[str], at: int) -> tuple[str, int] | None:
    return ("<hr>\n", at + 1) if _RULE.fullmatch(lines[at]) else None


def _heading(lines: list[str], at: int) -> tuple[str, int] | None:
    found = _HEADING.fullmatch(lines[at])
    if found is None:
        return None
    level, text = len(found[1]), (found[2] or "").strip(" \t")
    without = text.rstrip("#")
    if not without or without[-1] in " \t":
        text = without.rstrip(" \t")
    return f"<h{level}>{spans(text)}</h{level}>\n", at + 1


def _fenced(lines: list[str], at: int) -> tuple[str, int] | None:
    found = _FENCE.fullmatch(lines[at])
    if found is None:
        return None
    end = _end(lines, at + 1, found[1])
    name = f' class="language-{escape(found[2])}"' if found[2] else ""
    code = _code("".join(f"{line}\n" for line in lines[at + 1 : end]))
    return f"<pre><code{name}>{code}</code></pre>\n", end + 1


def _end(lines: list[str], start: int, fence: str) -> int:
    """Return where a fenced block ends, which began before `start`."""
    for at in range(start, len(lines)):
        line = lines[at].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return at
    return len(lines)


def _code(text: str) -> str:
    return escape(text, quote=False).replace('"', "&quot;")


def _quoted(lines: list[str], at: int, depth: int) -> tuple[str, int] | None:
    inner: list[str] = []
    while at < len(lines):
        if found := _QUOTE.fullmatch(lines[at]):
            inner.append(found[1])
        elif not inner or not _goes_on(inner[-1], lines[at]):
            break
        else:
            inner.append(lines[at])
        at += 1
    if not inner:
        return None
    content = "".join(block.shown() for block in _blocks(inner, depth + 1))
    return f"<blockquote>\n{content}</blockquote>\n", at


def _goes_on(last: str, line: str) -> bool:
    """Tell whether a line that is not indented or marked goes on with a paragraph before it."""
    starts = (_RULE, _HEADING, _FENCE, _QUOTE, _ITEM)
    return bool(last.strip() and line.strip()) and not any(each.fullmatch(line) for each in starts)


def _listed(lines: list[str], at: int, depth: int) -> tuple[str, int]:
    """Return the list that begins with a line: its items go on where they are indented."""
    items: list[list[_Block]] = []
    first = _ITEM.fullmatch(lines[at])
    assert first is not None  # noqa: S101 - who calls has seen it
    mark, is_loose = first[1][-1], False
    while at < len(lines) and (found := _ITEM.fullmatch(lines[at])) and found[1][-1] == mark:
        if _RULE.fullmatch(lines[at]):
            break
        item, at = _item(lines, at, found)
        blanks = len(item) - len(_trimmed(item))
        blocks = _blocks(_trimmed(item), depth + 1)
        items.append(blocks)
        is_loose |= any(block.gap for block in blocks)
        if blanks and at < len(lines) and (next_ := _ITEM.fullmatch(lines[at])):
            is_loose |= next_[1][-1] == mark
    tag = "ul" if first[2] is None else "ol"
    start = f' start="{int(first[2])}"' if first[2] is not None and int(first[2]) != 1 else ""
    content = "".join(f"<li>{_content(blocks, is_loose)}</li>\n" for blocks in items)
    return f"<{tag}{start}>\n{content}</{tag}>\n", at


def _item(lines: list[str], at: int, found: re.Match[str]) -> tuple[list[str], int]:
    """Return the lines of an item without their indentation, and where the next one begins."""
    spaces = len(found[3] or " ")
    width = len(found[1]) + (spaces if spaces < 5 else 1)
    item, at = [lines[at][width:]], at + 1
    while at < len(lines):
        line = lines[at]
        if line.startswith(" " * width):
            item.append(line[width:])
        elif not line.strip():
            item.append("")
        elif _goes_on(item[-1], line):
            item.append(line.lstrip())
        else:
            break
        at += 1
    return item, at


def _trimmed(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


def _content(blocks: list[_Block], is_loose: bool) -> str:
    html = ""
    for block in blocks:
        if block.is_text and not is_loose:
            html += block.html
        else:
            html += ("" if html.endswith("\n") else "\n") + block.shown()
    return html


def _table(lines: list[str], at: int) -> tuple[str, int] | None:
    if "|" not in lines[at] or at + 1 == len(lines) or not _DELIMITERS.fullmatch(lines[at + 1]):
        return None
    head, marks = _cells(lines[at]), _cells(lines[at + 1])
    if len(head) != len(marks) or not all(marks):
        return None
    aligned = [_alignment(mark) for mark in marks]
    rows, at = [], at + 2
    while at < len(lines) and _goes_on("|", lines[at]) and not lines[at].startswith("    "):
        rows.append(_cells(lines[at]))
        at += 1
    table = f"<thead>\n{_row('th', head, aligned)}</thead>\n"
    if rows:
        table += f"<tbody>\n{''.join(_row('td', row, aligned) for row in rows)}</tbody>\n"
    return f"<table>\n{table}</table>\n", at


def _cells(line: str) -> list[str]:
    cells = list(_split(line.strip()))
    return [cell.strip().replace("\\|", "|") for cell in cells]


def _split(line: str) -> Iterator[str]:
    line = line.removeprefix("|")
    if line.endswith("|") and not line.endswith("\\|"):
        line = line[:-1]
    at = 0
    while at <= len(line):
        found = _CELL.match(line, at)
        assert found is not None  # noqa: S101 - it may be empty
        end = max(found.end(), at)
        if line[end : end + 1] == "\\":  # the very last sign
            end += 1
        yield line[at:end]
        at = end + 1


def _alignment(mark: str) -> str:
    sides = mark[0] == ":", mark[-1] == ":"
    names = {(True, True): "center", (True, False): "left", (False, True): "right"}
    return f' style="text-align:{names[sides]}"' if sides in names else ""


def _row(tag: str, cells: list[str], aligned: list[str]) -> str:
    filled = [*cells, *[""] * len(aligned)][: len(aligned)]
    html = "".join(
        f"<{tag}{style}>{spans(cell)}</{tag}>\n"
        for cell, style in zip(filled, aligned, strict=True)
    )
    return f"<tr>\n{html}</tr>\n"
