"""Rows that are bent for a while, and what they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockkibana.store import Store
from mockkibana.store.bends import BENT, Bend, bending, straighten

Opened = Callable[..., Store]
ROW = {"kept": 1, "deep": {"a": 1, "b": {"c": 1}}, "secrets": {"pin": "1"}, "list": [1, 2]}


@pytest.fixture
def store(path: Path, opened: Opened) -> Store:
    store = opened(path)
    with store.transaction() as transaction:
        transaction.put("t", {"r": ROW})
    return store


def bend(store: Store, row: dict[str, Any]) -> Bend:
    with bending(store) as (transaction, made):
        transaction.put("t", {"r": row})
    return made


BENT_ROW = {"kept": 1, "deep": {"a": 2, "b": {"c": 1, "d": 1}}, "secrets": {}, "list": [1]}


def test_a_loaded_file_has_what_rows_were(store: Store, path: Path, opened: Opened) -> None:
    bend(store, BENT_ROW)
    store.close()
    loaded = opened(path)
    assert loaded.table("t").row("r") == BENT_ROW
    straighten(loaded)
    assert loaded.table("t").row("r") == ROW
    assert loaded.tables() == {"t"}


@pytest.mark.parametrize(
    ("meanwhile", "straight"),
    [
        ({"kept": 2}, {"kept": 2}),
        ({"new": 1}, {"new": 1}),
        ({"deep": {"a": 3, "b": {"c": 1, "d": 1}}}, {"deep": {"a": 3, "b": {"c": 1}}}),
        ({"deep": {"a": 2, "b": {"c": 9, "d": 1}}}, {"deep": {"a": 1, "b": {"c": 9}}}),
        ({"deep": {"a": 2, "b": {"c": 1}}}, {"deep": {"a": 1, "b": {"c": 1}}}),
        ({"secrets": {"word": "2"}}, {"secrets": {"word": "2"}}),
        ({"list": [3]}, {"list": [3]}),
    ],
    ids=["a key", "a new key", "a bent key", "beside a bent key", "lifted", "emptied", "a list"],
)
def test_what_was_changed_since_then_stays(
    store: Store, meanwhile: dict[str, Any], straight: dict[str, Any]
) -> None:
    bend(store, BENT_ROW)
    with store.transaction() as transaction:
        transaction.put("t", {"r": {**BENT_ROW, **meanwhile}})
    straighten(store)
    assert store.table("t").row("r") == {**ROW, **straight}


def test_bends_of_one_row_are_taken_back_in_turn(store: Store) -> None:
    bend(store, {**ROW, "kept": 2})
    bend(store, {**ROW, "kept": 3, "list": []})
    straighten(store)
    assert store.table("t").row("r") == ROW


def make(store: Store) -> None:
    with bending(store, makes_rows=True) as (transaction, made):
        transaction.put("new", {"r": ROW})
        transaction.put("t", {"r": {**ROW, "kept": 2}})
        made.unless("used", "r")


def test_rows_that_were_made_go_with_their_table(store: Store) -> None:
    make(store)
    with bending(store) as (transaction, _):
        transaction.put("new", {"r": BENT_ROW})
    straighten(store)
    assert store.tables() == {"t"}
    assert store.table("t").row("r") == ROW


@pytest.mark.parametrize(
    ("table", "row"), [("new", {"kept": 2}), ("used", ROW)], ids=["changed", "in use"]
)
def test_rows_that_were_made_and_are_used_stay_all_of_them(
    store: Store, table: str, row: dict[str, Any]
) -> None:
    make(store)
    with store.transaction() as transaction:
        transaction.put(table, {"r": row})
    tables = {name: store.table(name).rows() for name in store.tables() - {BENT}}
    straighten(store)
    assert {name: store.table(name).rows() for name in store.tables()} == tables


def test_a_bend_that_has_ended_is_forgotten(store: Store) -> None:
    made = bend(store, BENT_ROW)
    with store.transaction() as transaction:
        made.forget(transaction)
        made.forget(transaction)
    assert BENT not in store.tables()
    straighten(store)
    assert store.table("t").row("r") == BENT_ROW


def test_a_row_that_is_gone_does_not_come_back(store: Store) -> None:
    bend(store, BENT_ROW)
    store.table("t").truncate()
    straighten(store)
    assert store.table("t").rows() == {}


def test_a_bend_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(TypeError), bending(store) as (transaction, _):
        transaction.put("t", {"r": BENT_ROW, "no row": 1})  # type: ignore[dict-item]
    assert store.table("t").row("r") == ROW
    assert BENT not in store.tables()
