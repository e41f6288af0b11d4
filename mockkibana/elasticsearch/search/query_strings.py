"""Query strings, read as Lucene's classic `QueryParser` reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import lark

# A simplification: Elasticsearch stops at other limits, those of Lucene's clauses.
_DEEPEST, _LONGEST = 100, 50_000  # groups within groups, characters

Kind = Literal["text", "phrase", "pattern", "regexp", "fuzzy"]
Occur = Literal["must", "should", "must_not"]


class BadQueryString(ValueError):
    """A text is no query string; the message is like Lucene's."""


@dataclass(frozen=True, slots=True)
class Term:
    """Something to look for; `field` is None for the fields that are searched by default.

    `number` is the slop of a phrase and the edits of a fuzzy word, None where it is not said.
    """

    kind: Kind
    text: str
    field: str | None = None
    number: float | None = None
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A range; a bound of None is none."""

    low: str | None
    high: str | None
    includes_low: bool
    includes_high: bool
    field: str | None = None
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Group:
    """Some of those in parentheses, or all of the query string; `field` is for those in it."""

    clauses: Sequence[tuple[Occur, Node]]
    field: str | None = None
    boost: float = 1.0


Node = Term | Interval | Group


def parse(text: str, *, conjunction: bool = False) -> Group | None:
    """Read a query string, None for a blank one.

    With `conjunction` what stands side by side is joined by AND. Raises `BadQueryString`.
    """
    if not text.strip(" \t\n\r\u3000"):
        return None
    if len(text) > _LONGEST:
        raise BadQueryString(f"this mock reads query strings of {_LONGEST} characters at most")
    import lark  # lark is slow to import, and few searches need it

    try:
        tree = _parser().parse(text)
    except lark.UnexpectedCharacters as error:
        raise _bad(text, error.char, error.line, error.column - 1) from None
    except lark.UnexpectedToken as error:
        found = "<EOF>" if error.token.type == "$END" else str(error.token)
        column = len(text) if found == "<EOF>" else (error.column or 1) - 1
        raise _bad(text, found, max(error.line, 1), column) from None
    return _Reader(text, conjunction).group(tree, None, 1.0, 0)


def _bad(text: str, found: str, line: int, column: int) -> BadQueryString:
    # A simplification: Lucene goes on with everything that it would have expected.
    place = f"at line {line}, column {column}."
    return BadQueryString(f"Cannot parse '{text}': Encountered \"{found}\" {place}")


_OPERATORS = {"AND": "AND", "&&": "AND", "OR": "OR", "||": "OR", "NOT": "NOT"}


@cache
def _parser() -> lark.Lark:
    import lark

    def word(token: lark.Token) -> lark.Token:
        return token.update(type=_OPERATORS.get(token, "WORD"))

    return lark.Lark(
        files("mockkibana.fixtures").joinpath("query_string.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
        start="query",
        lexer_callbacks={"WORD": word},
        maybe_placeholders=True,
    )


_MODIFIERS: dict[str, Occur] = {
    "PLUS": "must",
    "MINUS": "must_not",
    "NOT": "must_not",
    "BANG": "must_not",
}
_RANGE = re.compile(
    r"""([\[{])\s*("(?:\\"|[^"])+"|[^\s\]}]+)\s+(?:TO\s+)?("(?:\\"|[^"])+"|[^\s\]}]+)\s*([\]}])"""
)
_WILD = re.compile(r"(?:[^\\*?]|\\.)*[*?]", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class _Reader:
    """Makes values of the tree that the grammar gives."""

    def __init__(self, text: str, conjunction: bool) -> None:
        self._text = text
        self._conjunction = conjunction

    def group(self, tree: Any, field: str | None, boost: float, depth: int) -> Group:
        """Read a query; `QueryParserBase.addClause` tells what AND and OR make of its clauses."""
        if depth > _DEEPEST:
            raise BadQueryString(f"Cannot parse '{self._text}': too many nested groups")
        clauses: list[tuple[Occur, Node]] = []
        words: list[Term] = []  # one behind the other, which are analyzed as one text

        def flush() -> None:
            if words:
                occur: Occur = "must" if self._conjunction else "should"
                text = " ".join(word.text for word in words)
                clauses.append((occur, replace(words[0], text=text)))
                words.clear()

        for child in tree.children:
            *conjunctions, modified = child.children
            joined = next((token.type for token in conjunctions if token is not None), None)
            modifier, atom = self._modified(modified)
            node = self._node(atom, field, depth)
            is_word = isinstance(node, Term) and node.kind == "text" and node.boost == 1.0
            if is_word and not joined and modifier is None and atom.children[0] is None:
                words.append(node)  # type: ignore[arg-type]
                continue
            flush()
            if joined and clauses and clauses[-1][0] != "must_not":
                if joined == "AND" and not self._conjunction:
                    clauses[-1] = ("must", clauses[-1][1])
                elif joined == "OR" and self._conjunction:
                    clauses[-1] = ("should", clauses[-1][1])
            required = joined == "AND" if not self._conjunction else joined != "OR"
            clauses.append((modifier or ("must" if required else "should"), node))
        flush()
        return Group(clauses, field, boost)

    def _modified(self, tree: Any) -> tuple[Occur | None, Any]:
        *modifiers, atom = tree.children
        found = next((token for token in modifiers if token is not None), None)
        return (None if found is None else _MODIFIERS[found.type]), atom

    def _node(self, tree: Any, outer: str | None, depth: int) -> Node:
        named = tree.children[0]
        field = outer if named is None else unescaped(str(named))
        if tree.data == "group":
            *_, query, _, boost = tree.children
            return self.group(query, field, _boost(boost), depth + 1)
        return self._term(tree.children[-1], field)

    def _term(self, tree: Any, field: str | None) -> Node:
        token, suffix = tree.children
        text = str(token)
        if tree.data == "range":
            return _interval(text, field, _boost(suffix))
        fuzzy, boost = suffix.children
        if suffix.data == "reversed_suffix":
            fuzzy, boost = boost, fuzzy
        number = None if fuzzy is None or len(fuzzy) == 1 else float(fuzzy[1:])
        kind: Kind = "text" if fuzzy is None else "fuzzy"
        if tree.data == "quoted":
            return Term("phrase", unescaped(text[1:-1]), field, number, _boost(boost))
        if tree.data == "regexp":
            return Term("regexp", text[1:-1], field, number, _boost(boost))
        if _WILD.match(text):
            return Term("pattern", text, field, number, _boost(boost))
        return Term(kind, unescaped(text), field, number, _boost(boost))


def _interval(text: str, field: str | None, boost: float) -> Interval:
    match = _RANGE.fullmatch(text)
    if match is None:  # the spaces of the grammar are fewer
        raise BadQueryString(f"Cannot parse '{text}': Encountered \"{text[0]}\"")
    start, low, high, end = match.groups()
    return Interval(_bound(low), _bound(high), start == "[", end == "]", field, boost)


def _bound(text: str) -> str | None:
    if text == "*":
        return None
    return unescaped(text[1:-1] if text[0] == '"' and len(text) > 1 else text)


def _boost(token: lark.Token | None) -> float:
    return 1.0 if token is None else float(token[1:])


def unescaped(text: str) -> str:
    """Return a text without the backslashes before its signs."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text
