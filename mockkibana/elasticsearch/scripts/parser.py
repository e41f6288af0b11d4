"""The parser of scripts; what it does not know it refuses by name."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from mockkibana.elasticsearch.scripts import methods, nodes
from mockkibana.elasticsearch.scripts.errors import ScriptError, unsupported
from mockkibana.elasticsearch.scripts.nodes import Node, Target
from mockkibana.elasticsearch.scripts.tokens import Token, number_of, text_of, tokens

_BINARY = (
    ("?:",),
    ("||",),
    ("&&",),
    ("==", "!=", "===", "!=="),
    ("<", ">", "<=", ">="),
    ("+", "-"),
    ("*", "/", "%"),
)
_LOGICAL = ("?:", "||", "&&")
_ASSIGNING = ("=", "+=", "-=", "*=", "/=", "%=")
_CONSTANTS = {"true": True, "false": False, "null": None}
_TYPES = frozenset(
    (
        *("def", "boolean", "byte", "short", "char", "int", "long", "float", "double"),
        *("Integer", "Long", "Float", "Double", "Boolean", "Number", "String", "List", "Map"),
        *("ArrayList", "HashMap", "Object"),
    )
)
_KEYWORDS = frozenset(
    (
        *("new", "instanceof", "try", "catch", "throw", "do", "in", "this", "else", "while"),
        *("for", "if", "return", "break", "continue"),
    )
)
_DEEPEST = 40  # what is nested deeper would fill Python's stack


def parse(source: str, variables: Collection[str]) -> Node:
    """Return the tree of a script that may use these variables. Raises `ScriptError`."""
    return _Parser(source, variables).script()


class _Parser:
    def __init__(self, source: str, variables: Collection[str]) -> None:
        self._tokens = list(tokens(source))
        self._at = 0
        self._known = set(variables)
        self._depth = 0

    def script(self) -> Node:
        statements = []
        while self._token.kind != "end":
            statements.append(self._statement())
        return nodes.Block(tuple(statements))

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._token
        self._at += 1
        return token

    def _is(self, *texts: str) -> bool:
        return self._token.kind in ("sign", "name") and self._token.text in texts

    def _take(self, text: str) -> bool:
        if not self._is(text):
            return False
        self._at += 1
        return True

    def _expect(self, text: str) -> Token:
        if not self._is(text):
            raise self._unexpected(text)
        return self._next()

    def _unexpected(self, wanted: str = "") -> ScriptError:
        token = self._token
        expected = f" was expecting one of [{{'{wanted}'}}]." if wanted else ""
        return ScriptError(
            f"invalid sequence of tokens near ['{token.text[:50]}'].{expected}", token.offset
        )

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise unsupported(f"more than {_DEEPEST} levels", self._token.offset)

    def _statement(self) -> Node:
        self._deeper()
        try:
            return self._inner_statement()
        finally:
            self._depth -= 1

    def _inner_statement(self) -> Node:
        if self._take("{"):
            return self._block()
        if self._take(";"):
            return nodes.Block()
        word = self._token.text if self._token.kind == "name" else ""
        if word == "if":
            return self._choice()
        if word == "for":
            return self._for()
        if word == "while":
            self._next()
            condition = self._in_parentheses()
            return nodes.Loop(condition, self._statement())
        simple = self._simple()
        if self._token.kind != "end" and not self._is("}"):
            self._expect(";")
        return simple

    def _simple(self) -> Node:
        word = self._token.text if self._token.kind == "name" else ""
        if word in ("break", "continue"):
            self._next()
            return nodes.Jump(word)
        if word == "return":
            self._next()
            has_value = self._token.kind != "end" and not self._is(";", "}")
            return nodes.Jump(word, self._expression() if has_value else None)
        if self._declares():
            return self._declaration()
        return self._expression()

    def _block(self) -> Node:
        statements = []
        while not self._take("}"):
            if self._token.kind == "end":
                raise self._unexpected("}")
            statements.append(self._statement())
        return nodes.Block(tuple(statements))

    def _choice(self) -> Node:
        self._next()
        condition = self._in_parentheses()
        yes = self._statement()
        return nodes.Choice(condition, yes, self._statement() if self._take("else") else None)

    def _in_parentheses(self) -> Node:
        self._expect("(")
        value = self._expression()
        self._expect(")")
        return value

    def _for(self) -> Node:
        self._next()
        self._expect("(")
        if self._declares():
            self._next()
        if self._token.kind == "name" and self._tokens[self._at + 1].text in (":", "in"):
            name = self._next().text
            self._next()
            self._known.add(name)
            items = self._expression()
            self._expect(")")
            return nodes.ForEach(name, items, self._statement())
        first = nodes.Block() if self._is(";") else self._declaration(typed=False)
        self._expect(";")
        condition = None if self._is(";") else self._expression()
        self._expect(";")
        after = None if self._is(")") else self._expression()
        self._expect(")")
        return nodes.Block((first, nodes.Loop(condition, self._statement(), after)))

    def _declares(self) -> bool:
        """Return whether a type and a name come: `int i`."""
        if self._token.kind != "name" or self._token.text not in _TYPES:
            return False
        return self._tokens[self._at + 1].kind == "name"

    def _declaration(self, *, typed: bool = True) -> Node:
        if typed:
            self._next()
        assignments = []
        while True:
            if self._token.kind != "name":
                raise self._unexpected("ID")
            name = self._next().text
            if self._is("("):
                raise unsupported("functions", self._token.offset)
            value: Node = nodes.Literal(None)
            if self._take("="):
                value = self._expression()
            self._known.add(name)
            assignments.append(nodes.Assignment(nodes.Variable(name), value))
            if not self._take(","):
                return nodes.Block(tuple(assignments))

    def _expression(self) -> Node:
        self._deeper()
        try:
            left = self._conditional()
            if self._is(*_ASSIGNING):
                sign = self._next()
                target = _target(left, sign)
                return nodes.Assignment(target, self._expression(), sign.text[:-1])
            return left
        finally:
            self._depth -= 1

    def _conditional(self) -> Node:
        condition = self._binary(0)
        if not self._take("?"):
            return condition
        yes = self._expression()
        self._expect(":")
        return nodes.Choice(condition, yes, self._expression())

    def _binary(self, level: int) -> Node:
        if level == len(_BINARY):
            return self._unary()
        left = self._binary(level + 1)
        count = 0
        while self._is(*_BINARY[level]):
            count += 1
            if count > _DEEPEST * 5:
                raise unsupported("so many operations in a row", self._token.offset)
            sign = self._next()
            right = self._binary(level + 1)
            if sign.text in _LOGICAL:
                left = nodes.Logical(sign.text, left, right)
            else:
                left = _located(nodes.Binary(sign.text, left, right), sign)
        if self._is("instanceof", "&", "|", "^", "<<", ">>", "=~", "==~", "->", "::"):
            raise unsupported(f"[{self._token.text}]", self._token.offset)
        return left

    def _unary(self) -> Node:
        self._deeper()
        try:
            token = self._token
            if token.kind == "sign" and token.text in ("-", "!"):
                self._next()
                return _located(nodes.Negation(token.text, self._unary()), token)
            if self._take("+"):
                return self._unary()
            if token.kind == "sign" and token.text in ("++", "--"):
                self._next()
                target = _target(self._unary(), token)
                return nodes.Assignment(target, nodes.Literal(1), token.text[0])
            if token.text == "(" and self._is_cast():
                kind = self._tokens[self._at + 1].text
                self._at += 3
                return _located(nodes.Cast(kind, self._unary()), token)
            return self._postfix(self._primary())
        finally:
            self._depth -= 1

    def _is_cast(self) -> bool:
        """Return whether `(type)` comes, and a value after it."""
        coming = [token.text for token in self._tokens[self._at : self._at + 4]]
        if len(coming) < 4 or coming[1] not in _TYPES or coming[2] != ")":
            return False
        return self._tokens[self._at + 3].kind in ("name", "number", "text") or coming[3] == "("

    def _postfix(self, value: Node) -> Node:
        count = 0
        while True:
            count += 1
            if count > _DEEPEST:
                raise unsupported(f"more than {_DEEPEST} levels", self._token.offset)
            token = self._token
            if self._take(".") or self._take("?."):
                value = self._member(value, safe=token.text == "?.")
            elif self._take("["):
                key = self._expression()
                self._expect("]")
                value = _located(nodes.Item(value, key), token)
            elif token.kind == "sign" and token.text in ("++", "--"):
                self._next()
                target = _target(value, token)
                return nodes.Assignment(target, nodes.Literal(1), token.text[0], postfix=True)
            else:
                return value

    def _member(self, value: Node, *, safe: bool) -> Node:
        token = self._next()
        if token.kind not in ("name", "number"):
            raise self._unexpected("ID")
        if not self._is("("):
            return _located(nodes.Field(value, token.text, safe), token)
        if token.text not in methods.NAMES:
            raise unsupported(f"the method [{token.text}]", token.offset)
        return _located(nodes.Call(value, token.text, self._arguments(), safe), token)

    def _arguments(self) -> tuple[Node, ...]:
        self._expect("(")
        arguments: list[Node] = []
        while not self._take(")"):
            if arguments:
                self._expect(",")
            arguments.append(self._expression())
        return tuple(arguments)

    def _primary(self) -> Node:
        token = self._next()
        if token.kind == "number":
            return nodes.Literal(number_of(token))
        if token.kind == "text":
            return nodes.Literal(text_of(token))
        if token.text == "(" and token.kind == "sign":
            value = self._expression()
            self._expect(")")
            return value
        if token.text == "[" and token.kind == "sign":
            return self._list_or_map()
        if token.kind == "name":
            return self._name(token)
        self._at -= 1
        raise self._unexpected()

    def _name(self, token: Token) -> Node:
        name = token.text
        if name in _CONSTANTS:
            return nodes.Literal(_CONSTANTS[name])
        if name in self._known:
            return nodes.Variable(name)
        if name == "Math" and self._take("."):
            method = self._next()
            if method.text == "PI":
                return nodes.Literal(3.141592653589793)
            if method.text not in methods.MATH:
                raise unsupported(f"[Math.{method.text}]", method.offset)
            return _located(nodes.MathCall(method.text, self._arguments()), method)
        if name in _KEYWORDS or self._is("(", "."):
            raise unsupported(f"[{name}]", token.offset)
        raise ScriptError(f"cannot resolve symbol [{name}]", token.offset)

    def _list_or_map(self) -> Node:
        if self._take("]"):
            return nodes.Listed(())
        if self._take(":"):
            self._expect("]")
            return nodes.Mapped(())
        first = self._expression()
        if not self._take(":"):
            items = [first]
            while self._take(","):
                items.append(self._expression())
            self._expect("]")
            return nodes.Listed(tuple(items))
        pairs = [(first, self._expression())]
        while self._take(","):
            key = self._expression()
            self._expect(":")
            pairs.append((key, self._expression()))
        self._expect("]")
        return nodes.Mapped(tuple(pairs))


def _target(node: Node, sign: Token) -> Target:
    """Return what is assigned to. Raises `ScriptError` for what is only a value."""
    inner = node.node if isinstance(node, nodes.Located) else node
    if isinstance(inner, (nodes.Variable, nodes.Field, nodes.Item)):
        return cast("Target", node)
    raise ScriptError("invalid assignment: cannot assign a value to an expression", sign.offset)


def _located(node: Node, token: Token) -> Node:
    return nodes.Located(cast("Target", node), token.offset)
