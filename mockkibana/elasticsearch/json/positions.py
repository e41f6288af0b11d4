"""Where a value stands in the text of a document: the `[line:column]` of error texts."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mockkibana.json import Json

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")

Step = str | int


@dataclass(frozen=True, slots=True)
class Place:
    """The places of one member of a document, each as `line:column`.

    `name` is where its key begins, `start` where its value begins, `last` the place of the last
    character of the value and `after` the place behind that.
    """

    name: str
    start: str
    last: str
    after: str


def locate(raw: bytes | None, document: Json, steps: Sequence[Step]) -> Place:
    """Find the member that `steps` (keys, and indices of lists) lead to.

    Without `raw`, or when `raw` is not the text of this document, the places are those in the text
    that `JSON.stringify` would give: it is what Kibana sends. Columns count bytes from 1, as
    Jackson does for UTF-8 input.
    """
    if raw is not None:
        try:
            return _locate(raw.decode("utf-8", "replace"), steps)
        except (ValueError, IndexError):
            pass
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return _locate(text, steps)


def _locate(text: str, steps: Sequence[Step]) -> Place:
    name = start = _skip(text, 0)
    for step in steps:
        name, start = (
            _element(text, start, step) if isinstance(step, int) else _member(text, start, step)
        )
    end = _DECODER.raw_decode(text, start)[1]
    return Place(_place(text, name), _place(text, start), _place(text, end - 1), _place(text, end))


def _skip(text: str, index: int) -> int:
    match = _SPACE.match(text, index)
    return match.end() if match else index


def _member(text: str, index: int, key: str) -> tuple[int, int]:
    """Return where the last member of that key, and its value, begin."""
    found = None
    index = _skip(text, index + 1)
    while text[index] != "}":
        name = index
        name_text, index = _DECODER.raw_decode(text, index)
        index = _skip(text, _skip(text, index) + 1)
        if name_text == key:
            found = (name, index)
        index = _next(text, index)
    if found is None:
        raise ValueError(key)
    return found


def _element(text: str, index: int, number: int) -> tuple[int, int]:
    index = _skip(text, index + 1)
    for _ in range(number):
        index = _next(text, index)
    return index, index


def _next(text: str, index: int) -> int:
    """Return where the next member begins, or the closing bracket, behind the value at `index`."""
    index = _skip(text, _DECODER.raw_decode(text, index)[1])
    return _skip(text, index + 1) if text[index] == "," else index


def _place(text: str, index: int) -> str:
    line_start = text.rfind("\n", 0, index) + 1
    column = len(text[line_start:index].encode("utf-8", "surrogatepass")) + 1
    return f"{text.count(chr(10), 0, index) + 1}:{column}"
