"""Scripts as trees: expressions that have values, and statements that change something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mockkibana.budget import WORK, Budget, OverBudget
from mockkibana.elasticsearch.scripts import methods, values
from mockkibana.elasticsearch.scripts.doc_values import Doc
from mockkibana.elasticsearch.scripts.errors import ScriptError
from mockkibana.elasticsearch.scripts.values import Value

_MAX_STEPS = 100_000  # Painless has a million; Python is slower
_CHECKED = 1_000  # steps after which the budget is looked at


@dataclass(slots=True)
class Scope:
    """The variables of one run, what it may work, and how many turns its loops have taken."""

    variables: dict[str, Value]
    budget: Budget | None = None
    steps: int = 0

    def step(self) -> None:
        """Count a turn of a loop. Raises `ScriptError` where there were too many."""
        self.steps += 1
        if self.steps > _MAX_STEPS:
            raise ScriptError(
                "The maximum number of statements that can be executed in a loop has been reached.",
                type="painless_error",
            )
        if self.steps % _CHECKED == 0:
            self.check()

    def check(self) -> None:
        """Raise `ScriptError` if all scripts of the request have worked for too long."""
        if self.budget is None:
            return
        try:
            self.budget.check()
        except OverBudget:
            text = f"the scripts of a request may work for {WORK:.0f} s in this mock"
            raise ScriptError(text, type="painless_error") from None


class Return(Exception):
    """The script ends with a value."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class Leave(Exception):
    """A turn of a loop ends, with `loop` the whole of it."""

    def __init__(self, *, loop: bool) -> None:
        super().__init__()
        self.loop = loop


class Node(Protocol):
    """An expression or a statement, which has no value."""

    def run(self, scope: Scope) -> Value:
        """Return the value. Raises `ScriptError`."""


