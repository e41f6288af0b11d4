"""A query of JQL as a tree of values: clauses, what joins them, and an order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Value:
    """A text or, if `number`, an integer written without quotes."""

    text: str
    number: bool = False
    depth: int = 0

    def __str__(self) -> str:
        return self.text if self.number else f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function, such as `currentUser()`."""

    name: str
    arguments: tuple[str, ...] = ()
    depth: int = 0

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.arguments)})"


@dataclass(frozen=True, slots=True)
class Empty:
    """`EMPTY` or `NULL`."""

    depth: int = 0

    def __str__(self) -> str:
        return "EMPTY"


@dataclass(frozen=True, slots=True)
class Listing:
    """Operands in parentheses."""

    items: tuple[Operand, ...]
    depth: int = 1

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.items))})"


Operand = Value | FunctionCall | Empty | Listing
"""What stands behind an operator; `str` writes it as Jira's messages do."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """What narrows a search of the history: `after`, `by`, `from`, ..., lower-case."""

    name: str
    operand: Operand
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison; `operator` is lower-case (`=`, `not in`, `was`, ...), `field` as written."""

    field: str
    operator: str
    operand: Operand
    predicates: tuple[Predicate, ...] = ()
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Not:
    """What the part is not."""

    part: Condition
    depth: int


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts: `AND`."""

    parts: tuple[Condition, ...]
    depth: int


@dataclass(frozen=True, slots=True)
class Some:
    """One or more of the parts: `OR`."""

    parts: tuple[Condition, ...]
    depth: int


Condition = Clause | Not | Every | Some


@dataclass(frozen=True, slots=True)
class Sort:
    """One field of `ORDER BY`; `descending` is None where the query does not say."""

    field: str
    descending: bool | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query; without a condition it finds every issue."""

    condition: Condition | None = None
    order: tuple[Sort, ...] = ()
