"""JQL, read: from the text of a query to its tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from mockkibana.budget import Budget
from mockkibana.jira.errors import bad_request
from mockkibana.jira.jql import syntax_errors
from mockkibana.jira.jql.query import (
    Clause,
    Condition,
    Empty,
    Every,
    FunctionCall,
    Listing,
    Not,
    Operand,
    Predicate,
    Query,
    Some,
    Sort,
    Value,
)
from mockkibana.jira.texts import CLOUD, Texts
from mockkibana.remembered import remembered

MAX_DEPTH = 200
_LONG = range(-(2**63), 2**63)
_NUMBER = re.compile(r"-?[0-9]+")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r"}
_NAMES = ("WORD", "QUOTED", "POSITIVE", "NEGATIVE")


class BadQuery(ValueError):
    """The text is no JQL: `str` says why."""


def parse(text: str, texts: Texts = CLOUD) -> Query:
    """Read a query. Raises `JiraError` 400 with Jira's sentence for the first thing that is wrong.

    Raises `OverBudget` for a text of many megabytes.

    The whole text is cut into tokens before any of them is looked at, so a character that JQL does
    not know is reported even behind a clause that makes no sense, as Jira's parser does.
    """
    try:
        return _read(text)
    except BadQuery as problem:
        raise bad_request(texts.bad_jql.format(problem)) from None


@remembered(256, longest=1000)
def _read(text: str) -> Query:
    import lark  # lark is slow to import and a server may never be asked for a search

    budget = Budget()
    parser = _parser().parse_interactive(text)
    tokens: list[Any] = []
    try:
        lexed = parser.lexer_thread.lex(parser.parser_state)
        tokens.extend(_renamed(token, text) for token in budget.each(lexed))
    except lark.UnexpectedCharacters as error:
        raise BadQuery(syntax_errors.bad_character(text, error.pos_in_stream or 0)) from None
    for index, token in enumerate(budget.each(tokens)):
        reserved = token.type == "WORD" and token.value.lower() in syntax_errors.reserved_words()
        if reserved and "WORD" in parser.accepts():
            place = syntax_errors.at(text, token.start_pos)
            raise BadQuery(syntax_errors.reserved_word(token.value) + place)
        try:
            parser.feed_token(token)
        except lark.UnexpectedToken:
            raise _unexpected(text, tokens, index, parser.accepts()) from None
    try:
        query: Query = parser.feed_eof()
    except lark.UnexpectedToken:
        raise _unexpected(text, tokens, len(tokens), parser.accepts()) from None
    return query


@cache
def _parser() -> Any:
    import lark

    grammar = files("mockkibana.fixtures").joinpath("jql.lark").read_text(encoding="utf-8")
    builder: Any = _Builder()
    return lark.Lark(grammar, parser="lalr", lexer="basic", start="query", transformer=builder)


def _renamed(token: Any, text: str) -> Any:
    if token.type != "WORD":
        return token
    if keyword := syntax_errors.KEYWORDS.get(token.value.lower()):
        return token.update(type=keyword)
    if _NUMBER.fullmatch(token.value):
        if len(token.value) > 20 or int(token.value) not in _LONG:
            place = syntax_errors.at(text, token.start_pos)
            raise BadQuery(syntax_errors.bad_number(token.value) + place)
        return token.update(type="NEGATIVE" if token.value[0] == "-" else "POSITIVE")
    return token


def _unexpected(text: str, tokens: list[Any], index: int, accepted: set[str]) -> BadQuery:
    in_call = _in_call(tokens[:index])
    if index == len(tokens):
        return BadQuery(syntax_errors.unexpected(None, "$END", accepted, in_call=in_call))
    token = tokens[index]
    told = syntax_errors.unexpected(_text(token), token.type, accepted, in_call=in_call)
    return BadQuery(told + syntax_errors.at(text, token.start_pos))


def _in_call(tokens: list[Any]) -> bool:
    """Tell whether the innermost open parenthesis belongs to a function."""
    open_ = 1
    for index in range(len(tokens) - 1, 0, -1):
        open_ += {"RPAR": 1, "LPAR": -1}.get(tokens[index].type, 0)
        if open_ == 0:
            return tokens[index - 1].type in _NAMES
    return False


def _text(token: Any) -> str:
    text: str = token.value
    if token.type == "QUOTED":
        text = text[1:-1]
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(found: re.Match[str]) -> str:
    escape = found.group(1)
    if len(escape) == 5:
        return chr(int(escape[1:], 16))
    return _ESCAPED.get(escape, escape)


def _depth(parts: Iterable[Condition | Operand]) -> int:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        # Guess: a real Jira runs out of stack on such a query and has no sentence for it.
        raise BadQuery(f"The query is nested deeper than {MAX_DEPTH} levels.")
    return depth


def _named(token: Any, what: str) -> str:
    name = _text(token)
    if not name.strip():
        place = f" (line {token.line}, character {token.column})"
        raise BadQuery(f"A {what} name cannot be empty.{place}")
    return name


class _Builder:
    """Makes the tree, one method for each rule of the grammar."""

    def query(self, children: list[Any]) -> Query:
        condition, order = children
        return Query(condition, order or ())

    def condition(self, children: list[Any]) -> Condition:
        return self._joined(children, Some)

    def conjunction(self, children: list[Any]) -> Condition:
        return self._joined(children, Every)

    def _joined(
        self, children: list[Any], kind: Callable[[tuple[Condition, ...], int], Condition]
    ) -> Condition:
        parts = tuple(children[::2])
        return parts[0] if len(parts) == 1 else kind(parts, _depth(parts))

    def negated(self, children: list[Any]) -> Not:
        return Not(children[1], _depth(children[1:]))

    def group(self, children: list[Any]) -> Condition:
        inner: Condition = children[1]
        return inner

    def clause(self, children: list[Any]) -> Clause:
        field, operator, operand = children
        return Clause(field, operator, operand)

    def changed(self, children: list[Any]) -> Clause:
        return Clause(children[0], "changed", Empty(), tuple(children[2:]))

    def was(self, children: list[Any]) -> Clause:
        field, operator, operand, *predicates = children
        return Clause(field, operator, operand, tuple(predicates))

    def predicate(self, children: list[Any]) -> Predicate:
        return Predicate(children[0].lower(), children[1])

    def named_field(self, children: list[Any]) -> str:
        return _named(children[0], "field")

    def custom_field(self, children: list[Any]) -> str:
        return f"cf[{children[2]}]"

    def operator(self, children: list[Any]) -> str:
        return " ".join(children).lower()

    def name(self, children: list[Any]) -> Any:
        return children[0]

    argument = name
    history_operator = operator

    def value(self, children: list[Any]) -> Value:
        return Value(_text(children[0]), children[0].type in ("POSITIVE", "NEGATIVE"))

    def call(self, children: list[Any]) -> FunctionCall:
        arguments = (child for child in children[2:-1:2] if child is not None)
        return FunctionCall(_named(children[0], "function"), tuple(map(_text, arguments)))

    def listing(self, children: list[Any]) -> Listing:
        items = tuple(children[1:-1:2])
        return Listing(items, _depth(items))

    def empty(self, _children: list[Any]) -> Empty:
        return Empty()

    def order(self, children: list[Any]) -> tuple[Sort, ...]:
        return tuple(children[2::2])

    def sort(self, children: list[Any]) -> Sort:
        field, direction = children
        return Sort(field, None if direction is None else direction.type == "DESC")