class Target(Node, Protocol):
    """An expression to which a value can be assigned."""

    def assign(self, scope: Scope, value: Value) -> None:
        """Set the value. Raises `ScriptError`."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, a boolean or null."""

    value: Value

    def run(self, scope: Scope) -> Value:  # noqa: ARG002 - as all nodes
        """Return the value."""
        return self.value


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable, of the script or of what it is run for."""

    name: str

    def run(self, scope: Scope) -> Value:
        """Return the value."""
        return scope.variables[self.name]

    def assign(self, scope: Scope, value: Value) -> None:
        """Set the value."""
        scope.variables[self.name] = value


@dataclass(frozen=True, slots=True)
class Located:
    """An expression of which errors tell the place."""

    node: Target
    offset: int

    def run(self, scope: Scope) -> Value:
        """Return the value. Raises `ScriptError`."""
        try:
            return self.node.run(scope)
        except ScriptError as error:
            error.offset = self.offset if error.offset is None else error.offset
            raise

    def assign(self, scope: Scope, value: Value) -> None:
        """Set the value. Raises `ScriptError`."""
        try:
            self.node.assign(scope, value)
        except ScriptError as error:
            error.offset = self.offset if error.offset is None else error.offset
            raise


@dataclass(frozen=True, slots=True)
class Field:
    """`value.name`, or with `safe` `value?.name`."""

    of: Node
    name: str
    safe: bool = False

    def run(self, scope: Scope) -> Value:
        """Return the value. Raises `ScriptError`."""
        value = self.of.run(scope)
        if value is None and self.safe:
            return None
        return methods.field(value, self.name)

    def assign(self, scope: Scope, value: Value) -> None:
        """Set the value. Raises `ScriptError`."""
        methods.set_item(self.of.run(scope), self.name, value)


@dataclass(frozen=True, slots=True)
class Item:
    """`value[key]`."""

    of: Node
    key: Node

    def run(self, scope: Scope) -> Value:
        """Return the value. Raises `ScriptError`."""
        return methods.item(self.of.run(scope), self.key.run(scope))

    def assign(self, scope: Scope, value: Value) -> None:
        """Set the value. Raises `ScriptError`."""
        methods.set_item(self.of.run(scope), self.key.run(scope), value)


@dataclass(frozen=True, slots=True)
class Call:
    """`value.name(arguments)`, or with `safe` `value?.name(arguments)`."""

    of: Node
    name: str
    arguments: Sequence[Node]
    safe: bool = False

    def run(self, scope: Scope) -> Value:
        """Return the value. Raises `ScriptError`."""
        value = self.of.run(scope)
        if value is None and self.safe:
            return None
        arguments = [argument.run(scope) for argument in self.arguments]
        if isinstance(value, Doc) and self.name == "containsKey" and len(arguments) == 1:
            return value.has(values.text(arguments[0]))
        return methods.call(value, self.name, arguments)


@dataclass(frozen=True, slots=True)
class MathCall:
    """`Math.name(arguments)`."""

    name: str
    arguments: Sequence[Node]

    def run(self, scope: Scope) -> Value:
        """Return the value. Raises `ScriptError`."""
        return methods.call_math(self.name, [argument.run(scope) for argument in self.arguments])


@dataclass(frozen=True, slots=True)
class Binary:
    """An arithmetic operation or a comparison."""

    sign: str
    left: Node
    right: Node

    def run(self, scope: Scope) -> Value:
        """Return the value. Raises `ScriptError`."""
        return values.binary(self.sign, self.left.run(scope), self.right.run(scope))


@dataclass(frozen=True, slots=True)
class Logical:
    """`left && right`, `left || right`, and `left ?: right` where the left one may be null."""

    sign: str
    left: Node
    right: Node

    def run(self, scope: Scope) -> Value:
        """Return the value. Raises `ScriptError`."""
        left = self.left.run(scope)
        if self.sign == "?:":
            return self.right.run(scope) if left is None else left
        if values.truth(left) is (self.sign == "||"):
            return left
        return values.truth(self.right.run(scope))


@dataclass(frozen=True, slots=True)
class Negation:
    """`-value` or `!value`."""

    sign: str
    of: Node

    def run(self, scope: Scope) -> Value:
        """Return the value. Raises `ScriptError`."""
        value = self.of.run(scope)
        return not values.truth(value) if self.sign == "!" else values.negative(value)


@dataclass(frozen=True, slots=True)
class Cast:
    """`(kind) value`."""

    kind: str
    of: Node

    def run(self, scope: Scope) -> Value:
        """Return the value. Raises `ScriptError`."""
        return values.cast(self.kind, self.of.run(scope))


@dataclass(frozen=True, slots=True)
class Listed:
    """`[a, b]`."""

    items: Sequence[Node]

    def run(self, scope: Scope) -> Value:
        """Return a new list. Raises `ScriptError`."""
        return [item.run(scope) for item in self.items]


@dataclass(frozen=True, slots=True)
class Mapped:
    """`[a: b]`."""

    items: Sequence[tuple[Node, Node]]

    def run(self, scope: Scope) -> Value:
        """Return a new map. Raises `ScriptError`."""
        return {values.text(key.run(scope)): value.run(scope) for key, value in self.items}


@dataclass(frozen=True, slots=True)
class Assignment:
    """`target = value`; with a `sign` such as `+` `target += value`; a `postfix` one is `x++`."""

    target: Target
    value: Node
    sign: str = ""
    postfix: bool = False

    def run(self, scope: Scope) -> Value:
        """Assign, and return the value. Raises `ScriptError`."""
        if not self.sign:
            value = self.value.run(scope)
            self.target.assign(scope, value)
            return value
        before = self.target.run(scope)
        value = values.binary(self.sign, before, self.value.run(scope))
        self.target.assign(scope, value)
        return before if self.postfix else value


@dataclass(frozen=True, slots=True)
class Choice:
    """`if (condition) yes else no`, or `condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node | None = None

    def run(self, scope: Scope) -> Value:
        """Return the value of what is chosen. Raises `ScriptError`."""
        if values.truth(self.condition.run(scope)):
            return self.yes.run(scope)
        return None if self.no is None else self.no.run(scope)


@dataclass(frozen=True, slots=True)
class Block:
    """Statements, one after the other; the value is that of the last."""

    statements: Sequence[Node] = field(default_factory=tuple)

    def run(self, scope: Scope) -> Value:
        """Run the statements. Raises `ScriptError`."""
        value = None
        for statement in self.statements:
            value = statement.run(scope)
        return value


@dataclass(frozen=True, slots=True)
class ForEach:
    """`for (name : items) body`."""

    name: str
    items: Node
    body: Node

    def run(self, scope: Scope) -> Value:
        """Run the body for each item. Raises `ScriptError`."""
        items = self.items.run(scope)
        if not isinstance(items, list):
            shown = "null" if items is None else values.class_name(items)
            raise ScriptError(f"Cannot iterate over [{shown}]")
        for item in list(items):
            scope.variables[self.name] = item
            if not turn(self.body, scope):
                break


@dataclass(frozen=True, slots=True)
class Loop:
    """`while (condition) body`, and `for (...; condition; after) body`."""

    condition: Node | None
    body: Node
    after: Node | None = None

    def run(self, scope: Scope) -> Value:
        """Run the body as long as the condition is true. Raises `ScriptError`."""
        while self.condition is None or values.truth(self.condition.run(scope)):
            if not turn(self.body, scope):
                break
            if self.after is not None:
                self.after.run(scope)


def turn(body: Node, scope: Scope) -> bool:
    """Run the body of a loop once; returns whether the loop goes on."""
    scope.step()
    try:
        body.run(scope)
    except Leave as leave:
        return not leave.loop
    return True


@dataclass(frozen=True, slots=True)
class Jump:
    """`return value`, `break` or `continue`."""

    word: str
    value: Node | None = None

    def run(self, scope: Scope) -> Value:
        """Leave the script, or a loop."""
        if self.word != "return":
            raise Leave(loop=self.word == "break")
        raise Return(None if self.value is None else self.value.run(scope))
