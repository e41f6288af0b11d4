"""The order of JavaScript's `localeCompare`."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.kibana.collation import sort_key

# Sorted by Node with `a.localeCompare(b)` in its default locale.
VECTOR = [
    " lead", "_under", "-dash", '"q"', "#hash", "10 x", "2 x", "a", "A", "b", "B", "eclair",
    "Éclair", "f", "jira", "my action", "My action", "Test:_Pre", "TestEmail", "zed", "Zed",
]  # fmt: skip
# From a list that Kibana's own tests expect.
KIBANAS = [
    "My action", "Notification Email Connector", "preconfigured_es_index_action", "ServiceNow#xyz",
    "Slack#xyz", "SystemABC", "Test:_Preconfigured_Index_Action", "TestEmail#xyz",
]  # fmt: skip


@pytest.mark.parametrize("names", [VECTOR, KIBANAS], ids=["node", "kibana"])
def test_names_are_ordered_as_node_orders_them(names):
    shuffled = list(names)
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == names


@pytest.mark.parametrize("names", [VECTOR, KIBANAS], ids=["node", "kibana"])
def test_no_two_of_the_names_are_equal(names):
    assert all(sort_key(first) < sort_key(second) for first, second in pairwise(names))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", " "),
        ("a", "ab"),
        ("ab", "Abc"),
        ("a b", "ab"),
        ("a1", "aa"),
        ("resume", "résumé"),
        ("résumé", "resumes"),
        ("Résumé", "resumes"),
        ("résumé", "Résumé"),
        ("a", "ä"),
        ("ä", "b"),
        ("z", "я"),
    ],
)
def test_letters_count_before_accents_and_accents_before_case(first, second):
    assert sort_key(first) < sort_key(second)


@pytest.mark.parametrize(("first", "second"), [("é", "e\u0301"), ("a\u200db", "ab")], ids=ascii)
def test_what_looks_alike_is_equal(first, second):
    assert sort_key(first) == sort_key(second)


@given(st.lists(st.text(), max_size=5))
def test_any_names_can_be_sorted(names):
    ordered = sorted(names, key=sort_key)
    assert all(sort_key(first) <= sort_key(second) for first, second in pairwise(ordered))


@pytest.mark.parametrize("name", ["\ud800", "\x00", "\x1c", "①", "٣", "ß", "𝟙", "😀"], ids=ascii)
def test_odd_characters_have_a_place(name):
    assert sort_key(name) == sort_key(name)
    assert sorted([name, "a"], key=sort_key)
