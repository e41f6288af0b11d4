"""Random queries find what the same expressions, evaluated in Python, find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana.clock import Clock
from mockkibana.jira.jql import jql, search
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

PRIORITIES = ["Highest", "High", "Medium", "Low", "Lowest"]
STATUSES = ["To Do", "In Progress", "Done"]
PEOPLE = ["ann", "bob"]
LABELS = ["red", "blue", "green"]
DAYS = ["2024-05-01", "2024-05-02", "2024-06-01"]
WORDS = ["disk", "full", "slow"]


@dataclass(frozen=True)
class Known:
    """An issue as the test made it."""

    key: str
    summary: str
    priority: str
    status: str
    assignee: str | None
    labels: list[str] = field(default_factory=list)
    duedate: str | None = None
    points: int | None = None


ISSUES = [
    Known("CK-1", "disk full", "High", "Done", "ann", ["red", "blue"], "2024-05-01", 3),
    Known("CK-2", "disk slow", "Low", "To Do", "bob", ["red"], None, 5),
    Known("CK-3", "slow", "Medium", "In Progress", None, [], "2024-05-02", None),
    Known("CK-4", "full", "Highest", "To Do", "ann", ["green"], "2024-06-01", 3),
    Known("CK-5", "nothing", "Lowest", "Done", None, ["blue", "green"], None, 0),
]

# Tells whether an issue fits a part of a query, or the opposite of it.
Fits = Callable[[Known, bool], bool]
Part = tuple[str, Fits]


@pytest.fixture(scope="module")
def keys() -> Callable[[str], list[str]]:
    store = Store()
    site = Site(store, Installation(clock=Clock(frozen_at="2024-05-10T12:00:00Z")))
    rows = []
    for known in ISSUES:
        row = {name: value for name, value in vars(known).items() if name != "points"}
        rows.append({**row, "customfield_10001": known.points})
    points = {"id": "customfield_10001", "name": "Points", "schema": "number"}
    block = {"projects": [{"key": "CK", "fields": [points]}], "issues": rows}
    with store.transaction() as transaction:
        site.restore(block, transaction)

    def found(text: str) -> list[str]:
        issues = search.find(site, jql.parse(f"{text} order by key"), Viewer())
        return [issue["key"] for issue in issues]

    return found


def values_of(issue: Known, name: str) -> list[Any]:
    value = getattr(issue, name)
    return value if isinstance(value, list) else [] if value is None else [value]


def membership(name: str, written: str, wanted: list[str], inside: bool) -> Part:
    """Return a clause with `IN` or `NOT IN`: neither finds an issue without a value."""

    def fits(issue: Known, negated: bool) -> bool:
        found = values_of(issue, name)
        return bool(found) and (any(value in wanted for value in found) is (inside is not negated))

    quoted = ", ".join(f'"{value}"' for value in wanted)
    return f"{written} {'in' if inside else 'NOT IN'} ({quoted})", fits


def equality(name: str, written: str, wanted: str, same: bool) -> Part:
    _, fits = membership(name, written, [wanted], same)
    return f'{written} {"=" if same else "!="} "{wanted}"', fits


def emptiness(name: str, written: str, empty: bool) -> Part:
    def fits(issue: Known, negated: bool) -> bool:
        return (not values_of(issue, name)) is (empty is not negated)

    return f"{written} {'is' if empty else 'IS NOT'} EMPTY", fits


RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def relation(name: str, written: str, told: str, bound: Any, rank: Callable[[Any], Any]) -> Part:
    def fits(issue: Known, negated: bool) -> bool:
        found = values_of(issue, name)
        return bool(found) and RELATIONS[told](rank(found[0]), rank(bound)) is not negated

    return f"{written} {told} {bound}", fits


def words(word: str, inside: bool) -> Part:
    def fits(issue: Known, negated: bool) -> bool:
        return (word in issue.summary.split()) is (inside is not negated)

    return f"summary {'~' if inside else '!~'} {word}", fits


def negated(part: Part, sign: str) -> Part:
    return f"{sign}({part[0]})", lambda issue, opposite: part[1](issue, not opposite)


def joined(parts: list[Part], sign: str) -> Part:
    every = sign.lower() in ("and", "&&")

    def fits(issue: Known, opposite: bool) -> bool:
        rule = all if every is not opposite else any
        return rule(part[1](issue, opposite) for part in parts)

    return f" {sign} ".join(f"({text})" for text, _ in parts), fits


def same(value: Any) -> Any:
    return value


FIELDS = st.sampled_from(
    [
        ("status", "Status", STATUSES),
        ("priority", "priority", PRIORITIES),
        ("assignee", "ASSIGNEE", PEOPLE),
        ("labels", "labels", LABELS),
        ("duedate", "due", DAYS),
    ]
)
LISTED = FIELDS.flatmap(
    lambda about: st.builds(
        membership,
        st.just(about[0]),
        st.just(about[1]),
        st.lists(st.sampled_from(about[2]), min_size=1, max_size=3),
        st.booleans(),
    )
)
EQUAL = FIELDS.flatmap(
    lambda about: st.builds(
        equality, st.just(about[0]), st.just(about[1]), st.sampled_from(about[2]), st.booleans()
    )
)
EMPTY = st.one_of(FIELDS, st.just(("points", "cf[10001]", []))).flatmap(
    lambda about: st.builds(emptiness, st.just(about[0]), st.just(about[1]), st.booleans())
)
SIGNS = st.sampled_from(sorted(RELATIONS))
RELATED = st.one_of(
    st.builds(
        relation, st.just("priority"), st.just("priority"), SIGNS, st.sampled_from(PRIORITIES),
        st.just(lambda name: -PRIORITIES.index(name)),
    ),
    st.builds(
        relation, st.just("duedate"), st.just("duedate"), SIGNS, st.sampled_from(DAYS),
        st.just(same),
    ),
    st.builds(
        relation, st.just("points"), st.just("Points"), SIGNS, st.integers(-1, 6), st.just(same)
    ),
)  # fmt: skip
CLAUSES = st.one_of(
    LISTED, EQUAL, EMPTY, RELATED, st.builds(words, st.sampled_from(WORDS), st.booleans())
)
QUERIES = st.recursive(
    CLAUSES,
    lambda parts: st.one_of(
        st.builds(negated, parts, st.sampled_from(["not ", "!", "NOT "])),
        st.builds(
            joined,
            st.lists(parts, min_size=2, max_size=3),
            st.sampled_from(["and", "AND", "&&", "or", "OR", "||"]),
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(QUERIES)
def test_a_query_finds_what_python_finds(keys: Callable[[str], list[str]], asked: Part) -> None:
    text, fits = asked
    assert keys(text) == [issue.key for issue in ISSUES if fits(issue, False)], text
